"""A catalog of any size, and the account that it was applied to, without applying it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CREATED = 1_700_000_000
APART = 900
"""Seconds between two prices: an account that grew evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many prices there are, how many to a product, and how many of them the file changes."""

    prices: int
    each: int = 4
    changed: int = 0

    @property
    def products(self) -> int:
        """How many products that makes."""
        return self.prices // self.each


def _cents(number: int) -> int:
    return 1000 + number % 9000


def catalog(size: Size) -> str:
    """Return the catalog's file."""
    every = size.prices // size.changed if size.changed else 0
    parts = ['[catalog]\nname = "acme"\n\n[defaults]\ncurrency = "usd"\n']
    for product in range(size.products):
        parts.append(
            f'\n[products.p{product}]\nname = "Product {product}"\n'
            f'description = "The product number {product}"\n'
        )
        for price in range(size.each):
            number = product * size.each + price
            cents = _cents(number) + (100 if every and number % every == 0 else 0)
            parts.append(
                f"[products.p{product}.prices.q{price}]\n"
                f'amount = {cents // 100}.{cents % 100:02}\ninterval = "month"\n'
            )
    return "".join(parts)


def products(size: Size) -> Iterator[dict[str, Any]]:
    """Yield the account's products, as Stripe answers them."""
    for number in range(size.products):
        yield {
            "id": f"prod_{number:08}",
            "object": "product",
            "active": True,
            "attributes": [],
            "created": CREATED + number * APART * size.each,
            "default_price": None,
            "description": f"The product number {number}",
            "images": [],
            "livemode": True,
            "marketing_features": [],
            "metadata": {"reconciler": f"acme/product.p{number}"},
            "name": f"Product {number}",
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": None,
            "tax_code": None,
            "type": "service",
            "unit_label": None,
            "updated": CREATED + number * APART * size.each,
            "url": None,
        }


def prices(size: Size) -> Iterator[dict[str, Any]]:
    """Yield the account's prices, as Stripe answers them."""
    for number in range(size.prices):
        yield {
            "id": f"price_{number:012}",
            "object": "price",
            "active": True,
            "billing_scheme": "per_unit",
            "created": CREATED + number * APART,
            "currency": "usd",
            "currency_options": {
                "usd": {
                    "custom_unit_amount": None,
                    "tax_behavior": "unspecified",
                    "unit_amount": _cents(number),
                    "unit_amount_decimal": str(_cents(number)),
                }
            },
            "custom_unit_amount": None,
            "livemode": True,
            "lookup_key": f"p{number // size.each}_q{number % size.each}",
            "metadata": {"reconciler": f"acme/price.p{number // size.each}.q{number % size.each}"},
            "nickname": None,
            "product": f"prod_{number // size.each:08}",
            "recurring": {
                "interval": "month",
                "interval_count": 1,
                "meter": None,
                "trial_period_days": None,
                "usage_type": "licensed",
            },
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring",
            "unit_amount": _cents(number),
            "unit_amount_decimal": str(_cents(number)),
        }
