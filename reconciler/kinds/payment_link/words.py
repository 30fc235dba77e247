"""A payment link in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.values import Pending


def headline(body: Mapping[str, Any]) -> str:
    """Return what it sells: `pro.monthly + 2 x seats.monthly`."""
    parts = []
    for item in body.get("line_items") or ():
        price, count = item["price"], item.get("quantity", 1)
        name = price.address.short if isinstance(price, Pending) else str(price)
        parts.append(name if count == 1 else f"{count} x {name}")
    return " + ".join(parts)
