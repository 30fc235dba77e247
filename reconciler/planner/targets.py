"""What a targeted look reads for a catalog: what the file names, and what it was called before.

Not for what may be concluded from what is not found; that is `held`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Kind, Kinds
from reconciler.model.named import references
from reconciler.model.snapshot import Snapshot
from reconciler.model.targets import Families, Family, Targets
from reconciler.model.values import Pending
from reconciler.planner.match import Bound, Origin, match
from reconciler.planner.matching import adopting


def targets(catalog: Catalog, kinds: Kinds, *, adopt_matching: bool = False) -> Targets:
    """Return what the file names.

    A kind that Stripe finds no single objects of is listed whole, if the file has any. What an
    object lives in that somebody may want to adopt is to be read with it.
    """
    found, before = Targets(strangers=adopt_matching), sources(catalog)
    for address, adoption in catalog.adopt.items():
        _whole_or(found, kinds[address.kind])
        found.ids[address.kind].add(adoption.id)
    for resource in catalog.resources.values():
        _note_named(found, resource, kinds)
        if resource.kind.stored:
            _whole_or(found, resource.kind)
            for origin in origins(resource, before):
                _note_keys(found, replace(resource, address=origin))
                _note_stamps(found, catalog, origin)
    return found


def _whole_or(found: Targets, kind: Kind) -> None:
    if kind.stored and not kind.lookups:
        found.whole.add(kind.name)


def _note_keys(found: Targets, resource: Resource) -> None:
    """Ask for what it holds by the file, and for what it holds unless somebody said otherwise."""
    for key in resource.kind.natural_keys:
        given = resource.body.get(key.field)
        values = {given, key.default(resource) if key.default is not None else None}
        wanted = {str(value) for value in values if value}
        if key.field == "id":
            found.ids[resource.kind.name] |= wanted
        else:
            found.held[resource.kind.name, key.field] |= wanted


def _note_stamps(found: Targets, catalog: Catalog, address: Address) -> None:
    names = (
        [catalog.name] if catalog.previous_name is None else [catalog.name, catalog.previous_name]
    )
    found.stamps[address.kind] |= {f"{name}/{address}" for name in names}


def _note_named(found: Targets, resource: Resource, kinds: Kinds) -> None:
    """Ask for what is named by its raw id."""
    for name in references(resource.kind.fields, resource.body):
        if isinstance(name, str):
            for kind in kinds.values():
                if name.startswith(kind.id_prefixes):
                    found.ids[kind.name].add(name)


Sources = Mapping[Address, Sequence[Address]]
"""What each target of a move was called before."""


def sources(catalog: Catalog) -> Sources:
    """Return the moves the other way round."""
    found: dict[Address, list[Address]] = defaultdict(list)
    for source, target in catalog.moved.items():
        found[target].append(source)
    return found


def origins(resource: Resource, before: Sources) -> set[Address]:
    """Return all that a resource was called, by `[moved]`, itself included."""
    kind = resource.kind
    found: set[Address] = set()
    waiting = [resource.address]
    while waiting:
        now = waiting.pop()
        if now not in found:
            found.add(now)
            waiting += before.get(now, ())
            if kind.within is not None:  # what lives in a moved object comes along
                home = Address(kind.within.kind, now.keys[:-1])
                waiting += [Address(now.kind, (*old.keys, now.key)) for old in before.get(home, ())]
    return found


def families(catalog: Catalog, kinds: Kinds, *, adopt_matching: bool = False) -> Families:
    """Return what says of which objects all children are to be listed.

    A child that was not found in use may be there under another key, and never leaves its parent:
    what is not among the children of the parent is not there.
    """

    def choose(snapshot: Snapshot) -> Iterator[Family]:
        wanted = adopting_what_is_there(catalog, snapshot)
        if adopt_matching:
            wanted = adopting(wanted, snapshot, kinds)
        bound = match(wanted, snapshot, kinds).bound
        for address, resource in catalog.resources.items():
            if not is_at_home(bound.get(address, ())):
                for parent in homes(resource, bound):
                    yield resource.kind.name, parent

    return choose


def is_at_home(bounds: Iterable[Bound]) -> bool:
    """Whether one of these is in use, and bears the stamp of its address already."""
    return any(bound.on and bound.origin is Origin.OURS for bound in bounds)


def homes(resource: Resource, bound: Mapping[Address, Sequence[Bound]]) -> Iterator[str]:
    """Yield the ids of what a resource lives in or did, as far as it is there."""
    within = resource.kind.within
    match resource.body.get(within.field) if within is not None else None:
        case Pending(address=address):
            yield from (one.live.id for one in bound.get(address, ()))
        case str() as parent:
            yield parent
        case _:
            return


def adopting_what_is_there(catalog: Catalog, snapshot: Snapshot) -> Catalog:
    """Return the catalog without the adoptions of what was not found."""
    there = {
        address: entry
        for address, entry in catalog.adopt.items()
        if entry.id in snapshot.of(address.kind)
    }
    return replace(catalog, adopt=there)
