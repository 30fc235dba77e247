"""Which live object is each resource, from now on?

Of several objects with one address, the one that equals the file in every immutable field is it.
An archived one that equals the file comes back before a new one is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from reconciler.model.address import Address
from reconciler.model.canonical import finish
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.diff import diff
from reconciler.model.marks import Rule
from reconciler.model.named import may_name, references
from reconciler.model.settle import settle, settles
from reconciler.model.shape import Shape
from reconciler.model.snapshot import Snapshot
from reconciler.model.values import Frozen, Pending, resolved
from reconciler.planner.match import Bound, Matched, Origin
from reconciler.planner.referrers import Referrers


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A resource and the live objects that have to do with it.

    `current` is the object that will be it; with none, one is created. `predecessor` is the
    one that it takes the place of. `superseded` bear the same stamp and are retired.
    `ambiguous` says that the file could not tell which of several it is (RC111).
    `given` is the body that the file gives, with references resolved as far as they are known.
    `alike` says that the file, by what it gives, leaves `current` as it is, metadata aside.
    """

    resource: Resource
    given: Frozen
    current: Bound | None = None
    predecessor: Bound | None = None
    superseded: tuple[Bound, ...] = ()
    ambiguous: bool = False
    alike: bool = False

    @property
    def giver(self) -> Bound | None:
        """The object from which the resource keeps what the file leaves out.

        It is the one in use: one that comes back from the archive inherits from the one whose
        place it takes.
        """
        return self.predecessor or self.current

    @property
    def arrivals(self) -> tuple[Bound, ...]:
        """The objects that do not bear its stamp yet: moved here, or to be adopted."""
        bounds = (self.predecessor, self.current)
        return tuple(b for b in bounds if b is not None and b.origin is not Origin.OURS)


Ids = Mapping[Address, str | Pending]


def bind(
    catalog: Catalog, matched: Matched, snapshot: Snapshot, referrers: Referrers
) -> Mapping[Address, Binding]:
    """Return what each stored resource is bound to, in an order that references allow."""
    ids: dict[Address, str | Pending] = {}
    bindings: dict[Address, Binding] = {}
    for resource in in_order(catalog.resources):
        if not resource.kind.stored:
            continue
        given = resolve(resource, ids)
        found = [
            bound
            for bound in matched.bound.get(resource.address, ())
            if bound.on or not _outlived(bound, snapshot)
        ]
        binding = _choose(resource, given, found, referrers)
        ids[resource.address] = (
            binding.current.live.id if binding.current else Pending(resource.address)
        )
        bindings[resource.address] = binding
    return bindings


def ids_of(bindings: Mapping[Address, Binding]) -> Ids:
    """Return the id that each address will have."""
    return {
        address: binding.current.live.id if binding.current else Pending(address)
        for address, binding in bindings.items()
    }


def resolve(resource: Resource, ids: Ids) -> Frozen:
    """Return a resource's body with references to known objects replaced by their ids."""
    # Sets are sorted by what they hold, so they are sorted anew.
    return finish(resource.kind, resolved(resource.body, ids))


def _choose(
    resource: Resource, given: Frozen, found: Sequence[Bound], referrers: Referrers
) -> Binding:
    if resource.kind.shared:  # there is one at the most, and there can be no other
        return Binding(resource=resource, given=given, current=next(iter(found), None))
    if len(found) == 1 and found[0].on:  # as nearly every one
        fit = _fit(resource, given, found[0], found[0])
        if fit is not _Fit.NOT:
            alike = fit is _Fit.ALIKE
            return Binding(resource=resource, given=given, current=found[0], alike=alike)
    active = [bound for bound in found if bound.on]
    archived = [bound for bound in found if not bound.on] if len(active) < len(found) else []
    fitting = [bound for bound in active if _fit(resource, given, bound, bound) is not _Fit.NOT]
    if len(fitting) > 1:  # where the file cannot tell, the one that others hang on is meant
        fitting.sort(key=lambda bound: -len(referrers.of(bound.live)))
    ambiguous = len(active) > 1 and len(fitting) != 1
    current = fitting[0] if fitting else None
    rest = [bound for bound in active if bound is not current]
    predecessor = None
    if not resource.wanted_on:  # the one that others hang on was the last in use
        archived.sort(key=lambda bound: -sum(other.on for other in referrers.of(bound.live)))
    if current is None:
        predecessor = rest.pop(0) if rest else None
        for bound in archived:
            if _fit(resource, given, bound, predecessor or bound) is not _Fit.NOT:
                current = bound
                break
    return Binding(
        resource=resource,
        given=given,
        current=current,
        predecessor=predecessor,
        superseded=tuple(rest),
        ambiguous=ambiguous,
    )


class _Fit(Enum):
    """Whether an object is what is wanted, can become it, or can not without a replacement."""

    ALIKE = "alike"
    IN_PLACE = "in place"
    NOT = "not"


def _fit(resource: Resource, given: Frozen, bound: Bound, giver: Bound) -> _Fit:
    """Say how an object fits what is wanted, metadata aside: that can always be changed.

    What the file leaves out it keeps from `giver`, itself or the one whose place it would take.
    """
    fields = resource.kind.fields
    body = bound.live.body
    ignore = resource.ignore | _METADATA
    if bound is giver and settles(fields, given, body, ignore=ignore):
        return _Fit.ALIKE
    wanted = settle(fields, given, giver.live.body, ignore=ignore, own=body)
    edits = diff(fields, body, wanted)
    return _Fit.NOT if any(edit.rule is Rule.REPLACE for edit in edits) else _Fit.IN_PLACE


_METADATA = frozenset({"metadata"})


def _outlived(bound: Bound, snapshot: Snapshot) -> bool:
    """Whether what an object names is younger than itself: it named another one of that id.

    A promotion code dies with its coupon, and does not come back with a coupon of the same id.
    """
    live = bound.live
    parent = live.kind.within.field if live.kind.within else ""  # which it cannot outlive
    fields = _fixed(live.kind.fields)
    named = references(fields, live.body, late=False, skip=parent)
    kinds = may_name(fields)
    return any(
        target is not None and target.created > live.created > 0
        for target in (snapshot.find(name, kinds) for name in named if isinstance(name, str))
    )


@cache
def _fixed(fields: Shape) -> Shape:
    """Return the fields that never change: what can be changed may well name what came later."""
    return Shape({name: field for name, field in fields.items() if field.rule is Rule.REPLACE})


def in_order(resources: Mapping[Address, Resource]) -> Iterator[Resource]:
    """Yield resources so that what one refers to comes before it. Late references do not count."""
    place: dict[Address, int] = {}
    done: set[Address] = set()
    for start, first in resources.items():
        if start in done:
            continue
        named = references(first.kind.fields, first.body, late=False)
        if all(leaf.address in done for leaf in named if isinstance(leaf, Pending)):
            done.add(start)
            yield first
            continue
        place = place or {address: number for number, address in enumerate(resources)}
        stack = [start]
        while stack:
            address = stack[-1]
            waiting = [
                target
                for target in _targets(resources[address])
                if target not in done and target in resources and target not in stack
            ]
            if waiting:
                stack.extend(sorted(waiting, key=place.__getitem__, reverse=True))
            elif (last := stack.pop()) not in done:
                done.add(last)
                yield resources[last]


def _targets(resource: Resource) -> set[Address]:
    found = references(resource.kind.fields, resource.body, late=False)
    return {leaf.address for leaf in found if isinstance(leaf, Pending)}
