"""A snapshot becomes a catalog, and shows that planning it would adopt, and change nothing.

What is written is read again and planned in memory. An object of which that would change anything
is taken out, with the reason, and the rest is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.importer import bodies
from reconciler.importer.entries import entries
from reconciler.importer.naming import Named, name
from reconciler.importer.scope import Scope, choose
from reconciler.importer.trial import trial
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Adoption, Catalog, Resource
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Pending
from reconciler.planner.match import match
from reconciler.planner.matching import matching


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An object that is not in the file, and why; `then` is what a plan of the file would do."""

    kind: str
    id: str
    headline: str
    reason: str
    then: str = ""

    @property
    def told(self) -> str:
        """Both, as a reader of the file should know them."""
        return f"{self.reason}; {self.then}" if self.then else self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was made of an account.

    `catalog` is all that the file says afterwards, of which `added` is new. `adopt` are the
    entries that bind what is not ours yet, `matched` the addresses among them that the file had
    before. `remarks` are what a reader of the file should know.
    `owned` counts the objects of other catalogs, `archived` those that are switched off,
    `unusable` those that are on and of no use.
    """

    catalog: Catalog
    added: frozenset[Address]
    adopt: Mapping[Address, Adoption]
    matched: frozenset[Address]
    ids: Mapping[Address, str]
    remarks: Mapping[Address, str]
    left_out: tuple[LeftOut, ...]
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
    matched = matching(into, snapshot, kinds).adopt if into.resources else {}
    into = replace(into, adopt={**into.adopt, **matched})
    names = {into.name, into.previous_name}
    here = match(into, snapshot, kinds).bound
    known = {
        bound.live.id: address
        for address, found in here.items()
        if address in into.resources
        for bound in found
    }
    chosen = choose(snapshot, kinds, scope, name=into.name, bound=frozenset(known))
    named = name(
        chosen.lives,
        kinds,
        known=known,
        taken=into.resources,
        stamps=frozenset(filter(None, {*names, scope.owned_by})),
    )
    making = _Making(snapshot, kinds, into, chosen.lives, named, known)
    making.settle(api_version)
    return Imported(
        catalog=making.catalog(),
        added=frozenset(making.resources),
        adopt={**matched, **making.adopt()},
        matched=frozenset(matched),
        ids={address: live.id for address, live in making.bearers.items()},
        remarks={
            at: text
            for at, text in {**named.remarks, **making.remarks}.items()
            if at in making.resources
        },
        left_out=tuple(sorted(making.left_out, key=lambda one: (one.kind, one.id))),
        owned=chosen.owned,
        archived=chosen.archived,
        unusable=chosen.unusable,
    )


@dataclass(slots=True)
class _Making:
    snapshot: Snapshot
    kinds: Kinds
    into: Catalog
    lives: Mapping[str, Live]
    named: Named
    known: Mapping[str, Address]
    resources: dict[Address, Resource] = field(default_factory=dict)
    bearers: dict[Address, Live] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    dropped: set[Address] = field(default_factory=set)
    remarks: dict[Address, str] = field(default_factory=dict)

    def settle(self, api_version: str) -> None:
        """Take out what cannot be said or would change, until nothing is left to take out."""
        for id_, other in self.named.doubles.items():
            then = "a plan retires the one that the file is not"
            self._tell(self.lives[id_], f"its stamp is that of {other}", then)
        for id_, home in self.named.homeless.items():
            self._tell(self.lives[id_], f"it stands on {home or 'nothing'}, which is not imported")
        while True:
            self._write()
            found = trial(self.catalog(), self.resources, self._seen(), self.kinds, api_version)
            # What bears this catalog's stamp stays where it can: out of the file it is retired.
            kept = {
                address
                for address, fault in found.items()
                if self._ours(address) and not fault.unsaid
            }
            for address in kept:
                self.remarks[address] = (
                    f"{found[address].reason[:1].upper()}{found[address].reason[1:]}."
                )
            if found.keys() <= kept:
                return
            for address, fault in found.items():
                if address not in kept:
                    self._drop(address, fault.reason)

    def _seen(self) -> Snapshot:
        """Return the account as it would be if what is left out bore no stamp of ours.

        What becomes of that is told; it must not hide what becomes of the rest.
        """
        gone = {one.id for one in self.left_out}
        if not gone:
            return self.snapshot
        objects = {
            kind: {id_: _unstamped(live) if id_ in gone else live for id_, live in lives.items()}
            for kind, lives in self.snapshot.objects.items()
        }
        return replace(self.snapshot, objects=objects)

    def _ours(self, address: Address) -> bool:
        stamp = self.bearers[address].stamp
        return stamp is not None and stamp.catalog in {self.into.name, self.into.previous_name}

    def _drop(self, address: Address, reason: str) -> None:
        self.dropped.add(address)
        live = self.bearers[address]
        kind = self.resources[address].kind
        then = "as it bears this catalog's stamp, a plan would retire it"
        then = then if self._ours(address) else ""
        if kind.stored:
            self._tell(live, reason, then)
        else:
            self.left_out.append(
                LeftOut(
                    kind=kind.name,
                    id=f"{address.key} on {live.id}",
                    headline="",
                    reason=reason,
                    then=then,
                )
            )
        for other in [at for at in self.resources if at.keys[:-1] == address.keys]:
            within = self.kinds[other.kind].within
            if within is not None and within.kind == address.kind and other not in self.dropped:
                self._drop(other, f"it stands on {live.id}, which is left out")

    def _tell(self, live: Live, reason: str, then: str = "") -> None:
        self.left_out.append(
            LeftOut(
                kind=live.kind.name,
                id=live.id,
                headline=live.kind.headline(live.body),
                reason=reason,
                then=then,
            )
        )

    def _write(self) -> None:
        names = {id_: Pending(address) for id_, address in self.known.items()}
        kept = {
            id_: address
            for id_, address in self.named.addresses.items()
            if address not in self.dropped
        }
        names |= {id_: Pending(address) for id_, address in kept.items()}
        self.resources, self.bearers = {}, {}
        for id_, address in kept.items():
            live = self.lives[id_]
            self.resources[address] = bodies.resource(
                live, address, names, ignored=self.into.ignore_metadata
            )
            self.bearers[address] = live
        for live, entry in entries(self.lives.values(), self.kinds, self.snapshot, names):
            if entry.address not in self.dropped and entry.address not in self.into.resources:
                self.resources[entry.address] = entry
                self.bearers[entry.address] = live

    def catalog(self) -> Catalog:
        return replace(
            self.into,
            resources={**self.into.resources, **self.resources},
            adopt={**self.into.adopt, **self.adopt()},
        )

    def adopt(self) -> dict[Address, Adoption]:
        """Return the entries for what does not bear its stamp yet."""
        return dict(self._entries())

    def _entries(self) -> Iterator[tuple[Address, Adoption]]:
        for address, live in self.bearers.items():
            resource = self.resources[address]
            stamp = live.stamp
            if not resource.kind.stored or resource.kind.shared:
                continue
            if not self._ours(address):
                yield address, Adoption(id=live.id, from_=stamp.catalog if stamp else None)


def _unstamped(live: Live) -> Live:
    metadata = {key: text for key, text in live.metadata.items() if key != STAMP}
    return Live(live.kind, {**live.raw, "metadata": metadata}, live.at)
