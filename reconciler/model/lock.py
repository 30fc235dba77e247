"""The lock of a catalog: who may write now. Pure: it says which calls to make, and makes none.

It needs no server of its own. A lock is an inactive product whose id we choose, and Stripe makes
a product of one id once only: `reconciler-lock-<catalog>-<n>`. The highest number counts. Whoever
finds it released or expired makes the next one; two who try make one of them, and the other is
refused. Then it looks once more, because the id of a deleted lock may be free again: only a lock
that is still the highest is held. The highest is never deleted, so numbers only grow.

Times are Unix seconds by Stripe's own clock. Products: https://docs.stripe.com/api/products/create
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.model.values import Frozen

PREFIX = "reconciler-lock-"
"""How the ids of all locks begin."""

LEASE = 60
"""For how many seconds a lock is held unless it is renewed."""

MARGIN = 5
"""For how many seconds after its end a lock is left alone: clocks and answers are not exact."""

_MOST_TRIES = 40
"""After so many doublings a number has as many digits as an id of ours may have."""

_MOST_DIGITS = 18
"""A number with more is none of ours."""

_HOLDER, _SINCE, _UNTIL, _WHO = (
    "reconciler_lock_run",
    "reconciler_lock_since",
    "reconciler_lock_until",
    "reconciler_lock_by",
)


def is_lock(object_id: str) -> bool:
    """Whether this is the id of a lock, whosever."""
    return object_id.startswith(PREFIX)


def catalog_of(object_id: str) -> str:
    """Return whose lock has this id: `acme` of `reconciler-lock-acme-7`."""
    return object_id.removeprefix(PREFIX).rpartition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock as it was seen: its number, who holds it since when and until when.

    A released one is held until 0. `by` is for people: a user and a machine.
    """

    catalog: str
    number: int
    run: str
    since: int
    until: int
    by: str = ""

    @property
    def id(self) -> str:
        """The product's id."""
        return f"{PREFIX}{self.catalog}-{self.number}"

    def held_at(self, now: int) -> bool:
        """Whether somebody may still be writing under it."""
        return now < self.until + MARGIN if self.until else False

    def payload(self) -> Frozen:
        """Return the parameters that make the product."""
        return Frozen(
            {
                "id": self.id,
                "name": f"Lock of the reconciler for catalog {self.catalog}",
                "active": False,
                "metadata": self.metadata(),
            }
        )

    def metadata(self) -> Frozen:
        """Return the metadata that says who holds it."""
        return Frozen(
            {
                _HOLDER: self.run,
                _SINCE: str(self.since),
                _UNTIL: str(self.until),
                _WHO: self.by or "unknown",
            }
        )


def read(catalog: str, raw: Mapping[str, Any]) -> Lock | None:
    """Return the lock that a product is, if it is one of this catalog's."""
    number = str(raw.get("id", "")).removeprefix(f"{PREFIX}{catalog}-")
    if not (number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS):
        return None
    metadata = raw.get("metadata")
    told = metadata if isinstance(metadata, Mapping) else {}
    return Lock(
        catalog=catalog,
        number=int(number),
        run=str(told.get(_HOLDER, "")),
        since=_seconds(told.get(_SINCE)),
        until=_seconds(told.get(_UNTIL)),
        by=str(told.get(_WHO, "")),
    )


def _seconds(text: object) -> int:
    known = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 12
    return int(text) if known else 0  # type: ignore[call-overload]  # a string of digits


@dataclass(frozen=True, slots=True)
class Look:
    """List every lock of the catalog. Answered with the locks and the time."""


@dataclass(frozen=True, slots=True)
class Make:
    """Make this lock. Answered with whether it was free and the time."""

    lock: Lock


@dataclass(frozen=True, slots=True)
class Write:
    """Write this lock's metadata anew. Answered with whether it is still there and the time."""

    lock: Lock


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete this lock, if it is still there."""

    lock: Lock


Call: TypeAlias = Look | Make | Write | Remove


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a call: the locks there are, whether it could be done, and when.

    `requests` is what it cost.
    """

    now: int
    locks: tuple[Lock, ...] = ()
    done: bool = True
    requests: int = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody else holds the lock."""

    holder: Lock


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A lock has the highest number there can be: no apply made it, and none can follow it."""

    lock: Lock


Steps: TypeAlias = Generator[Call, Reply, Lock | Taken | Spoiled]


def acquire(catalog: str, run: str, by: str, *, broken: bool = False) -> Steps:
    """Take the lock for a run, or say who holds it.

    A run that resumes takes its own lock over. `broken` takes it whoever holds it.
    """
    seen = yield Look()
    highest = _highest(seen.locks)
    if highest is not None and highest.run != run and not broken and highest.held_at(seen.now):
        return Taken(highest)
    number = 1 if highest is None else highest.number + 1
    for _ in range(_MOST_TRIES):
        if highest is not None and len(str(number)) > _MOST_DIGITS:
            return Spoiled(highest)
        mine = Lock(
            catalog=catalog, number=number, run=run, since=seen.now, until=seen.now + LEASE, by=by
        )
        made = yield Make(mine)
        seen = yield Look()
        highest = _highest(seen.locks)
        if highest is not None and highest.number >= number:
            if not made.done or highest.number > number:
                return Taken(highest)
            for lower in sorted(seen.locks, key=lambda lock: lock.number)[:-1]:
                yield Remove(lower)
            return mine
        # Nobody has that number, and it cannot be had: somebody deleted the highest by hand.
        number *= 2
    return Taken(mine)


def renew(mine: Lock, now: int) -> Steps:
    """Hold the lock for longer; say who has it if it was lost meanwhile."""
    if not now < mine.until:
        return Taken(mine)  # another may have found it expired: it has to be taken anew
    longer = Lock(
        catalog=mine.catalog,
        number=mine.number,
        run=mine.run,
        since=mine.since,
        until=now + LEASE,
        by=mine.by,
    )
    written = yield Write(longer)
    if not written.done or written.now >= mine.until:
        return Taken(mine)
    return longer


def release(mine: Lock) -> Generator[Call, Reply, None]:
    """Give the lock up. It stays as the highest, and says that nobody holds it."""
    yield Write(
        Lock(
            catalog=mine.catalog,
            number=mine.number,
            run=mine.run,
            since=mine.since,
            until=0,
            by=mine.by,
        )
    )


def _highest(locks: Iterable[Lock]) -> Lock | None:
    return max(locks, key=lambda lock: lock.number, default=None)
