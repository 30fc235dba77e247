"""Entries in other objects' metadata: kinds that Stripe has no object for.

A wanted entry becomes part of its host's metadata, so that it is diffed, moved and retired like
any field. What is shown of it is a change of its own.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import PlanError, UnexpectedAnswerError
from reconciler.model.address import Address
from reconciler.model.canonical import read
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.diff import diff
from reconciler.model.kind import Embedded, Kind, Kinds
from reconciler.model.named import references
from reconciler.model.plan import Change, Create, Move, Retire, Update
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import EMPTY, Frozen, Pending
from reconciler.planner.match import Bound
from reconciler.planner.names import Names

STRIPE_MAX = 500
"""How many characters a metadata value may have. https://docs.stripe.com/metadata"""


@dataclass(slots=True, kw_only=True)
class Embeds:
    """The wanted entries by host, what each host's entries refer to, and the changes to show.

    `journeys` lead from the object that an entry is on now to the host where it is wanted.
    `held` is what a targeted plan leaves alone, `None` for one that sees everything.
    """

    wanted: dict[Address, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    refers: dict[Address, set[Address]] = field(default_factory=lambda: defaultdict(set))
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    journeys: list[tuple[str, Address]] = field(default_factory=list)
    unchanged: int = 0
    held: Container[Address] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    host: Bound
    text: str


def embed(
    catalog: Catalog,
    kinds: Kinds,
    snapshot: Snapshot,
    names: Names,
    hosts: Iterable[Bound],
    held: Container[Address] | None = None,
) -> Embeds:
    """Return the entries wanted in the metadata of `hosts`, and what changes about them.

    With `held`, those of these addresses are left alone, and none is taken off.
    """
    found = Embeds(held=held)
    hosts = list(hosts)
    for kind in kinds.values():
        match kind.identity:
            case Embedded() as identity:
                wanted = _write_all(catalog, kind, identity, snapshot, names, found)
                seen: dict[str, list[_Seen]] = defaultdict(list)
                for key, entry in _seen(identity, hosts):
                    seen[key].append(entry)
                _compare(catalog, kind, identity, wanted, seen, found)
            case _:
                continue
    return found


def prefixes(kinds: Kinds, host: Kind) -> tuple[str, ...]:
    """Return how the metadata keys begin that hold entries on this kind."""
    return tuple(
        kind.identity.prefix
        for kind in kinds.values()
        if isinstance(kind.identity, Embedded) and kind.identity.kind == host.name
    )


def _write_all(
    catalog: Catalog,
    kind: Kind,
    identity: Embedded,
    snapshot: Snapshot,
    names: Names,
    found: Embeds,
) -> dict[Address, tuple[Address, str]]:
    written: dict[Address, tuple[Address, str]] = {}
    for address, resource in catalog.resources.items():
        if resource.kind is not kind or address in (found.held or ()):
            continue
        host = identity.host(resource, catalog)
        text = identity.write(resource, _Quoting(resource, snapshot, names))
        if len(text) > STRIPE_MAX:
            raise PlanError(
                f"{address}: its definition takes {len(text)} characters, and Stripe keeps "
                f"{STRIPE_MAX} in a metadata entry.\n"
                "  Use shorter lookup keys, or fewer items."
            )
        written[address] = (host, text)
        found.wanted[host][identity.prefix + address.key] = text
        refs = references(kind.fields, resource.body)
        found.refers[host] |= {ref.address for ref in refs if isinstance(ref, Pending)}
    return written


@dataclass(frozen=True, slots=True)
class _Quoting:
    """Gives the value that a field of another object will have."""

    resource: Resource
    snapshot: Snapshot
    names: Names

    def __call__(self, ref: Any, name: str) -> str:
        if isinstance(ref, Pending):
            value: Any = self.names.get(ref.address, name)
            what = str(ref.address)
        else:
            live = self.snapshot.find(str(ref))
            value = live.raw.get(name) if live else None
            what = str(ref)
        if not value:
            raise PlanError(
                f"{self.resource.address}: {what} has no {name} to be quoted by.\n"
                f"  Give it a {name}; applications find it by that."
            )
        return str(value)


def _seen(identity: Embedded, hosts: Iterable[Bound]) -> Iterator[tuple[str, _Seen]]:
    for host in hosts:
        if host.live.kind.name != identity.kind:
            continue
        for key, text in sorted(host.live.metadata.items()):
            if key.startswith(identity.prefix):
                yield key.removeprefix(identity.prefix), _Seen(host=host, text=text)


def _compare(
    catalog: Catalog,
    kind: Kind,
    identity: Embedded,
    wanted: Mapping[Address, tuple[Address, str]],
    seen: dict[str, list[_Seen]],
    found: Embeds,
) -> None:
    sources = _moves(catalog, kind, seen, found)
    for address, (host, text) in wanted.items():
        source = sources.get(address)
        entries = seen.pop(source.key if source else address.key, [])
        after = decode(kind, text)
        if not entries:
            found.changes.append(Create(address=address, after=after, edits=()))
            continue
        # Several bear it after a crash half-way: the one on the wanted host counts.
        old, *others = sorted(entries, key=lambda entry: entry.host.address != host)
        found.journeys += [(entry.host.live.id, host) for entry in entries]
        before = decode(kind, old.text)
        edits = diff(kind.fields, before, after)
        notes = (
            *_journey(old.host, host),
            *(f"its other entry, on {other.host.live.id}, goes" for other in others),
        )
        if not notes and not edits and source is None and old.text != text:
            notes = ("it says the same, and is written anew in its usual form",)
        if source is not None:
            moved = Move(address=address, before=before, after=after, source=str(source))
            found.changes.append(moved)
        if edits or notes:
            found.changes.append(
                Update(address=address, edits=edits, before=before, after=after, notes=notes)
            )
        elif source is None:
            found.unchanged += 1
    for key, entries in sorted(seen.items()):
        if found.held is not None:
            for entry in entries:
                found.wanted[entry.host.address][identity.prefix + key] = entry.text
            continue
        hosts = " and ".join(str(entry.host.address) for entry in entries)
        found.changes.append(
            Retire(
                address=Address(kind.name, (key,)),
                before=decode(kind, entries[0].text),
                how="remove",
                notes=(f"its entry {identity.prefix}{key} is taken off {hosts}",),
            )
        )


def _moves(
    catalog: Catalog, kind: Kind, seen: Mapping[str, object], found: Embeds
) -> Mapping[Address, Address]:
    """Return the moves that are still to be done, from their targets to their sources."""
    sources: dict[Address, Address] = {}
    for source, target in catalog.moved.items():
        if source.kind != kind.name:
            continue
        if target.key in seen:
            found.notes.append(f"[moved] {source} is {target} already; the entry can go.")
        elif source.key in seen:
            sources[target] = source
    return sources


def _journey(old: Bound, host: Address) -> tuple[str, ...]:
    if old.address == host:
        return ()
    return (f"it moves from {old.address} to {host}, the product of its first item",)


def decode(kind: Kind, text: str) -> Frozen:
    """Return the body that an entry holds; empty if somebody wrote something else there."""
    try:
        content = json.loads(text)
        return read(kind, content) if isinstance(content, dict) else EMPTY
    except (ValueError, RecursionError, UnexpectedAnswerError):
        return EMPTY


def entries_on(live: Live, kinds: Kinds) -> tuple[str, ...]:
    """Return the metadata keys of an object that hold entries."""
    begin = prefixes(kinds, live.kind)
    return tuple(key for key in live.metadata if begin and key.startswith(begin))
