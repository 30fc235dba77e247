"""A lease over the simulator, whose clock the test holds: what a run that takes long has of it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from laws.account import Account
from reconciler import kinds
from reconciler.errors import LockedError
from reconciler.executor.lease import Lease
from reconciler.gateway.locks import Locks
from reconciler.model.lock import LEASE

KINDS = kinds.load()


@pytest.fixture
def account() -> Iterator[Account]:
    found = Account(KINDS)
    yield found
    found.close()


TOKENS = itertools.count()


def lease(account: Account, run: str) -> Lease:
    return Lease(Locks(account.gateway, "acme", f"{run}-{next(TOKENS)}"), "acme", run, by=run)


def until_it_is_renewed(account: Account) -> None:
    writes, ends = account.writes(), time.monotonic() + 20
    while account.writes() == writes:
        assert time.monotonic() < ends, "nobody renewed it"
        time.sleep(0.01)


def test_it_lasts_as_long_as_a_look_takes(account: Account) -> None:
    mine = lease(account, "mine")
    mine.take()
    with mine.kept():
        for _ in range(2):
            account.now += LEASE * 0.7
            until_it_is_renewed(account)
    assert mine.good()
    with pytest.raises(LockedError, match="run mine by mine"):
        lease(account, "yours").take()


def outlast(account: Account, mine: Lease) -> None:
    ends = time.monotonic() + 20
    with mine.kept():
        account.now += LEASE
        while mine.held:
            assert time.monotonic() < ends
            time.sleep(0.01)


def test_one_that_ended_meanwhile_is_lost(account: Account) -> None:
    mine = lease(account, "mine")
    mine.take()
    with pytest.raises(LockedError, match="was lost"):
        outlast(account, mine)
    assert not mine.good()


def test_it_is_no_good_once_it_has_ended(account: Account) -> None:
    mine = lease(account, "mine")
    mine.take()
    assert mine.good()
    account.now += LEASE + 1
    assert not mine.good()


def test_an_answer_that_comes_late_does_not_set_the_clock_back(account: Account) -> None:
    account.gateway.get_account()
    before = account.gateway.now()
    account.simulator._clock = lambda: account.now - 50
    account.gateway.get_account()
    assert account.gateway.now() >= before


def test_of_many_archived_products_few_are_read(account: Account) -> None:
    account.simulator.seed(
        {
            "object": "product",
            "id": f"prod_{number}",
            "name": "P",
            "active": False,
            "created": number,
        }
        for number in range(1, 2_000)
    )
    lease(account, "first").take()
    mine = lease(account, "first")
    mine.take()
    assert mine.requests <= 14


def test_a_product_that_looks_like_the_last_lock_is_named(account: Account) -> None:
    account.simulator.seed(
        [
            {
                "object": "product",
                "id": "reconciler-lock-acme-" + "9" * 18,
                "name": "P",
                "active": False,
            }
        ]
    )
    writes = account.writes()
    with pytest.raises(LockedError, match="Delete it in the Dashboard"):
        lease(account, "mine").take()
    assert account.writes() == writes
