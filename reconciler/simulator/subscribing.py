"""Puts prices on subscriptions, as items, by the rules that Stripe checks.

Shared by subscriptions and subscription items. Nothing is invoiced and no payment can fail.
https://docs.stripe.com/api/subscriptions
"""

from __future__ import annotations

from typing import Any

from reconciler.simulator import periods
from reconciler.simulator.resource import Params, World, first_metadata, merged_metadata, only
from reconciler.simulator.values import Object, RefusalError

MAX_ITEMS = 20

ITEM = "subscription_item"

ITEM_DEFAULTS: Object = {
    "object": ITEM,
    "billing_thresholds": None,
    "created": 0,
    "current_period_end": 0,
    "current_period_start": 0,
    "discounts": [],
    "metadata": {},
    "price": "",
    "quantity": 1,
    "subscription": "",
    "tax_rates": [],
}

_ITEM_PARAMS = frozenset({"id", "deleted", "metadata", "price", "price_data", "quantity"})

INACTIVE_PRICE = "The price specified is inactive. This field only accepts active prices."


def items_of(world: World, subscription: str) -> list[Object]:
    """List a subscription's items, oldest first."""
    return world.siblings(ITEM, "subscription", subscription)


def change_items(world: World, obj: Object, given: list[Params]) -> None:
    """Apply the `items` of an update: by `id` an item changes or goes, without one it is added."""
    for index, item in enumerate(given):
        path = f"items[{index}]"
        if "id" not in item:
            add_item(world, obj, item, path=path)
            continue
        current = world.need(ITEM, item["id"], param=f"{path}[id]")
        if current["subscription"] != obj["id"]:
            raise world.absent(ITEM, item["id"], param=f"{path}[id]")
        if item.get("deleted"):
            remove_item(world, obj, current)
        else:
            change_item(world, obj, current, item, path=path)


def add_item(world: World, obj: Object, given: Params, *, path: str = "") -> Object:
    """Add an item to a stored subscription."""
    only(given, _ITEM_PARAMS, path=path)
    price = _price(world, obj, given, path=path)
    others = items_of(world, obj["id"])
    if any(item["price"] == price["id"] for item in others):
        raise RefusalError(
            "Cannot create a Subscription with multiple Subscription Items with the same Price: "
            f"{price['id']}",
            param="plan",
        )
    if len(others) >= MAX_ITEMS:
        raise RefusalError(f"A subscription can have at most {MAX_ITEMS} items.", param="items")
    _check_intervals(world, obj, price, others, path=path)
    item = ITEM_DEFAULTS | {
        "id": world.new_id(ITEM),
        "created": world.now,
        "metadata": first_metadata(world, given),
        "subscription": obj["id"],
        **_priced(world, obj, price, given, path=path),
    }
    world.insert(ITEM, item)
    _noted(world, obj)
    return item


def change_item(
    world: World, obj: Object, item: Object, given: Params, *, path: str = ""
) -> Object:
    """Change an item of a stored subscription: another price, another quantity."""
    only(given, _ITEM_PARAMS, path=path)
    if "metadata" in given:
        item["metadata"] = merged_metadata(item["metadata"], given["metadata"])
    if "price_data" in given or given.get("price", item["price"]) != item["price"]:
        price = _price(world, obj, given, path=path)
        others = [other for other in items_of(world, obj["id"]) if other["id"] != item["id"]]
        _check_intervals(world, obj, price, others, path=path)
        quantity = {"quantity": item["quantity"]} if item.get("quantity") is not None else {}
        metered = price["recurring"]["usage_type"] == "metered"
        kept = {} if metered else quantity
        item |= _priced(world, obj, price, {**kept, **given}, path=path)
    elif "quantity" in given:
        price = world.need("price", item["price"])
        item["quantity"] = _quantity(price, given, path=path)
    world.save(ITEM, item)
    _noted(world, obj)
    return item


def remove_item(world: World, obj: Object, item: Object) -> None:
    """Take an item off; a subscription keeps at least one."""
    if len(items_of(world, obj["id"])) == 1:
        raise RefusalError(
            "A subscription must have at least one active plan. In order to cancel it, delete the "
            "subscription instead.",
            param="items",
        )
    world.remove(ITEM, item["id"])
    _noted(world, obj)


def _noted(world: World, obj: Object) -> None:
    obj["_prices"] = [item["price"] for item in items_of(world, obj["id"])]
    world.save("subscription", obj)


def _priced(world: World, obj: Object, price: Object, given: Params, *, path: str) -> Object:
    start = world.now
    recurring = price["recurring"]
    end = periods.end(start, recurring["interval"], recurring["interval_count"])
    trial = obj.get("trial_end")
    quantity = _quantity(price, given, path=path)
    return {
        "price": price["id"],
        "quantity": quantity,
        "current_period_start": start,
        "current_period_end": trial if trial is not None and trial > start else end,
    }


def _quantity(price: Object, given: Params, *, path: str) -> int | None:
    metered = price["recurring"]["usage_type"] == "metered"
    param = f"{path}[quantity]" if path else "quantity"
    if metered and "quantity" in given:
        raise RefusalError("You cannot set the quantity for metered plans.", param=param)
    quantity: int = given.get("quantity", 1)
    if quantity < 0:
        raise RefusalError(
            "Invalid non-negative integer", code="parameter_invalid_integer", param=param
        )
    return None if metered else quantity


def _price(world: World, obj: Object, given: Params, *, path: str) -> Object:
    """Find the price of an item, which must be one that can be sold by subscription now."""
    param = f"{path}[price]" if path else "price"
    if "price_data" in given:
        return _inline(world, given["price_data"])
    if "price" not in given:
        raise RefusalError(
            f"Missing required param: {param}.", code="parameter_missing", param=param
        )
    price = world.need("price", given["price"], param=param)
    if not price["active"]:
        raise RefusalError(INACTIVE_PRICE, param=param)
    product = world.need("product", price["product"])
    if not product["active"]:
        raise RefusalError(
            f"The product {product['id']} is marked as inactive, and thus no new subscriptions "
            "can be create to any plans of this product.",
            param=param,
        )
    if price["type"] != "recurring":
        raise RefusalError(
            "The price specified is set to `type=one_time` but this field only accepts prices "
            "with `type=recurring`.",
            param=param,
        )
    check_currency(obj["currency"], price, param=param)
    return price


def _inline(world: World, given: Params) -> Object:
    """Make a price from `price_data`; it is found by id, and left out of lists."""
    return world.create("price", {**given, "_inline": True})


def check_currency(wanted: str, price: Object, *, param: str) -> None:
    """Refuse a price that does not sell in a currency; an empty one is still open."""
    offered = [price["currency"], *price["currency_options"]]
    if wanted and wanted not in offered:
        raise RefusalError(
            f"The price specified only supports `{'`, `'.join(offered)}`. This doesn't match the "
            f"expected currency: `{wanted}`.",
            param=param,
        )


def _check_intervals(
    world: World, obj: Object, price: Object, others: list[Object], *, path: str
) -> None:
    """Classic subscriptions bill all their items in one rhythm; flexible ones need not."""
    if obj["billing_mode"]["type"] == "flexible":
        return
    rhythm = _rhythm(price)
    for item in others:
        if _rhythm(world.need("price", item["price"])) != rhythm:
            raise RefusalError(
                "All prices of a subscription with `billing_mode[type]=classic` must have the "
                "same billing interval.",
                param=f"{path}[price]" if path else "price",
            )


def _rhythm(price: Object) -> Any:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]
