"""Which table of a catalog file belongs to which kind. No values are read here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.model.address import Address
from reconciler.model.kind import Derived, Kind, Kinds
from reconciler.spec.locate import Steps

SETTINGS = ("catalog", "defaults", "policy")
"""Tables of one value each: files given together may repeat them, if they agree."""

BINDINGS = ("moved", "adopt")
"""Tables keyed by address."""


def roots(kinds: Kinds) -> dict[str, Kind]:
    """Return the kinds whose tables stand at the top of a file, by table name."""
    return {kind.table: kind for kind in kinds.values() if kind.within is None}


def children(kind: Kind, kinds: Kinds) -> Mapping[str, Kind]:
    """Return the kinds whose tables stand inside this kind's, by table name."""
    return {
        child.table: child
        for child in kinds.values()
        if child.within is not None and child.within.kind == kind.name
    }


def depth(kind: Kind, kinds: Kinds) -> int:
    """Return how many keys an address of this kind has."""
    return 1 if kind.within is None else 1 + depth(kinds[kind.within.kind], kinds)


def address_at(at: Steps, kinds: Kinds) -> Address | None:
    """Return the resource in whose table a place is: the way there is table, key, table, key."""
    inside, kind = roots(kinds), None
    keys: list[str] = []
    for table, key in zip(at[::2], at[1::2], strict=False):
        if table not in inside:
            break
        kind = inside[str(table)]
        keys.append(str(key))
        inside = dict(children(kind, kinds))
    return Address(kind.name, tuple(keys)) if kind is not None else None


def home(target: Kind, user: Address, kinds: Kinds) -> tuple[str, ...] | None:
    """Return the keys of the parent that `user` is, or shares with `target`'s neighbours.

    Inside it, a neighbour is called by its last key alone.
    """
    if target.within is None:
        return None
    parent = target.within.kind
    if user.kind == parent:
        return user.keys
    within = kinds[user.kind].within
    return user.keys[:-1] if within is not None and within.kind == parent else None


class Table(NamedTuple):
    """One resource's table: where it stands, and what is in it less its children's tables.

    `parent` is the resource in whose table the kind's tables stand, if they do. `origin` is the
    one whose table has it at the key that `derived` tells of, if it has no table of its own.
    """

    kind: Kind
    address: Address
    at: Steps
    content: Any
    parent: Address | None = None
    origin: Address | None = None
    derived: Derived | None = None

    def __str__(self) -> str:
        return str(self.address)


def groups(tree: Mapping[str, Any], kinds: Kinds) -> Iterator[tuple[Steps, Kind, Any]]:
    """Yield what stands where the tables of a kind belong, parents before children."""
    inside = {kind: children(kind, kinds) for kind in kinds.values()}
    waiting: list[tuple[Steps, Kind, Any]] = [
        ((name,), kind, tree[name]) for name, kind in roots(kinds).items() if name in tree
    ]
    for at, kind, group in waiting:
        yield at, kind, group
        inner = inside[kind]
        for key, content in group.items() if isinstance(group, dict) else ():
            for name, child in inner.items():
                if isinstance(content, dict) and name in content:
                    waiting.append(((*at, key, name), child, content[name]))


def resources(tree: Mapping[str, Any], kinds: Kinds) -> Iterator[Table]:
    """Yield every resource's table, parents before children."""
    parents: dict[Steps, Address] = {}
    elsewhere = {
        kind: {*children(kind, kinds), *(derived.key for derived in kind.derives)}
        for kind in kinds.values()
    }
    for at, kind, group in groups(tree, kinds):
        parent = parents.get(at[:-1])
        away = elsewhere[kind]
        for key, content in group.items() if isinstance(group, dict) else ():
            own = content
            if isinstance(content, dict) and not away.isdisjoint(content):
                own = {name: value for name, value in content.items() if name not in away}
            here = (*at, key)
            # The way there is table, key, table, key: every other step is a key.
            address = Address(kind.name, tuple(map(str, here[1::2])))
            if away:
                parents[here] = address
            table = Table(kind=kind, address=address, at=here, content=own, parent=parent)
            yield table
            if isinstance(content, dict) and kind.derives:
                yield from _derived(table, content, kinds)


def _derived(table: Table, content: Mapping[str, Any], kinds: Kinds) -> Iterator[Table]:
    """Yield the tables of the resources that keys of a table stand for."""
    keys = table.address.keys
    for derived in table.kind.derives:
        given = content.get(derived.key, False)
        if given is False:
            continue
        if given is True:
            given = {}
        made = derived.make(given, content) if isinstance(given, dict) else given
        kind = kinds[derived.kind]
        yield Table(
            kind=kind,
            address=Address(kind.name, keys),
            parent=Address(kind.within.kind, keys[:-1]) if kind.within is not None else None,
            at=(*table.at, derived.key),
            content=made,
            origin=table.address,
            derived=derived,
        )
