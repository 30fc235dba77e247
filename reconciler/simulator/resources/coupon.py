"""Coupon: a percentage or an amount off. Only its name, metadata and currency options change.

https://docs.stripe.com/api/coupons
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from reconciler.simulator.money import currency, currency_key, plain
from reconciler.simulator.resource import (
    Params,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.values import Object, RefusalError

FIVE_YEARS = 5 * 366 * 24 * 3600

DEFAULTS: Object = {
    "object": "coupon",
    "amount_off": None,
    "applies_to": {"products": []},
    "created": 0,
    "currency": None,
    "currency_options": {},
    "duration": "once",
    "duration_in_months": None,
    "livemode": False,
    "max_redemptions": None,
    "metadata": {},
    "name": None,
    "percent_off": None,
    "redeem_by": None,
    "times_redeemed": 0,
}

_AS_GIVEN = ("amount_off", "duration", "duration_in_months", "max_redemptions", "name", "redeem_by")


def _create(world: World, params: Params) -> Object:
    _check_discount(params)
    _check_terms(world, params)
    id_ = params.get("id") or world.new_id("coupon")
    buried = world.buried("coupon", id_) and world.switches.deleted_ids == "taken"
    if buried or world.get("coupon", id_) is not None:
        raise RefusalError("Coupon already exists.", code="resource_already_exists", param="id")
    obj = DEFAULTS | {
        "id": id_,
        "created": world.now,
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
        **{name: params[name] for name in _AS_GIVEN if name in params},
    }
    if "percent_off" in params:
        obj["percent_off"] = _percentage(params["percent_off"])
    if "amount_off" in params:
        obj["currency"] = currency(params["currency"], param="currency")
        obj["currency_options"] = _options(params.get("currency_options", {}))
    if "applies_to" in params:
        for index, product in enumerate(params["applies_to"].get("products", [])):
            world.need("product", product, param=f"applies_to[products][{index}]")
        obj["applies_to"] = {"products": params["applies_to"].get("products", [])}
    return world.insert("coupon", obj)


def _check_discount(params: Params) -> None:
    if "percent_off" not in params and "amount_off" not in params:
        raise RefusalError("Must provide percent_off or amount_off.", code="parameter_missing")
    if "percent_off" in params and "amount_off" in params:
        raise RefusalError(
            "Received both percent_off and amount_off parameters. Please pass in only one."
        )
    if "percent_off" in params and "currency_options" in params:
        raise RefusalError(
            "You may only specify one of these parameters: currency_options, percent_off.",
            param="currency_options",
        )
    if "amount_off" in params:
        if "currency" not in params:
            raise RefusalError("You must pass currency when passing amount_off", param="currency")
        _check_positive(params["amount_off"], "amount_off")
        return
    percent = _percentage(params["percent_off"])
    for bound, word, outside in (
        (Decimal("0.01"), "greater", percent < Decimal("0.01")),
        (Decimal(100), "less", percent > 100),
    ):
        if outside:
            raise RefusalError(
                f"This value must be {word} than or equal to {plain(bound)} "
                f"(it currently is '{percent:f}').",
                param="percent_off",
            )


def _check_terms(world: World, params: Params) -> None:
    repeating = params.get("duration") == "repeating"
    if repeating and "duration_in_months" not in params:
        raise RefusalError(
            "The duration_in_months param must be set when creating a coupon with a repeating "
            "duration",
            param="duration",
        )
    if "duration_in_months" in params:
        _check_positive(params["duration_in_months"], "duration_in_months")
        if not repeating:
            raise RefusalError(
                "The duration_in_months param can only be set with a repeating duration",
                param="duration_in_months",
            )
    if "max_redemptions" in params:
        _check_positive(params["max_redemptions"], "max_redemptions")
    redeem_by = params.get("redeem_by")
    if redeem_by is not None and redeem_by <= world.now:
        raise RefusalError(
            "The parameter `redeem_by` expects a unix timestamp in the future. You specified the "
            f"value `{redeem_by}` which is in the past.",
            param="redeem_by",
        )
    if redeem_by is not None and redeem_by > world.now + FIVE_YEARS:
        raise RefusalError(
            "Invalid timestamp: can be no more than five years in the future.", param="redeem_by"
        )


def _check_positive(value: int, param: str) -> None:
    if value < 1:
        raise RefusalError(
            "Invalid positive integer", code="parameter_invalid_integer", param=param
        )


def _percentage(given: Decimal) -> Decimal:
    """A percentage is answered as a JSON float, so a whole one shows a zero behind the point."""
    text = plain(given)
    return Decimal(text if "." in text else f"{text}.0")


def _options(given: Mapping[str, Params]) -> Object:
    options = {}
    for name, option in given.items():
        param = f"currency_options[{name}]"
        _check_positive(option["amount_off"], f"{param}[amount_off]")
        options[currency_key(name, param=param)] = {"amount_off": option["amount_off"]}
    return options


def _update(_world: World, obj: Object, params: Params) -> Object:
    if "name" in params:
        obj["name"] = params["name"]
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    if "currency_options" in params:
        if obj["amount_off"] is None:
            raise RefusalError(
                "You may only specify one of these parameters: currency_options, percent_off.",
                param="currency_options",
            )
        obj["currency_options"] = obj["currency_options"] | _options(params["currency_options"])
    return obj


def _delete(world: World, obj: Object, _params: Params) -> None:
    """The coupon's promotion codes go off with it, and cannot be brought back."""
    for code in world.siblings("promotion_code", "coupon", obj["id"]):
        world.save("promotion_code", code | {"active": False, "_coupon_gone": True})
    world.remove("coupon", obj["id"])


def valid(world: World, obj: Object) -> bool:
    """Tell whether a coupon can still be redeemed."""
    in_time = obj["redeem_by"] is None or obj["redeem_by"] > world.now
    limit = obj["max_redemptions"]
    return in_time and (limit is None or obj["times_redeemed"] < limit)


def _present(world: World, obj: Object) -> Object:
    own = {}
    if obj["amount_off"] is not None and world.switches.base_currency_in_options == "echo":
        own = {obj["currency"]: {"amount_off": obj["amount_off"]}}
    return obj | {"currency_options": own | obj["currency_options"], "valid": valid(world, obj)}


def _complete(_world: World, obj: Object) -> Object:
    """A seeded coupon: what is worked out at reading is not stored."""
    whole = {name: value for name, value in obj.items() if name != "valid"}
    if obj["percent_off"] is not None:
        whole["percent_off"] = _percentage(Decimal(obj["percent_off"]))
    whole["currency_options"] = {
        name: option for name, option in obj["currency_options"].items() if name != obj["currency"]
    }
    return whole


RESOURCE = Resource(
    object="coupon",
    path="/v1/coupons",
    noun="coupon",
    prefix="",
    id_length=8,
    not_found_param="coupon",
    permission="coupon",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    delete=_delete,
    on_demand=frozenset({"applies_to", "currency_options"}),
    present=_present,
    complete=_complete,
)
