"""Which object of one side is which of the other, and the address that both have from now on.

What bears a stamp keeps its address. What does not is known by its natural key: a lookup key, a
code. Only then do addresses count that were made up from names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.importer.sides import Side
from reconciler.importer.words import free as free_key
from reconciler.model.address import Address
from reconciler.model.catalog import Resource
from reconciler.model.kind import Kind, Kinds

Natural = tuple[str, str, str]
"""A kind, a field and a value that one object at the most can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """`same` are the pairs, from the second side's address to the first one's.

    `first` and `second` give each address of a side the one that it has in the comparison.
    `also` are objects of the second side, by id, that no file can say and that the first side has.
    `unsaid` are addresses of the second side that the first one has too, where no file can say it.
    """

    same: Mapping[Address, Address]
    first: Mapping[Address, Address]
    second: Mapping[Address, Address]
    also: Mapping[str, Address]
    unsaid: frozenset[Address]


def pair(a: Side, b: Side, kinds: Kinds) -> Pairs:
    """Return what of `a` is what of `b`."""
    pairing = _Pairing(a, b, kinds)
    pairing.as_bound()
    pairing.by_stamp()
    pairing.by_natural_key()
    pairing.by_children()
    pairing.by_address()
    naming = _Naming(a, b, kinds, pairing.same)
    return Pairs(
        same=pairing.same,
        first=naming.first,
        second=naming.second,
        also=dict(pairing.also(naming.first)),
        unsaid=frozenset(pairing.unsaid()),
    )


def natural_keys(resource: Resource) -> Iterator[Natural]:
    """Yield what a resource alone can have: what is said, else its kind's default."""
    for key in resource.kind.natural_keys:
        value = resource.body.get(key.field)
        if value is None and key.default is not None:
            value = key.default(resource)
        if isinstance(value, str) and value and (resource.wanted_on or not key.active_only):
            yield resource.kind.name, key.field, key.compared(value)


class _Pairing:
    def __init__(self, a: Side, b: Side, kinds: Kinds) -> None:
        self._a = a
        self._b = b
        self._kinds = kinds
        self._taken: set[Address] = set()
        self.same: dict[Address, Address] = {}

    def _join(self, there: Address, here: Address) -> None:
        known = here in self._a.catalog.resources and there in self._b.catalog.resources
        free = there not in self.same and here not in self._taken
        if known and free and here.kind == there.kind:
            self.same[there] = here
            self._taken.add(here)

    def as_bound(self) -> None:
        """What `[adopt]` of a file binds to an object of the other side."""
        at_a, at_b = _addresses(self._a), _addresses(self._b)
        for here, bound in self._a.catalog.adopt.items():
            if bound.id in at_b:
                self._join(at_b[bound.id], here)
        for there, bound in self._b.catalog.adopt.items():
            if bound.id in at_a:
                self._join(there, at_a[bound.id])

    def by_stamp(self) -> None:
        """What bears one stamp on both sides."""
        bearers = {text: address for address, text in self._a.stamps.items()}
        for there, text in self._b.stamps.items():
            if text in bearers:
                self._join(there, bearers[text])

    def by_natural_key(self) -> None:
        """What has one natural key on both sides, and is not known by stamps of one catalog."""
        holders = {key: address for address, key in _natural(self._a)}
        for there, key in _natural(self._b):
            here = holders.get(key)
            if here is not None and not self._told_apart(there, here):
                self._join(there, here)

    def by_children(self) -> None:
        """What the same objects stand in: a product by its prices."""
        votes: Counter[tuple[Address, Address]] = Counter()
        for there, here in self.same.items():
            within = self._kinds[here.kind].within
            if within is not None:
                homes = (_home(there, within.kind), _home(here, within.kind))
                if not self._told_apart(*homes):
                    votes[homes] += 1
        for there, here in sorted(votes, key=lambda homes: (-votes[homes], homes)):
            self._join(there, here)

    def by_address(self) -> None:
        """What has one address, parents first: a child's begins with its parent's."""
        for kind in self._kinds.values():
            for there in [at for at in self._b.catalog.resources if at.kind == kind.name]:
                if kind.within is None:
                    self._join(there, there)
                elif (home := self.same.get(_home(there, kind.within.kind))) is not None:
                    self._join(there, Address(kind.name, (*home.keys, there.key)))

    def _told_apart(self, there: Address, here: Address) -> bool:
        """Whether stamps of one catalog say that two objects are not the same."""
        stamps = self._b.stamps.get(there), self._a.stamps.get(here)
        within = self._kinds[there.kind].within
        moved = self._a.catalog.moved
        if there in moved or (within is not None and _home(there, within.kind) in moved):
            return True  # the plan brings it where it goes
        return None not in stamps and len({_catalog(text) for text in stamps}) == 1

    def also(self, first: Mapping[Address, Address]) -> Iterator[tuple[str, Address]]:
        """Yield what the second side has and no file can say, by id, where the first has it."""
        left = {at: first[at] for at in self._a.catalog.resources if at not in self._taken}
        known: dict[object, Address] = {self._a.stamps.get(at): to for at, to in left.items()}
        for at, key in _natural(self._a):
            if at in left:
                known[key] = left[at]
        for marks, object_id in _left_out(self._b):
            found = next((known[mark] for mark in marks if mark in known), None)
            if found is not None:
                yield object_id, found

    def unsaid(self) -> Iterator[Address]:
        """Yield the addresses of the second side that the first has where no file can say it."""
        known = {mark for marks, _ in _left_out(self._a) for mark in marks}
        natural = dict(_natural(self._b))
        for there in self._b.catalog.resources:
            if there in self.same:
                continue
            marks = {self._b.stamps.get(there), natural.get(there), (there.kind, there.key)}
            if marks & known:
                yield there


class _Naming:
    """Gives both sides their addresses: those on stamps first, the first side's before others."""

    def __init__(self, a: Side, b: Side, kinds: Kinds, same: Mapping[Address, Address]) -> None:
        self.first: dict[Address, Address] = {}
        self.second: dict[Address, Address] = {}
        self._kinds = kinds
        self._taken: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
        other = {here: there for there, here in same.items()}
        for kind in kinds.values():
            mine = [at for at in a.catalog.resources if at.kind == kind.name]
            for here in sorted(mine, key=lambda at: _made_up(at, other.get(at), a, b)):
                there = other.get(here)
                better = there is not None and here not in a.stamps and there in b.stamps
                wanted = there if better and there is not None else here
                self.first[here] = self._named(kind, wanted, here, self.first)
                if there is not None:
                    self.second[there] = self.first[here]
            for there in b.catalog.resources:
                if there.kind == kind.name and there not in same:
                    self.second[there] = self._named(kind, there, there, self.second)

    def _named(
        self, kind: Kind, wanted: Address, own: Address, named: Mapping[Address, Address]
    ) -> Address:
        above: tuple[str, ...] = ()
        if kind.within is not None:
            home = _home(own, kind.within.kind)
            above = named.get(home, home).keys
        taken = self._taken[kind.name, above]
        key, _ = free_key(wanted.key, taken, after=0, most=kind.max_key)
        taken.add(key)
        return Address(kind.name, (*above, key))


def _made_up(here: Address, there: Address | None, a: Side, b: Side) -> bool:
    return here not in a.stamps and (there is None or there not in b.stamps)


def _addresses(side: Side) -> dict[str, Address]:
    return {object_id: address for address, object_id in side.ids.items()}


def _natural(side: Side) -> Iterable[tuple[Address, Natural]]:
    for address, resource in side.catalog.resources.items():
        for key in natural_keys(resource):
            yield address, key


def _left_out(side: Side) -> Iterator[tuple[set[object], str]]:
    """Yield by what each object that no file can say is known, and its id."""
    for one in side.left_out:
        live = side.snapshot.find(one.id)
        if live is None:  # an entry on another object: "pro on prod_1"
            yield {(one.kind, one.id.partition(" on ")[0])}, one.id
            continue
        marks: set[object] = {
            (live.kind.name, key.field, held)
            for key in live.kind.natural_keys
            if (held := key.held(live.kind, live.raw)) is not None
        }
        if one.id in side.marks:
            marks.add(side.marks[one.id])
        yield marks, one.id


def _home(address: Address, kind: str) -> Address:
    return Address(kind, address.keys[:-1])


def _catalog(text: str | None) -> str:
    return (text or "").partition("/")[0]
