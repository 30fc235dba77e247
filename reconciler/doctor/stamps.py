"""Checks of stamps: two objects with one, stamps that nobody can read, shared addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from reconciler.doctor.finding import Finding
from reconciler.doctor.seen import Seen
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP
from reconciler.model.snapshot import Stamp


def double_stamps(seen: Seen) -> Iterator[Finding]:
    """Yield the stamps that several objects in use bear. Archived ones are the past of one."""
    bearers: dict[Stamp, list[str]] = defaultdict(list)
    for kind in seen.stored:
        for live in seen.of(kind, on=True):
            stamp = seen.stamps.get(live.id)
            if stamp is not None:
                bearers[stamp].append(live.id)
    for stamp, ids in sorted(bearers.items(), key=lambda item: (item[0].catalog, item[0].address)):
        if len(ids) > 1:
            yield Finding(
                check="double",
                level="problem",
                place=f"{stamp.address} of catalog {stamp.catalog}",
                objects=tuple(ids),
                mend="reconciler plan, then apply, with the file of that catalog: the one that "
                "equals it stays, the others are retired. Where it cannot tell, RC111 says how.",
            )


def odd_stamps(seen: Seen) -> Iterator[Finding]:
    """Yield the objects whose stamp is none that an apply would have written."""
    for kind in seen.stored:
        if kind.shared:
            continue
        for object_id, live in sorted(seen.snapshot.of(kind.name).items()):
            written = live.metadata.get(STAMP)
            if written is None or object_id in seen.stamps:
                continue
            yield Finding(
                check="stamp",
                level="problem",
                place=f"{kind.name} {object_id}",
                objects=(object_id,),
                text=f'its stamp is "{written}"',
                mend="Every catalog leaves it alone. To bring it under one, take the metadata "
                f'entry "{STAMP}" off in the Dashboard, then name the object under [adopt].',
            )


def renamed_catalogs(seen: Seen) -> Iterator[Finding]:
    """Yield the catalogs that have addresses in common: one may be the other's former name."""
    addresses: dict[str, set[Address]] = defaultdict(set)
    for kind in seen.stored:
        for live in seen.of(kind, on=True):
            stamp = seen.stamps.get(live.id)
            if stamp is not None:
                addresses[stamp.catalog].add(stamp.address)
    known: set[str] = set()
    if seen.catalog is not None:
        own = seen.catalog
        known = {own.name, own.previous_name or own.name}
        held = set().union(*(addresses[name] for name in known if name in addresses))
        for other in sorted(addresses.keys() - known):
            common = addresses[other] & own.resources.keys()
            if common:
                yield Finding(
                    check="renamed",
                    level="note"
                    if common <= held
                    else "problem",  # else there will be a second one
                    place=f"catalog {other}",
                    text=_common(common, f"catalog {own.name} of the file"),
                    mend=f'If {own.name} was called "{other}" before, write [catalog] '
                    f'previous_name = "{other}". Else nothing: the catalogs live side by side.',
                )
    for one, other in combinations(sorted(addresses.keys() - known), 2):
        common = addresses[one] & addresses[other]
        if common:
            yield Finding(
                check="renamed",
                level="note",
                place=f"catalog {one}",
                text=_common(common, f"catalog {other}"),
                mend="If one is the former name of the other, write [catalog] previous_name into "
                "its file. Else nothing: the catalogs live side by side.",
            )


def _common(common: set[Address], other: str) -> str:
    first, *rest = map(str, sorted(common))
    more = f" and {len(rest)} more" if rest else ""
    return f"has {first}{more}, as {other} has"
