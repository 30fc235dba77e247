"""What some units of a price bring a month, and how sums are rounded."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reconciler.kinds.price.revenue import monthly
from reconciler.model.revenue import Held, Revenue, revenue, rounded
from reconciler.model.values import Frozen


def price(amount=2900, interval="month", count=1, **more):
    recurring = Frozen({"interval": interval, "interval_count": count})
    return Frozen({"currency": "usd", "unit_amount": amount, "recurring": recurring, **more})


METERED = Frozen({"interval": "month", "interval_count": 1, "usage_type": "metered"})
TIERS = (Frozen({"up_to": "inf", "unit_amount": 100}),)
PACKAGE = Frozen({"divide_by": 10, "round": "up"})
OPTIONS = Frozen(
    {
        "eur": Frozen({"unit_amount": 2700}),
        "gbp": Frozen({"tiers": TIERS}),
        "jpy": Frozen({"unit_amount_decimal": "0.5"}),
    }
)


@pytest.mark.parametrize(
    ("body", "currency", "quantity", "expected"),
    [
        (price(), "usd", 3, Fraction(8700)),
        (price(), "usd", 0, Fraction(0)),
        (price(29000, "year"), "usd", 1, Fraction(29000, 12)),
        (price(29000, "year", 3), "usd", 1, Fraction(29000, 36)),
        (price(6000, "month", 6), "usd", 2, Fraction(2000)),
        (price(84, "week"), "usd", 1, Fraction(36525, 100)),
        (price(12, "day"), "usd", 1, Fraction(36525, 100)),
        (price(28, "day", 7), "usd", 1, Fraction(4 * 36525, 100 * 12)),
        (price(500, transform_quantity=PACKAGE), "usd", 11, Fraction(1000)),
        (price(500, transform_quantity=PACKAGE), "usd", 10, Fraction(500)),
        (price(500, transform_quantity=PACKAGE.with_({"round": "down"})), "usd", 19, Fraction(500)),
        (price(None, unit_amount_decimal="0.25"), "usd", 3, Fraction(3, 4)),
        (price(currency_options=OPTIONS), "eur", 2, Fraction(5400)),
        (price(currency_options=OPTIONS), "jpy", 3, Fraction(3, 2)),
        (price(currency_options=OPTIONS), "gbp", 1, "tiered"),
        (price(currency_options=OPTIONS), "chf", 1, "not_sold"),
        (price(), "eur", 1, "not_sold"),
        (price(None, billing_scheme="tiered", tiers=TIERS), "usd", 1, "tiered"),
        (Frozen({"currency": "usd", "unit_amount": 1, "recurring": METERED}), "usd", 1, "metered"),
        (Frozen({"currency": "usd", "unit_amount": 1}), "usd", 1, "one_time"),
    ],
)
def test_units_bring_this_much_a_month(body, currency, quantity, expected):
    assert expected == monthly(body, currency, quantity)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (Fraction(1, 2), "usd", 1),
        (Fraction(3, 2), "usd", 2),
        (Fraction(5, 2), "usd", 3),
        (Fraction(49, 100), "usd", 0),
        (Fraction(1, 2), "jpy", 1),
        (Fraction(149), "isk", 100),
        (Fraction(150), "isk", 200),
        (Fraction(10**30 * 2 + 1, 2), "usd", 10**30 + 1),
    ],
)
def test_a_half_goes_up_to_what_a_person_writes(amount, currency, expected):
    assert expected == rounded(amount, currency)


def test_a_sum_is_rounded_once():
    third = price(100, "month", 3)
    held = [(Held(currency="usd", quantity=1), 2), (Held(currency="usd", quantity=2), 5)]
    expected = (Revenue(currency="usd", subscriptions=7, now=400, then=12 * 2900),)
    assert expected == revenue(held, monthly, third, price())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (price(), Frozen(), {"now": 2900}),
        (
            price(None, billing_scheme="tiered", tiers=TIERS),
            price(),
            {"now_why": "tiered", "then": 2900},
        ),
        (price(recurring=METERED), price(), {"now_why": "metered", "then_why": "metered"}),
        (price(recurring=METERED), Frozen(), {"now_why": "metered"}),
        (
            price(),
            price(None, billing_scheme="tiered", tiers=TIERS),
            {"now": 2900, "then_why": "tiered"},
        ),
        (price(), price(recurring=METERED), {"now": 2900, "then_why": "metered"}),
        (price(), Frozen({"currency": "eur"}), {"now": 2900, "then_why": "one_time"}),
    ],
)
def test_where_there_is_no_sum_it_says_why(before, after, expected):
    found = revenue([(Held(currency="usd", quantity=1), 1)], monthly, before, after)
    assert (Revenue(currency="usd", subscriptions=1, **expected),) == found
