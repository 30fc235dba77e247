"""Counting what Stripe answers, whatever it looks like: nobody is lost, and nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler import kinds
from reconciler.errors import PermissionDeniedError
from reconciler.model.address import Address
from reconciler.model.impact import Impact
from reconciler.model.plan import Retire
from reconciler.model.revenue import Revenue
from reconciler.model.values import Frozen
from reconciler.observer.subscriptions import count_subscriptions
from reconciler.render.impact import caveats, subscribers

KINDS = kinds.load()
BODY = Frozen({"currency": "usd", "unit_amount": 1000, "recurring": Frozen({"interval": "month"})})


def impact(name="price_1"):
    return Impact(
        address=Address("price", ("pro", name)), kind="price", object=name, unknown="nobody asked"
    )


def retire(name="price_1"):
    return Retire(address=Address("price", ("pro", name)), object=name, before=BODY)


@dataclass
class Listing:
    """Lists subscriptions, and nothing else; without any it may not."""

    subscriptions: list[Any] | None
    asked: list[Any] = field(default_factory=list)

    def get_subscriptions(self, on):
        self.asked.append(on)
        if self.subscriptions is None:
            raise PermissionDeniedError("It may not.\n  Grant Subscriptions: Read.")
        return self.subscriptions


def subscription(*items, **more):
    return {"status": "active", "currency": "usd", "items": {"data": list(items)}, **more}


ITEM = {"price": {"id": "price_1"}, "quantity": 2}


def usd(subscriptions, now):
    return (Revenue(currency="usd", subscriptions=subscriptions, now=now),)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (subscription(ITEM), usd(1, 2000)),
        (subscription({**ITEM, "price": "price_1"}), usd(1, 2000)),
        (subscription({**ITEM, "quantity": None}), usd(1, 1000)),
        (subscription({**ITEM, "quantity": True}), usd(1, 1000)),
        (subscription({**ITEM, "quantity": 0}), usd(1, 0)),
        (subscription(ITEM, {"price": {"id": "price_2"}, "quantity": 9}), usd(1, 2000)),
        (subscription("odd", None, ITEM), usd(1, 2000)),
        (subscription({"price": {"id": "price_2"}}), ()),
        (subscription(ITEM, currency=None), ()),
        (subscription(ITEM, currency="dollars"), ()),
        (subscription(ITEM, items=None), ()),
        (subscription(ITEM, items={"data": "odd"}), ()),
        (
            subscription(ITEM, currency="eur"),
            (Revenue(currency="eur", subscriptions=1, now_why="not_sold"),),
        ),
    ],
)
def test_each_is_counted_and_no_sum_is_guessed(raw, expected):
    (found,) = count_subscriptions(Listing([raw]), KINDS, [impact()], [retire()])
    assert (Frozen({"active": 1}), expected) == (found.subscriptions, found.revenue)


def test_those_that_stripe_does_not_show_whole_are_named():
    listing = Listing([subscription(ITEM), subscription(), subscription(currency=None)])
    (found,) = count_subscriptions(listing, KINDS, [impact()], [retire()])
    assert ["not estimated: 2 that Stripe does not show whole"] == list(caveats(found))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (subscription(ITEM), 0),
        (subscription(ITEM, discounts=["di_1"]), 1),
        (subscription(ITEM, discount={"id": "di_1"}), 1),
        (subscription({**ITEM, "discounts": ["di_1"]}), 1),
        (subscription(ITEM, {"price": {"id": "price_2"}, "discounts": ["di_1"]}), 0),
        (subscription(ITEM, discounts=["di_1"], status="trialing"), 0),
    ],
)
def test_discounts_on_it_are_counted(raw, expected):
    (found,) = count_subscriptions(Listing([raw]), KINDS, [impact()], [retire()])
    assert expected == found.discounted


def test_without_the_permission_it_is_asked_for_once_and_named():
    listing = Listing(None)
    names = [f"price_{number}" for number in range(40)]
    found = count_subscriptions(listing, KINDS, [impact(name) for name in names])
    assert {"grant Subscriptions: Read."} == {one.unknown for one in found}
    assert len(listing.asked) < 40
    assert "how many subscriptions are on price_0 is unknown: grant Subscriptions: Read." == next(
        subscribers(found[0])
    )


def test_without_changes_they_are_only_counted():
    listing = Listing([subscription(ITEM), subscription(ITEM, status="canceled")])
    (found,) = count_subscriptions(listing, KINDS, [impact()])
    assert (Frozen({"active": 1}), ()) == (found.subscriptions, found.revenue)
    assert ["1 subscription stays on price_1"] == list(subscribers(found))


def test_how_far_it_is_is_told_from_the_beginning_and_for_each_page():
    told = []
    listing = Listing([subscription(ITEM)] * 250)
    count_subscriptions(listing, KINDS, [impact()], [retire()], lambda *far: told.append(far))
    assert [(0, 1, 0), (0, 1, 100), (0, 1, 200), (1, 1, 200)] == told
