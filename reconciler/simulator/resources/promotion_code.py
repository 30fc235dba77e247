"""Promotion code: what a customer types to redeem a coupon. It goes off, and is never deleted.

https://docs.stripe.com/api/promotion_codes
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reconciler.simulator.ids import token
from reconciler.simulator.money import currency, currency_key
from reconciler.simulator.resource import (
    Params,
    Query,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.resources.coupon import FIVE_YEARS, valid
from reconciler.simulator.store import Tag
from reconciler.simulator.values import Object, RefusalError

NO_RESTRICTIONS: Object = {
    "currency_options": {},
    "first_time_transaction": False,
    "minimum_amount": None,
    "minimum_amount_currency": None,
}

DEFAULTS: Object = {
    "object": "promotion_code",
    "active": True,
    "code": "",
    "created": 0,
    "customer": None,
    "customer_account": None,
    "expires_at": None,
    "livemode": False,
    "max_redemptions": None,
    "metadata": {},
    "promotion": {"coupon": "", "type": "coupon"},
    "restrictions": NO_RESTRICTIONS,
    "times_redeemed": 0,
}


def _create(world: World, params: Params) -> Object:
    coupon = _coupon(world, params)
    id_ = world.new_id("promotion_code")
    obj = DEFAULTS | {
        "id": id_,
        "active": params.get("active", True),
        "code": params.get("code") or token(8, "code", id_).upper(),
        "created": world.now,
        "customer": params.get("customer"),
        "customer_account": params.get("customer_account"),
        "expires_at": params.get("expires_at"),
        "livemode": world.livemode,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": first_metadata(world, params),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": _restrictions(params.get("restrictions", {})),
    }
    # The letters that Stripe accepts include the underscore, which its text leaves out.
    if not re.fullmatch(r"[a-zA-Z0-9\-_]+", obj["code"]):
        raise RefusalError(
            "Promotion codes may only contain letters, digits, dashes and underscores.",
            param="code",
        )
    if obj["customer"] is not None:
        world.need("customer", obj["customer"], param="customer")
    _check_bounds(world, obj, coupon)
    if obj["active"]:
        _check_unique(world, obj)
    return world.insert("promotion_code", obj)


def _coupon(world: World, params: Params) -> Object:
    # The dotted and the bracketed parameter really differ at Stripe.
    if "coupon" not in params["promotion"]:
        raise RefusalError(
            "You must pass promotion.coupon when passing promotion", param="promotion.coupon"
        )
    return world.need("coupon", params["promotion"]["coupon"], param="promotion[coupon]")


def _check_bounds(world: World, obj: Object, coupon: Object) -> None:
    expires, limit = obj["expires_at"], obj["max_redemptions"]
    if expires is not None and expires <= world.now:
        raise RefusalError("Invalid timestamp: must be in the future.", param="expires_at")
    if expires is not None and expires > world.now + FIVE_YEARS:
        raise RefusalError(
            "Invalid timestamp: can be no more than five years in the future.", param="expires_at"
        )
    if expires is not None and coupon["redeem_by"] is not None and expires > coupon["redeem_by"]:
        raise RefusalError(
            "`expires_at` cannot be later than the coupon's `redeem_by`.", param="expires_at"
        )
    if limit is not None and limit < 1:
        raise RefusalError(
            "Invalid positive integer", code="parameter_invalid_integer", param="max_redemptions"
        )
    most = coupon["max_redemptions"]
    if limit is not None and most is not None and limit > most:
        raise RefusalError(
            "`max_redemptions` cannot exceed the coupon's `max_redemptions`.",
            param="max_redemptions",
        )


def _check_unique(world: World, obj: Object) -> None:
    """A code is unique, whatever its case, among active ones for the same customer."""
    whose = ("customer", "customer_account")
    for other in world.siblings("promotion_code", "code", obj["code"].lower()):
        same = other["id"] != obj["id"] and all(other[name] == obj[name] for name in whose)
        if same and _active(world, other):
            raise RefusalError(
                f"An active promotion code with `code: {obj['code']}` already exists."
            )


def _restrictions(given: Params) -> Object:
    amount, name = given.get("minimum_amount"), given.get("minimum_amount_currency")
    if (amount is None) != (name is None):
        raise RefusalError(
            "`minimum_amount` and `minimum_amount_currency` go together.",
            param="restrictions[minimum_amount]",
        )
    return NO_RESTRICTIONS | {
        "currency_options": _options(given.get("currency_options", {})),
        "first_time_transaction": given.get("first_time_transaction", False),
        "minimum_amount": amount,
        "minimum_amount_currency": name
        and currency(name, param="restrictions[minimum_amount_currency]"),
    }


def _options(given: Mapping[str, Params]) -> Object:
    return {
        currency_key(name, param=f"restrictions[currency_options][{name}]"): dict(option)
        for name, option in given.items()
    }


def _update(world: World, obj: Object, params: Params) -> Object:
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    options = params.get("restrictions", {}).get("currency_options", {})
    current = obj["restrictions"]
    merged = current["currency_options"] | _options(options)
    obj["restrictions"] = current | {"currency_options": merged}
    if params.get("active") and not _active(world, obj):
        if not _redeemable(world, obj):
            raise RefusalError(
                "This promotion code cannot be activated because its coupon is invalid, it has "
                "expired, or it has been fully redeemed.",
                param="active",
            )
        _check_unique(world, obj)
    if "active" in params:
        obj["active"] = params["active"]
    return obj


def _redeemable(world: World, obj: Object) -> bool:
    coupon = world.get("coupon", obj["promotion"]["coupon"])
    in_time = obj["expires_at"] is None or obj["expires_at"] > world.now
    limit = obj["max_redemptions"]
    unspent = limit is None or obj["times_redeemed"] < limit
    if coupon is None or obj.get("_coupon_gone"):
        return False  # one made again under the same id is another coupon
    return valid(world, coupon) and in_time and unspent


def _active(world: World, obj: Object) -> bool:
    """A code goes off by itself when it can no longer be redeemed."""
    return obj["active"] and _redeemable(world, obj)


def _present(world: World, obj: Object) -> Object:
    return obj | {"active": _active(world, obj)}


def _tags(obj: Object) -> Iterable[Tag]:
    return [("code", obj["code"].lower()), ("coupon", obj["promotion"]["coupon"])]


def _narrow(world: World, params: Params, query: Query) -> None:
    if "code" in params:
        query.filters["code"] = [params["code"].lower()]
    if "active" in params:
        # The tag says what was asked of the code, and time, use or its coupon may say otherwise.
        wanted = params["active"]
        query.keep = lambda code: _active(world, code) == wanted
        if not wanted:
            del query.filters["active"]


def _complete(_world: World, obj: Object) -> Object:
    return obj | {"restrictions": NO_RESTRICTIONS | obj["restrictions"]}


RESOURCE = Resource(
    object="promotion_code",
    path="/v1/promotion_codes",
    noun="promotion code",
    prefix="promo_1",
    id_length=23,
    not_found_param="promotion_code",
    permission="promotion_code",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    filters=("code", "coupon", "customer", "customer_account", "active"),
    tags=_tags,
    narrow=_narrow,
    on_demand=frozenset({"restrictions.currency_options"}),
    references={"customer": "customer", "promotion.coupon": "coupon"},
    present=_present,
    complete=_complete,
)
