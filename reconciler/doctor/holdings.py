"""Who holds how much: objects counted by the catalog whose stamp they bear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.doctor.seen import Seen
from reconciler.model.kind import Embedded
from reconciler.planner.embed import entries_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How many objects of a kind a catalog holds, in use and archived; nobody's has no catalog.

    `shared` are known by name, bear no stamp, and are whoever's uses them.
    """

    catalog: str | None
    kind: str
    active: int
    archived: int = 0
    shared: bool = False


def holdings(seen: Seen) -> tuple[Holding, ...]:
    """Return what each catalog holds, catalog by catalog, then what is nobody's."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    for kind in seen.stored:
        for live in seen.snapshot.of(kind.name).values():
            stamp = seen.stamps.get(live.id)
            counts[stamp.catalog if stamp else "", kind.name, live.on] += 1
    found = [
        Holding(
            catalog=catalog or None,
            kind=name,
            active=counts[catalog, name, True],
            archived=counts[catalog, name, False],
            shared=seen.kinds[name].shared,
        )
        for catalog, name in dict.fromkeys((catalog, name) for catalog, name, _ in counts)
    ]
    found += _entries(seen)
    places = {name: number for number, name in enumerate(seen.kinds)}
    return tuple(
        sorted(
            found,
            key=lambda one: (one.shared, one.catalog is None, one.catalog or "", places[one.kind]),
        )
    )


def _entries(seen: Seen) -> Iterator[Holding]:
    """Yield how many entries there are on the objects of each catalog that are in use."""
    for kind in seen.kinds.values():
        match kind.identity:
            case Embedded(kind=host, prefix=prefix):
                counts: Counter[str] = Counter()
                for live in seen.of(seen.kinds[host], on=True):
                    stamp = seen.stamps.get(live.id)
                    if stamp is not None:
                        keys = entries_on(live, seen.kinds)
                        counts[stamp.catalog] += sum(key.startswith(prefix) for key in keys)
                for catalog, count in counts.items():
                    if count:
                        yield Holding(catalog=catalog, kind=kind.name, active=count)
            case _:
                continue
