"""Reading a file and an account in process, and planning: processor time and memory.

Run as a program it measures one size and prints JSON, so that the memory is that of this size. The
base line is measured in a process of its own: what it leaves behind would make memory look smaller.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.accounts import Size, catalog, prices, products
from reconciler import kinds
from reconciler.cli.collecting import at_rest
from reconciler.gateway.stripe import API_VERSION
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind, Lookup
from reconciler.model.marks import Items
from reconciler.observer.account import observe
from reconciler.planner.build import plan
from reconciler.spec.load import loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds of processor time, and MiB. `parsing` is the base line: the bytes, and no more."""

    prices: int
    megabytes: float
    parsing: float
    load: float
    observe: float
    plan: float
    memory: float
    changes: int

    @property
    def ours(self) -> float:
        """Seconds of reading, observing and planning."""
        return self.load + self.observe + self.plan

    @property
    def ratio(self) -> float:
        """How many times as long as parsing alone."""
        return self.ours / self.parsing


class Pages:
    """An account in process: a `Reader` of pages that it has as bytes."""

    def __init__(self, size: Size) -> None:
        self.bytes = {"product": _pages(products(size)), "price": _pages(prices(size))}

    def all(self) -> list[bytes]:
        """Return every page."""
        return [page for found in self.bytes.values() for page in found]

    def now(self) -> int:
        """Return a moment."""
        return 1_760_000_000

    def get_account(self) -> Account:
        """Return whose it is."""
        return Account(id="acct_1Benchmark", livemode=True)

    def get_objects(self, kind: Kind) -> Iterator[Mapping[str, Any]]:
        """Return what is on the pages of a kind."""
        for page in self.bytes.get(kind.name, ()):
            yield from json.loads(page)["data"]

    def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
        """Return nothing: nobody asks."""
        raise LookupError(f"{kind.name} {object_id}")

    def find_objects(
        self, kind: Kind, lookup: Lookup, values: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        """Return nothing: nobody asks."""
        raise LookupError(f"{kind.name} {lookup.parameter} {values}")

    def search_ids(self, kind: Kind, query: str) -> Iterator[str]:
        """Return nothing: nobody asks."""
        raise LookupError(f"{kind.name} {query}")

    def get_items(self, kind: Kind, object_id: str, items: Items) -> Iterator[Mapping[str, Any]]:
        """Return nothing: nobody asks."""
        raise LookupError(f"{kind.name} {object_id} {items.path}")

    def get_subscriptions(self, on: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Return nothing: nobody asks."""
        raise LookupError(str(on))


def _pages(objects: Iterator[dict[str, Any]]) -> list[bytes]:
    """Return pages of a hundred. Only one is in memory as objects, so that it is not counted."""
    pages = []
    while page := list(islice(objects, 100)):
        pages.append(json.dumps({"object": "list", "data": page}).encode())
    return pages


def cost(size: Size, *, times: int = 3) -> Cost:
    """Measure one size some times, each way in a process of its own; return the middle one."""
    costs = [
        Cost(parsing=_run("parsing", size)["parsing"], **_run("planning", size))
        for _ in range(times)
    ]
    return sorted(costs, key=lambda cost: cost.ours)[times // 2]


def _run(what: str, size: Size) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.planning", what]
    numbers = [str(size.prices), str(size.changed)]
    ran = subprocess.run([*command, *numbers], capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(ran.stdout)
    return measured


def _parsing(size: Size) -> dict[str, Any]:
    """Measure the base line, with Python's own settings."""
    text, pages = catalog(size), Pages(size).all()
    took, _ = _timed(lambda: (tomllib.loads(text), [json.loads(page) for page in pages]))
    return {"parsing": took}


def _planning(size: Size) -> dict[str, Any]:
    """Measure what the command line does, its garbage collector at rest included."""
    text, account, known = catalog(size), Pages(size), kinds.load()
    pages = account.all()
    before = _memory()
    with at_rest():
        load, wanted = _timed(lambda: loads(text, known))
        seeing, snapshot = _timed(lambda: observe(account, known.values()))
        planning, made = _timed(
            lambda: plan(wanted, snapshot, known, api_version=API_VERSION, allow=("RC101",))
        )
    return {
        "prices": size.prices,
        "megabytes": (len(text) + sum(map(len, pages))) / 1e6,
        "load": load,
        "observe": seeing,
        "plan": planning,
        "memory": _memory() - before,
        "changes": len(made.changes),
    }


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def _memory() -> float:
    """Return the most memory this process has had so far, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # what Linux reports otherwise includes the process that started this one
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    _, what, count, changed = sys.argv
    measure = {"parsing": _parsing, "planning": _planning}[what]
    print(json.dumps(measure(Size(prices=int(count), changed=int(changed)))))
