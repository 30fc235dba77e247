"""Making a catalog of objects: write it, try it, take out what is wrong, and try again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.importer import bodies
from reconciler.importer.entries import entries
from reconciler.importer.naming import Named
from reconciler.importer.trial import Fault, trial
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Adoption, Catalog, Resource
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Pending, pendings

RETIRED = "as it bears this catalog's stamp, a plan would retire it"


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


@dataclass(slots=True)
class Making:
    """The resources so far, the objects that they are, and what was taken out.

    `plain` are the addresses that name what is switched off by its id: a file may name only what
    is on by its address. `differing` says of objects of ours how the file differs from them.
    """

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
    plain: set[Address] = field(default_factory=set)
    differing: dict[Address, str] = field(default_factory=dict)

    def settle(self, api_version: str) -> None:
        """Take out what cannot be said or would change, until nothing is left to take out."""
        self._begin()
        while True:
            self._write()
            found = trial(self.catalog(), self.resources, self._seen(), self.kinds, api_version)
            # What bears this catalog's stamp stays where it can: out of the file it is retired.
            self.differing = {
                address: fault.reason
                for address, fault in found.items()
                if self._ours(self.bearers[address]) and not fault.unsaid
            }
            wrong = {at: fault for at, fault in found.items() if at not in self.differing}
            if not wrong:
                return
            for address, fault in wrong.items():
                self._mend(address, fault)

    def _begin(self) -> None:
        """Leave out what has no place, whatever the file says of it."""
        for id_, other in self.named.doubles.items():
            then = "a plan retires the one that the file is not"
            self._tell(self.lives[id_], f"its stamp is that of {other}", then)
        for id_, why in self.named.misplaced.items():
            stamp = self.lives[id_].stamp
            ours = stamp is not None and stamp.address.kind == self.lives[id_].kind.name
            self._tell(self.lives[id_], why, RETIRED if ours else "")
        for home, count in Counter(self.named.homeless.values()).items():
            first, *rest = [id_ for id_, on in self.named.homeless.items() if on == home]
            more = f" So do {len(rest):,} more." if count > 1 else ""
            self._tell(
                self.lives[first], f"it stands on {home or 'nothing'}, which is not imported.{more}"
            )
        self._write()
        written: dict[Address, str] = {}
        for live, entry in self._entries():
            rival = written.setdefault(entry.address, live.id)
            if entry.address in self.into.resources or rival != live.id:
                self._drop_host(live, f"its {entry.address} is what another one is called")

    def _mend(self, address: Address, fault: Fault) -> None:
        """Name what is switched off by its id, or else take the object out."""
        resource = self.resources[address]
        within = resource.kind.within
        home = resource.body.get(within.field) if within is not None else None
        named = pendings(resource.body) - pendings(home)
        if address not in self.plain and any(self._off(other) for other in named):
            self.plain.add(address)
        elif address not in self.dropped:
            self._drop(address, fault.reason)

    def _off(self, address: Address) -> bool:
        return address in self.bearers and not self.bearers[address].on

    def _seen(self) -> Snapshot:
        """Return the account as it would be if what is left out bore no stamp of ours.

        What becomes of that is told; it must not hide what becomes of the rest.
        """
        gone = {self.bearers[at].id for at in self.dropped if at in self.bearers}
        gone |= {one.id for one in self.left_out}
        gone |= {*self.named.doubles, *self.named.misplaced, *self.named.homeless}
        gone |= {id_ for id_, address in self.named.addresses.items() if address in self.dropped}
        if not gone:
            return self.snapshot
        objects = {
            kind: {id_: _unstamped(live) if id_ in gone else live for id_, live in lives.items()}
            for kind, lives in self.snapshot.objects.items()
        }
        return replace(self.snapshot, objects=objects)

    def _ours(self, live: Live) -> bool:
        """Whether an object bears the very stamp that the catalog gives it."""
        stamp = live.stamp
        names = {self.into.name, self.into.previous_name}
        address = self.named.addresses.get(live.id)
        return stamp is not None and stamp.catalog in names and stamp.address == address

    def _drop(self, address: Address, reason: str) -> None:
        live, kind = self.bearers[address], self.resources[address].kind
        self.dropped.add(address)
        if not kind.stored:
            if self._ours(live):
                then = "a plan would take it off"
                told = LeftOut(
                    kind=kind.name, id=f"{address.key} on {live.id}", headline="", reason=reason,
                    then=then,
                )  # fmt: skip
                self.left_out.append(told)
            else:
                self._drop_host(live, f"{address} stands in its metadata, and {reason}")
            return
        strangers = 0
        for other in [at for at in self.resources if at.keys[:-1] == address.keys]:
            within = self.kinds[other.kind].within
            if within is None or within.kind != address.kind or other in self.dropped:
                continue
            if self._ours(self.bearers[other]):
                self._drop(other, f"it stands on {live.id}, which is left out")
            else:
                self.dropped.add(other)
                strangers += 1
        more = f" What stands on it is left out too: {strangers:,}." if strangers else ""
        end = "." if more and not reason.endswith((".", "?")) else ""
        self._tell(live, f"{reason}{end}{more}", RETIRED if self._ours(live) else "")

    def _drop_host(self, live: Live, reason: str) -> None:
        """Take out an object in whose metadata something stands that adopting would take off."""
        address = self.named.addresses.get(live.id)
        if address is not None and address not in self.dropped and not self._ours(live):
            self._drop(address, reason)

    def _tell(self, live: Live, reason: str, then: str = "") -> None:
        headline = live.kind.headline(live.body)
        self.left_out.append(
            LeftOut(kind=live.kind.name, id=live.id, headline=headline, reason=reason, then=then)
        )

    def _write(self) -> None:
        names = self._names()
        on = {id_: named for id_, named in names.items() if not self._off(named.address)}
        self.resources, self.bearers = {}, {}
        for id_, address in self._kept().items():
            live = self.lives[id_]
            called = names
            if address in self.plain:
                home = bodies.home(live)
                called = on | ({home: names[home]} if home in names else {})
            self.resources[address] = bodies.resource(
                live, address, called, ignored=self.into.ignore_metadata
            )
            self.bearers[address] = live
        for live, entry in self._entries():
            if entry.address not in self.into.resources and entry.address not in self.dropped:
                self.resources[entry.address] = entry
                self.bearers[entry.address] = live

    def _kept(self) -> dict[str, Address]:
        return {
            id_: address
            for id_, address in self.named.addresses.items()
            if address not in self.dropped
        }

    def _names(self) -> dict[str, Pending]:
        named = {**self.known, **self._kept()}
        return {id_: Pending(address) for id_, address in named.items()}

    def _entries(self) -> Iterator[tuple[Live, Resource]]:
        hosts = [self.lives[id_] for id_ in self._kept()]
        yield from entries(hosts, self.kinds, self.snapshot, self._names())

    def catalog(self) -> Catalog:
        """Return what the file says, all in all."""
        return replace(
            self.into,
            resources={**self.into.resources, **self.resources},
            adopt={**self.into.adopt, **self.adopt()},
        )

    def adopt(self) -> dict[Address, Adoption]:
        """Return the entries for what does not bear its stamp yet."""
        return {
            address: Adoption(id=live.id, from_=live.stamp.catalog if live.stamp else None)
            for address, live in self.bearers.items()
            if self.resources[address].kind.stored and not live.kind.shared and not self._ours(live)
        }

    def unlisted(self) -> Counter[str]:
        """Return how many objects in use bear this catalog's stamp and are not in the file."""
        names = {self.into.name, self.into.previous_name}
        told = {one.id for one in self.left_out}
        there = {live.id for live in self.bearers.values()} | self.known.keys() | told
        return Counter(
            live.kind.name
            for live in self.snapshot
            if live.on
            and live.id not in there
            and live.stamp is not None
            and live.stamp.catalog in names
            and live.stamp.address.kind == live.kind.name
        )


def _unstamped(live: Live) -> Live:
    metadata = {key: text for key, text in live.metadata.items() if key != STAMP}
    return Live(live.kind, {**live.raw, "metadata": metadata}, live.at)
