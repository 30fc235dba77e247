"""Holding the lock of a catalog while a plan is carried out: taken, renewed in time, given up.

What a lock is and when it is held is `model.lock`; here its calls are made.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from reconciler.errors import LockedError, ReconcilerError, StripeError
from reconciler.model import lock
from reconciler.model.lock import LEASE, MARGIN, Call, Lock, Reply, Spoiled, Taken

_Result = TypeVar("_Result")


class Keeper(Protocol):
    """Makes the calls of a lock."""

    def now(self) -> int:
        """Return the time by Stripe's own clock, in Unix seconds."""
        ...

    def perform(self, call: Call) -> Reply:
        """Make a call. Raises `StripeError` where Stripe refuses it, or cannot be reached."""
        ...


class Lease:
    """The lock of one run. `check` before each write says whether it is still held.

    `by` is for whoever finds it taken: a user and a machine. `broken` takes it whoever has it.
    """

    def __init__(
        self, keeper: Keeper, catalog: str, run: str, *, by: str = "", broken: bool = False
    ) -> None:
        self._keeper = keeper
        self._catalog = catalog
        self._run = run
        self._by = by
        self._broken = broken
        self._mine: Lock | None = None
        self.requests = 0
        self.left_behind = False

    def take(self) -> None:
        """Take the lock. Raises `LockedError` where somebody else holds it."""
        found = self._drive(lock.acquire(self._catalog, self._run, self._by, broken=self._broken))
        match found:
            case Taken(holder):
                raise LockedError(self._told(holder))
            case Spoiled(highest):
                raise LockedError(
                    f"No lock can follow {highest.id}, and no apply made that product.\n"
                    "  Nothing was changed. Delete it in the Dashboard, then apply again."
                )
            case Lock():
                self._mine = found

    def check(self) -> None:
        """Renew the lock when it is time. Raises `LockedError` where it was lost."""
        if self._mine is None:
            return
        now = self._keeper.now()
        if now < self._mine.until - LEASE // 2:
            return
        match self._drive(lock.renew(self._mine, now)):
            case Taken() | Spoiled():
                self._mine = None
                raise LockedError(
                    f"The lock of catalog {self._catalog} was lost: it was not renewed within "
                    f"{LEASE} seconds, or somebody broke it. Another apply may be running.\n"
                    "  Nothing more is sent. See that nobody else applies, then go on."
                )
            case Lock() as longer:
                self._mine = longer

    @property
    def held(self) -> bool:
        """Whether it was taken, and neither given up nor found to be lost."""
        return self._mine is not None

    def good(self) -> bool:
        """Whether it is held at this moment, as far as is known. Asks nobody; for any thread."""
        mine = self._mine
        return mine is not None and self._keeper.now() < mine.until

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the lock in time by itself, while this thread is busy with reading."""
        ended = threading.Event()
        lost: list[ReconcilerError] = []

        def keep() -> None:
            while not lost and not ended.wait(LEASE / 30):
                try:
                    self.check()
                except ReconcilerError as error:
                    lost.append(error)

        keeper = threading.Thread(target=keep, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            ended.set()
            keeper.join()
        if lost:
            raise lost[0]

    def release(self) -> None:
        """Give the lock up. If that fails, it ends by itself."""
        if self._mine is None:
            return
        mine, self._mine = self._mine, None
        try:
            self._drive(lock.release(mine))
        except StripeError:
            self.left_behind = True  # whoever comes waits until it has ended

    def _drive(self, steps: Generator[Call, Reply, _Result]) -> _Result:
        try:
            call = next(steps)
            while True:
                reply = self._keeper.perform(call)
                self.requests += reply.requests
                call = steps.send(reply)
        except StopIteration as end:
            found: _Result = end.value
            return found

    def _told(self, holder: Lock) -> str:
        left = holder.until + MARGIN - self._keeper.now()
        ends = f" It ends in {left} seconds unless it is renewed." if left > 0 else ""
        since = datetime.fromtimestamp(holder.since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return (
            f"Another apply of catalog {self._catalog} holds the lock: run {holder.run} by "
            f"{holder.by or 'unknown'}, since {since}.{ends}\n"
            "  Nothing was changed. Wait for it. If it crashed, finish it with apply --resume and "
            "its journal, or wait until its lock has ended.\n"
            "  --break-lock takes the lock all the same, which is safe only if nobody applies."
        )
