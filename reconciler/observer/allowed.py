"""Reads all that a key may read, and tells what not: a kind that is refused stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from reconciler.errors import PermissionDeniedError
from reconciler.model.kind import Kind
from reconciler.model.snapshot import Live, Snapshot
from reconciler.observer.account import Progress, read_kind, snapshot
from reconciler.ports import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What could be read. `refused` are the errors of kinds that could not, by the kinds' names.

    `locks` are the products that are locks of catalogs, as answered.
    """

    snapshot: Snapshot
    refused: Mapping[str, PermissionDeniedError]
    locks: tuple[Mapping[str, Any], ...]


def observe_allowed(
    reader: Reader, kinds: Iterable[Kind], *, progress: Progress | None = None
) -> Allowed:
    """Return what the account holds now of those of these kinds that the key may read."""
    stored = [kind for kind in kinds if kind.stored]
    objects: dict[str, dict[str, Live]] = {}
    refused: dict[str, PermissionDeniedError] = {}
    locks: list[Mapping[str, Any]] = []
    with ThreadPoolExecutor(max_workers=len(stored) + 1) as pool:
        owner = pool.submit(reader.get_account)
        lists = {kind: pool.submit(read_kind, reader, kind, progress, locks) for kind in stored}
        for kind, future in lists.items():
            try:
                objects[kind.name] = future.result()
            except PermissionDeniedError as error:
                refused[kind.name] = error
        readable = [kind for kind in stored if kind.name in objects]
        return Allowed(
            snapshot=snapshot(owner.result(), readable, objects),
            refused=refused,
            locks=tuple(locks),
        )
