"""The items of a payment link: one price each, in some quantity.

They are objects of their own, so that they page; a link shows the first ten.
https://docs.stripe.com/api/payment-link/retrieve_line_items
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reconciler.simulator.link_shape import ADJUSTABLE
from reconciler.simulator.nested import merged
from reconciler.simulator.resource import Params, World
from reconciler.simulator.subscribing import INACTIVE_PRICE, check_currency
from reconciler.simulator.values import Object, RefusalError, missing

ITEM = "item"
MOST = 999_999

ITEM_DEFAULTS: Object = {
    "object": ITEM,
    "adjustable_quantity": None,
    "price": "",
    "quantity": 1,
}


def items_of(world: World, link: str) -> list[Object]:
    """List a link's items, in its own order."""
    # They were put in from the last to the first, because lists are newest first.
    return world.siblings(ITEM, "payment_link", link)[::-1]


def priced(world: World, given: Params, *, path: str) -> Object:
    """The price of a given item, which must be there and on sale."""
    if "price_data" in given:
        if "price" in given:
            raise RefusalError(
                "You may only specify one of these parameters: price, price_data.",
                param=f"{path}[price]",
            )
        return world.create("price", {**given["price_data"], "_inline": True})
    if "price" not in given:
        raise missing(f"{path}[price]")
    price = world.need("price", given["price"], param=f"{path}[price]")
    if not price["active"]:
        raise RefusalError(INACTIVE_PRICE, param=f"{path}[price]")
    return price


def common_currency(wanted: str, prices: list[Object], *, path: str) -> str:
    """The one currency that all prices sell in; without a wish, the first price's own."""
    chosen = wanted or str(prices[0]["currency"])
    for index, price in enumerate(prices):
        check_currency(chosen, price, param=f"{path}[{index}][price]")
    return chosen


def add_items(world: World, link: str, given: list[Params], prices: list[Object]) -> None:
    """Put a new link's items in."""
    made = [
        ITEM_DEFAULTS
        | {
            "id": world.new_id(ITEM),
            "_payment_link": link,
            "adjustable_quantity": _adjustable(world, one, None, path=f"line_items[{index}]"),
            "price": price["id"],
            "quantity": quantity(one, path=f"line_items[{index}]"),
        }
        for index, (one, price) in enumerate(zip(given, prices, strict=True))
    ]
    for item in reversed(made):
        world.insert(ITEM, item)


def change_items(world: World, link: str, given: list[Params]) -> None:
    """Change items by their id; no update adds one, takes one off, or swaps its price."""
    for index, one in enumerate(given):
        path = f"line_items[{index}]"
        item = world.need(ITEM, one["id"], param=f"{path}[id]")
        if item["_payment_link"] != link:
            raise world.absent(ITEM, one["id"], param=f"{path}[id]")
        if "quantity" in one:
            item["quantity"] = quantity(one, path=path)
        item["adjustable_quantity"] = _adjustable(
            world, one, item["adjustable_quantity"], path=path
        )
        world.save(ITEM, item)


def quantity(given: Params, *, path: str) -> int:
    """A quantity, at least one."""
    count: int = given["quantity"]
    if count < 1:
        raise RefusalError(
            "Invalid positive integer", code="parameter_invalid_integer", param=f"{path}[quantity]"
        )
    return count


def _adjustable(world: World, given: Params, before: Object | None, *, path: str) -> Object | None:
    if "adjustable_quantity" not in given:
        return before
    return adjustable(world, merged(ADJUSTABLE, before, given["adjustable_quantity"]), path=path)


def adjustable(world: World, given: Object, *, path: str) -> Object:
    """The bounds of a quantity that customers choose; they are 0 and 99 unless given."""
    param = f"{path}[adjustable_quantity]"
    low, high = given["minimum"], given["maximum"]
    for name, bound in (("minimum", low), ("maximum", high)):
        if bound is not None and not 0 <= bound <= MOST:
            raise RefusalError(f"`{name}` must be between 0 and {MOST}.", param=f"{param}[{name}]")
    if low is not None and high is not None and low > high:
        raise RefusalError("`minimum` cannot be greater than `maximum`.", param=param)
    if given["enabled"] and world.switches.payment_link_defaults == "filled":
        return given | {
            "maximum": 99 if high is None else high,
            "minimum": 0 if low is None else low,
        }
    return given


def shown(world: World, item: Object) -> Object:
    """An item with what is worked out at reading: its amounts and its description."""
    link = world.get("payment_link", item["_payment_link"])
    currency = link["currency"] if link else "usd"
    price = world.get("price", item["price"])
    product = price and world.get("product", price["product"])
    total = _amount(price, currency, item["quantity"]) if price else 0
    return item | {
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": currency,
        "description": product["name"] if product else None,
        "discounts": [],
        "taxes": [],
    }


def _amount(price: Object, currency: str, count: int) -> int:
    """What a quantity costs at once: nothing where usage or the customer will say."""
    option: Mapping[str, Any] = price
    if currency != price["currency"]:
        option = price["currency_options"].get(currency, price)
    if (price["recurring"] or {}).get("usage_type") == "metered":
        return 0
    if "tiers" in option:
        return _rounded(_tiered(option["tiers"], price["tiers_mode"], count))
    if option["unit_amount_decimal"] is None:
        return (option["custom_unit_amount"] or {}).get("preset") or 0
    packs = Decimal(count)
    transform = price["transform_quantity"]
    if transform:
        whole, rest = divmod(count, transform["divide_by"])
        packs = Decimal(whole + (1 if rest and transform["round"] == "up" else 0))
    return _rounded(packs * Decimal(option["unit_amount_decimal"]))


def _tiered(tiers: list[Object], mode: str, count: int) -> Decimal:
    """https://docs.stripe.com/products-prices/pricing-models: by one tier, or by slices."""
    if mode == "volume":
        tier = next(t for t in tiers if t["up_to"] is None or count <= t["up_to"])
        return _slice(tier, count)
    total, reached = Decimal(0), 0
    for tier in tiers:
        end = count if tier["up_to"] is None else min(count, tier["up_to"])
        total += _slice(tier, end - reached)
        reached = end
        if reached == count:
            break
    return total


def _slice(tier: Object, count: int) -> Decimal:
    flat = Decimal(tier["flat_amount_decimal"] or 0)
    return flat + count * Decimal(tier["unit_amount_decimal"] or 0)


def _rounded(amount: Decimal) -> int:
    return int(amount.to_integral_value(rounding=ROUND_HALF_UP))
