"""Whose is each live object, and which address does it stand for?

Ownership is settled here, before any diff; strangers never reach one. An object is ours when its
stamp names this catalog, or the name it had before. `[moved]` and `[adopt]` give objects another
address than their stamp has; nothing else does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from reconciler.errors import PlanError
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Catalog
from reconciler.model.kind import ByNaturalKey, Kind, Kinds
from reconciler.model.plan import Strangers
from reconciler.model.snapshot import Key, Live, Snapshot


class Origin(Enum):
    """How an object came to stand for its address."""

    OURS = "ours"
    MOVED = "moved"
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A live object of ours and the address it stands for.

    `source` is what its stamp says now: the same, another address, another catalog's, or nothing.
    """

    live: Live
    address: Address
    origin: Origin = Origin.OURS
    source: str | None = None

    @property
    def on(self) -> bool:
        """Whether it is in use, or was until it went off by itself.

        One to be adopted is wanted, whatever it is now.
        """
        return self.live.on or self.live.spent or self.origin is Origin.ADOPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Every object of ours by address, newest first; and everybody else's.

    `taken` are the targets of moves that more than one object in use would have to be, by their
    address: the ids of these objects, and what each was called.
    """

    bound: Mapping[Address, tuple[Bound, ...]]
    strangers: Mapping[Key, Live]
    notes: tuple[str, ...] = ()
    taken: Mapping[Address, Mapping[str, Address]] = field(default_factory=dict)

    def counts(self) -> tuple[Strangers, ...]:
        """Return how many strangers there are, by kind and by the catalog they belong to."""
        tally: dict[tuple[str, str], int] = defaultdict(int)
        for live in self.strangers.values():
            stamp = live.stamp
            tally[live.kind.name, stamp.catalog if stamp else ""] += 1
        return tuple(
            Strangers(kind=kind, catalog=catalog or None, count=count)
            for (kind, catalog), count in sorted(tally.items())
        )


@dataclass(slots=True, kw_only=True)
class _Owned:
    """What is being worked out: which objects of ours stand for each address.

    `usual` are the stamps that the catalog gives: known by its text, one need not be taken apart.
    `by_stamp` has the objects by the address that they bear, `standing` by the one that they stand
    for, which is another where they were moved; `adopted` are the strangers that become ours, and
    `otherwise` has the ids of those of ours whose stamp is not the one that the catalog gives.
    """

    catalog: Catalog
    kinds: Kinds
    usual: Mapping[str, Address]
    by_stamp: dict[Address, list[Live]] = field(default_factory=dict)
    standing: dict[Address, list[Live]] = field(default_factory=dict)
    strangers: dict[Key, Live] = field(default_factory=dict)
    adopted: dict[Address, Live] = field(default_factory=dict)
    otherwise: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    elsewhere: dict[str, list[Address]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[Address, Mapping[str, Address]] = field(default_factory=dict)


def match(catalog: Catalog, snapshot: Snapshot, kinds: Kinds) -> Matched:
    """Return whose each object is.

    Raises `PlanError` for an `[adopt]` entry that cannot be done: no such object, another
    catalog's without `from`, or an address that another object of ours holds.
    """
    usual = {catalog.stamp(address): address for address in catalog.resources}
    owned = _Owned(catalog=catalog, kinds=kinds, usual=usual)
    _sort_out(owned, snapshot)
    moved = _move(owned)
    owned.otherwise |= {object_id for _, object_id in moved}
    owned.standing = _standing(owned.by_stamp, moved) if moved else owned.by_stamp
    _adopt(owned, snapshot)
    _note_namesakes(owned)
    bound = {
        address: [_bind(owned, live, address) for live in lives]
        for address, lives in owned.standing.items()
    }
    for address, live in owned.adopted.items():
        del owned.strangers[live.key]
        bound.setdefault(address, []).append(_bind(owned, live, address))
    return Matched(
        bound={
            address: tuple(sorted(found, key=_newest_first)) if len(found) > 1 else (found[0],)
            for address, found in bound.items()
        },
        strangers=owned.strangers,
        notes=tuple(owned.notes),
        taken=owned.taken,
    )


def _newest_first(bound: Bound) -> tuple[int, str]:
    return (-bound.live.created, bound.live.id)


def _standing(
    by_stamp: Mapping[Address, list[Live]], moved: Mapping[Key, Address]
) -> dict[Address, list[Live]]:
    """Return the objects by the address that they stand for: where they moved, or as stamped."""
    found: dict[Address, list[Live]] = defaultdict(list)
    for stamped, lives in by_stamp.items():
        for live in lives:
            found[moved.get(live.key, stamped)].append(live)
    return found


def _bind(owned: _Owned, live: Live, address: Address) -> Bound:
    origin = Origin.OURS
    if owned.adopted.get(address) is live:
        origin = Origin.ADOPTED
    elif live.id in owned.otherwise and not live.kind.shared:
        as_given = live.stamp_text == owned.catalog.stamp(address)
        origin = Origin.OURS if as_given else Origin.MOVED
    return Bound(live=live, address=address, origin=origin, source=live.stamp_text)


def _sort_out(owned: _Owned, snapshot: Snapshot) -> None:
    names = {owned.catalog.name, owned.catalog.previous_name}
    shared = _shared_names(owned.catalog)
    for live in snapshot:
        if live.kind.shared:
            _sort_shared(owned, live, shared)
            continue
        text = live.stamp_text
        address = None if text is None else owned.usual.get(text)
        if address is not None and address.kind == live.kind.name:
            owned.by_stamp.setdefault(address, []).append(live)
            continue
        stamp = live.stamp
        if stamp is None or stamp.catalog not in names:
            owned.strangers[live.key] = live
            if stamp is not None and stamp.address in owned.catalog.resources:
                owned.elsewhere[stamp.catalog].append(stamp.address)
            continue
        if not could_be(stamp.address, live.kind, owned.kinds):
            owned.strangers[live.key] = live
            owned.notes.append(
                f'{live.kind.name} {live.id} bears the stamp "{live.stamp_text}", which we '
                f"give to no {live.kind.name}. It is left alone."
            )
            continue
        owned.by_stamp.setdefault(stamp.address, []).append(live)
        owned.otherwise.add(live.id)


def _note_namesakes(owned: _Owned) -> None:
    """Say which addresses of the file another catalog holds, where we have no object of our own."""

    def is_there(address: Address) -> bool:
        there = owned.standing.get(address, ())
        if owned.catalog.resources[address].wanted_on:
            return address in owned.adopted or any(live.on or live.spent for live in there)
        return bool(there)

    for name, addresses in sorted(owned.elsewhere.items()):
        missing = [address for address in dict.fromkeys(addresses) if not is_there(address)]
        if missing:
            owned.notes.append(
                f'Catalog "{name}" holds objects at addresses of this file: {few(missing)}. If '
                f'this catalog was called "{name}" before, say so: [catalog] previous_name = '
                f'"{name}". If they were handed over to that catalog, take them out of this file. '
                "As it stands, new objects are made beside them."
            )


def few(names: Collection[object], most: int = 3) -> str:
    """Return `a`, `a and b`, `a, b and c`, `a, b, c and 7 more`."""
    told = [str(name) for name in names][:most]
    if len(names) > most:
        told.append(f"{len(names) - most} more")
    return f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else told[0]


def could_be(address: Address, kind: Kind, kinds: Kinds) -> bool:
    """Whether an object of this kind can have that address."""
    depth, outer = 1, kind
    while outer.within is not None:
        depth, outer = depth + 1, kinds[outer.within.kind]
    return address.kind == kind.name and len(address.keys) == depth


def _shared_names(catalog: Catalog) -> Mapping[tuple[str, str], Address]:
    """Return which addresses shared objects stand for, by kind and natural key."""
    return {
        (resource.kind.name, resource.natural_name): address
        for address, resource in catalog.resources.items()
        if resource.kind.shared
    }


def _sort_shared(owned: _Owned, live: Live, shared: Mapping[tuple[str, str], Address]) -> None:
    """A shared object is whoever's names it; it bears no stamp."""
    match live.kind.identity:
        case ByNaturalKey(field=field):
            address = shared.get((live.kind.name, str(live.raw.get(field))))
        case _:
            address = None
    if address is None:
        owned.strangers[live.key] = live
    else:
        owned.by_stamp.setdefault(address, []).append(live)


def _move(owned: _Owned) -> Mapping[Key, Address]:
    """Return the objects that `[moved]` gives another address, and which."""
    moved: dict[Key, Address] = {}
    families: dict[tuple[str, tuple[str, ...]], list[Address]] = defaultdict(list)
    for stamp in owned.by_stamp if owned.catalog.moved else ():
        families[stamp.kind, stamp.keys[:-1]].append(stamp)
    moving: dict[Address, dict[str, Address]] = defaultdict(dict)
    for source, target in sorted(owned.catalog.moved.items()):
        kind = owned.kinds.get(source.kind)
        if kind is None or not kind.stored:
            continue  # an embedded kind: `embed` renames the entry
        movers = _movers(owned, source, target)
        moving[target] |= {live.id: source for live in movers if live.on}
        moved |= {live.key: target for live in movers}
        homes = {live.id for live in movers or owned.by_stamp.get(target, [])}
        for child in owned.kinds.values():
            if child.within is not None and child.within.kind == kind.name:
                children = families.get((child.name, source.keys), ())
                moved |= _children(owned, child, children, target, homes)
    for target, found in moving.items():
        if len(set(found.values())) > 1:
            owned.taken[target] = found
    return moved


def _movers(owned: _Owned, source: Address, target: Address) -> list[Live]:
    """Return the objects that a move gives another address: none, if it is done or cannot be."""
    here, there = owned.by_stamp.get(source, []), owned.by_stamp.get(target, [])
    source_stays = source in owned.catalog.resources
    wanted = owned.catalog.resources.get(target)
    wanted_off = wanted is not None and not wanted.wanted_on
    in_use = [live for live in here if live.on]
    if in_use and not source_stays and any(live.on for live in there):
        held = {live.id: target for live in there if live.on}
        owned.taken[target] = {**held, **{live.id: source for live in in_use}}
        return []
    if any(live.on for live in there) or (there and (source_stays or wanted_off)):
        owned.notes.append(f"[moved] {source} is {target} already; the entry can go.")
        return []
    return in_use or here


def _children(
    owned: _Owned, child: Kind, children: Iterable[Address], target: Address, homes: set[str]
) -> Mapping[Key, Address]:
    """Return where what lives in the tables of the moved object comes along to."""
    parent = child.within.field if child.within else ""
    return {
        live.key: Address(child.name, (*target.keys, stamp.key))
        for stamp in children
        if stamp not in owned.catalog.moved  # which has an entry of its own
        for live in owned.by_stamp[stamp]
        if live.body.get(parent) in homes
    }


def _adopt(owned: _Owned, snapshot: Snapshot) -> None:
    if not owned.catalog.adopt:
        return
    home = {live.key: address for address, lives in owned.standing.items() for live in lives}
    wrong = []
    for address, adoption in sorted(owned.catalog.adopt.items()):
        live = snapshot.of(address.kind).get(adoption.id)
        if live is None and any(other.on for other in owned.standing.get(address, ())):
            owned.notes.append(
                f"[adopt] {address} is another object by now, and {adoption.id} is gone; the "
                "entry can go."
            )
            continue
        if live is None:
            other = snapshot.find(adoption.id)
            mend = (
                f"It is the id of a {other.kind.name}: find that of the {address.kind}."
                if other is not None
                else "Check the id, the account and the mode of the key."
            )
            wrong.append(
                f'[adopt] "{address}": there is no {address.kind} {adoption.id} in this account.'
                f"\n  {mend}"
            )
            continue
        holder = home.get(live.key)
        if holder == address:
            continue  # done, in an earlier run
        if live.kind.shared:
            wrong.append(
                f'[adopt] "{address}": {live.id} has another name than the file gives '
                f"{address}.\n  A {live.kind.name} is known by its name; use the one it has."
            )
            continue
        if holder is not None:
            wrong.append(
                f'[adopt] "{address}": {adoption.id} is {holder} of this catalog.\n'
                f'  To rename it, write [moved] "{holder}" = "{address}" instead.'
            )
            continue
        wrong.extend(_refusals(owned, address, live, adoption.from_))
        home[live.key] = address
        owned.adopted[address] = live
    if wrong:
        raise PlanError("\n".join(wrong))


def _refusals(owned: _Owned, address: Address, live: Live, from_: str | None) -> Iterator[str]:
    stamp = live.stamp
    if stamp is None or stamp.catalog == from_:
        pass
    elif stamp.catalog in (owned.catalog.name, owned.catalog.previous_name):
        yield (
            f'[adopt] "{address}": {live.id} bears the stamp "{live.stamp_text}", which no '
            "apply would write.\n"
            f'  Take its metadata entry "{STAMP}" off in the Dashboard first.'
        )
    else:
        yield (
            f'[adopt] "{address}": {live.id} belongs to catalog "{stamp.catalog}" as '
            f"{stamp.address}.\n"
            f'  If that catalog gives it up, say so: {{ id = "{live.id}", '
            f'from = "{stamp.catalog}" }}.'
        )
    rivals = [other.id for other in owned.standing.get(address, ()) if other.on]
    if rivals:
        yield (
            f'[adopt] "{address}": {rivals[0]} is that already, in this catalog.\n'
            "  Take the entry out, or give the adopted object an address of its own."
        )
