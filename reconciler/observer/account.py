"""Reads an account into a `Snapshot`: every object of every kind, archived ones included.

Not for deciding whose an object is; that is the planner's `match`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from reconciler.errors import PermissionDeniedError
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind
from reconciler.model.lock import is_lock
from reconciler.model.snapshot import Live, Snapshot
from reconciler.ports import PAGE, Reader

Attached = Callable[[Snapshot], Iterable[Live]]
"""Says of which of the objects seen the attached entries are to be read as well."""

Progress = Callable[[str, int], None]
"""Told a kind's name and how many of its objects have been read."""


def observe(
    reader: Reader,
    kinds: Iterable[Kind],
    *,
    account: Account | None = None,
    progress: Progress | None = None,
    attached: Attached | None = None,
) -> Snapshot:
    """Return what the account holds now, of these kinds. Kinds are read side by side.

    `account` is whose it is, where that is known already. `attached` says of which objects the
    entries are wanted that cost a request for each object.
    """
    stored = [kind for kind in kinds if kind.stored]
    with ThreadPoolExecutor(max_workers=len(stored) + 1) as pool:
        owner = pool.submit(lambda: account or reader.get_account())
        lists = {kind: pool.submit(read_kind, reader, kind, progress) for kind in stored}
        objects = {kind.name: found for kind, found in _results(lists)}
        found = snapshot(owner.result(), stored, objects)
        wanted = tuple(attached(found)) if attached is not None else ()
        whole = pool.map(partial(with_attached, reader), wanted)
        for live in whole:
            objects[live.kind.name][live.id] = live
        return replace(found, extra=len(wanted))


def _results(
    lists: Mapping[Kind, Future[dict[str, Live]]],
) -> Iterator[tuple[Kind, dict[str, Live]]]:
    """Yield what was read of each kind; a key that may not read some of them is told of all."""
    denied = [
        error
        for future in lists.values()
        if isinstance(error := future.exception(), PermissionDeniedError)
    ]
    if len(denied) > 1:
        # Of each: what it was, and in the last line the permission to grant.
        told = [str(error).splitlines() for error in denied]
        each = "\n".join(f"  {lines[0].partition(':')[0]}: {lines[-1].strip()}" for lines in told)
        raise PermissionDeniedError(f"The API key may not read all that is needed:\n{each}")
    for kind, future in lists.items():
        yield kind, future.result()


def with_attached(reader: Reader, live: Live) -> Live:
    """Return an object with the entries that are attached to it, which takes a request."""
    declared = live.kind.attached
    if declared is None or declared.items is None:
        return live
    entries = list(reader.get_items(live.kind, live.id, declared.items))
    return Live(live.kind, {**live.raw, declared.name: entries}, live.at)


def read_kind(
    reader: Reader,
    kind: Kind,
    progress: Progress | None,
    locks: list[Mapping[str, Any]] | None = None,
) -> dict[str, Live]:
    """Return every object of a kind by id; products that are locks go to `locks`, if anywhere."""
    found: dict[str, Live] = {}
    for raw in reader.get_objects(kind):
        if is_lock(str(raw["id"])):  # no object of the catalog's, but what keeps two applies apart
            if locks is not None:
                locks.append(raw)
            continue
        found[str(raw["id"])] = Live(kind, whole(reader, kind, raw), reader.now())
        if progress is not None and len(found) % PAGE == 0:
            progress(kind.name, len(found))
    if progress is not None:
        progress(kind.name, len(found))
    return found


def whole(reader: Reader, kind: Kind, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer with all entries of its lists: Stripe puts only the first ones into it."""
    for name, declared in kind.listed.items():
        listed = raw.get(name)
        if declared.items is not None and isinstance(listed, Mapping) and listed.get("has_more"):
            entries = list(reader.get_items(kind, str(raw["id"]), declared.items))
            raw = {**raw, name: entries}
    return raw


def snapshot(
    account: Account, kinds: Iterable[Kind], objects: Mapping[str, Mapping[str, Live]]
) -> Snapshot:
    """Return a snapshot of these objects, with what listing them costs."""
    requests = {
        kind.name: sum(pages(_within(scope, objects[kind.name].values())) for scope in kind.scopes)
        for kind in kinds
    }
    return Snapshot(account=account, objects=objects, requests=requests)


def _within(scope: Mapping[str, Any], lives: Collection[Live]) -> int:
    """Return how many objects a list of this scope has."""
    for name, value in scope.items():
        lives = [live for live in lives if live.raw.get(name) == value]
    return len(lives)


def pages(count: int) -> int:
    """Return how many requests it takes to list so many objects."""
    return max(1, -(-count // PAGE))
