"""A writer that sends nothing: it answers what Stripe would, and tells every call.

The dry run is the run itself over this writer, so it cannot disagree with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.kind import Kind
from reconciler.model.plan import Step
from reconciler.model.values import Frozen
from reconciler.ports import MayGo, always

Tell = Callable[[Step], None]


class Rehearsal:
    """A `Writer` that sends nothing."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def send(
        self,
        kind: Kind,
        step: Step,
        object_id: str | None,
        payload: Frozen,
        *,
        key: str,
        may_go: MayGo = always,
    ) -> Mapping[str, Any] | None:
        """Tell the call as the plan has it. Nobody answers."""
        del kind, object_id, payload, key, may_go
        self._tell(step)
        return None
