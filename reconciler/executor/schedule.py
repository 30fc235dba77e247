"""Which step may go now: one whose predecessors are all done, of the longest chain first.

What was under way when a run broke off goes before all others: its calls are known to Stripe.

Stripe limits each endpoint by itself, so calls take turns: of those that may go, one to the
endpoint with the fewest under way. Else all products would be made before their first price is.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from reconciler.model.plan import Step


class Schedule:
    """The steps that are left. With `in_order` they go as the plan has them.

    `begun` are those of an earlier run whose calls were made, and not done.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        done: Collection[str],
        *,
        in_order: bool,
        begun: Collection[str] = (),
    ) -> None:
        self._steps = steps
        self._begun = begun
        self._index = {step.id: number for number, step in enumerate(steps)}
        self._waits = {
            step.id: len([name for name in step.after if name not in done])
            for step in steps
            if step.id not in done
        }
        self._followers: dict[str, list[str]] = defaultdict(list)
        for step in steps:
            for name in step.after:
                self._followers[name].append(step.id)
        self._length = {} if in_order else self._lengths()
        self._in_order = in_order
        self._ready: dict[str, list[tuple[bool, int, int]]] = defaultdict(list)
        self._under_way: Counter[str] = Counter()
        for name, count in self._waits.items():
            if count == 0:
                self._push(name)

    def _lengths(self) -> dict[str, int]:
        """How many steps follow one another after each step, itself included."""
        lengths: dict[str, int] = {}
        for step in reversed(self._steps):
            followers = self._followers.get(step.id, ())
            lengths[step.id] = 1 + max((lengths[name] for name in followers), default=0)
        return lengths

    def _push(self, name: str) -> None:
        number = self._index[name]
        line = "" if self._in_order else self._steps[number].call
        place = (name not in self._begun, -self._length.get(name, 0), number)
        heapq.heappush(self._ready[line], place)

    def next(self) -> Step | None:
        """Take a step that may go now; `None` while there is none."""
        lines = [line for line, ready in self._ready.items() if ready]
        if not lines:
            return None
        line = min(lines, key=self._turn)
        step = self._steps[heapq.heappop(self._ready[line])[-1]]
        self._under_way[step.call] += 1
        return step

    def _turn(self, line: str) -> tuple[bool, int, int, int]:
        fresh, length, number = self._ready[line][0]
        return fresh, self._under_way[line], length, number

    def landed(self, step: Step) -> None:
        """Let go what waited for this step alone."""
        self._under_way[step.call] -= 1
        for name in self._followers.get(step.id, ()):
            if name in self._waits:
                self._waits[name] -= 1
                if self._waits[name] == 0:
                    self._push(name)
