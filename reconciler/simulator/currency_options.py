"""Currency options: what a price costs in other currencies than its own.

They are priced the way their price is, and answered only when expanded; the price's own currency
shows among them, but is not one of them.
https://docs.stripe.com/payments/currencies/localize-prices/manual-currency-prices
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.simulator.money import currency_key
from reconciler.simulator.pricing import NO_AMOUNT, at, custom, tiers, unit
from reconciler.simulator.resource import Params, World
from reconciler.simulator.values import Object, RefusalError


def made(obj: Object, given: Mapping[str, Params]) -> Object:
    """Given currency options, whole; the price's own currency is not one of them."""
    shaped = _shaped(
        given,
        tiered=obj["billing_scheme"] == "tiered",
        customized=obj["custom_unit_amount"] is not None,
    )
    given_own = shaped.pop(obj["currency"], None)
    base = own(obj)
    if given_own is not None and {**given_own, "tax_behavior": base["tax_behavior"]} != base:
        raise RefusalError(
            f"`{obj['currency']}` is the price's own currency; its amount is not an option.",
            param=f"currency_options[{obj['currency']}]",
        )
    return shaped


def once(current: str, given: str, param: str) -> str:
    """Set a tax behaviour, which is fixed as soon as it says anything."""
    if current not in {"unspecified", given}:
        raise RefusalError(
            f"You cannot change `tax_behavior` once it is set to `{current}`.", param=param
        )
    return given


def updated(world: World, obj: Object, given: Any) -> Object:
    """Give a price's currency options after an update; `""` leaves none."""
    if given == "":
        return {}
    current = obj["currency_options"]
    known = {obj["currency"]: own(obj), **current}
    merged: Object = {}
    for name, option in given.items():
        before = known.get(name)
        merged[name] = _merged(before, option) if before else option
    shaped = made(obj, merged)
    for name, option in shaped.items():
        before = current.get(name)
        if before is None:
            continue
        param = f"currency_options[{name}]"
        once(before["tax_behavior"], option["tax_behavior"], f"{param}[tax_behavior]")
        same = {**option, "tax_behavior": before["tax_behavior"]} == before
        if not same and world.switches.currency_option_amount == "refuse":
            raise RefusalError(
                f"The amount of `{name}` cannot be changed once it is set.", param=param
            )
    if world.switches.currency_options_update == "replace":
        return shaped
    return {**current, **shaped}


def _merged(before: Object, given: Params) -> Params:
    """An option that says only part: the rest is what it was."""
    merged = dict(given)
    merged.setdefault("tax_behavior", before["tax_behavior"])
    if not given.keys() & {"unit_amount", "unit_amount_decimal", "tiers", "custom_unit_amount"}:
        merged |= _as_given(before)
    return merged


def _as_given(option: Object) -> Object:
    """The amounts of an answered option, as parameters that would make it."""
    if "tiers" in option:
        return {"tiers": [_tier_as_given(tier) for tier in option["tiers"]]}
    if option["custom_unit_amount"] is not None:
        bounds = {k: v for k, v in option["custom_unit_amount"].items() if v is not None}
        return {"custom_unit_amount": {"enabled": True, **bounds}}
    return _amount_as_given(option, "unit_amount")


def _tier_as_given(tier: Object) -> Object:
    return {
        **_amount_as_given(tier, "flat_amount"),
        **_amount_as_given(tier, "unit_amount"),
        "up_to": "inf" if tier["up_to"] is None else tier["up_to"],
    }


def _amount_as_given(option: Object, name: str) -> Object:
    exact = option[f"{name}_decimal"]
    return {} if exact is None else {f"{name}_decimal": Decimal(exact)}


def _shaped(given: Mapping[str, Params], *, tiered: bool, customized: bool) -> Object:
    """Currency options as answered, each complete, in the order given."""
    shaped = {}
    for name, option in given.items():
        path = f"currency_options[{name}]"
        currency = currency_key(name, param=path)
        shaped[currency] = _option(option, tiered=tiered, customized=customized, path=path)
    return shaped


def _option(given: Params, *, tiered: bool, customized: bool, path: str) -> Object:
    """One currency option; it is priced the same way as its price."""
    shaped: Object = {
        "custom_unit_amount": None,
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        **NO_AMOUNT,
    }
    if tiered:
        if "tiers" not in given:
            raise RefusalError(
                "A currency option of a tiered price needs `tiers`.", param=at(path, "tiers")
            )
        return shaped | {"tiers": tiers(given["tiers"], path=f"{path}[tiers]")}
    if "tiers" in given:
        raise RefusalError(
            "`tiers` can only be used with `billing_scheme=tiered`.", param=at(path, "tiers")
        )
    if customized or "custom_unit_amount" in given:
        chosen = given.get("custom_unit_amount", {"enabled": True})
        return shaped | {"custom_unit_amount": custom(chosen, path=at(path, "custom_unit_amount"))}
    return shaped | unit(given, path=path)


def own(price: Object) -> Object:
    """A price's own currency, as it shows among its currency options."""
    option = {
        name: price[name]
        for name in ("custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal")
    }
    return option | ({"tiers": price["tiers"]} if "tiers" in price else {})
