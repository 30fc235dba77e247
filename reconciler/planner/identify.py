"""Which live object is each address by now, for applications that use it?

The binding is the plan's own, so that the two never disagree. What the file wants and the account
does not hold is a gap. Not for what has to happen about one: that is the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Embedded, Kinds
from reconciler.model.named import ordered_references
from reconciler.model.plan import Change, Move
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Frozen, pendings
from reconciler.planner.bind import Binding, Ids, bind, ids_of, resolve
from reconciler.planner.embed import embed
from reconciler.planner.held import Held as HeldBack
from reconciler.planner.held import hold
from reconciler.planner.match import match
from reconciler.planner.names import Names, settle_names
from reconciler.planner.referrers import Referrers


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An object that an address stands for: its id, and what else applications know it by.

    `names` are its natural keys and what its kind `shows`, by field, as Stripe answered them.
    """

    resource: Resource
    id: str
    names: Frozen

    @property
    def address(self) -> Address:
        """The address it stands for."""
        return self.resource.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An address that has no object: an entry on the object `host`, of the kind `host_kind`.

    `body` is what it says, with the ids of what it names; `names` are the natural keys of those,
    by field, in the same order.
    """

    resource: Resource
    host_kind: str
    host: str
    body: Frozen
    names: Frozen

    @property
    def address(self) -> Address:
        """The address it stands for."""
        return self.resource.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What the file wants and the account does not hold, and why that is said."""

    address: Address
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Every address of a catalog, kind by kind in their order: held, an entry, or a gap."""

    held: tuple[Held, ...]
    entries: tuple[Entry, ...]
    gaps: tuple[Gap, ...]


def identify(catalog: Catalog, snapshot: Snapshot, kinds: Kinds) -> Identities:
    """Return which object each address of the catalog is.

    Raises `PlanError` where the file and the account cannot be brought together at all.
    """
    matched = match(catalog, snapshot, kinds)
    bindings = bind(catalog, matched, snapshot, Referrers(snapshot))
    names = settle_names(bindings)
    ids = ids_of(bindings)
    held = hold(catalog, snapshot, matched, bindings, names)
    free = {address: one for address, one in bindings.items() if address not in held.loose}
    changes = _entry_changes(catalog, kinds, snapshot, names, free, held)
    found: list[Held | Entry | Gap] = []
    places = {name: number for number, name in enumerate(kinds)}
    for address in sorted(catalog.resources, key=lambda one: (places[one.kind], one.keys)):
        resource = catalog.resources[address]
        match resource.kind.identity:
            case _ if address in held.loose:
                found.append(Gap(address=address, why=_UNSEEN))
            case Embedded() as identity:
                host = ids.get(identity.host(resource, catalog))
                found.append(_entry(resource, identity, host, ids, snapshot, changes.get(address)))
            case _:
                found.append(_held(bindings[address], names))
    return Identities(
        held=tuple(one for one in found if isinstance(one, Held)),
        entries=tuple(one for one in found if isinstance(one, Entry)),
        gaps=tuple(one for one in found if isinstance(one, Gap)),
    )


_UNSEEN = "not seen, or not sure to be the only one: leave --refresh targeted out"


def _held(binding: Binding, names: Names) -> Held | Gap:
    resource, current = binding.resource, binding.current
    address = resource.address
    why = ""
    if binding.ambiguous:
        why = "several objects bear its stamp, and the file does not tell which is meant"
    elif current is None and binding.predecessor is not None:
        why = f"{binding.predecessor.live.id} differs from the file and would be replaced"
    elif current is None:
        why = "there is no such object yet"
    elif resource.wanted_on and not (current.live.on or current.live.spent):
        why = f"{current.live.id} is archived, and would come back"
    else:
        why = "; ".join(_other_names(binding, current.live, names))
    if why or current is None:
        return Gap(address=address, why=why)
    return Held(resource=resource, id=current.live.id, names=_names(current.live))


def _other_names(binding: Binding, live: Live, names: Names) -> Iterator[str]:
    """Yield the names that the object is to have instead of those it has."""
    for key in live.kind.natural_keys:
        held = live.raw.get(key.field)
        wanted = names.get(binding.resource.address, key.field)
        if key.field == "id" or key.compared(str(held or "")) == key.compared(wanted):
            continue
        yield (
            f"the {key.field} of {live.id} is {_quoted(held)} at Stripe, and {_quoted(wanted)} in "
            "the file"
        )


def _quoted(value: Any) -> str:
    return f'"{value}"' if value else "not set"


def _names(live: Live) -> Frozen:
    """Return what an application may know an object by, beside its id."""
    keys = (key.field for key in live.kind.natural_keys if key.field != "id")
    found = {name: live.raw.get(name) for name in (*keys, *live.kind.shows)}
    return Frozen({name: value for name, value in found.items() if value})


def _entry_changes(
    catalog: Catalog,
    kinds: Kinds,
    snapshot: Snapshot,
    names: Names,
    bindings: Mapping[Address, Binding],
    held: HeldBack,
) -> Mapping[Address, Change]:
    """Return what a plan would change about entries that the file wants."""
    hosts = [binding.current for binding in bindings.values() if binding.current is not None]
    waiting = held.loose if snapshot.sight else None
    changes = embed(catalog, kinds, snapshot, names, hosts, waiting).changes
    return {change.address: change for change in changes}


def _entry(
    resource: Resource,
    identity: Embedded,
    host: Any,
    ids: Ids,
    snapshot: Snapshot,
    change: Change | None,
) -> Entry | Gap:
    address = resource.address
    body = resolve(resource, ids)
    waiting = sorted(pendings(body))
    if change is not None:
        moved = f"it is {change.source} still" if isinstance(change, Move) else ""
        what = "it is not as the file says" if change.before else "there is no such entry yet"
        return Gap(address=address, why=moved or what)
    if waiting or not isinstance(host, str):
        return Gap(
            address=address, why=f"it names what is not there yet: {', '.join(map(str, waiting))}"
        )
    named = ordered_references(resource.kind.fields, body)
    lists: dict[str, list[Any]] = {}
    for live in map(snapshot.find, map(str, named)):
        for name, value in _names(live).items() if live is not None else ():
            lists.setdefault(f"{name}s", []).append(value)
    return Entry(
        resource=resource,
        host_kind=identity.kind,
        host=host,
        body=body,
        names=Frozen({name: tuple(values) for name, values in lists.items()}),
    )
