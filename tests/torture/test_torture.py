"""The torture, in short: `make torture` tries every write and every line, and this some of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.simulator.faults import Fault
from torture.account import Account
from torture.cases import deaths, fault_at, pairs
from torture.invariants import ViolationError, guard_order, once, successors
from torture.rounds import ANEW, RESUME, Case, folder, ground, play
from torture.soak import live
from torture.table import filled, markdown

SEED = 4
HARMLESS = {Fault.SLOW}


def test_the_plan_that_is_tortured_has_steps_of_every_sort() -> None:
    steps = ground().plan.steps
    assert 39 == len(steps)
    assert {step.verb for step in steps} == {
        "create",
        "update",
        "delete",
        "deactivate",
        "attach",
        "detach",
    }
    assert {change.action for change in ground().plan.changes} == {
        "create",
        "update",
        "replace",
        "retire",
        "move",
    }
    assert [step.id for step in steps if step.otherwise is not None] == ["retire product.empty"]


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name)
def test_one_fault(fault: Fault) -> None:
    """Early or late, by the fault's own place in the list: all writes come in turn."""
    place = list(Fault).index(fault)
    last = ground().writes - 1  # the very last one gives the lock up, and nobody minds
    lasting = Case(faults=(fault_at(fault, 3 + 2 * place % (last - 3), lasting=True),))
    stopped = play(lasting).stopped
    assert (fault in HARMLESS) == (stopped == "")
    play(Case(faults=(fault_at(fault, last - place, lasting=True),), finish=ANEW))
    play(Case(faults=(fault_at(fault, 2 + place, lasting=False),)))


def test_a_busy_moment_stops_nothing() -> None:
    busy = (Fault.TOO_MANY, Fault.LOCK_TIMEOUT, Fault.KEY_IN_USE, Fault.LOST_AFTER)
    for number, fault in enumerate(busy):
        ended = play(Case(faults=(fault_at(fault, 5 + 7 * number, lasting=False),)))
        assert "" == ended.stopped


def test_a_failure_that_stripe_keeps_takes_a_second_resume() -> None:
    case = Case(faults=(fault_at(Fault.ERROR_STORED, 9, lasting=False),))
    assert 2 == play(case).tries


def test_an_object_made_under_the_id_of_one_that_was_deleted_is_found() -> None:
    """Its id is that of the coupon that this very run took away just before."""
    number = 3 + [step.id for step in ground().plan.steps].index("create coupon.partner")
    ended = play(Case(faults=(fault_at(Fault.LOST_AFTER, number, lasting=True),)))
    assert ("IncompleteError", 1) == (ended.stopped, ended.tries)


def test_a_delete_that_is_refused_is_done_instead_as_the_plan_says() -> None:
    number = 3 + [step.id for step in ground().plan.steps].index("retire product.empty")
    assert "" == play(Case(faults=(fault_at(Fault.BAD_REQUEST, number, lasting=False),))).stopped


@pytest.mark.parametrize("finish", [RESUME, ANEW])
def test_killed_at_a_line_of_the_journal(finish: str) -> None:
    some = [case for case in deaths(ground().lines, 13) if case.finish == finish]
    for case in some[(finish == ANEW) :: 2]:
        assert play(case).stopped == "Killed"


def test_two_faults() -> None:
    for case in pairs(ground().writes, ground().lines, SEED, 10):
        play(case)


def test_a_soak_of_some_rounds() -> None:
    told = live(SEED, 12, lambda _: None)
    assert told.startswith("12 rounds on one account without a violated invariant: ")


def test_a_table_is_written_between_its_marks() -> None:
    page = "# T\n<!-- torture: by whom -->\nold\n<!-- torture ends -->\nrest\n"
    row = ["`slow`", "9", "0", "0", "0", "9"]
    written = filled(page, "torture", markdown([row]))
    assert written == (
        "# T\n<!-- torture: by whom -->\n"
        "| what goes wrong | tried | stopped the apply | resumed | planned anew | survived |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n"
        "| `slow` | 9 | 0 | 0 | 0 | 9 |\n"
        "<!-- torture ends -->\nrest\n"
    )
    with pytest.raises(ValueError, match="the page has no part soak"):
        filled(page, "soak", "")


def loose(account: Account) -> dict[str, Callable[[], object]]:
    """By what is broken in an account, how."""
    client = account.gateway()._client  # the same account, another hand
    prices = [
        one
        for one in account.simulator.dump()
        if one["object"] == "price" and one["active"] and "reconciler" in one["metadata"]
    ]
    copied = {"name": "Twice", "metadata": {"reconciler": "acme/product.pro"}}
    return {
        "2 times, not 1": lambda: client.raw_request("post", "/v1/products", **copied),
        "0 times, not 1": lambda: client.raw_request(
            "post", f"/v1/prices/{prices[0]['id']}", active="false"
        ),
    }


@pytest.mark.parametrize("what", ["2 times, not 1", "0 times, not 1"])
def test_the_judge_sees_what_is_twice_or_missing(what: str) -> None:
    account = ground().account.copy()
    with folder() as where:
        account.apply(ground().plan, where / "j")
    once(account.simulator, ground().wanted)
    loose(account)[what]()
    with pytest.raises(ViolationError, match=what):
        once(account.simulator, ground().wanted)
    account.close()


def test_the_judge_sees_what_goes_too_early() -> None:
    account = ground().account.copy()
    old, stamp = next(iter(successors(ground().plan).items()))
    account.heard = guard_order(account, ground().plan)
    client = account.gateway()._client
    path = "/v1/coupons" if "coupon" in stamp else "/v1/prices"
    with pytest.raises(ViolationError, match=f"{old} goes before {stamp} is there anew"):
        client.raw_request("delete", f"{path}/{old}")
    account.close()
