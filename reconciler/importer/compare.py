"""What would have to change on one side for it to be as the other: a plan that nobody can apply.

The second side is seen as if it had been made by the first one's catalog: its objects bear the
addresses that they have in common. Then the planner is asked, as for any file. Nothing is diffed
here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.importer.align import aligned
from reconciler.importer.making import LeftOut
from reconciler.importer.pairing import Pairs, natural_keys, pair
from reconciler.importer.sides import (
    Side,
    lens,
    of_account,
    of_catalog,
    restamped,
    stand_in,
    with_metadata,
)
from reconciler.model.address import Address
from reconciler.model.canonical import finish
from reconciler.model.catalog import STAMP, Catalog, Resource
from reconciler.model.comparison import Comparison
from reconciler.model.kind import Embedded, Kinds
from reconciler.model.named import references, renamed
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Frozen, Pending, resolved
from reconciler.planner.build import plan
from reconciler.planner.embed import prefixes


def compare(
    first: Catalog | Snapshot,
    second: Catalog | Snapshot,
    kinds: Kinds,
    *,
    names: tuple[str, str],
    api_version: str,
    owned_by: str | None = None,
) -> Comparison:
    """Return what would change on the second side if all of the first were brought there.

    A side is a file's catalog, or what was read of an account; `names` are what the two are
    called. `owned_by` narrows accounts to what one catalog has there. Raises `PlanError` where
    the two cannot be brought together.
    """
    both = (first, second)
    files = [one for one in both if isinstance(one, Catalog)]
    accounts = [one for one in both if isinstance(one, Snapshot)]
    seen = lens(files, accounts, owned_by=owned_by)

    def side(one: Catalog | Snapshot) -> Side:
        if isinstance(one, Snapshot):
            return of_account(one, kinds, seen, api_version=api_version)
        return of_catalog(
            one, kinds, seen, known=next(iter(accounts), None), api_version=api_version
        )

    made = _plan(side(first), side(second), kinds, names, api_version)
    return Comparison(first=names[0], second=names[1], plan=made)


def _plan(a: Side, b: Side, kinds: Kinds, names: tuple[str, str], api_version: str) -> Plan:
    """Return the plan that would make `b` as `a` is."""
    pairs = pair(a, b, kinds)
    wanted = _wanted(a, b, pairs)
    there = _with_stand_ins(_there(b, pairs, kinds), wanted, kinds)
    made = plan(wanted, there, kinds, api_version=api_version)
    notes = (*made.notes, *_notes(a, b, pairs, names))
    return replace(made, strangers=(), impacts=(), notes=notes)


def _wanted(a: Side, b: Side, pairs: Pairs) -> Catalog:
    """Return the first side's catalog in the addresses that both have."""
    names = {here: Pending(name) for here, name in pairs.first.items() if here != name}
    other = {here: there for there, here in pairs.same.items()}
    mine = _unknown(b.snapshot)
    likes = dict(_likes(a, b))
    its = _unknown_there(b, pairs)
    resources = {}
    for here, resource in a.catalog.resources.items():
        there = other.get(here)
        found = replace(resource, address=pairs.first[here])
        if names:
            found = _rewritten(found, resolved(found.body, names))
        if likes:
            found = _rewritten(found, renamed(found.kind.fields, found.body, likes))
        if there is not None:
            like = b.catalog.resources[there]
            found = _without_id(replace(found, ignore=found.ignore | like.ignore), like)
            fields = found.kind.fields
            live = b.snapshot.of(here.kind).get(b.ids.get(there, ""))
            if live is not None and any(map(mine, references(fields, found.body))):
                found = _rewritten(found, aligned(fields, found.body, live.body, mine, its))
        resources[found.address] = found
    return replace(a.catalog, resources=resources, adopt={})


def _rewritten(resource: Resource, body: Frozen) -> Resource:
    """Return a resource that names others otherwise. Its sets are sorted by what they hold."""
    none = {key.field: "" for key in resource.kind.natural_keys if body.get(key.field) == ""}
    return replace(resource, body=finish(resource.kind, body).with_(none))


def _likes(a: Side, b: Side) -> Iterator[tuple[str, str]]:
    """Yield what the first side names by its id, as it is archived, and the same there."""
    there: dict[object, str] = {}
    for live in sorted(b.snapshot, key=lambda live: not live.on):
        for mark in _marks(live):
            there.setdefault(mark, live.id)
    for resource in a.catalog.resources.values():
        for name in references(resource.kind.fields, resource.body):
            live_here = a.snapshot.find(name) if isinstance(name, str) else None
            marks = _marks(live_here) if live_here is not None else ()
            found = next((there[mark] for mark in marks if mark in there), None)
            if live_here is not None and found is not None and found != live_here.id:
                yield live_here.id, found


def _marks(live: Live) -> Iterator[object]:
    """Yield by what an object is known in another account."""
    if live.stamp is not None:
        yield live.kind.name, live.metadata[STAMP]
    for key in live.kind.natural_keys:
        held = key.held(live.kind, live.raw)
        if held is not None:
            yield live.kind.name, key.field, held


def _without_id(resource: Resource, like: Resource) -> Resource:
    """Leave an id to Stripe where the other side's was: which one that is says nothing."""
    left = {
        key.field: None
        for key in resource.kind.natural_keys
        if key.default is None and key.field not in like.body and key.field in resource.body
    }
    return replace(resource, body=resource.body.with_(left)) if left else resource


def _unknown(there: Snapshot) -> Callable[[Any], bool]:
    """Return what says of a name in the first side's catalog that the second has nothing so."""
    return lambda name: isinstance(name, str) and there.find(name) is None


def _unknown_there(b: Side, pairs: Pairs) -> Callable[[Any], bool]:
    known = {b.ids[at] for at in pairs.second if at in b.ids and at not in pairs.unsaid}
    known |= pairs.also.keys()
    return lambda name: isinstance(name, str) and name not in known


def _there(b: Side, pairs: Pairs, kinds: Kinds) -> Snapshot:
    """Return the second side's objects with the stamps of the addresses that both have."""
    bearers = {b.ids[at]: name for at, name in pairs.second.items() if at in b.ids}
    for at in pairs.unsaid:
        bearers.pop(b.ids.get(at, ""), None)
    bearers |= pairs.also
    entries = {
        _prefix(address, kinds) + address.key
        for address, resource in b.catalog.resources.items()
        if not resource.kind.stored and address not in pairs.unsaid
    }
    name = b.catalog.name

    def seen(live: Live) -> Live:
        stamp = live.stamp
        address = bearers.get(live.id)
        if address is not None:
            begins = prefixes(kinds, live.kind)
            odd = {
                key: None
                for key in live.metadata
                if begins and key.startswith(begins) and key not in entries
            }
            found = restamped(live, f"{name}/{address}")
            return with_metadata(found, odd) if odd else found
        if stamp is None or stamp.catalog != name:
            return live
        # What is archived may come back; what is in use and not compared is nobody's.
        back = pairs.second.get(stamp.address, stamp.address)
        return restamped(live, None if live.on else f"{name}/{back}")

    return replace(
        b.snapshot,
        objects={
            kind: {id_: seen(live) for id_, live in lives.items()}
            for kind, lives in b.snapshot.objects.items()
        },
    )


def _prefix(address: Address, kinds: Kinds) -> str:
    """Return how the metadata keys of an embedded kind begin; empty for any other kind."""
    match kinds[address.kind].identity:
        case Embedded(prefix=prefix):
            return prefix
        case _:
            return ""


def _with_stand_ins(there: Snapshot, wanted: Catalog, kinds: Kinds) -> Snapshot:
    """Add what the catalog names by an id that the second side does not have."""
    objects: dict[str, Mapping[str, Live]] = dict(there.objects)
    for resource in wanted.resources.values():
        for name in references(resource.kind.fields, resource.body):
            if isinstance(name, str) and there.find(name) is None:
                live = stand_in(name, kinds)
                if live is not None:
                    objects[live.kind.name] = {**objects.get(live.kind.name, {}), name: live}
    return replace(there, objects=objects)


def _notes(a: Side, b: Side, pairs: Pairs, names: tuple[str, str]) -> Iterator[str]:
    """Yield what is not compared, and why."""
    first, second = names
    yield from _left_out(a.left_out, first)
    also = [one for one in b.left_out if one.id not in pairs.also]
    yield from _left_out(also, second)
    for address in sorted(pairs.unsaid):
        yield (
            f"Not compared: {address} of {second}: no file can say what {first} has in its place."
        )
    for side, label in ((a, first), (b, second)):
        if not side.catalog.resources:
            yield f"Nothing in {label} is compared: it is empty, or all there is is others'."
        for name, count in sorted(side.aside.items()):
            yield (
                f"Not compared: {count:,} object{'s' if count != 1 else ''} of catalog "
                f'"{name}" in {label} '
                f"(--owned-by {name} compares them alone)."
            )
    named = {key for one in a.catalog.resources.values() for key in natural_keys(one)}
    for address, resource in b.catalog.resources.items():
        if resource.kind.shared and resource.wanted_on and not named & {*natural_keys(resource)}:
            yield (
                f"{address} is in {second} alone. It is used together with others, so it "
                "would be left there."
            )


def _left_out(entries: tuple[LeftOut, ...] | list[LeftOut], label: str) -> Iterator[str]:
    for one in entries:
        headline = f" {one.headline}" if one.headline else ""
        yield f"Not compared: {one.kind} {one.id}{headline} of {label}: {one.reason.rstrip('.')}."
