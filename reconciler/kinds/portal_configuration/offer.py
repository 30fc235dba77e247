"""Plans by name, in Stripe's own words: which products and prices a portal offers for them.

Stripe knows no plans. What of this would not work is said by `check.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.catalog import Catalog, Resource
from reconciler.model.values import Frozen, Pending

MOST_PRODUCTS = 10


def update_of(resource: Resource) -> Mapping[str, Any]:
    """Return the feature that offers something."""
    features: Mapping[str, Any] = resource.body.get("features") or {}
    return features.get("subscription_update") or {}


def items(update: Mapping[str, Any], catalog: Catalog) -> Iterator[tuple[Resource, Any]]:
    """Yield each plan with each price that it sells."""
    for name in update.get("plans") or ():
        plan = catalog.resources.get(name.address) if isinstance(name, Pending) else None
        if plan is not None:
            yield from ((plan, item["price"]) for item in plan.body["items"])


def offered(update: Mapping[str, Any], catalog: Catalog) -> tuple[Mapping[str, Any], ...]:
    """Return the products that are offered, each once, with what plans sell of them."""
    found: dict[Any, dict[str, Any]] = {}
    for entry in update.get("products") or ():
        there = found.setdefault(entry["product"], dict(entry))
        there["prices"] = _united(there["prices"], entry["prices"])
    for _, name in items(update, catalog):
        price = catalog.resources.get(name.address) if isinstance(name, Pending) else None
        if price is not None:
            product = price.body["product"]
            there = found.setdefault(product, {"product": product, "prices": ()})
            there["prices"] = _united(there["prices"], (name,))
    return tuple(map(Frozen, found.values()))


def _united(some: tuple[Any, ...], more: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys([*some, *more]))


def resolve(resource: Resource, catalog: Catalog) -> Mapping[str, Any]:
    """Return the body with `plans` said in `products`."""
    update = update_of(resource)
    if "plans" not in update:
        return resource.body
    said = Frozen(update).with_({"plans": None, "products": offered(update, catalog) or None})
    features = Frozen(resource.body["features"]).with_({"subscription_update": said})
    return resource.body.with_({"features": features})
