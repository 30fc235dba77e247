"""Shipping rate: what delivery costs. Its amount never changes; it is archived, not deleted.

https://docs.stripe.com/api/shipping_rates
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.simulator import tax
from reconciler.simulator.currency_options import once
from reconciler.simulator.money import currency, currency_key
from reconciler.simulator.resource import (
    Params,
    Query,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.store import Tag
from reconciler.simulator.values import Object, RefusalError, missing

DEFAULTS: Object = {
    "object": "shipping_rate",
    "active": True,
    "created": 0,
    "delivery_estimate": None,
    "display_name": "",
    "fixed_amount": None,
    "livemode": False,
    "metadata": {},
    "tax_behavior": "unspecified",
    "tax_code": None,
    "type": "fixed_amount",
}


def _create(world: World, params: Params) -> Object:
    if "fixed_amount" not in params:
        raise missing("fixed_amount")
    tax.check_code(params.get("tax_code"))
    obj = DEFAULTS | {
        "id": world.new_id("shipping_rate"),
        "created": world.now,
        "delivery_estimate": _estimate(params.get("delivery_estimate")),
        "display_name": params["display_name"],
        "fixed_amount": _amount(params["fixed_amount"]),
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tax_code": params.get("tax_code"),
    }
    given = params["fixed_amount"].get("currency_options", {})
    obj["fixed_amount"]["currency_options"] = _options(obj, given)
    return world.insert("shipping_rate", obj)


def _amount(given: Params) -> Object:
    _check_amount(given["amount"], "fixed_amount[amount]")
    name = currency(given["currency"], param="fixed_amount[currency]")
    return {"amount": given["amount"], "currency": name}


def _check_amount(amount: int, param: str) -> None:
    if amount < 0:
        raise RefusalError(
            "Invalid non-negative integer", code="parameter_invalid_integer", param=param
        )


def _estimate(given: Params | None) -> Object | None:
    if given is None:
        return None
    bounds = {name: given.get(name) for name in ("maximum", "minimum")}
    for name, bound in bounds.items():
        if bound is not None and bound["value"] < 1:
            raise RefusalError(
                "Invalid positive integer",
                code="parameter_invalid_integer",
                param=f"delivery_estimate[{name}][value]",
            )
    return bounds


def _options(obj: Object, given: Mapping[str, Params]) -> Object:
    """Given currency options, whole; the rate's own currency is not one of them."""
    fixed = obj["fixed_amount"]
    options: Object = {}
    for name, option in given.items():
        param = f"fixed_amount[currency_options][{name}]"
        if "amount" not in option:
            raise missing(f"{param}[amount]")
        _check_amount(option["amount"], f"{param}[amount]")
        options[currency_key(name, param=param)] = {
            "amount": option["amount"],
            "tax_behavior": option.get("tax_behavior", "unspecified"),
        }
    own = options.pop(fixed["currency"], None)
    if own is not None and own["amount"] != fixed["amount"]:
        raise RefusalError(
            f"`{fixed['currency']}` is the shipping rate's own currency; its amount is not an "
            "option.",
            param=f"fixed_amount[currency_options][{fixed['currency']}]",
        )
    return options


def _update(world: World, obj: Object, params: Params) -> Object:
    obj["active"] = params.get("active", obj["active"])
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    if "tax_behavior" in params:
        obj["tax_behavior"] = once(obj["tax_behavior"], params["tax_behavior"], "tax_behavior")
    if "currency_options" in params.get("fixed_amount", {}):
        given = params["fixed_amount"]["currency_options"]
        obj["fixed_amount"]["currency_options"] = _updated(world, obj, given)
    return obj


def _updated(world: World, obj: Object, given: Mapping[str, Params]) -> Object:
    """The currency options after an update; an option may say only part of itself."""
    current = obj["fixed_amount"]["currency_options"]
    known = {obj["fixed_amount"]["currency"]: _own(obj), **current}
    options = _options(obj, {name: known.get(name, {}) | dict(o) for name, o in given.items()})
    for name in options.keys() & current.keys():
        param = f"fixed_amount[currency_options][{name}]"
        before, after = current[name], options[name]
        once(before["tax_behavior"], after["tax_behavior"], f"{param}[tax_behavior]")
        moved = before["amount"] != after["amount"]
        if moved and world.switches.currency_option_amount == "refuse":
            raise RefusalError(
                f"The amount of `{name}` cannot be changed once it is set.", param=param
            )
    return options if world.switches.currency_options_update == "replace" else current | options


def _own(obj: Object) -> Object:
    return {"amount": obj["fixed_amount"]["amount"], "tax_behavior": obj["tax_behavior"]}


def amount_in(obj: Object, name: str) -> int | None:
    """What a rate costs in a currency, None where it has no amount in it."""
    fixed = obj["fixed_amount"]
    options = {**fixed["currency_options"], fixed["currency"]: fixed}
    return options[name]["amount"] if name in options else None


def _narrow(_world: World, params: Params, query: Query) -> None:
    if "currency" in params:
        query.filters["currency"] = [params["currency"].lower()]


def _tags(obj: Object) -> Iterable[Tag]:
    return [("currency", obj["fixed_amount"]["currency"])]


def _present(world: World, obj: Object) -> Object:
    fixed = obj["fixed_amount"]
    own = {}
    if world.switches.base_currency_in_options == "echo":
        own = {fixed["currency"]: _own(obj)}
    return obj | {"fixed_amount": fixed | {"currency_options": own | fixed["currency_options"]}}


def _complete(_world: World, obj: Object) -> Object:
    """A seeded rate: its own currency is not stored among the options."""
    fixed = {"amount": 0, "currency": "usd", **(obj["fixed_amount"] or {})}
    fixed["currency_options"] = {
        name: {"tax_behavior": "unspecified", **option}
        for name, option in (fixed.get("currency_options") or {}).items()
        if name != fixed["currency"]
    }
    estimate = obj["delivery_estimate"]
    bounds = estimate and {"maximum": None, "minimum": None, **estimate}
    return obj | {"delivery_estimate": bounds, "fixed_amount": fixed}


RESOURCE = Resource(
    object="shipping_rate",
    path="/v1/shipping_rates",
    noun="shipping rate",
    prefix="shr_1",
    id_length=23,
    not_found_param="shipping_rate_token",
    permission="shipping_rate",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    filters=("currency", "active"),
    tags=_tags,
    narrow=_narrow,
    on_demand=frozenset({"fixed_amount.currency_options"}),
    present=_present,
    complete=_complete,
)
