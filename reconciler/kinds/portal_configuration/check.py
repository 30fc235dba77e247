"""What Stripe would refuse of a portal configuration, and a type cannot say.

https://docs.stripe.com/api/customer_portal/configurations/create
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.portal_configuration.offer import MOST_PRODUCTS, items, offered, update_of
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Flaw
from reconciler.model.values import Pending

_LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}

_UPDATE = ("features", "subscription_update")


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find what Stripe would refuse, or what would not do what it says."""
    features: Mapping[str, Any] = resource.body.get("features") or {}
    yield from _check_cancel(features.get("subscription_cancel") or {})
    yield from _check_pause((features.get("subscription_pause") or {}).get("duration") or {})
    update = update_of(resource)
    yield from _check_products(update, catalog)
    yield from _check_plans(update, catalog)
    yield from _check_intervals(update, catalog)


def _check_cancel(cancel: Mapping[str, Any]) -> Iterator[Flaw]:
    path = ("features", "subscription_cancel")
    immediate = cancel.get("mode") == "immediately"
    if cancel.get("proration_behavior") == "create_prorations" and not immediate:
        yield Flaw(
            path=(*path, "proration_behavior"),
            what='needs mode = "immediately"',
            why="At the end of a period there is nothing left to credit.",
            mend="Change the mode, or leave proration_behavior out.",
        )


def _check_pause(duration: Mapping[str, Any]) -> Iterator[Flaw]:
    path = ("features", "subscription_pause", "duration")
    options = duration.get("interval_options") or ()
    if duration.get("type") == "interval_options" and not options:
        yield Flaw(
            path=path,
            what="needs interval_options",
            why="Customers choose one of them.",
            mend='Add, say, interval_options = [{ interval = "month" }].',
        )
    if duration.get("type") == "indefinite" and options:
        yield Flaw(
            path=(*path, "interval_options"),
            what='does not go with type = "indefinite"',
            why="A pause without an end has no length.",
            mend='Remove it, or write type = "interval_options".',
        )
    for option in options:
        count, unit = option.get("interval_count", 1), option["interval"]
        if count > _LONGEST[unit]:
            yield Flaw(
                path=(*path, "interval_options"),
                what=f"has a pause of {count} {unit}s",
                why="Stripe pauses for three years at most.",
                mend=f"Use at most {_LONGEST[unit]}.",
            )


def _check_products(update: Mapping[str, Any], catalog: Catalog) -> Iterator[Flaw]:
    path = (*_UPDATE, "products")
    entries = update.get("products") or ()
    # Observed: "Missing required param: features[subscription_update][products]".
    if update.get("enabled") and not entries and not update.get("plans"):
        yield Flaw(
            path=_UPDATE,
            what="needs products, or plans",
            why="Customers change between these; Stripe asks for them even for quantities.",
            mend='Add, say, plans = ["pro"].',
        )
    for product, count in Counter(entry["product"] for entry in entries).items():
        if count > 1:
            yield Flaw(
                path=path,
                what=f"names {_named(product)} {count} times",
                why="Which of the entries counts would be a guess.",
                mend="Put all its prices into one.",
            )
    for entry in entries:
        for name in entry["prices"]:
            price = catalog.resources.get(name.address) if isinstance(name, Pending) else None
            if price is not None:
                yield from _check_price(entry["product"], price)
        quantity = entry.get("adjustable_quantity") or {}
        if quantity.get("maximum", quantity.get("minimum", 0)) < quantity.get("minimum", 0):
            yield Flaw(
                path=path,
                what=f"{_named(entry['product'])} has a maximum below its minimum",
                mend="Change one of them; the minimum is 1 unless given.",
            )


def _check_price(product: Any, price: Resource) -> Iterator[Flaw]:
    path = (*_UPDATE, "products")
    if isinstance(product, Pending) and price.body["product"] != product:
        yield Flaw(
            path=path,
            what=f"{price.address} is no price of {product.address}",
            why="Each product is offered with prices of its own.",
        )
    if "recurring" not in price.body:
        yield Flaw(
            path=path,
            what=f"{price.address} is a one-time price",
            why="Subscriptions take recurring prices only.",
            mend="Take it out, or give the price an interval.",
        )


def _check_plans(update: Mapping[str, Any], catalog: Catalog) -> Iterator[Flaw]:
    path = (*_UPDATE, "plans")
    for plan, price in items(update, catalog):
        if isinstance(price, str):
            yield Flaw(
                path=path,
                what=f"{plan.address} sells {price}, whose product is not known here",
                why="The portal offers products with their prices.",
                mend=f"Offer it under products, and leave {plan.address} out.",
            )
    count = len(offered(update, catalog))
    if count > MOST_PRODUCTS and len(update.get("products") or ()) <= MOST_PRODUCTS:
        yield Flaw(
            path=path,
            what=f"comes to {count} products in all",
            why=f"Stripe offers at most {MOST_PRODUCTS}.",
            mend="Name fewer plans.",
        )


def _check_intervals(update: Mapping[str, Any], catalog: Catalog) -> Iterator[Flaw]:
    """Find prices of one product for periods of one length.

    Observed: "For each product, its price must have unique billing intervals".
    """
    path = (*_UPDATE, "plans" if update.get("plans") else "products")
    for entry in offered(update, catalog):
        seen: dict[tuple[str, int], Resource] = {}
        for name in entry["prices"]:
            price = catalog.resources.get(name.address) if isinstance(name, Pending) else None
            period = price.body.get("recurring") if price is not None else None
            if price is None or not period:
                continue
            other = seen.setdefault((period["interval"], period.get("interval_count", 1)), price)
            if other is not price:
                yield Flaw(
                    path=path,
                    what=f"offers {other.address} and {price.address}, both for the same period",
                    why="Of each product Stripe's portal offers one price for each period.",
                    mend="Offer one of them, or give them products of their own.",
                )


def _named(product: Any) -> str:
    return str(product.address) if isinstance(product, Pending) else str(product)
