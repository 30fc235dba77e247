"""A small file and an account that has much else in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from laws.account import Account
from laws.strategies import KINDS
from reconciler.model.plan import Plan
from reconciler.simulator.switches import Switches
from reconciler.spec.load import loads

HEAD = '[catalog]\nname = "acme"\n\n[defaults]\ncurrency = "usd"\n'

CATALOG = """
[products.pro]
name = "Pro"
default_price = "monthly"

[products.pro.prices.monthly]
amount = 29.00
interval = "month"

[products.pro.prices.yearly]
amount = 290.00
interval = "year"

[products.shirt]
id = "sku-1"
name = "Shirt"

[products.shirt.prices.once]
amount = 15.00
"""


class Market(Account):
    """The account, spoken to in texts."""

    def become(self, text: str) -> None:
        """Apply what a text asks for, having looked at everything."""
        self.apply(self.plan(loads(HEAD + text, KINDS)))

    def aim(self, text: str, **options: Any) -> Plan:
        """Make a targeted plan."""
        return self.targeted(loads(HEAD + text, KINDS), **options)

    def whole(self, text: str) -> Plan:
        """Make a plan of the whole account."""
        return self.plan(loads(HEAD + text, KINDS))

    def crowd(self, count: int) -> None:
        """Put so many strangers' products into the account, each with three prices."""
        self.simulator.seed(crowd(count))

    def ids(self) -> Mapping[str, str]:
        """Return what bears which of our stamps, by address; the one in use before the others."""
        found = sorted((live for live in self.look() if live.stamp), key=lambda live: live.on)
        return {str(live.stamp.address): live.id for live in found if live.stamp}


def crowd(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        product = f"prod_crowd{number}"
        yield {"id": product, "object": "product", "name": "Crowd", "active": number % 3 != 0}
        for price in range(3):
            yield {
                "id": f"price_crowd{number}x{price}",
                "object": "price",
                "product": product,
                "currency": "usd",
                "unit_amount": 100,
                "type": "one_time",
                "lookup_key": f"crowd_{number}_{price}",
                "active": number % 2 != 0,
            }


@contextmanager
def market(text: str = "", *, others: int = 0, **switches: Any) -> Iterator[Market]:
    """An account with a catalog in it, and others' objects."""
    account = Market(KINDS, Switches(**switches))
    try:
        account.crowd(others)
        if text:
            account.become(text)
        yield account
    finally:
        account.close()
