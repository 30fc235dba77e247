"""Checks of what is sold: plans without their prices, products on sale without one, held keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from reconciler.doctor.finding import Finding, Level
from reconciler.doctor.seen import Seen
from reconciler.model.kind import Embedded, Kind
from reconciler.model.named import may_name, ordered_references, references
from reconciler.model.snapshot import Live
from reconciler.planner.embed import decode


def entries_without(seen: Seen) -> Iterator[Finding]:
    """Yield the entries, on objects in use, that name what is archived, missing or nothing."""
    for kind in seen.kinds.values():
        match kind.identity:
            case Embedded(kind=host, prefix=prefix):
                named = may_name(kind.fields)
                if not seen.read(host, *named):
                    continue
                holders = [_holders(seen, seen.kinds[name]) for name in sorted(named)]
                for live in seen.of(seen.kinds[host], on=True):
                    for key, text in sorted(live.metadata.items()):
                        if key.startswith(prefix):
                            name = key.removeprefix(prefix)
                            yield from _entry(seen, kind, live, name, text, holders)
            case _:
                continue


def _holders(seen: Seen, kind: Kind) -> Mapping[str, Live]:
    """Return who holds each natural key of a kind that is not an id; what is in use goes first."""
    found: dict[str, Live] = {}
    for on in (False, True):
        for live in seen.of(kind, on=on):
            for key in kind.natural_keys:
                value = live.raw.get(key.field)
                if key.field != "id" and value:
                    found[str(value)] = live
    return found


def _entry(
    seen: Seen,
    kind: Kind,
    host: Live,
    name: str,
    text: str,
    holders: list[Mapping[str, Live]],
) -> Iterator[Finding]:
    ours = host.id in seen.stamps
    level: Level = "problem" if ours else "note"
    place = f"{kind.name}.{name} on {host.kind.name} {host.id}"
    body = decode(kind, text)
    again = (
        "reconciler plan, then apply, with its file: the entry is written anew."
        if ours
        else _not_ours(host)
    )
    if not body:
        yield Finding(
            check="entry",
            level=level,
            place=place,
            objects=(host.id,),
            text=f"it is no {kind.name} that can be read",
            mend=again,
        )
        return
    for value in dict.fromkeys(map(str, ordered_references(kind.fields, body))):
        live = next((held[value] for held in holders if value in held), None)
        if live is not None and live.on:
            continue
        what = f'"{value}" is archived' if live is not None else f'nobody holds "{value}"'
        yield Finding(
            check="entry",
            level=level,
            place=place,
            objects=(host.id, *([live.id] if live is not None else [])),
            text=what,
            mend=again,
        )


def _not_ours(live: Live) -> str:
    return f"No catalog holds the {live.kind.name}: adopt it, or take the entry off its metadata."


def off_sale(seen: Seen) -> Iterator[Finding]:
    """Yield what is in use and has nothing in use that it is sold by."""
    for child in seen.stored:
        within = child.within
        if within is None or not child.sellable or not seen.read(child.name, within.kind):
            continue
        sold = {live.raw.get(within.field) for live in seen.of(child, on=True)}
        parent = seen.kinds[within.kind]
        for live in seen.of(parent, on=True):
            if live.id in sold:
                continue
            stamp = seen.stamps.get(live.id)
            words = parent.headline(live.raw)
            yield Finding(
                check="unsold",
                level="problem" if stamp else "note",
                place=f"{stamp.address} of catalog {stamp.catalog}" if stamp else f"{parent.name}",
                objects=(live.id,),
                text=words,
                mend=f"Give it a {child.name} in its catalog's file, or write active = false."
                if stamp
                else f"Give it a {child.name} or archive it in the Dashboard; or adopt it.",
            )


def held_keys(seen: Seen) -> Iterator[Finding]:
    """Yield the archived objects that hold a key which something else may want."""
    for kind in seen.stored:
        keys = [key for key in kind.natural_keys if key.transfer is not None]
        for live in seen.of(kind, on=False):
            for key in keys:
                value = key.held(kind, live.raw)
                if value is None:
                    continue
                stamp = seen.stamps.get(live.id)
                place = f"{stamp.address} of catalog {stamp.catalog}" if stamp else kind.name
                yield Finding(
                    check="keys",
                    level="note",
                    place=place,
                    objects=(live.id,),
                    text=f'holds {key.field} "{value}"',
                    mend=f"Nothing has to be done: its own catalog takes the {key.field} away when "
                    "something else needs it. Another catalog stops there (RC108)."
                    if stamp
                    else f"A catalog that wants the {key.field} stops there (RC108). Take it off "
                    "in the Dashboard, or adopt the object.",
                )


def on_retired(seen: Seen) -> Iterator[Finding]:
    """Yield what is in use and names what works for nobody any more."""
    retired = {
        live.id: live for kind in seen.stored if kind.needed for live in seen.of(kind, on=False)
    }
    kinds_off = {live.kind.name for live in retired.values()}
    for kind in seen.stored:
        if not kinds_off & may_name(kind.fields):
            continue  # as nearly always: the bodies of a large account are not read for nothing
        hanging: dict[str, list[str]] = defaultdict(list)
        for live in seen.of(kind, on=True):
            for name in references(kind.fields, live.body):
                if name in retired:
                    hanging[str(name)].append(live.id)
        for target_id, ids in sorted(hanging.items()):
            ours = any(one in seen.stamps for one in ids)
            yield Finding(
                check="retired",
                level="problem" if ours else "note",
                place=f"{retired[target_id].kind.name} {target_id}",
                objects=(target_id, *ids),
                text=f"{len(ids)} {kind.name if len(ids) == 1 else kind.table} hang on it",
                mend="Switch it on again, in the file or in the Dashboard, or retire what "
                "names it.",
            )
