"""A simulated Stripe over HTTP, for applies in processes of their own: what they do, and when."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Fault
from reconciler.simulator.server import running

NOON = 1_760_000_000
PREFIX = "reconciler-lock-"


class Served:
    """A simulator, its address, and a clock that stands still unless moved."""

    def __init__(self, simulator, url, clock):
        self.simulator = simulator
        self.url = url
        self.clock = clock

    @property
    def writes(self):
        """Method and path of every call so far that was not mere reading."""
        return [(call.method, call.path) for call in self.simulator.calls if call.method != "GET"]

    @property
    def locks(self):
        return [one for one in self.simulator.dump() if one["id"].startswith(PREFIX)]

    @property
    def others(self):
        """Every object but the locks, as its kind and name."""
        return sorted(
            (one["object"], one.get("name") or one.get("lookup_key"))
            for one in self.simulator.dump()
            if not one["id"].startswith(PREFIX)
        )

    def wait_for(self, method, path):
        """Wait until a call was carried out."""
        self._wait(lambda: (method, path) in self.writes)

    def wait_for_writes(self, count):
        """Wait until so many writes were carried out."""
        self._wait(lambda: len(self.writes) >= count)

    def wait_for_reads(self, path, count):
        """Wait until a list was asked for so many times."""
        self._wait(lambda: [call.path for call in self.simulator.calls].count(path) >= count)

    def _wait(self, ready):
        ends = time.monotonic() + 60
        while not ready():
            assert time.monotonic() < ends, f"it never came: {self.writes}"
            time.sleep(0.01)


class Killer:
    """Kills a process at a write: before that is done, or after, when nobody hears the answer.

    `watch` is called at each write, and may hold it up.
    """

    def __init__(self):
        self.process = None
        self.at = 0
        self.fault = Fault.LOST_AFTER
        self.watch = lambda: None
        self._writes = itertools.count(1)

    def __call__(self, _number, request):
        if request.method != "GET":
            self.watch()
        if self.process is None or request.method == "GET":
            return None
        if next(self._writes) != self.at:
            return None
        self.process.kill()
        self.process.wait()
        return self.fault


@contextmanager
def served(*, script=(), faults=(), clock=None, permissions=None) -> Iterator[Served]:
    """Serve a new simulator in this process."""
    now = clock or [NOON]
    simulator = Simulator(clock=lambda: now[0], permissions=permissions)
    with running(simulator, script=script, faults=faults) as url, simulator:
        yield Served(simulator, url, now)


def journal(folder):
    """The one journal that there is: its path, and its lines."""
    (path,) = (folder / ".reconciler").glob("*.jsonl")
    return path, [json.loads(line) for line in path.read_text().splitlines()]
