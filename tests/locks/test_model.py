"""The lock, in every interleaving of two or three runs over the calls they make.

The far end is a dictionary with the rules of Stripe's products: one id is made once, and whether a
deleted one can be made again is answered both ways. Time passes at any moment.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reconciler.model import lock
from reconciler.model.lock import LEASE, MARGIN, Call, Lock, Look, Make, Remove, Reply, Taken, Write

LONG = LEASE + MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Far:
    """The far end: the locks there are, the ids that were deleted, and the time."""

    locks: tuple[Lock, ...] = ()
    deleted: frozenset[str] = frozenset()
    now: int = 1000
    reusable: bool = True

    def perform(self, call: Call) -> tuple[Far, Reply]:
        by_id = {one.id: one for one in self.locks}
        deleted, done = self.deleted, True
        match call:
            case Look():
                return self, Reply(now=self.now, locks=self.locks)
            case Make(mine):
                done = mine.id not in by_id and (self.reusable or mine.id not in deleted)
                if done:
                    by_id[mine.id] = mine
            case Write(mine):
                done = mine.id in by_id
                if done:
                    by_id[mine.id] = mine
            case Remove(mine):
                done = by_id.pop(mine.id, None) is not None
                deleted |= {mine.id} if done else set()
        locks = tuple(sorted(by_id.values(), key=lambda one: one.number))
        return replace(self, locks=locks, deleted=deleted), Reply(now=self.now, done=done)


@dataclass(frozen=True)
class Work:
    """Not a call of the lock: a write that it is there to protect, if the clock allows it.

    Looking at the clock and writing are one here. That what was sent in time arrives late is
    what the margin and the looks at each object are for.
    """

    mine: Lock


Script = Generator[Call | Work, Any, None]


def run(name: str, *, broken: bool = False, works: int = 3) -> Script:
    """One apply: take the lock, write with a check before each write, give it up."""
    mine = yield from lock.acquire("acme", name, "someone", broken=broken)
    for _ in range(works):
        if isinstance(mine, Taken):
            return
        now = yield Work(mine)
        if not now < mine.until - LEASE // 2:
            mine = yield from lock.renew(mine, now)
    if isinstance(mine, Lock):
        yield from lock.release(mine)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where everybody is: what each run has been answered so far, and the far end."""

    far: Far
    answers: tuple[tuple[Any, ...], ...]
    worked: tuple[int, ...] = ()
    passings: int = 0


def pending(script: Script, answers: tuple[Any, ...]) -> Call | Work | None:
    """What a run does next, having been answered this."""
    try:
        call = next(script)
        for answer in answers:
            call = script.send(answer)
    except StopIteration:
        return None
    return call


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """All that can happen."""

    names: tuple[str, ...]
    broken: frozenset[str] = frozenset()
    passings: int = 0

    def following(self, state: State) -> Iterator[State]:
        for number, name in enumerate(self.names):
            call = pending(run(name, broken=name in self.broken), state.answers[number])
            match call:
                case None:
                    continue
                case Work(mine):
                    far, answer = state.far, state.far.now
                    late = state.far.now >= mine.until
                    again = state.worked[-1:] == (number,)
                    worked = state.worked if late or again else (*state.worked, number)
                case _:
                    far, answer = state.far.perform(call)
                    worked = state.worked
            answers = list(state.answers)
            answers[number] = (*answers[number], answer)
            yield replace(state, far=far, answers=tuple(answers), worked=worked)
        if state.passings < self.passings:
            far = replace(state.far, now=state.far.now + LONG)
            yield replace(state, far=far, passings=state.passings + 1)

    def all(self, start: Far) -> Iterator[State]:
        """Every state that can be reached."""
        first = State(far=start, answers=((),) * len(self.names))
        seen, waiting = {first}, [first]
        while waiting:
            state = waiting.pop()
            yield state
            for after in self.following(state):
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)


def one_after_another(worked: tuple[int, ...]) -> bool:
    """Whether nobody wrote again after somebody else had."""
    return len(set(worked)) == len(worked)


STARTS = {
    "no lock yet": Far(),
    "released": Far(locks=(Lock(catalog="acme", number=7, run="old", since=1, until=0),)),
    "expired": Far(locks=(Lock(catalog="acme", number=7, run="old", since=1, until=900),)),
    "two, the lower one left behind": Far(
        locks=(
            Lock(catalog="acme", number=3, run="older", since=1, until=0),
            Lock(catalog="acme", number=7, run="old", since=1, until=0),
        )
    ),
    "the first ones deleted by hand": Far(
        deleted=frozenset(f"reconciler-lock-acme-{number}" for number in (1, 2, 3))
    ),
}


@pytest.mark.parametrize("reusable", [True, False], ids=["ids reusable", "ids taken for ever"])
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
class TestNoTwoWriteAtOnce:
    def test_of_two_runs(self, start: Far, reusable: bool) -> None:
        model = Model(names=("a", "b"))
        for state in model.all(replace(start, reusable=reusable)):
            assert one_after_another(state.worked), state

    def test_of_two_runs_of_which_one_comes_to_rest(self, start: Far, reusable: bool) -> None:
        """Time passes in the midst of it: who wakes too late writes no more."""
        model = Model(names=("a", "b"), passings=1)
        for state in model.all(replace(start, reusable=reusable)):
            assert one_after_another(state.worked), state

    def test_of_three_runs(self, start: Far, reusable: bool) -> None:
        model = Model(names=("a", "b", "c"))
        for state in model.all(replace(start, reusable=reusable)):
            assert one_after_another(state.worked), state


@pytest.mark.parametrize("reusable", [True, False], ids=["ids reusable", "ids taken for ever"])
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_run_alone_gets_it_and_leaves_one_released_lock(start: Far, reusable: bool) -> None:
    ends = [
        state
        for state in Model(names=("a",)).all(replace(start, reusable=reusable))
        if not list(Model(names=("a",)).following(state))
    ]
    assert [state.worked for state in ends] == [(0,)]
    assert [(one.run, one.until) for one in ends[0].far.locks] == [("a", 0)]


def test_the_highest_is_never_deleted() -> None:
    highest = 0
    for state in Model(names=("a", "b", "c")).all(STARTS["expired"]):
        highest = max(one.number for one in state.far.locks)
        assert all(int(name.rpartition("-")[2]) < highest for name in state.far.deleted)
    assert highest > 0


def held_by(name: str) -> Far:
    return Far(locks=(Lock(catalog="acme", number=7, run=name, since=990, until=1050),))


def test_one_that_is_held_is_respected() -> None:
    states = list(Model(names=("a",)).all(held_by("other")))
    assert {state.worked for state in states} == {()}
    assert states[-1].far == held_by("other")


def test_a_run_takes_its_own_lock_over() -> None:
    worked = {state.worked for state in Model(names=("a",)).all(held_by("a"))}
    assert worked == {(), (0,)}


def test_a_broken_lock_is_taken() -> None:
    model = Model(names=("a",), broken=frozenset({"a"}))
    assert {state.worked for state in model.all(held_by("other"))} == {(), (0,)}


def test_another_catalog_s_lock_is_none_of_ours() -> None:
    raw = {"id": "reconciler-lock-acme-2-7", "metadata": {}}
    assert lock.read("acme", raw) is None
    assert lock.read("acme-2", raw) == Lock(catalog="acme-2", number=7, run="", since=0, until=0)
