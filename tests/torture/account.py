"""An account to torture an apply on: a simulated Stripe behind the real gateway, and no real time.

What is done is what the command line does: the lock is taken, a journal is kept on disk, and a
resume begins with that journal and nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from reconciler import kinds as all_kinds
from reconciler.executor.journal import Journal, load
from reconciler.executor.lease import Lease
from reconciler.executor.outcome import Outcome
from reconciler.executor.run import Stop, apply
from reconciler.gateway.locks import Locks
from reconciler.gateway.pacing import Timing
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.model.catalog import Catalog
from reconciler.model.codes import CODES
from reconciler.model.codes import FIXED as UNLIFTED
from reconciler.model.plan import Plan
from reconciler.observer.account import observe
from reconciler.planner.attached import attached
from reconciler.planner.build import plan
from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Rule
from reconciler.simulator.transport import SimulatorTransport
from torture.mortal import Killed, Mortal

KINDS = all_kinds.load()
KEY = "sk_test_torturedtorturedtortured"
ALLOWED = tuple(sorted(CODES.keys() - UNLIFTED - {"RC108"}))
"""Every guard that can be lifted, but for what strangers hold."""

Heard = Callable[[str, str, Any], None]
"""Told method, path and body of each write before it is sent."""


class Clock:
    """Time that passes by a look at it, or by a sleep."""

    def __init__(self, now: float = 1_760_000_000.0) -> None:
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> float:
        with self._lock:
            self._now += 0.001
            return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds


class _Line(SimulatorTransport):
    """The line to the simulator. Cut, nothing goes through any more, as from a dead process."""

    def __init__(self, simulator: Simulator, clock: Clock, faults: Iterable[Rule]) -> None:
        super().__init__(simulator, faults=faults, sleep=clock.sleep)
        self.cut = False
        self.heard: Heard = lambda method, path, body: None
        self.writes = 0

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any
    ) -> Any:
        if self.cut:
            raise Killed
        if method.lower() != "get":
            self.writes += 1
            self.heard(method.lower(), url.partition("/v1/")[2], post_data)
        return super().request(method, url, headers, post_data, **more)


class Account:
    """One account and its clock. What reaches it goes through a line of its own each time."""

    def __init__(self, simulator: Simulator, clock: Clock) -> None:
        self.simulator = simulator
        self.clock = clock
        self.heard: Heard = lambda method, path, body: None
        self.line = self._new_line(())
        self.runs = 0

    @classmethod
    def new(cls) -> Self:
        clock = Clock()
        return cls(Simulator(clock=clock), clock)

    def copy(self) -> Self:
        """Another account with the same objects, stored answers and time."""
        clock = Clock(self.clock())
        other = type(self)(Simulator(clock=clock), clock)
        other.runs = self.runs
        self.simulator._store._db.backup(other.simulator._store._db)  # the state, and all of it
        return other

    def close(self) -> None:
        self.simulator.close()

    def gateway(self, faults: Sequence[Rule] = ()) -> Gateway:
        """A new process's way to the account; `faults` befall it alone."""
        self.simulator.reinstate(KEY)  # what was revoked has been mended by then
        self.line = self._new_line(faults)
        timing = Timing(clock=self.clock, sleep=self.clock.sleep, jitter=lambda: 0.5)
        return Gateway(KEY, transport=self.line, timing=timing, paced=False)

    def _new_line(self, faults: Sequence[Rule]) -> _Line:
        line = _Line(self.simulator, self.clock, faults)
        line.heard = self.heard
        return line

    def plan(self, catalog: Catalog) -> Plan:
        """Plan, with every guard lifted."""
        snapshot = observe(self.gateway(), KINDS.values(), attached=attached(catalog, KINDS))
        made = plan(catalog, snapshot, KINDS, api_version=API_VERSION, allow=ALLOWED)
        assert () == made.blocked
        return made

    def apply(
        self,
        made: Plan,
        journal: Path,
        faults: Sequence[Rule] = (),
        *,
        workers: int = 1,
        dies: tuple[int, str] | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Apply a plan, with faults; `dies` says at which line of the journal, and how."""
        self.runs += 1
        book = Mortal.create(journal, f"run{self.runs}", made)
        return self._apply(made, book, journal, faults, workers=workers, dies=dies, stop=stop)

    def resume(
        self,
        journal: Path,
        faults: Sequence[Rule] = (),
        *,
        workers: int = 1,
        dies: tuple[int, str] | None = None,
    ) -> Outcome:
        """Go on with a journal, as `apply --resume` does."""
        record = load(journal, KINDS)
        book = Mortal.reopen(journal, record.run)
        return self._apply(
            record.plan, book, journal, faults, workers=workers, dies=dies, resume=record
        )

    def _apply(
        self,
        made: Plan,
        book: Journal,
        journal: Path,
        faults: Sequence[Rule],
        *,
        dies: tuple[int, str] | None,
        **more: Any,
    ) -> Outcome:
        assert isinstance(book, Mortal)
        gateway = self.gateway(faults)
        book.dies, book.path, book.line = dies, journal, self.line
        self.runs += 1
        lease = Lease(Locks(gateway, made.catalog, f"lease{self.runs}"), made.catalog, book.run)
        with closing(book):
            return apply(
                made,
                KINDS,
                gateway,
                gateway,
                journal=book,
                clock=self.clock,
                lease=lease,
                **more,
            )
