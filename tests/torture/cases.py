"""Which tortures there are: every fault at every write, every line of the journal, some pairs."""

from __future__ import annotations

import random
from collections.abc import Iterator

from reconciler.simulator.faults import Fault, Rule
from torture.mortal import WAYS
from torture.rounds import ANEW, RESUME, Case

FINISHES = (RESUME, ANEW)


def fault_at(fault: Fault, at: int, *, lasting: bool) -> Rule:
    """A fault at one write, or from there on until the apply gives up."""
    return Rule(fault=fault, endpoint="WRITE", at=at, times="all" if lasting else 1)


def single(fault: Fault, writes: int, step: int = 1, first: int = 1) -> Iterator[Case]:
    """One fault at every write: passing, and lasting, then resumed, and planned anew."""
    for at in range(first, writes + 1, step):
        yield Case(faults=(fault_at(fault, at, lasting=False),))
        for finish in FINISHES:
            yield Case(faults=(fault_at(fault, at, lasting=True),), finish=finish)


def deaths(lines: int, step: int = 1) -> Iterator[Case]:
    """The process is killed at every line of the journal: before it, in it, and after it."""
    for line in range(0, lines, step):
        for way in WAYS:
            for finish in FINISHES:
                yield Case(dies=(line, way), finish=finish)


def pairs(writes: int, lines: int, seed: int, count: int) -> Iterator[Case]:
    """Two faults: in one apply, or the second one in the resume or in the next apply.

    Some befall an apply whose calls go side by side, some one that is killed as well.
    """
    chance = random.Random(seed)
    for _ in range(count):
        rules = [
            fault_at(
                chance.choice(list(Fault)), chance.randint(1, writes), lasting=chance.random() < 0.6
            )
            for _ in range(2)
        ]
        together = chance.random() < 0.3
        dies = chance.random() < 0.2
        yield Case(
            faults=tuple(rules) if together else (rules[0],) if not dies else (),
            again=() if together else (rules[1],),
            dies=(chance.randrange(lines), chance.choice(WAYS)) if dies else None,
            finish=chance.choice(FINISHES),
            workers=chance.choice((1, 8)),
        )
