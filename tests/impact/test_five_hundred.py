"""500 subscriptions on a price that changes: the plan's numbers against a count by another way."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

import pytest

from laws.account import Account
from reconciler import kinds, planfile
from reconciler.model.revenue import Revenue
from reconciler.model.values import Frozen
from reconciler.planner.impact import left_out, weigh
from reconciler.render.text import text
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
amount = {amount}
interval = "{interval}"
interval_count = 2
currency_options = {{ eur = {euro}{yen} }}
"""
BEFORE = CATALOG.format(amount="29.99", interval="week", euro="27.01", yen=", jpy = 4301")
AFTER = CATALOG.format(amount="39.99", interval="month", euro="31.07", yen="")

STATUSES = ("active", "active", "active", "past_due", "trialing", "unpaid", "paused", "canceled")
CURRENCIES = ("usd", "usd", "eur", "jpy", "usd")


def subscriptions(price, others):
    """500 of them; every 25th has so many items that Stripe does not show this one at once."""
    for number in range(500):
        item = {"price": price, "quantity": number % 7}
        more = [{"price": other, "quantity": 100} for other in others] if number % 25 == 0 else []
        yield {
            "object": "subscription",
            "id": f"sub_{number:03}",
            "customer": "cus_a",
            "created": 1_700_000_000 + number * 7_000,
            "status": STATUSES[number % len(STATUSES)],
            "currency": CURRENCIES[number % len(CURRENCIES)],
            "discounts": [f"di_{number}"] if number % 11 == 0 else [],
            "items": [*more, item],
        }


@pytest.fixture(scope="module")
def shop():
    account = Account(KINDS)
    account.apply(account.plan(loads(BEFORE, KINDS)))
    (price,) = (one["id"] for one in account.simulator.dump() if one["object"] == "price")
    product = account.post("/v1/products", name="Extras")["id"]
    others = [
        account.post(
            "/v1/prices",
            product=product,
            currency="usd",
            unit_amount=1,
            recurring={"interval": "week", "interval_count": 2},
        )["id"]
        for _ in range(12)
    ]
    raw = list(subscriptions(price, others))
    account.simulator.seed([{"object": "customer", "id": "cus_a"}, *raw])
    yield account, raw, price
    account.close()


@pytest.fixture(scope="module")
def planned(shop):
    account, _, _ = shop
    return account.plan(loads(AFTER, KINDS))


def worth(raw, price, currency, cents, months):
    """What the paying ones in a currency bring a month, added up one by one."""
    total = Decimal(0)
    for one in raw:
        if one["status"] in {"active", "past_due"} and one["currency"] == currency:
            (quantity,) = (i["quantity"] for i in one["items"] if i["price"] == price)
            total += Decimal(cents) * quantity / months
    return int(total.quantize(Decimal(1), ROUND_HALF_UP))


def paying(raw, currency):
    return sum(
        one["status"] in {"active", "past_due"} and one["currency"] == currency for one in raw
    )


TWO_WEEKS = 14 / (Decimal("365.25") / 12)
TWO_MONTHS = Decimal(2)


def test_the_numbers_are_those_of_a_plain_count(shop, planned):
    _, raw, price = shop
    (impact,) = planned.impacts
    by_status = Counter(one["status"] for one in raw if one["status"] != "canceled")
    expected = (
        price,
        Frozen(by_status),
        (
            Revenue(
                currency="eur",
                subscriptions=paying(raw, "eur"),
                now=worth(raw, price, "eur", 2701, TWO_WEEKS),
                then=worth(raw, price, "eur", 3107, TWO_MONTHS),
            ),
            Revenue(
                currency="jpy",
                subscriptions=paying(raw, "jpy"),
                now=worth(raw, price, "jpy", 4301, TWO_WEEKS),
                then_why="not_sold",
            ),
            Revenue(
                currency="usd",
                subscriptions=paying(raw, "usd"),
                now=worth(raw, price, "usd", 2999, TWO_WEEKS),
                then=worth(raw, price, "usd", 3999, TWO_MONTHS),
            ),
        ),
        sum(bool(one["discounts"]) and one["status"] in {"active", "past_due"} for one in raw),
    )
    assert expected == (impact.object, impact.subscriptions, impact.revenue, impact.discounted)


def test_they_are_told_in_two_lines(planned):
    (impact,) = planned.impacts
    euro, yen, dollar = impact.revenue
    told = [line.strip() for line in text(planned, KINDS).splitlines()]
    first = next(line for line in told if "subscriptions stay on" in line)
    assert first == (
        f"438 subscriptions stay on {impact.object} (189 active, 63 past_due, 62 paused, 62 trialing, "
        f"62 unpaid; {cents(euro.now)} EUR + {yen.now:,} JPY + {cents(dollar.now)} USD a month; "
        f"{cents(euro.then)} EUR + {cents(dollar.then)} USD at the new price)"
    )
    assert told[told.index(first) + 1] == (
        "the new price is not sold in JPY; "
        f"discounts are not taken off: {impact.discounted} have one"
    )


def cents(amount):
    return f"{Decimal(amount) / 100:,.2f}"


def test_a_plan_file_keeps_them(planned):
    assert planned == planfile.read(planfile.write(planned), KINDS)


def test_only_what_has_more_items_than_stripe_shows_costs_a_request_of_its_own(shop, planned):
    account, _, _ = shop
    calls = account.simulator.calls
    before = len(calls)
    account.plan(loads(AFTER, KINDS))
    items = [call for call in list(calls)[before:] if call.path == "/v1/subscription_items"]
    living = [n for n in range(0, 500, 25) if STATUSES[n % len(STATUSES)] != "canceled"]
    assert len(living) == len(items)


def test_an_unchanged_catalog_asks_for_no_subscription(shop):
    account, _, _ = shop
    before = len(account.simulator.calls)
    assert account.plan(loads(BEFORE, KINDS)).changes == ()
    asked = {call.path for call in list(account.simulator.calls)[before:]}
    assert "/v1/prices" in asked
    assert not {path for path in asked if path.startswith("/v1/subscription")}


def test_who_leaves_them_out_reads_why(planned):
    left = weigh(planned, left_out(planned.impacts))
    (impact,) = left.impacts
    assert impact.unknown == "--no-impact leaves them uncounted"
