"""A value that is changed and changed back within a minute: Stripe must not replay the first time.

Stripe keeps the answer to an idempotency key for a day. A key made from what is wanted would
be given the old answer here, and the second change would never happen.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.bench import ALL
from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler.model.plan import Plan
from reconciler.spec.load import loads

KINDS = all_kinds.load()


def catalog(amount: str = "29.00", description: str = "a", more: str = "") -> str:
    return f"""
[catalog]
name = "acme"
[defaults]
currency = "usd"
[products.pro]
name = "Pro"
description = "{description}"
default_price = "monthly"
[products.pro.prices.monthly]
amount = {amount}
interval = "month"
{more}
"""


class Run:
    """One account, through a sequence of files."""

    def __init__(self) -> None:
        self.account = Account(KINDS)
        self.began = self.account.now

    def to(self, text: str) -> Plan:
        """Plan, apply, and see that a second plan finds nothing."""
        made = self.account.plan(loads(text, KINDS), allow=ALL)
        self.account.apply(made)
        again = self.account.plan(loads(text, KINDS), allow=ALL)
        assert (again.changes, again.steps) == ((), ())
        return made

    def prices(self) -> dict[str, tuple[int, bool, str | None]]:
        """Every price: its amount, whether it is on, its lookup key."""
        return {
            each["id"]: (each["unit_amount"], each["active"], each["lookup_key"])
            for each in self.account.simulator.dump()
            if each["object"] == "price"
        }

    def product(self) -> dict[str, object]:
        return next(each for each in self.account.simulator.dump() if each["object"] == "product")


@pytest.fixture
def run() -> Iterator[Run]:
    made = Run()
    yield made
    elapsed = made.account.now - made.began
    replayed = [call for call in made.account.simulator.calls if call.replayed]
    keys = [call.idempotency_key for call in made.account.simulator.calls if call.idempotency_key]
    refused = [call for call in made.account.simulator.calls if call.status >= 400]
    made.account.close()
    assert elapsed < 60
    assert (replayed, refused) == ([], [])
    assert len(keys) == len(set(keys))


def test_an_amount_there_and_back_brings_the_old_price_back(run: Run) -> None:
    run.to(catalog("29.00"))
    ((first, _),) = run.prices().items()
    run.to(catalog("39.00"))
    (second,) = run.prices().keys() - {first}
    assert run.prices() == {
        first: (2900, False, None),
        second: (3900, True, "pro_monthly"),
    }
    made = run.to(catalog("29.00"))
    assert run.prices() == {
        first: (2900, True, "pro_monthly"),
        second: (3900, False, None),
    }
    assert run.product()["default_price"] == first
    assert [(change.action, str(change.address)) for change in made.changes] == [
        ("update", "product.pro"),
        ("replace", "price.pro.monthly"),
    ]


def test_an_amount_to_and_fro_makes_two_prices_in_all(run: Run) -> None:
    for amount in ("29.00", "39.00") * 3:
        run.to(catalog(amount))
    assert sorted(run.prices().values()) == [
        (2900, False, None),
        (3900, True, "pro_monthly"),
    ]


def test_three_amounts_make_three_prices(run: Run) -> None:
    for amount in ("29.00", "39.00", "49.00", "29.00", "49.00", "39.00"):
        run.to(catalog(amount))
    assert sorted(run.prices().values()) == [
        (2900, False, None),
        (3900, True, "pro_monthly"),
        (4900, False, None),
    ]


def test_a_description_to_and_fro_is_written_each_time(run: Run) -> None:
    steps = []
    for description in ("a", "b", "a", "b"):
        steps.append(len(run.to(catalog(description=description)).steps))
        assert run.product()["description"] == description
    assert steps == [3, 1, 1, 1]


def test_the_same_payload_twice_is_written_twice(run: Run) -> None:
    run.to(catalog(description="a"))
    run.to(catalog(description="b"))
    first = run.to(catalog(description="a")).steps
    run.to(catalog(description="b"))
    second = run.to(catalog(description="a")).steps
    assert [(step.id, step.payload) for step in first] == [
        ("update product.pro", {"description": "a"})
    ]
    assert first == second


def test_gone_and_back_is_the_old_product_with_its_price(run: Run) -> None:
    run.to(catalog())
    before = run.account.simulator.dump()
    run.to('[catalog]\nname = "acme"\n')
    assert [each["active"] for each in run.account.simulator.dump()] == [False, False]
    run.to(catalog())
    after = run.account.simulator.dump()
    for each in (*before, *after):
        each.pop("updated", None)
    assert before == after


def test_a_currency_that_goes_and_comes_is_added_to_the_price_that_there_is(run: Run) -> None:
    option = "currency_options = { eur = 27.00 }"
    run.to(catalog(more=option))
    run.to(catalog())
    made = run.to(catalog(more=option))
    assert [step.call for step in made.steps] == ["update_price"]
    assert sorted(run.prices().values()) == [(2900, False, None), (2900, True, "pro_monthly")]


def test_off_and_on_again(run: Run) -> None:
    other = '[products.pro.prices.yearly]\namount = 290.00\ninterval = "year"\n'
    run.to(catalog(more=other))
    before = run.prices()
    run.to(catalog(more=other + "active = false"))
    assert sorted(on for _, on, _ in run.prices().values()) == [False, True]
    run.to(catalog(more=other))
    assert run.prices() == before
