"""What an apply of a targeted plan reads again: what the plan relies on, and no more.

Its objects by id, the keys that its steps rely on by lookup, and the children of what it makes
something in: there a second object of one stamp would be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.address import Address
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import HeldBy, Step
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.targets import Families, Family, Targets, cost
from reconciler.model.values import Frozen, Pending

Made = Mapping[Address, str]
"""The ids of what the plan has created already."""


def relied_on(
    steps: Sequence[Step], seen: Mapping[str, Mapping[str, Frozen]], kinds: Kinds, made: Made
) -> Targets:
    """Return what the steps rely on; `seen` are the objects that they touch, by kind and id."""
    found = Targets()
    touched = {step.kind for step in steps} | set(seen)
    found.whole |= {name for name in touched if not kinds[name].lookups}
    for name, bodies in seen.items():
        found.ids[name] |= set(bodies)
        within = kinds[name].within
        if within is not None:
            found.ids[within.kind] |= {str(body.get(within.field)) for body in bodies.values()}
    for address, object_id in made.items():
        if kinds[address.kind].within is None:  # else it is among its parent's children
            found.ids[address.kind].add(object_id)
    for step in steps:
        for _, parent in _parents(kinds[step.kind], step, made):
            found.ids[parent[0]].add(parent[1])
        for reliance in step.relies_on:
            if isinstance(reliance, HeldBy):
                _note_held(found, reliance)
    return found


def _note_held(found: Targets, reliance: HeldBy) -> None:
    name = reliance.kind
    found.ids[name] |= {holder for holder in reliance.holders if isinstance(holder, str)}
    if reliance.field == "stamp":
        found.stamps[name].add(reliance.value)
    elif reliance.field == "id":
        found.ids[name].add(reliance.value)
    else:
        found.held[name, reliance.field].add(reliance.value)


def _parents(kind: Kind, step: Step, made: Made) -> Iterator[tuple[Family, tuple[str, str]]]:
    """Yield the family that a step makes something in, and the kind and id of the parent."""
    within = kind.within
    if step.verb != "create" or within is None:
        return
    parent = step.payload.get(within.field)
    if isinstance(parent, Pending):
        parent = made.get(parent.address)
    if isinstance(parent, str):
        yield (kind.name, parent), (within.kind, parent)


def families(steps: Sequence[Step], kinds: Kinds, made: Made) -> Families:
    """Return what says whose children are read: of what is there, and is to get one."""

    def choose(snapshot: Snapshot) -> Iterator[Family]:
        for step in steps:
            for family, (kind, parent) in _parents(kinds[step.kind], step, made):
                if parent in snapshot.of(kind):
                    yield family

    return choose


def chosen(steps: Iterable[Step]) -> Made:
    """Return the ids that creations choose themselves: known before they are made."""
    return {
        step.address: step.payload["id"]
        for step in steps
        if step.verb == "create" and isinstance(step.payload.get("id"), str)
    }


def requests(
    steps: Sequence[Step], relied: Mapping[str, Live], snapshot: Snapshot, kinds: Kinds
) -> int:
    """Return what both looks of an apply cost: the account, the plan's objects, and these again."""
    will = chosen(steps)
    seen: dict[str, dict[str, Frozen]] = defaultdict(dict)
    for object_id, live in relied.items():
        seen[live.kind.name][object_id] = live.body
    targets = relied_on(steps, seen, kinds, will)
    after = {family for step in steps for family, _ in _parents(kinds[step.kind], step, will)}
    there = {
        (name, parent)
        for name, parent in after
        if (within := kinds[name].within) is not None and parent in snapshot.of(within.kind)
    }
    pages = snapshot.requests
    return 1 + cost(targets, there, kinds, pages) + cost(targets, after, kinds, pages)
