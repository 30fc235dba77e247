"""How many requests of an apply do not write: the look before, and the proof after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.model.impact import Impact, hanging_kinds
from reconciler.model.kind import Kinds
from reconciler.model.plan import Step
from reconciler.model.snapshot import Live, Snapshot
from reconciler.planner.relooking import requests


def reads(
    steps: Sequence[Step],
    snapshot: Snapshot,
    relied: Mapping[str, Live],
    impacts: Sequence[Impact],
    kinds: Kinds,
) -> int:
    """Count them, on an account as large as this one, when no answer is older than it may be."""
    if not steps:
        return 0
    touched = {step.kind for step in steps} | {live.kind.name for live in relied.values()}
    watched = hanging_kinds((impact.kind for impact in impacts), kinds) - touched
    objects = {step.object for step in steps if step.part}
    made = sum(not isinstance(handle, str) for handle in objects)  # read in the proof alone
    listed = sum(snapshot.requests.get(kind, 1) for kind in touched)
    looked = sum(snapshot.requests.get(kind, 1) for kind in watched)
    known = _known_entries(relied)
    deleted = {step.object for step in steps if step.verb == "delete"}  # read in the look alone
    entries = len(known) + len(known - deleted) + made
    if snapshot.sight is not None:
        return entries + requests(steps, relied, snapshot, kinds)
    return 1 + 2 * listed + looked + entries


def _known_entries(relied: Mapping[str, Live]) -> frozenset[str]:
    """Name the objects whose attached entries are known: each takes a request to read again."""
    return frozenset(
        object_id
        for object_id, live in relied.items()
        if live.kind.attached is not None and live.kind.attached.name in live.raw
    )
