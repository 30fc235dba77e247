"""A side of a comparison: a catalog and the objects that it stands for, wherever it comes from.

An account has the objects, and gets a catalog made from them. A file has the catalog, and gets
objects as an apply to an empty account would make them. What comes after knows no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.importer.build import build
from reconciler.importer.making import LeftOut
from reconciler.importer.scope import Scope
from reconciler.importer.scope import attached as imported
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Account, Catalog, Policy, Resource
from reconciler.model.kind import Kinds
from reconciler.model.named import references
from reconciler.model.snapshot import Live, Snapshot, Stamp
from reconciler.model.values import EMPTY, Frozen, Pending, resolved
from reconciler.model.world import project
from reconciler.planner.attached import Attached, naming_attached
from reconciler.planner.build import plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """Which objects of an account are looked at, and as whose.

    `name` is the catalog that all of them are taken to be of. `only` narrows them to one catalog's.
    `own` are the catalogs whose stamps count without a doubt; with `all` those of others do too,
    where their addresses are free. `naming` are the addresses of which a file names what is
    attached.
    """

    name: str
    own: frozenset[str]
    only: str | None = None
    all: bool = False
    ignore_metadata: tuple[str, ...] = ()
    naming: frozenset[Address] = frozenset()

    @property
    def scope(self) -> Scope:
        """The same, as an import says it."""
        return Scope(owned_by=self.name if self.only is not None else None)

    @property
    def empty(self) -> Catalog:
        """The catalog to which all is added."""
        return Catalog(
            name=self.name,
            resources={},
            moved={},
            adopt={},
            ignore_metadata=self.ignore_metadata,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two. `ids` are the objects by address, `stamps` what says that they have it.

    An address without a stamp was made up from what the object is called. `left_out` is what no
    file can say, with its stamps by id in `marks`; `aside` is how many objects other catalogs have
    that are not looked at.
    """

    catalog: Catalog
    snapshot: Snapshot
    ids: Mapping[Address, str]
    stamps: Mapping[Address, str]
    marks: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    aside: Mapping[str, int] = field(default_factory=dict)


def lens(files: Iterable[Catalog], accounts: Iterable[Snapshot], *, owned_by: str | None) -> Lens:
    """Return how to look at accounts, beside these files and one another.

    Next to a file, other catalogs are nobody's business, as in a plan of it.
    """
    known = list(files)
    own = {name for one in known for name in (one.name, one.previous_name) if name}
    used: Counter[str] = Counter()
    for snapshot in accounts if not known else ():
        used.update(live.stamp.catalog for live in snapshot if live.stamp is not None)
    usual = min(used, key=lambda name: (-used[name], name), default="main")
    name = known[0].name if known else owned_by or usual
    return Lens(
        name=name,
        own=frozenset({owned_by} if owned_by is not None else own or {name}),
        only=owned_by,
        all=not known and owned_by is None,
        ignore_metadata=tuple(dict.fromkeys(glob for one in known for glob in one.ignore_metadata)),
        naming=frozenset(address for one in known for address in naming_attached(one)),
    )


def attached(kinds: Kinds, how: Callable[[Snapshot], Lens]) -> Attached:
    """Return what says of which objects of an account the attached entries are to be read."""

    def choose(snapshot: Snapshot) -> Iterator[Live]:
        seen = how(snapshot)
        wanted = imported(kinds, seen.scope, seen.empty)
        for live in wanted(_under(snapshot, seen)):
            yield snapshot.of(live.kind.name)[live.id]
        # No import takes what is archived; a file may have it, switched off.
        for live in snapshot:
            if not live.on and live.stamp is not None and live.stamp.address in seen.naming:
                yield live

    return choose


def of_account(snapshot: Snapshot, kinds: Kinds, seen: Lens, *, api_version: str) -> Side:
    """Return the side that an account is. Archived objects are in no catalog."""
    under = _under(snapshot, seen)
    made = build(under, kinds, seen.scope, into=seen.empty, api_version=api_version)
    ids = {at: id_ for at, id_ in made.ids.items() if at in made.added and _stored(at, kinds)}
    resources = {
        address: _whole(resource, under.of(address.kind)[ids[address]])
        if address in ids
        else resource
        for address, resource in made.catalog.resources.items()
    }
    own = {live.id: stamp for live in snapshot if (stamp := live.stamp) is not None}
    stamps = {
        address: _as_own(own[id_], seen)
        for address, id_ in ids.items()
        if id_ in own and own[id_].address == address
    }
    return Side(
        catalog=replace(made.catalog, resources=resources, adopt={}),
        snapshot=under,
        ids=ids,
        stamps=stamps,
        marks={one.id: _as_own(own[one.id], seen) for one in made.left_out if one.id in own},
        left_out=made.left_out,
        aside={seen.name if name == _HIDDEN else name: n for name, n in made.owned.items()},
    )


def of_catalog(
    catalog: Catalog, kinds: Kinds, seen: Lens, *, known: Snapshot | None, api_version: str
) -> Side:
    """Return the side that a file is, with objects that are called by their addresses.

    `known` is the other side, if that is an account: an id in the file may be of an object there.
    """
    bare = replace(
        catalog,
        name=seen.name,
        previous_name=None,
        account=None,
        ignore_metadata=seen.ignore_metadata,
    )
    alone = replace(bare, moved={}, adopt={}, policy=Policy())
    snapshot = _built(alone, kinds, known, api_version)
    ids = {stamp.address: live.id for live in snapshot if (stamp := live.stamp) is not None}
    ids |= {
        address: address_id
        for address, resource in catalog.resources.items()
        if resource.kind.shared and (address_id := str(address)) in snapshot.of(address.kind)
    }
    return Side(
        catalog=bare,
        snapshot=snapshot,
        ids=ids,
        stamps={address: bare.stamp(address) for address in ids},
    )


def restamped(live: Live, text: str | None) -> Live:
    """Return an object with another stamp, or with none."""
    if live.metadata.get(STAMP) == text or live.kind.shared:
        return live
    return with_metadata(live, {STAMP: text})


def with_metadata(live: Live, changes: Mapping[str, str | None]) -> Live:
    """Return an object with other metadata entries; `None` takes one away."""
    metadata = Frozen(live.metadata).with_(changes)
    return Live(live.kind, {**live.raw, "metadata": metadata}, live.at)


def stand_in(object_id: str, kinds: Kinds) -> Live | None:
    """Return an object of which nothing but its id is known."""
    for kind in kinds.values():
        if kind.id_prefixes and object_id.startswith(kind.id_prefixes):
            return Live(kind, {"id": object_id}, 0, EMPTY)
    return None


_HIDDEN = "-"
"""No catalog is called that, so what bears its stamp is nobody's that is looked at."""


def _under(snapshot: Snapshot, seen: Lens) -> Snapshot:
    """Return the account with one catalog's stamps on all that is looked at."""
    claims: dict[Address, str] = {}
    stamped = [(live, live.stamp) for live in snapshot if live.stamp is not None]
    for _, stamp in sorted(
        stamped, key=lambda one: (not one[0].on, one[1].catalog not in seen.own, one[1].catalog)
    ):
        claims.setdefault(stamp.address, stamp.catalog)

    def stamp_of(live: Live) -> str | None:
        stamp = live.stamp
        if stamp is None:
            return live.metadata.get(STAMP)
        mine = stamp.catalog in seen.own
        if mine or (seen.all and claims[stamp.address] == stamp.catalog):
            return f"{seen.name}/{stamp.address}"
        if seen.all:
            return None
        return f"{_HIDDEN}/{stamp.address}" if stamp.catalog == seen.name else live.metadata[STAMP]

    return replace(
        snapshot,
        objects={
            kind: {id_: restamped(live, stamp_of(live)) for id_, live in lives.items()}
            for kind, lives in snapshot.objects.items()
        },
    )


def _as_own(stamp: Stamp, seen: Lens) -> str:
    name = seen.name if stamp.catalog in seen.own else stamp.catalog
    return f"{name}/{stamp.address}"


def _stored(address: Address, kinds: Kinds) -> bool:
    return kinds[address.kind].stored


def _whole(resource: Resource, live: Live) -> Resource:
    """Say what a file leaves unsaid and a comparison looks at: natural keys, and no entries.

    In a file they would be left to what is there.
    """
    kind = resource.kind
    said: dict[str, Any] = {
        key.field: str(live.body.get(key.field, ""))
        for key in kind.natural_keys
        if key.default is not None
    }
    entries = kind.attached
    if entries is not None and entries.name not in resource.body:
        said[entries.name] = ()
    return replace(resource, body=resource.body.with_(said))


def _built(catalog: Catalog, kinds: Kinds, known: Snapshot | None, api_version: str) -> Snapshot:
    """Return the account that an apply of the catalog to an empty one leads to."""
    here: dict[str, dict[str, Live]] = {}
    for resource in catalog.resources.values():
        for name in references(resource.kind.fields, resource.body):
            if not isinstance(name, str):
                continue
            found = known.find(name) if known is not None else None
            live = restamped(found, None) if found is not None else stand_in(name, kinds)
            if live is not None:
                here.setdefault(live.kind.name, {})[name] = live
    empty = Snapshot(account=Account(id=None, livemode=False), objects=here, requests={})
    made = plan(catalog, empty, kinds, api_version=api_version)
    ids = {address: _id(resource) for address, resource in catalog.resources.items()}
    objects: dict[str, dict[str, Live]] = {}
    for (name, handle), body in project(made, empty, kinds).bodies.items():
        if isinstance(handle, Pending) and body is not None:
            live = _live(kinds, name, ids[handle.address], resolved(body, ids))
            objects.setdefault(name, {})[live.id] = live
    return replace(empty, objects=objects)


def _id(resource: Resource) -> str:
    """Return the id that was chosen for an object, or its address."""
    for key in resource.kind.natural_keys:
        chosen = resource.body.get(key.field)
        if key.default is None and isinstance(chosen, str):
            return chosen
    return str(resource.address)


def _live(kinds: Kinds, name: str, object_id: str, body: Frozen) -> Live:
    """Return an object of this body: it is canonical, so no answer is to be read for it."""
    kind = kinds[name]
    live = Live(kind, {"id": object_id, "metadata": body.get("metadata", EMPTY)}, 0, body)
    live.raw = {**body, "id": object_id}
    live.on = kind.is_on(body)
    return live
