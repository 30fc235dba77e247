"""Decides which fault befalls which exchange: by rules, or by a list or function of a test's own.

It looks at requests and counts; it plays nothing.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reconciler.simulator.fault_text import parse
from reconciler.simulator.faults import Fault, Rule
from reconciler.simulator.pattern import Pattern
from reconciler.simulator.values import Request

FaultScript = Sequence[Fault | None] | Callable[[int, Request], Fault | None]
"""Faults by number of the exchange, from 0; past the end of a sequence nothing goes wrong."""

Rules = Iterable[Rule | str]
"""Rules, or the texts of rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    faults: tuple[Fault | None, ...]

    def __call__(self, number: int, _request: Request) -> Fault | None:
        return self.faults[number] if number < len(self.faults) else None


class _Counted:
    """A rule, how many exchanges of its endpoint there were, and how many it befell."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._pattern = Pattern.parse(rule.endpoint)
        self._seen = 0
        self._befallen = 0

    def see(self, request: Request) -> bool:
        """Count a request, and tell whether it is one for the rule's fault."""
        if not self._pattern.matches(request.method, request.path):
            return False
        self._seen += 1
        return self._due() and self._chance()

    def befall(self) -> Rule:
        self._befallen += 1
        return self.rule

    def _due(self) -> bool:
        first, times = self.rule.at, self.rule.times
        if first is None:
            return not isinstance(times, int) or self._befallen < times
        if self._seen < first:
            return False
        return times == "all" or self._seen < first + (times or 1)

    def _chance(self) -> bool:
        # Of the number alone, so that threads and other rules do not change it.
        rule = self.rule
        drawn = f"{rule.seed} {rule.endpoint} {rule.fault.name} {self._seen}".encode()
        part = int.from_bytes(hashlib.sha256(drawn).digest()[:6], "big") / 2**48
        return part < rule.probability


class Script:
    """Tells the fault of each exchange; safe to ask from several threads.

    The first rule that is due wins. The script is asked, and counts, where no rule is.
    """

    def __init__(self, script: FaultScript = (), rules: Rules = ()) -> None:
        made = [parse(rule) if isinstance(rule, str) else rule for rule in rules]
        self._counted = [_Counted(rule) for rule in made]
        self._of = script if callable(script) else _At(faults=tuple(script))
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def ruled(self, request: Request) -> Rule | None:
        """What the rules say. They ask for method and path only, so a body need not be read yet."""
        with self._lock:
            due = [counted for counted in self._counted if counted.see(request)]
            return due[0].befall() if due else None

    def scripted(self, request: Request) -> Rule | None:
        """What the list or function says."""
        with self._lock:
            number = next(self._numbers)
        fault = self._of(number, request)
        return None if fault is None else Rule(fault=fault)
