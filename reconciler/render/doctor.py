"""What `doctor` says, as text for a screen and as JSON.

A finding that many objects share is told once, with the first few of them; JSON has them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reconciler.doctor.checks import CHECKS
from reconciler.doctor.finding import Finding
from reconciler.doctor.holdings import Holding
from reconciler.doctor.report import May, Report
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kinds
from reconciler.render.colour import painter
from reconciler.render.safe import pad, shorten, shown

FORMAT_VERSION = 1

_FEW = 3
"""How many objects of one finding are shown, and how many ids of one."""

_LONGEST = 160
"""Of what others wrote, in a line."""

_TITLES = {check.name: check.title for check in CHECKS}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """The catalog's files: what they are called, and what they say unless they have mistakes."""

    name: str
    catalog: Catalog | None


def doctor_text(report: Report, file: File | None, kinds: Kinds, *, colour: bool = False) -> str:
    """Return a report for people."""
    paint = painter(colour=colour)
    reach = report.reach
    account = shown(reach.account.id) if reach.account.id else "an account that it may not name"
    lines = [
        paint(f"Account  {account} ({reach.account.mode} mode), API {reach.api_version}", "strong"),
        f"Key      {'; '.join(_key(report))}",
        *_permissions(report.may if reach.sort == "restricted" else ()),
        *(f"File     {line}" for line in [_file(file)]),
        "",
        *_holdings(report.holdings, kinds),
        "",
    ]
    for level, style in (("problem", "blocks"), ("note", "noted")):
        found = [finding for finding in report.findings if finding.level == level]
        for _, same in groupby(found, key=lambda finding: (finding.check, finding.mend)):
            findings = list(same)
            title = f"{level.capitalize()}: {_TITLES[findings[0].check]}"
            lines += [paint(title, style), *_places(findings), ""]
    lines.append(paint(_summary(report, file), "strong"))
    return "\n".join(lines) + "\n"


def _key(report: Report) -> Iterator[str]:
    reach = report.reach
    if reach.sort == "secret":
        yield "secret: it may read and write everything"
    else:
        read = sum(may.read for may in report.may)
        yield f"restricted: it may read {read} of {len(report.may)} kinds"
        yield "what it may write, only a write would tell"
    if reach.connected:
        yield f"acting on the connected account {shown(reach.connected)}"


def _permissions(mays: Sequence[May]) -> Iterator[str]:
    if not mays:
        return
    width = max(len(may.table) for may in mays)
    yield f"         read  {pad('kind', width)}  what writing it takes"
    for may in mays:
        needed = may.permission.text(write=True) if may.permission else ""
        if may.permission and not may.permission.writes:
            needed = "Stripe names no permission for it"
        yield f"         {pad('yes' if may.read else 'no', 4)}  {pad(may.table, width)}  {needed}"


def _file(file: File | None) -> str:
    if file is None:
        return "none: name the catalog's files, or start one with reconciler init"
    if file.catalog is None:
        return f"{shown(file.name)} has mistakes; they are told below"
    stands = f"catalog {file.catalog.name}, {_count(len(file.catalog.resources), 'resource')}"
    account = file.catalog.account
    return f"{shown(file.name)}: {stands}{f', for {account} alone' if account else ''}"


def _holdings(holdings: Sequence[Holding], kinds: Kinds) -> Iterator[str]:
    if not holdings:
        yield "Nothing is in the account."
    for (shared, catalog), some in groupby(holdings, key=lambda one: (one.shared, one.catalog)):
        whose = f"Managed by catalog {shown(catalog)}" if catalog else "Not managed"
        counts = ", ".join(_holding(one, kinds) for one in some)
        yield f"{'Shared, by name' if shared else whose}: {counts}"


def _holding(one: Holding, kinds: Kinds) -> str:
    count = one.active + one.archived
    name = (one.kind if count == 1 else kinds[one.kind].table).replace("_", " ")
    archived = f" ({one.archived:,} archived)" if one.archived else ""
    return f"{count:,} {name}{archived}"


def _places(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings[:_FEW]:
        ids = [one for one in finding.objects if one not in finding.place]
        more = f" and {len(ids) - _FEW} more" if len(ids) > _FEW else ""
        parts = (finding.place, ", ".join(ids[:_FEW]) + more, finding.text)
        yield "  " + "  ".join(shorten(shown(part), _LONGEST) for part in parts if part)
    if len(findings) > _FEW:
        yield f"  … and {len(findings) - _FEW:,} more; --format json has them all"
    yield f"    {shown(findings[0].mend)}"


def _summary(report: Report, file: File | None) -> str:
    notes = len(report.findings) - report.problems
    found = [(report.problems, "problem"), (notes, "note")]
    told = ", ".join(_count(number, what) for number, what in found if number)
    if file is not None and file.catalog is None:
        return f"The file has mistakes. In the account: {told or 'nothing is wrong'}."
    return f"{told}." if told else "Nothing is wrong."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def doctor_json(report: Report, file: File | None) -> str:
    """Return a report for programs. Nothing of the key is in it but its sort."""
    reach = report.reach
    document: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "account": reach.account.id,
        "livemode": reach.account.livemode,
        "api_version": reach.api_version,
        "connected_account": reach.connected,
        "key": reach.sort,
        "permissions": [_may(may) for may in report.may],
        "subscriptions": {"read": reach.subscriptions},
        "file": None if file is None else _file_document(file),
        "holdings": [
            {
                "catalog": one.catalog,
                "kind": one.kind,
                "active": one.active,
                "archived": one.archived,
                "shared": one.shared,
            }
            for one in report.holdings
        ],
        "findings": [
            {
                "check": one.check,
                "level": one.level,
                "place": one.place,
                "objects": list(one.objects),
                "text": one.text,
                "mend": one.mend,
            }
            for one in report.findings
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _may(may: May) -> dict[str, Any]:
    permission = may.permission
    return {
        "kind": may.table,
        "read": may.read,
        "write": may.write,
        "to_read": permission.text(write=False) if permission else None,
        "to_write": permission.text(write=True) if permission and permission.writes else None,
    }


def _file_document(file: File) -> dict[str, Any]:
    catalog = file.catalog
    return {
        "name": file.name,
        "catalog": catalog.name if catalog else None,
        "account": catalog.account if catalog else None,
        "resources": len(catalog.resources) if catalog else None,
    }
