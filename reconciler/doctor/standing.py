"""A check of what stands on an object without a stamp: its own was lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.doctor.finding import Finding
from reconciler.doctor.seen import Seen
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP
from reconciler.model.snapshot import Stamp


def on_unstamped(seen: Seen) -> Iterator[Finding]:
    """Yield the objects without a stamp that an object in use, which bears one, lives in.

    What lives in another's table is of the same catalog. One whose place another object took by
    now is left alone: the next plan replaces what stands on it, and that is right.
    """
    taken = {
        seen.stamps[live.id]
        for kind in seen.stored
        for live in seen.of(kind, on=True)
        if live.id in seen.stamps
    }
    for child in seen.stored:
        within = child.within
        if within is None or not seen.read(child.name, within.kind):
            continue
        standing: dict[tuple[str, Stamp], list[str]] = defaultdict(list)
        parents = seen.snapshot.of(within.kind)
        for live in seen.of(child, on=True):
            stamp, parent = seen.stamps.get(live.id), parents.get(str(live.raw.get(within.field)))
            if stamp is None or parent is None or STAMP in parent.metadata:
                continue
            home = Stamp(stamp.catalog, Address(within.kind, stamp.address.keys[:-1]))
            if home not in taken:
                standing[parent.id, home].append(live.id)
        for (object_id, home), ids in sorted(standing.items(), key=lambda one: one[0][0]):
            noun = child.name if len(ids) == 1 else child.table
            yield Finding(
                check="unstamped",
                level="problem",
                place=f"{home.address} of catalog {home.catalog}",
                objects=(object_id, *ids),
                text=f"{len(ids)} {noun} of the catalog stand{'s' if len(ids) == 1 else ''} on it",
                mend=f'Write [adopt] "{home.address}" = "{object_id}" into the file of catalog '
                f"{home.catalog}, or plan with --adopt-matching: else it is made anew, and what "
                "stands on it replaced (RC101).",
            )
