"""What Stripe's limits say about a whole catalog: natural keys, metadata, plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from annotated_types import MaxLen

from reconciler.model.address import Address
from reconciler.model.catalog import RESERVED, Catalog, Resource
from reconciler.model.kind import Embedded, Kind, NaturalKey
from reconciler.model.values import Pending
from reconciler.spec.locate import Steps
from reconciler.spec.report import Report
from reconciler.spec.resource import Read
from reconciler.spec.words import label, show

# https://docs.stripe.com/metadata#data
MAX_ENTRIES = 50
MAX_NAME = 40
MAX_TEXT = 500

_SPACING = r"\n"
_UNPRINTABLE = (
    r"\x00-\x09\x0b-\x1f\x7f-\x9f"  # control characters but the line feed
    r"\u202a-\u202e\u2066-\u2069"  # overrides of the direction of writing
    r"\u2028\u2029\ud800-\udfff"  # line and paragraph separators, halves of characters
)
_FORBIDDEN = re.compile(f"[{_UNPRINTABLE}{_SPACING}]")
_FORBIDDEN_IN_PROSE = re.compile(f"[{_UNPRINTABLE}]")
_PROSE = "description"


def is_plain(text: str) -> bool:
    """Whether a file can hold no such characters: it has none itself, and no way to write any.

    Escapes and texts of several lines are the ways. Most files have neither, and need no walk
    through all of their values.
    """
    ways = ("\\", '"""', "'''")
    return text.replace("\n", "").isprintable() and not any(way in text for way in ways)


def plain_text(data: Any, report: Report, at: Steps = ()) -> None:
    """Report control characters and the like, in keys and values alike."""
    match data:
        case dict():
            for key, value in data.items():
                if _FORBIDDEN.search(key):
                    _not_plain((*at, key), key, report, key=True)
                plain_text(value, report, (*at, key))
        case list():
            for number, value in enumerate(data):
                plain_text(value, report, (*at, number))
        case str():
            prose = at[-1:] == (_PROSE,) and "metadata" not in at
            pattern = _FORBIDDEN_IN_PROSE if prose else _FORBIDDEN
            found = pattern.search(data)
            if found is not None:
                _not_plain(at, found.group(), report, key=False)
        case _:
            pass


def _not_plain(at: Steps, text: str, report: Report, *, key: bool) -> None:
    found = _FORBIDDEN.search(text)
    code = f"U+{ord(found.group()):04X}" if found else ""
    what = "a line break" if code == "U+000A" else f"the character {code}"
    where = "a key" if key else label(at)
    report.problem(
        at,
        f"{where} holds {what}",
        why="It could make a plan or a terminal show something else than what is there.",
        mend="Remove it. Line breaks are for descriptions.",
        key=key,
    )


def natural_keys(reads: Iterable[Read], report: Report) -> None:
    """Report two resources that come to one natural key, and keys that are too long."""
    holders: dict[tuple[str, str, str], Read] = {}
    for read in reads:
        if read.resource is None:
            continue
        for natural in read.table.kind.natural_keys:
            value = key_of(read.resource, natural)
            if not value:
                continue
            most = longest(read.table.kind, natural.field)
            if most is not None and len(value) > most:
                report.problem(
                    _home(read, natural.field),
                    f"{read.table}: its {natural.field} would have {len(value)} characters; "
                    f"Stripe takes at most {most}",
                    why="It is made of the table's keys unless it is given.",
                    mend=f'Shorten them, or give one: {natural.field} = "…".',
                )
            if natural.active_only and not read.resource.wanted_on:
                continue
            held = (read.table.kind.name, natural.field, natural.compared(value))
            rival = holders.setdefault(held, read)
            if rival is not read:
                report.problem(
                    _home(read, natural.field),
                    f'{read.table}: its {natural.field} "{value}" is also that of '
                    f"{rival.table} ({report.place(_home(rival, natural.field))})",
                    why=_only_one(natural),
                    mend=f"Give one of them another {natural.field}.",
                )


def _only_one(natural: NaturalKey) -> str:
    case = ", whatever the case of its letters" if natural.any_case else ""
    return f"Stripe gives a key to one {'active ' if natural.active_only else ''}object only{case}."


def key_of(resource: Resource, natural: NaturalKey) -> str:
    """Return the natural key that the file gives a new object; empty if none."""
    if natural.field in resource.body:
        return str(resource.body[natural.field])
    return natural.default(resource) if natural.default is not None else ""


@cache
def longest(kind: Kind, field: str) -> int | None:
    """Return how long a text field may be."""
    limits = [
        mark.max_length
        for mark in kind.body.model_fields[field].metadata
        if isinstance(mark, MaxLen)
    ]
    return min(limits, default=None)


def _home(read: Read, field: str) -> Steps:
    if read.resource is not None and field in read.resource.body:
        return (*read.table.at, *read.written.place((field,)))
    return read.table.at


def metadata(reads: Iterable[Read], catalog: Catalog, report: Report) -> None:
    """Report metadata that Stripe would refuse, or that does not fit beside ours."""
    embedded = _embedded(reads, catalog, report)
    for read in reads:
        given = read.table.content.get("metadata")
        entries = given if isinstance(given, Mapping) else {}
        for name, value in entries.items():
            _entry(read, name, value, report)
        if read.resource is None or "metadata" not in read.table.kind.fields:
            continue
        stamp = catalog.stamp(read.table.address)
        if len(stamp) > MAX_TEXT:
            report.problem(
                read.table.at,
                f"{read.table}: its address is too long to be written on the object",
                why=f"Stripe's metadata values end at {MAX_TEXT} characters; this takes "
                f"{len(stamp)}.",
                mend="Shorten the table keys.",
                key=True,
            )
        plans = embedded.get(read.table.address, 0)
        ours = 1 + (1 if read.resource.protect else 0) + plans
        if len(entries) + ours > MAX_ENTRIES:
            report.problem(
                (*read.table.at, "metadata"),
                f"{read.table}: {len(entries)} metadata entries do not fit beside {ours} of ours",
                why=f"Stripe keeps at most {MAX_ENTRIES} on an object.",
                mend=f"Remove {len(entries) + ours - MAX_ENTRIES}.",
            )


def _entry(read: Read, name: str, value: Any, report: Report) -> None:
    at = (*read.table.at, "metadata", name)
    what, mend = "", ""
    if name.startswith(RESERVED):
        what, mend = f"names beginning with {RESERVED} are ours", "Choose another name."
    elif "[" in name or "]" in name:
        what, mend = "a name cannot have square brackets", "Use - or _ instead."
    elif not name or len(name) > MAX_NAME:
        what, mend = f"a name has 1 to {MAX_NAME} characters", "Shorten it." if name else ""
    if what:
        report.problem(at, f"{read.table}: metadata {show(name)}: {what}", mend=mend, key=True)
    if value == "":
        what, mend = "an empty value cannot be kept", "Remove the entry, or give it a value."
        report.problem(at, f"{read.table}: metadata {show(name)}: {what}", mend=mend)
    elif isinstance(value, str) and len(value) > MAX_TEXT:
        what = f"has {len(value)} characters; Stripe takes at most {MAX_TEXT}"
        report.problem(at, f"{read.table}: metadata {show(name)}: {what}", mend="Shorten it.")


def _embedded(reads: Iterable[Read], catalog: Catalog, report: Report) -> dict[Address, int]:
    """Count the entries that each host carries for others, and report those that do not fit."""
    counts: dict[Address, int] = {}
    for read in reads:
        identity = read.table.kind.identity
        if read.resource is None or not isinstance(identity, Embedded):
            continue
        host = identity.host(read.resource, catalog)
        if host is None:
            continue
        counts[host] = counts.get(host, 0) + 1
        text = identity.write(read.resource, lambda of, field: _quoted(of, field, catalog))
        if len(text) > MAX_TEXT:
            report.problem(
                read.table.at,
                f"{read.table}: takes {len(text)} characters on {host}; Stripe takes at most "
                f"{MAX_TEXT}",
                why="It is written there as one metadata value, with the keys it quotes.",
                mend="Use fewer items or shorter keys.",
                key=True,
            )
    return counts


def _quoted(of: Any, field: str, catalog: Catalog) -> str:
    """Return what an entry quotes of another resource, as far as the file can know."""
    resource = catalog.resources.get(of.address) if isinstance(of, Pending) else None
    if resource is None:
        return str(of)
    natural = [key for key in resource.kind.natural_keys if key.field == field]
    return key_of(resource, natural[0]) if natural else str(resource.body.get(field, ""))
