"""The account as it will be: bodies, who holds which natural key, who bears which stamp.

Performing a step changes it the way Stripe would, from the step's parameters alone. The planner
walks through it to write steps, the executor to know what each answer must be, and a law holds
them both to it: applying a plan yields `project(plan, snapshot)`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.model import project as calls
from reconciler.model.catalog import STAMP
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Plan, Step
from reconciler.model.snapshot import Snapshot
from reconciler.model.values import EMPTY, Frozen, Pending

Handle = str | Pending
"""An object: its id, or the address that it is being created for."""

Held = tuple[str, str, str]
"""A natural key that somebody may hold: kind, field and value."""


@dataclass(slots=True, kw_only=True)
class World:
    """The account at some step. It changes as steps are performed."""

    snapshot: Snapshot | None = None
    bodies: dict[tuple[str, Handle], Frozen | None] = field(default_factory=dict)
    keys: dict[Held, Handle] = field(default_factory=dict)
    stamps: dict[tuple[str, str], list[Handle]] = field(default_factory=lambda: defaultdict(list))

    def copy(self) -> World:
        """Return a world that changes on its own."""
        return World(
            snapshot=self.snapshot,
            bodies=dict(self.bodies),
            keys=dict(self.keys),
            stamps=defaultdict(list, {key: list(held) for key, held in self.stamps.items()}),
        )

    def body(self, kind: Kind, handle: Handle) -> Frozen | None:
        """Return what an object is by now; `None` if there is no such object."""
        if (kind.name, handle) in self.bodies:
            return self.bodies[kind.name, handle]
        if self.snapshot is None:
            return None
        live = self.snapshot.of(kind.name).get(str(handle))
        return live.body if live is not None else None

    def put(self, kind: Kind, handle: Handle, body: Frozen | None) -> None:
        """Let an object be `body` from now on; with `None` it is gone."""
        before, after = self.body(kind, handle) or EMPTY, body or EMPTY
        for key in kind.natural_keys:
            old, new = key.held(kind, before), key.held(kind, after)
            if old != new and self.keys.get((kind.name, key.field, str(old))) == handle:
                del self.keys[kind.name, key.field, str(old)]
            if new is not None:
                self.keys[kind.name, key.field, new] = handle
        old_stamp, new_stamp = stamp_of(before), stamp_of(after)
        if old_stamp != new_stamp:
            if old_stamp and handle in self.stamps[kind.name, old_stamp]:
                self.stamps[kind.name, old_stamp].remove(handle)
            if new_stamp:
                self.stamps[kind.name, new_stamp].append(handle)
        self.bodies[kind.name, handle] = body

    def holders(self, kind: str, name: str, value: str) -> tuple[Handle, ...]:
        """Return who bears a stamp (`name` is "stamp") or holds a natural key, sorted."""
        if name == "stamp":
            return tuple(sorted(self.stamps.get((kind, value), ()), key=str))
        holder = self.keys.get((kind, name, value))
        return () if holder is None else (holder,)

    def perform(self, kinds: Kinds, step: Step) -> Frozen | None:
        """Make the call of `step` and return what its object is afterwards."""
        kind, handle = kinds[step.kind], handle_of(step)
        self._transfer(kind, handle, step.payload)
        match step.verb:
            case "create":
                after: Frozen | None = calls.created(kind, step.payload)
            case "update":
                after = calls.updated(kind, self.body(kind, handle) or EMPTY, step.payload)
            case "delete":
                after = None
            case "deactivate" | "reactivate" as verb:
                switched = {kind.verbs.field: verb == kind.verbs.off} if kind.verbs else {}
                after = calls.updated(kind, self.body(kind, handle) or EMPTY, switched)
            case "attach":
                after = calls.attached(kind, self.body(kind, handle) or EMPTY, step.payload)
            case "detach":
                after = calls.detached(kind, self.body(kind, handle) or EMPTY, step.item or "")
        self.put(kind, handle, after)
        return after

    def _transfer(self, kind: Kind, handle: Handle, payload: Mapping[str, object]) -> None:
        for key in kind.natural_keys:
            if key.transfer is None or not payload.get(key.transfer):
                continue
            for loser in self.holders(kind.name, key.field, key.compared(str(payload[key.field]))):
                if loser != handle:
                    lost = (self.body(kind, loser) or EMPTY).with_({key.field: None})
                    self.put(kind, loser, lost)


def handle_of(step: Step) -> Handle:
    """Return the object that a step acts on, or that it makes."""
    return Pending(step.address) if step.object is None else step.object


def stamp_of(body: Mapping[str, Frozen]) -> str | None:
    """Return the stamp in a body's metadata."""
    return body.get("metadata", EMPTY).get(STAMP)


def world(
    snapshot: Snapshot, kinds: Iterable[Kind], made: Mapping[str, Pending] | None = None
) -> World:
    """Return the account as a snapshot shows it.

    `made` are the objects that the plan in hand has created already: by their ids, the handles
    by which the plan knows them.
    """
    known = made or {}
    found = World(snapshot=snapshot)
    for kind in kinds:
        for live in snapshot.of(kind.name).values():
            handle = known.get(live.id, live.id)
            for key in kind.natural_keys:
                value = key.held(kind, live.raw)
                if value is not None:
                    found.keys[kind.name, key.field, value] = handle
            if live.stamp_text:
                found.stamps[kind.name, live.stamp_text].append(handle)
    return found


def project(plan: Plan, snapshot: Snapshot, kinds: Kinds) -> World:
    """Return the account as it will be once every step of the plan is done."""
    found = world(snapshot, kinds.values())
    for step in plan.steps:
        found.perform(kinds, step)
    return found
