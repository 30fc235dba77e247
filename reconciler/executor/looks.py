"""Looks at single objects while a plan is carried out: what was read long ago may have moved.

Not the one look at everything before the first write; that is in `fresh`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.errors import ReconcilerError
from reconciler.executor import fresh
from reconciler.executor.resume import Progress
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Plan, Step, Unmoved
from reconciler.model.snapshot import Live
from reconciler.model.values import EMPTY, Frozen, Pending
from reconciler.model.world import Handle, World
from reconciler.observer.account import whole, with_attached
from reconciler.ports import Reader

STALE_AFTER = 30.0
"""Seconds for which what was read of an object is taken for what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Objects were read once more, at a moment of the clock, or could not be."""

    at: float
    handles: tuple[Handle, ...]
    problems: Sequence[str] = ()
    failed: ReconcilerError | None = None


class Looks:
    """What was read when. Only `look` is for other threads; it changes nothing."""

    def __init__(
        self, plan: Plan, kinds: Kinds, reader: Reader, clock: Callable[[], float]
    ) -> None:
        self._plan, self._kinds, self._reader, self._clock = plan, kinds, reader, clock
        self._all_at = 0.0
        self._known_at: dict[Handle, float] = {}

    def all_known(self) -> None:
        """Note that everything was read just now."""
        self._all_at = self._clock()

    def known(self, handle: Handle) -> None:
        """Note that an object was seen just now: an answer had it."""
        self._known_at[handle] = self._clock()

    def outdated(self, step: Step) -> Iterator[Unmoved]:
        """Yield what the step relies on and was read too long ago."""
        now = self._clock()
        for reliance in step.relies_on:
            if isinstance(reliance, Unmoved):
                known_at = self._known_at.get(reliance.object, self._all_at)
                if now - known_at > STALE_AFTER:
                    yield reliance

    def look(self, outdated: Sequence[Unmoved], expected: World, progress: Progress) -> Looked:
        """Read objects once more. No step that changes one of them is under way meanwhile."""
        at, handles = self._clock(), tuple(reliance.object for reliance in outdated)
        try:
            problems = [
                problem
                for reliance in outdated
                for problem in self._moved(reliance, expected, progress)
            ]
        except ReconcilerError as error:  # the step's own call is neither done nor unknown
            return Looked(at=at, handles=handles, failed=error)
        return Looked(at=at, handles=handles, problems=problems)

    def take(self, looked: Looked, *, written: int) -> None:
        """Note a look; raise what went wrong, or `StalePlanError` if anything has moved."""
        if looked.failed is not None:
            raise looked.failed
        fresh.refuse(looked.problems, written=written)
        self._known_at.update(dict.fromkeys(looked.handles, looked.at))

    def _moved(self, reliance: Unmoved, expected: World, progress: Progress) -> Iterator[str]:
        kind, handle = self._kinds[reliance.kind], reliance.object
        object_id = progress.made[handle.address] if isinstance(handle, Pending) else handle
        body = expected.body(kind, handle)
        live = self._whole(kind, self._reader.get_object(kind, object_id), body or EMPTY)
        yield from fresh.object_differences(self._plan, kind, handle, body, live, progress.names)

    def _whole(self, kind: Kind, raw: Mapping[str, Any] | None, body: Frozen) -> Live | None:
        """Return an answer as an object, with the entries of its lists that are relied on."""
        if raw is None:
            return None
        live = Live(kind, whole(self._reader, kind, raw), self._reader.now())
        relied = kind.attached is not None and kind.attached.name in body
        return with_attached(self._reader, live) if relied else live
