"""Reads what is named, by ids, keys and stamps, and leaves the rest of the account unread.

A search is asked for ids alone: it may be old, so each object is read by its id afterwards, and
what a search does not find may still be there. Not for what follows from an object not being
found; that is the planner's `held`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any

from reconciler.errors import PermissionDeniedError, RefusedError
from reconciler.model.catalog import STAMP, Account
from reconciler.model.kind import Kind, Kinds
from reconciler.model.lock import is_lock
from reconciler.model.snapshot import Live, Sight, Snapshot
from reconciler.model.targets import CLAUSES, Families, Family, Targets, batches
from reconciler.observer.account import Attached, Progress, snapshot, whole, with_attached
from reconciler.ports import Reader

SIDE_BY_SIDE = 8
"""Requests in flight."""

Answers = Iterable[Mapping[str, Any]]

Call = tuple[Kind, Callable[[], Answers]]
"""A kind, and what answers objects of it."""


def observe_targeted(
    reader: Reader,
    kinds: Kinds,
    targets: Targets,
    *,
    account: Account | None = None,
    families: Families | None = None,
    attached: Attached | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Return what the account holds of `targets`, and of what hangs together with it.

    What a found object lives in is read as well. `families` says then of which of these all
    children are to be listed, and `attached` of which objects the entries are wanted.
    """
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        owner = pool.submit(lambda: account or reader.get_account())
        look = _Look(reader=reader, kinds=kinds, pool=pool, strangers=targets.strangers)
        searches = look.search(targets.stamps)
        look.read(
            *look.of_kinds(targets.whole), *look.by_key(targets.held), *look.by_id(targets.ids)
        )
        ids = look.found(searches)
        # Most children are among those of their parents, and cost no request each.
        parents = {name: some for name, some in ids.items() if kinds[name].within is None}
        look.follow(parents, families, owner)
        if look.unknown(ids):
            look.follow(ids, families, owner)
        wanted = tuple(attached(look.snapshot(owner.result()))) if attached is not None else ()
        for live in pool.map(partial(with_attached, reader), wanted):
            look.objects[live.kind.name][live.id] = live
        if progress is not None:
            for name, objects in look.objects.items():
                progress(name, len(objects))
        return replace(look.snapshot(owner.result()), extra=len(wanted))


@dataclass(slots=True, kw_only=True)
class _Look:
    """The look so far: what was found, and what was asked for."""

    reader: Reader
    kinds: Kinds
    pool: ThreadPoolExecutor
    strangers: bool = False
    objects: dict[str, dict[str, Live]] = field(default_factory=lambda: defaultdict(dict))
    whole: set[str] = field(default_factory=set)
    asked: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    families: set[Family] = field(default_factory=set)
    searched: set[str] = field(default_factory=set)

    def snapshot(self, account: Account) -> Snapshot:
        """Return what was found so far."""
        sight = Sight(
            whole=frozenset(self.whole),
            searched=frozenset(self.searched),
            families=frozenset(self.families),
            ids=frozenset(chain.from_iterable(self.asked.values())),
        )
        objects = {name: dict(found) for name, found in self.objects.items()}
        counted = {name: objects.setdefault(name, {}) for name in self.whole}
        whole_kinds = [self.kinds[name] for name in self.whole]
        requests = snapshot(account, whole_kinds, counted).requests
        return Snapshot(account=account, objects=objects, requests=requests, sight=sight)

    def follow(
        self, ids: Mapping[str, Iterable[str]], families: Families | None, owner: Future[Account]
    ) -> None:
        """Read objects by id, then what the found ones live in, then the families asked for."""
        self.read(*self.by_id(ids))
        self.read(*self.by_id(self.parents()))
        if families is not None:
            self.read(*self.of_families(families(self.snapshot(owner.result()))))

    def unknown(self, ids: Mapping[str, Iterable[str]]) -> bool:
        """Whether any of these was neither found nor asked for."""
        return any(
            set(some) - self.objects[name].keys() - self.asked[name] for name, some in ids.items()
        )

    def read(self, *calls: Call) -> None:
        """Make calls side by side, and keep what they find."""
        futures = [self.pool.submit(self._all, kind, call) for kind, call in calls]
        _raise_denied(futures)
        for (kind, _), future in zip(calls, futures, strict=True):
            self.objects[kind.name] |= {live.id: live for live in future.result()}

    def _all(self, kind: Kind, call: Callable[[], Answers]) -> list[Live]:
        return [
            Live(kind, whole(self.reader, kind, raw), self.reader.now())
            for raw in call()
            if not is_lock(str(raw["id"]))
        ]

    def of_kinds(self, names: Iterable[str]) -> Iterator[Call]:
        """Yield the calls that list kinds whole."""
        for name in sorted(names):
            self.whole.add(name)
            yield self.kinds[name], partial(self.reader.get_objects, self.kinds[name])

    def by_key(self, held: Mapping[tuple[str, str], Iterable[str]]) -> Iterator[Call]:
        """Yield the calls that look objects up by the values that they hold."""
        for (name, field_name), values in sorted(held.items()):
            kind = self.kinds[name]
            lookup = kind.lookup(field_name)
            if lookup is None or name in self.whole:
                continue
            for some in batches(values, lookup.most):
                yield kind, partial(self.reader.find_objects, kind, lookup, some)

    def by_id(self, ids: Mapping[str, Iterable[str]]) -> Iterator[Call]:
        """Yield the calls that read objects by id, those that are not known yet."""
        for name, some in sorted(ids.items()):
            kind = self.kinds[name]
            missing = sorted(set(some) - self.objects[name].keys() - self.asked[name])
            self.asked[name] |= set(some)
            lookup = kind.lookup("id")
            if name in self.whole:
                continue
            if lookup is None:
                yield from ((kind, partial(self._one, kind, object_id)) for object_id in missing)
                continue
            for batch in batches(missing, lookup.most):
                yield kind, partial(self.reader.find_objects, kind, lookup, batch)

    def _one(self, kind: Kind, object_id: str) -> Answers:
        found = self.reader.get_object(kind, object_id)
        return [] if found is None else [found]

    def search(self, stamps: Mapping[str, Iterable[str]]) -> dict[str, list[Future[list[str]]]]:
        """Start to search for stamps, by kind."""
        return {
            name: [
                self.pool.submit(self._search, self.kinds[name], some)
                for some in batches(wanted, CLAUSES)
            ]
            for name, wanted in stamps.items()
            if self.kinds[name].searchable
        }

    def _search(self, kind: Kind, stamps: Sequence[str]) -> list[str]:
        # A stamp has no quote and no backslash in it: addresses are made of words.
        query = " OR ".join(f"metadata['{STAMP}']:'{stamp}'" for stamp in stamps)
        return list(self.reader.search_ids(kind, query))

    def found(self, searches: Mapping[str, Sequence[Future[list[str]]]]) -> dict[str, set[str]]:
        """Return what searches found. It is not offered everywhere, nor to every key."""
        ids: dict[str, set[str]] = {}
        for name, futures in searches.items():
            try:
                ids[name] = set(chain.from_iterable(future.result() for future in futures))
            except (RefusedError, PermissionDeniedError):
                continue
            self.searched.add(name)
        return ids

    def parents(self) -> dict[str, set[str]]:
        """Return what the found objects live in."""
        parents: dict[str, set[str]] = defaultdict(set)
        for found in self.objects.values():
            for live in found.values():
                within = live.kind.within
                if within is not None and (self.strangers or live.stamp is not None):
                    parents[within.kind].add(str(live.raw.get(within.field)))
        return parents

    def of_families(self, families: Iterable[Family]) -> Iterator[Call]:
        """Yield the calls that list all the children of some objects."""
        for name, parent in sorted(set(families)):
            if (name, parent) in self.families:
                continue
            kind = self.kinds[name]
            lookup = kind.lookup(kind.within.field) if kind.within is not None else None
            if lookup is not None:
                self.families.add((name, parent))
                yield kind, partial(self.reader.find_objects, kind, lookup, (parent,))


def _raise_denied(futures: Iterable[Future[list[Live]]]) -> None:
    """Tell a key that may not read some kinds of all of them."""
    errors = [future.exception() for future in futures]
    denied = [str(error) for error in errors if isinstance(error, PermissionDeniedError)]
    if len(denied) > 1:
        raise PermissionDeniedError("\n".join(dict.fromkeys(denied)))
