"""A snapshot becomes a catalog, and shows that planning it would adopt, and change nothing.

What is written is read again and planned in memory. An object of which that would change anything
is taken out, with the reason, and the rest is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.importer.making import LeftOut, Making
from reconciler.importer.naming import name
from reconciler.importer.scope import Scope, choose
from reconciler.model.address import Address
from reconciler.model.catalog import Adoption, Catalog
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot
from reconciler.planner.match import match
from reconciler.planner.matching import Matching, matching


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was made of an account.

    `catalog` is all that the file says afterwards, of which `added` is new. `adopt` are the
    entries that bind what is not ours yet, `matched` the addresses among them that the file had
    before. `remarks` are what a reader of the file should know, `notes` what concerns no single
    table. `differing` are objects of the catalog that the file cannot say as they are, `unlisted`
    counts those that it does not have: a plan changes the ones and retires the others.
    `owned` counts the objects of other catalogs, `archived` those that are switched off,
    `unusable` those that are on and of no use.
    """

    catalog: Catalog
    added: frozenset[Address]
    adopt: Mapping[Address, Adoption]
    matched: frozenset[Address]
    ids: Mapping[Address, str]
    remarks: Mapping[Address, str]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    differing: Mapping[Address, str]
    unlisted: Mapping[str, int]
    owned: Mapping[str, int]
    archived: int
    unusable: int


def build(
    snapshot: Snapshot, kinds: Kinds, scope: Scope, *, into: Catalog, api_version: str
) -> Imported:
    """Return the catalog `into` with what `scope` takes of the account added to it.

    What holds the very key of a resource that `into` has already is bound to that. Raises
    `UsageError` for a scope that names what there is not.
    """
    names = frozenset(filter(None, {into.name, into.previous_name}))
    chosen = choose(
        snapshot, kinds, scope, names=names, bound=frozenset(_known(into, snapshot, kinds))
    )
    found = matching(into, snapshot, kinds) if into.resources else Matching()
    matched = {at: entry for at, entry in found.adopt.items() if entry.id in chosen.lives}
    into = replace(into, adopt={**into.adopt, **matched})
    known = _known(into, snapshot, kinds)
    lives = {id_: live for id_, live in chosen.lives.items() if id_ not in known}
    stamps = names if scope.owned_by is None else names | {scope.owned_by}
    named = name(lives, kinds, known=known, taken=into.resources, stamps=stamps, own=names)
    making = Making(snapshot, kinds, into, lives, named, known)
    making.settle(api_version)
    remarks = {**named.remarks, **making.differing}
    return Imported(
        catalog=making.catalog(),
        added=frozenset(making.resources),
        adopt={**matched, **making.adopt()},
        matched=frozenset(matched),
        ids={address: live.id for address, live in making.bearers.items()},
        remarks={at: text for at, text in remarks.items() if at in making.resources},
        notes=found.notes,
        left_out=tuple(sorted(making.left_out, key=lambda one: (one.kind, one.id))),
        differing=making.differing,
        unlisted=making.unlisted(),
        owned=chosen.owned,
        archived=chosen.archived,
        unusable=chosen.unusable,
    )


def _known(into: Catalog, snapshot: Snapshot, kinds: Kinds) -> dict[str, Address]:
    """Return the address of each object that the catalog has already."""
    return {
        bound.live.id: address
        for address, found in match(into, snapshot, kinds).bound.items()
        if address in into.resources
        for bound in found
    }
