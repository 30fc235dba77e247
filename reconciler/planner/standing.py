"""What an object names for good, and what of ours stands on an object that lost its stamp.

An object that is known by its stamp alone is a stranger without it, and would be made anew. What
stands on it tells that it was ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Catalog
from reconciler.model.marks import Rule
from reconciler.model.plan import Finding
from reconciler.model.shape import Nested, Shape
from reconciler.model.snapshot import Live
from reconciler.model.values import MAPPINGS, Pending
from reconciler.planner.bind import Binding
from reconciler.planner.evidence import Evidence
from reconciler.planner.match import Origin, few


def named_for_good(
    fields: Shape, wanted: Mapping[str, Any], live: Mapping[str, Any]
) -> Iterator[tuple[Pending | str, str]]:
    """Yield what is wanted to be named for good, each with what is named there now."""
    for name, one in fields.items():
        old, new = live.get(name), wanted.get(name)
        if one.ref is not None:
            for_good = one.rule is Rule.REPLACE and not one.ref.late
            if for_good and isinstance(new, Pending | str) and isinstance(old, str):
                yield new, old
        elif (
            isinstance(one.form, Nested) and isinstance(old, MAPPINGS) and isinstance(new, MAPPINGS)
        ):
            yield from named_for_good(one.form.fields, new, old)


def replaced_of_ours(bindings: Mapping[Address, Binding]) -> Mapping[Address, Live]:
    """Return the objects in use that bear our stamp and would be replaced, by address."""
    return {
        address: binding.predecessor.live
        for address, binding in bindings.items()
        if binding.predecessor is not None and binding.predecessor.origin is not Origin.ADOPTED
    }


def lost_stamps(evidence: Evidence) -> Iterator[Finding]:
    """Find what would be made anew although objects of ours stand on one that could be it."""
    known = {(conflict.address, conflict.holder.id) for conflict in evidence.conflicts}
    for address, standing in sorted(_standing(evidence).items()):
        if any((address, object_id) in known for object_id in standing):
            continue  # RC108 says the same
        there = evidence.snapshot.of(address.kind)
        lives = [there[object_id] for object_id in sorted(standing) if object_id in there]
        children = sorted({child for some in standing.values() for child in some})
        one = len(children) == 1
        yield Finding(
            code="RC101",
            address=address,
            text=f"{few(children)} stand{'s' if one else ''} on {few(sorted(standing))}, which "
            f"{'bears' if len(lives) == 1 else 'bear'} no stamp of a catalog. A new {address} "
            f"would be made, and {'it' if one else 'they'} replaced. "
            f"{_way_back(evidence, address, lives)}",
        )


def ways_back(evidence: Evidence) -> Mapping[str, str]:
    """Return how each object that lost its stamp becomes ours again, by its id."""
    return {
        object_id: _way_back(evidence, address, [live])
        for address, standing in _standing(evidence).items()
        for object_id in standing
        if (live := evidence.snapshot.of(address.kind).get(object_id)) is not None
    }


def _standing(evidence: Evidence) -> Mapping[Address, Mapping[str, set[Address]]]:
    """Return who of ours stands on what without a stamp: by the address to be made, and by id."""
    bindings = {decision.address: decision.binding for decision in evidence.moving}
    made = {address for address, binding in bindings.items() if binding.giver is None}
    found: dict[Address, dict[str, set[Address]]] = defaultdict(lambda: defaultdict(set))
    for child, live in replaced_of_ours(bindings).items() if made else ():
        given = bindings[child].given
        for wanted, object_id in named_for_good(live.kind.fields, given, live.body):
            if not isinstance(wanted, Pending) or wanted.address not in made:
                continue
            other = evidence.snapshot.of(wanted.address.kind).get(object_id)
            if other is None or object_id in evidence.ours:
                continue
            if not _of_another(other, evidence.catalog):
                found[wanted.address][object_id].add(child)
    return found


def _of_another(live: Live, catalog: Catalog) -> bool:
    stamp = live.stamp
    return stamp is not None and stamp.catalog not in (catalog.name, catalog.previous_name)


def _way_back(evidence: Evidence, address: Address, lives: list[Live]) -> str:
    entry = f'[adopt] "{address}" = "{lives[0].id}"'
    if len(lives) > 1:
        return f"If one of them is {address}, say which: {entry}."
    live = lives[0]
    if live.stamp is not None:
        return (
            f"If {live.id} is {address}, take its metadata entry "
            f'"{STAMP}" off in the Dashboard, then adopt it: {entry}.'
        )
    free = STAMP not in live.metadata and not evidence.adopt_matching
    matching = " (--adopt-matching does that too)" if free else ""
    return f"If {live.id} is {address}, adopt it: {entry}{matching}."
