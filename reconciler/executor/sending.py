"""Sends one call of a plan, in a thread of its own, for as long as anything may leave."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from reconciler.errors import RefusedError
from reconciler.executor import filling
from reconciler.executor.lease import Lease
from reconciler.executor.resume import otherwise
from reconciler.model.kind import Kinds
from reconciler.model.plan import Step
from reconciler.model.values import Frozen
from reconciler.ports import MayGo, Writer


class Stop(Protocol):
    """Set from outside when no more calls are to be made."""

    def is_set(self) -> bool:
        """Whether it is time to stop."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Stripe answered, `None` if nothing was sent; `instead` of a delete that it refused."""

    content: Mapping[str, Any] | None
    instead: bool


@dataclass(slots=True, kw_only=True)
class Sender:
    """The way to Stripe of one run. `halted` is set once a call has failed."""

    run: str
    kinds: Kinds
    writer: Writer
    lease: Lease | None = None
    stop: Stop | None = None
    halted: bool = False

    def send(self, step: Step, object_id: str | None, payload: Frozen, attempt: int) -> Answer:
        """Make the call of `step`, or what is done instead of a delete that Stripe refuses."""
        kind = self.kinds[step.kind]
        key = filling.key(self.run, step, attempt)
        try:
            answer = self.writer.send(kind, step, object_id, payload, key=key, may_go=self._leave())
        except RefusedError:
            if step.otherwise is None:
                raise
            instead = otherwise(step)
            key = filling.key(self.run, step, attempt, instead=True)
            answer = self.writer.send(
                kind, instead, object_id, instead.payload, key=key, may_go=self._leave()
            )
            return Answer(content=answer, instead=True)
        return Answer(content=answer, instead=False)

    def _leave(self) -> MayGo:
        """Return what one call asks before it leaves, each time.

        What was launched is sent although another call has failed meanwhile, and not repeated
        then. After a stop, or without the lock, nothing leaves.
        """
        attempts = itertools.count()

        def may_go() -> bool:
            stopped = self.stop is not None and self.stop.is_set()
            given_up = next(attempts) > 0 and self.halted
            return not (stopped or given_up) and (self.lease is None or self.lease.good())

        return may_go
