"""Gives every object an address: the one on its stamp, or one made from what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.importer.bodies import home as home_of
from reconciler.importer.words import candidates, free, given, stem
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP
from reconciler.model.kind import Kind, Kinds
from reconciler.model.named import may_name, renamed
from reconciler.model.snapshot import Live
from reconciler.model.values import Pending
from reconciler.spec.tables import depth


@dataclass(slots=True, kw_only=True)
class Named:
    """The address of each object by its id, and in words what was chosen about it.

    `doubles` are objects whose stamp says what another one's does, with that one's id.
    `homeless` are those that stand in the table of an object that is not there. `misplaced` bear a
    stamp of the catalog that is not to be their address, and say why.
    """

    addresses: dict[str, Address] = field(default_factory=dict)
    remarks: dict[Address, str] = field(default_factory=dict)
    doubles: dict[str, str] = field(default_factory=dict)
    homeless: dict[str, str] = field(default_factory=dict)
    misplaced: dict[str, str] = field(default_factory=dict)


def name(
    lives: Mapping[str, Live],
    kinds: Kinds,
    *,
    known: Mapping[str, Address],
    taken: Iterable[Address],
    stamps: frozenset[str],
    own: frozenset[str],
) -> Named:
    """Return addresses for `lives`, the oldest first, so that later ones change no key.

    `known` are the addresses of objects that the file has already, `taken` all of the file's.
    Stamps of the catalogs in `stamps` are kept to; those in `own` are this catalog's names.
    """
    naming = _Naming(lives, kinds, known, stamps, own)
    for address in taken:
        naming.take(address)
    return naming.done()


_Place: TypeAlias = tuple[str, tuple[str, ...]]


class _Naming:
    def __init__(
        self,
        lives: Mapping[str, Live],
        kinds: Kinds,
        known: Mapping[str, Address],
        stamps: frozenset[str],
        own: frozenset[str],
    ) -> None:
        self._lives = lives
        self._kinds = kinds
        self._named = {id_: Pending(address) for id_, address in known.items()}
        self._taken: dict[_Place, set[str]] = {}
        self._numbers: dict[tuple[_Place, str], int] = {}
        self._stamps = stamps
        self._own = own
        self._children: dict[str, set[str]] = {}
        self._found = Named()
        self._bearers: dict[Address, str] = {}
        self._below: dict[str, list[str]] = {}

    def done(self) -> Named:
        in_order = sorted(self._lives.values(), key=lambda live: (live.created, live.id))
        for live in in_order:
            home = home_of(live)
            if home and (natural := given(live.kind, live.body)):
                self._below.setdefault(home, []).append(natural)
            stamp = live.stamp
            if home and stamp is not None and stamp.catalog in self._stamps:
                self._children.setdefault(home, set()).update(stamp.address.keys[-2:-1])
        for kind in _named_first(self._kinds):
            mine = [live for live in in_order if live.kind is kind]
            # Of several with one stamp the catalog means the newest that is in use.
            for live in sorted(mine, key=lambda live: (not live.on, -live.created, live.id)):
                self._by_stamp(live)
            for live in mine:
                self._anew(live)
        return self._found

    def _by_stamp(self, live: Live) -> None:
        stamp = live.stamp
        if stamp is None or stamp.catalog not in self._stamps:
            return
        address = stamp.address
        if address.kind != live.kind.name or len(address.keys) != depth(live.kind, self._kinds):
            return
        if live.kind.within is not None and self._keys_of(home_of(live)) != address.keys[:-1]:
            return
        other = self._bearers.get(address)
        if other is not None:
            self._found.doubles[live.id] = other
        elif address.key not in self._taken.get(_place(address), ()):
            self._bearers[address] = live.id
            self._set(live, address)

    def _anew(self, live: Live) -> None:
        if live.id in self._found.addresses or live.id in self._found.doubles:
            return
        if live.stamp is not None and live.stamp.catalog in self._own:
            self._found.misplaced[live.id] = self._why_misplaced(live, live.stamp.address)
            return
        above: tuple[str, ...] | None = ()
        home = home_of(live)
        if live.kind.within is not None:
            above = self._keys_of(home)
        if above is None:
            self._found.homeless[live.id] = home
            return
        place = (live.kind.name, above)
        wanted, remark = self._wanted(live, place)
        key, self._numbers[place, wanted] = free(
            wanted,
            self._taken.get(place, ()),
            after=self._numbers.get((place, wanted), 0),
            most=live.kind.max_key,
        )
        if key != wanted and not remark:
            remark = f"{wanted} was taken: another one has that name."
        address = Address(live.kind.name, (*above, key))
        self._set(live, address)
        if remark:
            self._found.remarks[address] = remark

    def _wanted(self, live: Live, place: _Place) -> tuple[str, str]:
        """Return the key an object should have, and what is to be said about it."""
        _, above = place
        # What lost its stamp is still called as those below it say.
        if len(said := self._children.get(live.id, set())) == 1:
            return next(iter(said)), ""
        taken = self._taken.get(place, ())
        below = self._below.get(live.id, ())
        begin = stem(str(live.raw.get("name") or ""), below)
        if begin and begin not in taken:
            return begin, ""
        body = renamed(live.kind.fields, live.body, self._named)
        found = list(candidates(live, body, above[-1] if above else ""))
        for key in found:
            if key not in taken:
                return key, ""
        if found:
            return found[0], ""
        return live.kind.name, "Named after what it is: nothing on it makes a name."

    def _why_misplaced(self, live: Live, address: Address) -> str:
        text = live.metadata[STAMP]
        if address.kind != live.kind.name or len(address.keys) != depth(live.kind, self._kinds):
            return (
                f'its stamp is "{text}", which no {live.kind.name} is given. Take the entry '
                f'"{STAMP}" out of its metadata first'
            )
        home = home_of(live)
        if live.kind.within is not None and self._keys_of(home) != address.keys[:-1]:
            return f'its stamp is "{text}", and it stands on {home}, which is called otherwise'
        return f'its stamp is "{text}", which the file has for another one'

    def _keys_of(self, home: str) -> tuple[str, ...] | None:
        named = self._named.get(home)
        return named.address.keys if named is not None else None

    def _set(self, live: Live, address: Address) -> None:
        self._found.addresses[live.id] = address
        self._named[live.id] = Pending(address)
        self.take(address)

    def take(self, address: Address) -> None:
        """Note that an address is somebody's."""
        self._taken.setdefault(_place(address), set()).add(address.key)


def _named_first(kinds: Kinds) -> Iterable[Kind]:
    """Return the kinds, those that others name before these, and parents before children."""
    done: dict[str, Kind] = {}

    def visit(kind: Kind) -> None:
        if kind.name in seen:
            return
        seen.add(kind.name)
        for other in sorted(may_name(kind.fields) & kinds.keys()):
            within = kinds[other].within
            if within is None or within.kind != kind.name:
                visit(kinds[other])
        done[kind.name] = kind

    seen: set[str] = set()
    for kind in kinds.values():
        visit(kind)
    return done.values()


def _place(address: Address) -> _Place:
    """Return where an address is one key among others."""
    return address.kind, address.keys[:-1]
