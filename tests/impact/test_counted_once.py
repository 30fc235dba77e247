"""A subscription on several prices that go is one subscription, and brings what all of them bring."""

from __future__ import annotations

import pytest

from laws.account import Account
from reconciler import kinds, planfile
from reconciler.render.verdict import verdict
from reconciler.spec.load import loads

KINDS = kinds.load()

CATALOG = """
[catalog]
name = "acme"
[defaults]
currency = "usd"
[products.pro]
name = "Pro"
[products.pro.prices.seat]
amount = {seat}
interval = "month"
[products.pro.prices.support]
amount = {support}
interval = "month"
"""
BEFORE = CATALOG.format(seat="20.00", support="100.00")
AFTER = CATALOG.format(seat="30.00", support="90.00")


def planned(*items):
    """Return the plan from BEFORE to AFTER where each subscription has prices of these keys."""
    account = Account(KINDS)
    account.apply(account.plan(loads(BEFORE, KINDS)))
    prices = {
        one["lookup_key"].removeprefix("pro_"): one["id"]
        for one in account.simulator.dump()
        if one["object"] == "price"
    }
    account.simulator.seed(
        [
            {"object": "customer", "id": "cus_a"},
            *(
                {
                    "object": "subscription",
                    "id": f"sub_{number}",
                    "customer": "cus_a",
                    "status": "active",
                    "items": [{"price": prices[key], "quantity": 1} for key in keys],
                }
                for number, keys in enumerate(items)
            ),
        ]
    )
    plan = account.plan(loads(AFTER, KINDS))
    account.close()
    return plan


@pytest.mark.parametrize(
    ("items", "counted", "told"),
    [
        (
            [("seat", "support")],
            [(1, 0), (1, 1)],
            "1 subscription stays on its old prices, at 120.00 USD a month.",
        ),
        (
            [("seat", "support"), ("seat",), ("support",), ("support", "seat")],
            [(3, 0), (3, 2)],
            "4 subscriptions stay on their old prices, at 360.00 USD a month.",
        ),
        (
            [("seat",), ("support",)],
            [(1, 0), (1, 0)],
            "2 subscriptions stay on their old price, at 120.00 USD a month.",
        ),
    ],
)
def test_each_is_counted_once(items, counted, told):
    plan = planned(*items)

    assert counted == [(impact.total, impact.counted_before) for impact in plan.impacts]
    assert told in verdict(plan, KINDS)
    assert plan == planfile.read(planfile.write(plan), KINDS)
