"""Adopting what is plainly meant: an object that holds the very key a resource is to have.

Only where somebody asked for it (`--adopt-matching`), and only objects that bear no stamp at all.
A product mostly has no key of its own. It is the one that the prices found by their keys name for
good: taken for another, each of them would have to be replaced. One that lost its stamp is found
in the same way, by the prices that are ours still.

Not for what becomes of an adopted object: that is as with any entry of `[adopt]`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Adoption, Catalog
from reconciler.model.kind import Kinds
from reconciler.model.named import may_name
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Pending
from reconciler.model.world import world
from reconciler.planner.bind import Binding, bind
from reconciler.planner.match import Matched, few, match
from reconciler.planner.names import conflicts, settle_names
from reconciler.planner.referrers import Referrers
from reconciler.planner.standing import named_for_good, replaced_of_ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """The adoptions, as `[adopt]` would have them, and what is to be said of them."""

    adopt: Mapping[Address, Adoption] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def matching(catalog: Catalog, snapshot: Snapshot, kinds: Kinds) -> Matching:
    """Return which objects are adopted by their keys, beside those that the file adopts."""
    matched = match(catalog, snapshot, kinds)
    bindings = bind(catalog, matched, snapshot, Referrers(snapshot))
    ours = {bound.live.id: bound for bounds in matched.bound.values() for bound in bounds}
    keys = world(snapshot, kinds.values()).keys
    contested = conflicts(bindings, settle_names(bindings), keys, snapshot, ours, ())
    by_key = {conflict.address: conflict.holder for conflict in contested if conflict.free}
    mine = replaced_of_ours(bindings)
    search = _Search(snapshot=snapshot, matched=matched, bindings=bindings, mine=mine)
    found = search.run({at: live for at, live in by_key.items() if at not in catalog.adopt})
    return Matching(
        adopt={address: Adoption(id=live.id) for address, live in sorted(found.items())},
        notes=tuple(search.notes()),
    )


def adopting(catalog: Catalog, snapshot: Snapshot, kinds: Kinds) -> Catalog:
    """Return the catalog with these adoptions among those of the file."""
    found = matching(catalog, snapshot, kinds).adopt
    return replace(catalog, adopt={**catalog.adopt, **found}) if found else catalog


@dataclass(slots=True, kw_only=True)
class _Search:
    """The search for what adopted objects name.

    `mine` are objects of ours that would be replaced: perhaps only because what they name lost
    its stamp. `named` says by which object one without a key is known, `unsure` which objects an
    address could be, and `by_mine` those of them that nothing but ours named. `barred` are those
    that name for good what bears a stamp: that object's id.
    """

    snapshot: Snapshot
    matched: Matched
    bindings: Mapping[Address, Binding]
    mine: Mapping[Address, Live]
    named: dict[Address, Address] = field(default_factory=dict)
    unsure: dict[Address, list[str]] = field(default_factory=dict)
    by_mine: set[Address] = field(default_factory=set)
    barred: dict[Address, str] = field(default_factory=dict)

    def run(self, by_key: Mapping[Address, Live]) -> dict[Address, Live]:
        """Return what is adopted.

        What names for good an object that could be several is left alone: with the wrong one it
        would be replaced. So is what hangs on an object of another catalog.
        """
        left = {**self.mine, **by_key}
        while True:
            self.named = {}
            found = dict(left)
            wave = list(left)
            while wave:
                claims = self._claims(wave, found)
                unsure = self._unsure(claims)
                barred = [self._root(one) for one in self.barred if self._root(one) in left]
                if unsure or barred:
                    break
                wave = list(claims)
                for address, some in claims.items():
                    ((object_id, by),) = some.items()
                    self.named[address] = by[0]
                    found[address] = self.matched.strangers[address.kind, object_id]
            else:
                return {at: live for at, live in found.items() if at not in self.mine}
            leaving = set(barred)
            for address in unsure:
                self.unsure[address] = sorted(claims[address])
                naming = {one for by in claims[address].values() for one in by}
                if naming <= self.mine.keys():
                    self.by_mine.add(address)
                leaving |= naming
            for one in leaving:
                left.pop(self._root(one), None)

    def _root(self, address: Address) -> Address:
        """Return the object found by its key from which an address was come to."""
        while address in self.named:
            address = self.named[address]
        return address

    def _claims(
        self, wave: list[Address], found: Mapping[Address, Live]
    ) -> dict[Address, dict[str, list[Address]]]:
        """Return what these name for good: by address and id, and who names it."""
        claims: dict[Address, dict[str, list[Address]]] = defaultdict(lambda: defaultdict(list))
        taken = {live.id for live in found.values()}
        for by in wave:
            given, kind = self.bindings[by].given, found[by].kind
            for wanted, object_id in named_for_good(kind.fields, given, found[by].body):
                other = self._stranger(object_id, may_name(kind.fields))
                if other is None or object_id in taken or wanted == object_id:
                    continue
                if STAMP in other.metadata:
                    if by not in self.mine:
                        self.barred[by] = object_id
                elif self._could_be(wanted, other, found):
                    claims[wanted.address][object_id].append(by)
        return claims

    def _stranger(self, object_id: str, kinds: Iterable[str]) -> Live | None:
        """Return the stranger with this id that is of one of these kinds."""
        keys = ((name, object_id) for name in kinds)
        return next((self.matched.strangers[k] for k in keys if k in self.matched.strangers), None)

    def _could_be(
        self, wanted: Pending | str, other: Live, found: Mapping[Address, Live]
    ) -> TypeGuard[Pending]:
        if not isinstance(wanted, Pending) or wanted.address in found:
            return False
        binding = self.bindings.get(wanted.address)
        return (
            binding is not None and binding.giver is None and other.kind.name == wanted.address.kind
        )

    def _unsure(self, claims: Mapping[Address, Mapping[str, list[Address]]]) -> list[Address]:
        """Return the addresses that could be several objects, or share one with another."""
        wanted: dict[str, set[Address]] = defaultdict(set)
        for address, some in claims.items():
            for object_id in some:
                wanted[object_id].add(address)
        return [
            address
            for address, some in claims.items()
            if len(some) > 1 or any(len(wanted[object_id]) > 1 for object_id in some)
        ]

    def notes(self) -> Iterator[str]:
        """Say what was adopted without a key, and what was not."""
        named = sorted(self.named.items())
        by_ours = [f"{address} (by {by})" for address, by in named if by in self.mine]
        by_adopted = [f"{address} (by {by})" for address, by in named if by not in self.mine]
        if by_adopted:
            yield (
                "--adopt-matching: what an adopted object names for good is adopted with it: "
                f"{few(by_adopted)}."
            )
        if by_ours:
            yield (
                "--adopt-matching: adopted without a key, because objects of this catalog stand "
                f"on it and it bears no stamp: {few(by_ours)}."
            )
        for address, object_id in sorted(self.barred.items()):
            yield (
                f"--adopt-matching: {address} is not adopted: what holds its key names "
                f"{object_id}, which bears a stamp."
            )
        for address, ids in sorted(self.unsure.items()):
            who, leads = "", "objects of this catalog name"
            if address not in self.by_mine:
                who, leads = ", nor what names it", "the keys of the file lead to"
            also = "" if len(ids) > 1 else ", and for another address too"
            yield (
                f"--adopt-matching: {address} is not adopted{who}, because {leads} {few(ids)} for "
                f'it{also}. Say which it is: [adopt] "{address}" = "{ids[0]}".'
            )
