"""`make torture` and `make soak`: all of it, and what came of it, written into the docs.

python -m torture [--seed N] [--pairs N] [--write]
python -m torture soak [--seed N] [--rounds N] [--write]
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler.simulator.faults import Fault
from torture import soak, table
from torture.cases import deaths, pairs, single
from torture.rounds import ANEW, Case, Ended, ground, tried


@dataclass(slots=True)
class Tally:
    """What came of the cases of one sort."""

    tried: int = 0
    stopped: int = 0
    resumed: int = 0
    anew: int = 0
    survived: int = 0
    failed: list[str] = field(default_factory=list)

    def take(self, case: Case, ended: Ended | str) -> None:
        """Count a case."""
        self.tried += 1
        if isinstance(ended, str):
            self.failed.append(f"{case}\n  {ended}")
            return
        self.survived += 1
        if ended.stopped:
            self.stopped += 1
            self.anew += case.finish == ANEW
            self.resumed += case.finish != ANEW

    def row(self, name: str) -> list[str]:
        """The line of the table."""
        counts = (self.tried, self.stopped, self.resumed, self.anew, self.survived)
        return [name, *map(str, counts)]


def note(text: str) -> None:
    """Say how far it has come, or what failed."""
    sys.stderr.write(f"{text}\n")


def all_cases(seed: int, count: int) -> Iterator[tuple[str, Case]]:
    """Every case, with the sort that it is of."""
    start = ground()
    for fault in Fault:
        for case in single(fault, start.writes):
            yield f"`{fault.name.lower()}`: {fault.value}", case
    for case in deaths(start.lines):
        yield "killed at a line of the journal", case
    for case in pairs(start.writes, start.lines, seed, count):
        yield "two of them, drawn", case


def torture(seed: int, count: int, *, write: bool) -> int:
    """Try everything; return the exit code."""
    begun = time.monotonic()
    tallies: dict[str, Tally] = defaultdict(Tally)
    jobs = list(all_cases(seed, count))
    with multiprocessing.get_context("spawn").Pool() as pool:
        for number, (name, case, ended) in enumerate(pool.imap(tried, jobs, chunksize=8), 1):
            tallies[name].take(case, ended)
            if isinstance(ended, str):
                note(f"{name}: {case}\n  {ended}")
            if number % 500 == 0:
                note(f"{number} of {len(jobs)} …")
    rows = [tally.row(name) for name, tally in tallies.items()]
    total = sum(tally.tried for tally in tallies.values())
    failed = [one for tally in tallies.values() for one in tally.failed]
    day = datetime.now(UTC).date().isoformat()
    steps = len(ground().plan.steps)
    said = (
        f"{day}, seed {seed}: {total} tortures of a plan of {steps} steps, "
        f"{total - len(failed)} survived."
    )
    sys.stdout.write(f"{said} {time.monotonic() - begun:.0f} seconds.\n")
    if write:
        table.write("torture", f"{said}\n\n{table.markdown(rows)}")
    return 1 if failed else 0


def soaked(seed: int, rounds: int, *, write: bool) -> int:
    """Live through many rounds on one account; return the exit code."""
    begun = time.monotonic()
    told = soak.live(seed, rounds, note)
    day = datetime.now(UTC).date().isoformat()
    said = f"{day}, seed {seed}: {told}"
    sys.stdout.write(f"{said} {time.monotonic() - begun:.0f} seconds.\n")
    if write:
        table.write("soak", said)
    return 0


def main() -> int:
    """Read the command line, and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m torture")
    parser.add_argument("what", nargs="?", choices=["torture", "soak"], default="torture")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--write", action="store_true", help="write it into docs/reliability.md")
    given = parser.parse_args()
    if given.what == "soak":
        return soaked(given.seed, given.rounds, write=given.write)
    return torture(given.seed, given.pairs, write=given.write)


if __name__ == "__main__":
    sys.exit(main())
