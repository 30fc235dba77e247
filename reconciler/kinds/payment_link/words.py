"""A payment link in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.values import Pending


def suggests(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the products that it sells, then their prices."""
    sold = [item["price"] for item in body.get("line_items") or ()]
    prices = [price.address.keys for price in sold if isinstance(price, Pending)]
    yield "_".join(keys[0] for keys in prices)
    yield "_".join("_".join(keys) for keys in prices)


def headline(body: Mapping[str, Any]) -> str:
    """Return what it sells: `pro.monthly + 2 x seats.monthly`."""
    parts = []
    for item in body.get("line_items") or ():
        price, count = item["price"], item.get("quantity", 1)
        name = price.address.short if isinstance(price, Pending) else str(price)
        parts.append(name if count == 1 else f"{count} x {name}")
    return " + ".join(parts)
