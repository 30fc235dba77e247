"""What the subscriptions on an object bring a month: before discounts, before tax, by currency.

Exact until the end: each sum is rounded once, half up, to the smallest amount that a person
writes in its currency. Nothing here knows how a kind charges; the kind says what some units of
it are worth a month.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias, get_args

from reconciler.model import money

PAYING = frozenset({"active", "past_due"})
"""The statuses that Stripe counts: no trial, and nothing that is unpaid or paused.
https://docs.stripe.com/billing/subscriptions/analytics/glossary"""

Why = Literal["metered", "tiered", "one_time", "not_sold"]
"""Why there is no sum: usage is not known, tiers are not worked out, it is charged once, or it
is not sold in this currency."""

WHYS: tuple[Why, ...] = get_args(Why)

Monthly: TypeAlias = Callable[[Mapping[str, Any], str, int], Fraction | Why]
"""What so many units of an object with this body bring a month, in a currency, in minor units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """What the paying subscriptions in one currency bring a month, in its minor units.

    `now` on the object that goes, `then` on the one that follows it, if they moved there: none
    of them does by itself. Where there is no sum, `now_why` or `then_why` says why; where
    nothing follows, `then` and `then_why` are both empty.
    """

    currency: str
    subscriptions: int
    now: int | None = None
    now_why: Why | None = None
    then: int | None = None
    then_why: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One paying subscription: its currency, and how many units of the object it has."""

    currency: str
    quantity: int


def revenue(
    held: Iterable[tuple[Held, int]],
    monthly: Monthly,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> tuple[Revenue, ...]:
    """Return what so many of each bring, by currency. No `after`: nothing follows."""
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for one, count in held:
        found[one.currency].append((one.quantity, count))
    return tuple(_of(found[code], monthly, before, after, code) for code in sorted(found))


def _of(
    counts: list[tuple[int, int]],
    monthly: Monthly,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    currency: str,
) -> Revenue:
    now, now_why = _sum(counts, monthly, before, currency)
    then, then_why = _sum(counts, monthly, after, currency) if after else (None, None)
    if now_why == "metered" and after:  # what is used is no quantity of another price
        then, then_why = None, now_why
    return Revenue(
        currency=currency,
        subscriptions=sum(count for _, count in counts),
        now=now,
        now_why=now_why,
        then=then,
        then_why=then_why,
    )


def _sum(
    counts: list[tuple[int, int]], monthly: Monthly, body: Mapping[str, Any], currency: str
) -> tuple[int | None, Why | None]:
    total = Fraction(0)
    for quantity, count in counts:
        worth = monthly(body, currency, quantity)
        if isinstance(worth, str):
            return None, worth
        total += worth * count
    return rounded(total, currency), None


def rounded(amount: Fraction, currency: str) -> int:
    """Return minor units, rounded half up to what a person writes: kronur are never cents."""
    unit: int = 10 ** (money.decimals(currency) - money.written_decimals(currency))
    return math.floor(amount / unit + Fraction(1, 2)) * unit
