"""Payment link: a page that sells prices. Its prices never change, nor is it ever deleted.

https://docs.stripe.com/api/payment-link
"""

from __future__ import annotations

from reconciler.simulator import link_rules, selling
from reconciler.simulator.ids import token
from reconciler.simulator.link_shape import SHAPE
from reconciler.simulator.money import currency
from reconciler.simulator.nested import blank, merged
from reconciler.simulator.resource import (
    Params,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.resources.shipping_rate import amount_in
from reconciler.simulator.subscribing import check_currency
from reconciler.simulator.values import Object, RefusalError, missing

KIND = "payment_link"
EMBEDDED_ITEMS = 10

# What these hold when not given depends on the rest of the link.
_DEPENDENT = ("automatic_tax", "invoice_creation", "subscription_data")

DEFAULTS: Object = {
    "object": KIND,
    "active": True,
    "application": None,
    "currency": "",
    "livemode": False,
    "metadata": {},
    "url": "",
    **{name: value for name, value in blank(SHAPE).items() if name not in _DEPENDENT},
}

_HOSTS = {"book": "book", "donate": "donate"}


def _create(world: World, params: Params) -> Object:
    given = params["line_items"]
    link_rules.check_count(given, params.get("optional_items", []))
    prices = [selling.priced(world, one, path=f"line_items[{i}]") for i, one in enumerate(given)]
    wanted = currency(params["currency"], param="currency") if "currency" in params else ""
    obj = DEFAULTS | {
        "id": world.new_id(KIND),
        "currency": selling.common_currency(wanted, prices, path="line_items"),
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
    }
    obj = _assigned(world, obj, params, prices)
    selling.add_items(world, obj["id"], given, prices)
    return world.insert(KIND, obj)


def _update(world: World, obj: Object, params: Params) -> Object:
    items = selling.items_of(world, obj["id"])
    link_rules.check_count(items, params.get("optional_items") or [])
    selling.change_items(world, obj["id"], params.get("line_items", []))
    obj["active"] = params.get("active", obj["active"])
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    prices = [found for item in items if (found := world.get("price", item["price"]))]
    return _assigned(world, obj, params, prices)


def _assigned(world: World, obj: Object, params: Params, prices: list[Object]) -> Object:
    recurring = any(price["recurring"] for price in prices)
    link_rules.check_mode(params, recurring=recurring)
    link_rules.check_values(params)
    whole = obj | merged(SHAPE, obj, params)
    if world.switches.payment_link_defaults == "filled":
        whole |= _filled(whole, recurring=recurring)
    if params.get("optional_items"):
        whole["optional_items"] = [
            _optional(world, whole, one, index) for index, one in enumerate(whole["optional_items"])
        ]
    if params.get("shipping_options"):
        whole["shipping_options"] = [
            _shipping(world, whole, one, index)
            for index, one in enumerate(params["shipping_options"])
        ]
    return whole | {"url": _url(whole)}


def _filled(obj: Object, *, recurring: bool) -> Object:
    """What Stripe's own example objects hold though nobody gave it."""
    tax = obj["automatic_tax"]
    liable = tax["liability"] or ({"type": "self"} if tax["enabled"] else None)
    filled: Object = {"automatic_tax": tax | {"liability": liable}}
    if not recurring:
        shape = SHAPE["invoice_creation"].members
        filled["invoice_creation"] = obj["invoice_creation"] or merged(shape, None, {})
    elif obj["subscription_data"] is None:
        filled["subscription_data"] = merged(SHAPE["subscription_data"].members, None, {})
    return filled


def _optional(world: World, obj: Object, item: Object, index: int) -> Object:
    path = f"optional_items[{index}]"
    price = selling.priced(world, item, path=path)
    check_currency(obj["currency"], price, param=f"{path}[price]")
    selling.quantity(item, path=path)
    bounds = item["adjustable_quantity"]
    if bounds is None:
        return item
    return item | {"adjustable_quantity": selling.adjustable(world, bounds, path=path)}


def _shipping(world: World, obj: Object, given: Params, index: int) -> Object:
    param = f"shipping_options[{index}][shipping_rate]"
    if "shipping_rate" not in given:
        raise missing(param)
    rate = world.need("shipping_rate", given["shipping_rate"], param=param)
    amount = amount_in(rate, obj["currency"])
    if amount is None:
        raise RefusalError(
            f"The shipping rate `{rate['id']}` has no amount in the currency of the payment link, "
            f"`{obj['currency']}`.",
            param=param,
        )
    return {"shipping_amount": amount, "shipping_rate": rate["id"]}


def _url(obj: Object) -> str:
    host = _HOSTS.get(obj["submit_type"], "buy")
    mode = "" if obj["livemode"] else "test_"
    return f"https://{host}.stripe.com/{mode}{token(18, 'link', obj['id'])}"


def _present(world: World, obj: Object) -> Object:
    items = selling.items_of(world, obj["id"])
    return obj | {
        "line_items": {
            "object": "list",
            "data": items[:EMBEDDED_ITEMS],
            "has_more": len(items) > EMBEDDED_ITEMS,
            "url": f"/v1/payment_links/{obj['id']}/line_items",
        }
    }


def _complete(world: World, obj: Object) -> Object:
    """A seeded link: its items, a list or an envelope, become objects of their own."""
    given = obj.pop("line_items", [])
    items = [
        _seeded_item(world, obj["id"], partial)
        for partial in (given["data"] if isinstance(given, dict) else given)
    ]
    for item in reversed(items):
        if world.get(selling.ITEM, item["id"]) is None:
            world.insert(selling.ITEM, item)
    prices = [found for item in items if (found := world.get("price", item["price"]))]
    whole = obj | merged(SHAPE, None, obj)
    whole["currency"] = obj["currency"] or (prices[0]["currency"] if prices else "usd")
    whole["shipping_options"] = [
        _seeded_option(world, whole["currency"], option) for option in obj["shipping_options"] or []
    ]
    if world.switches.payment_link_defaults == "filled":
        filled = _filled(whole, recurring=any(price["recurring"] for price in prices))
        whole |= {name: value for name, value in filled.items() if name not in obj}
    return whole | {"url": obj["url"] or _url(whole)}


def _seeded_item(world: World, link: str, partial: Object) -> Object:
    price = partial["price"]
    return {
        **{name: partial.get(name, value) for name, value in selling.ITEM_DEFAULTS.items()},
        "id": partial.get("id") or world.new_id(selling.ITEM),
        "_payment_link": link,
        "price": price["id"] if isinstance(price, dict) else price,
    }


def _seeded_option(world: World, currency_: str, partial: Object) -> Object:
    given = partial["shipping_rate"]
    id_ = given["id"] if isinstance(given, dict) else given
    rate = world.get("shipping_rate", id_)
    amount = amount_in(rate, currency_) if rate else None
    return {"shipping_amount": partial.get("shipping_amount", amount or 0), "shipping_rate": id_}


RESOURCE = Resource(
    object=KIND,
    path="/v1/payment_links",
    noun="payment link",
    prefix="plink_1",
    id_length=23,
    not_found_param="payment_link",
    permission="payment_links",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    filters=("active",),
    on_demand=frozenset({"line_items"}),
    references={"shipping_options.shipping_rate": "shipping_rate"},
    embeds={"line_items.data": selling.ITEM},
    present=_present,
    complete=_complete,
)
