"""Which step may go now: one whose predecessors are all done, of the longest chain first."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Sequence

from reconciler.model.plan import Step


class Schedule:
    """The steps that are left. With `in_order` they go as the plan has them."""

    def __init__(self, steps: Sequence[Step], done: Collection[str], *, in_order: bool) -> None:
        self._steps = steps
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
        self._ready: list[tuple[int, int]] = []
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
        heapq.heappush(self._ready, (-self._length.get(name, 0), self._index[name]))

    def next(self) -> Step | None:
        """Take a step that may go now; `None` while there is none."""
        return self._steps[heapq.heappop(self._ready)[1]] if self._ready else None

    def landed(self, step: Step) -> None:
        """Let go what waited for this step alone."""
        for name in self._followers.get(step.id, ()):
            if name in self._waits:
                self._waits[name] -= 1
                if self._waits[name] == 0:
                    self._push(name)
