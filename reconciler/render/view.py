"""A plan as its reader should see it, before any format: lines, details, findings, counts.

Every string in a view is safe to print; a format with a syntax of its own escapes that besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from reconciler.model import money
from reconciler.model.kind import Delete, Kind, Kinds
from reconciler.model.plan import (
    Adopt,
    Change,
    Create,
    Finding,
    Move,
    Plan,
    Reactivate,
    Replace,
    Retire,
    Update,
)
from reconciler.render import values
from reconciler.render.safe import lines, shorten, shown

MARKS = {
    "create": "+",
    "update": "~",
    "replace": "±",
    "retire": "-",
    "reactivate": "^",
    "adopt": "@",
    "move": ">",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One change: what it comes to, what stands beside it, and the details beneath."""

    action: str
    address: str
    main: str
    aside: str = ""
    details: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """The sign of its action."""
        return MARKS[self.action]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A finding: `text` in lines, the first of which stands beside the code."""

    code: str
    address: str
    text: tuple[str, ...]
    state: str
    """`blocks`, `lifted` or `noted`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole plan."""

    title: str
    lines: tuple[Line, ...]
    notes: tuple[tuple[str, ...], ...]
    notices: tuple[Notice, ...]
    strangers: str
    summary: str
    blocked: bool


def view(plan: Plan, kinds: Kinds, *, limit: int = 60) -> View:
    """Return the view of a plan; values longer than `limit` are shortened."""
    return View(
        title=_title(plan),
        lines=tuple(_line(change, kinds, limit) for change in plan.changes),
        notes=tuple(tuple(lines(note)) for note in plan.notes),
        notices=tuple(_notice(finding) for finding in plan.findings),
        strangers=_strangers(plan, kinds),
        summary=_summary(plan),
        blocked=bool(plan.blocked),
    )


def _title(plan: Plan) -> str:
    account = plan.account or "an account that the key may not name"
    mode = "live" if plan.livemode else "test"
    return f"Catalog {plan.catalog} on {account} ({mode} mode), API {plan.api_version}"


def _line(change: Change, kinds: Kinds, limit: int) -> Line:
    kind = kinds[change.address.kind]
    main, aside, details = _words(change, kind, limit)
    notes = [line for note in change.notes for line in lines(note)]
    if isinstance(change, Retire) and len(notes) == 1:
        main, aside, notes = f"{main}: {notes[0]}", "", []
    return Line(
        action=change.action,
        address=str(change.address),
        main=main,
        aside=aside,
        details=(*details, *notes),
    )


def _words(change: Change, kind: Kind, limit: int) -> tuple[str, str, list[str]]:
    """Return what the line says, what stands at its end, and what stands beneath."""
    headline = _headline(kind, change.after or change.before, limit)
    match change:
        case Create():
            return headline, _natural_keys(change, kind), _further_amounts(kind, change.after)
        case Update():
            main, details = _edits(change, kind, limit)
            return main or headline, "", details
        case Replace():
            main, details = _replaced(change, kind, limit)
            return main, "", details
        case Retire():
            return _retired(change, kind), _headline(kind, change.before, limit), []
        case Reactivate():
            return headline, f"{change.object} comes back", _all_edits(change, kind, limit)
        case Adopt():
            giver = f', given up by catalog "{shown(change.from_)}"' if change.from_ else ""
            aside = f"{change.object} becomes ours{giver}"
            return headline, aside, _all_edits(change, kind, limit)
        case Move():
            return f"was {shown(change.source)}", headline, _all_edits(change, kind, limit)
        case _:
            assert_never(change)


def _headline(kind: Kind, body: Mapping[str, Any], limit: int) -> str:
    return shorten(shown(kind.headline(body)), limit * 2) if body else ""


def _natural_keys(change: Change, kind: Kind) -> str:
    found = ((key.field, change.after.get(key.field)) for key in kind.natural_keys)
    return ", ".join(f"{name} {shown(str(given))}" for name, given in found if given)


def _further_amounts(kind: Kind, body: Mapping[str, Any]) -> list[str]:
    amounts = kind.amounts(body)
    further = [
        money.text(amount, name)
        for name, amount in amounts.items()
        if name != body.get("currency") and len(name) == 3
    ]
    return [f"also {', '.join(further)}"] if further else []


def _edits(change: Change, kind: Kind, limit: int) -> tuple[str, list[str]]:
    """Return a single edit for the line itself, or all of them for beneath."""
    found = _all_edits(change, kind, limit)
    return (found[0], []) if len(found) == 1 else ("", found)


def _all_edits(change: Change, kind: Kind, limit: int) -> list[str]:
    amounts = values.amount_changes(kind, change.before, change.after)
    others = values.other_edits(kind, change.edits, amounts)
    return [*map(str, amounts), *(values.edit(entry, limit) for entry in others)]


def _replaced(change: Replace, kind: Kind, limit: int) -> tuple[str, list[str]]:
    """Return `9.00 USD -> 12.00 USD / month (+33.3 %)` where the two differ in their headlines."""
    before, after = (_headline(kind, body, limit) for body in (change.before, change.after))
    amounts = values.amount_changes(kind, change.before, change.after)
    others = values.other_edits(kind, change.edits, amounts)
    edits = [values.edit(entry, limit) for entry in others]
    if change.successor:
        edits.append(f"{change.successor} comes back for it")
    if not before or before == after:
        return after, [*map(str, amounts), *edits]
    own, slash, period = after.partition(" / ")
    was = before.removesuffix(slash + period) if slash else before
    currency = change.after.get("currency")
    base = next((entry for entry in amounts if entry.name == currency), None)
    percent = f" ({base.percent})" if base and base.percent else ""
    told = [str(entry) for entry in amounts if entry is not base]
    return f"{was} -> {own}{slash}{period}{percent}", [*told, *edits]


def _retired(change: Retire, kind: Kind) -> str:
    match change.how:
        case "remove":
            done = "removed"
        case "delete":
            done = "deleted"
            if change.otherwise:
                done += ", or archived if Stripe refuses"
        case "archive":
            done = "archived" if isinstance(kind.retirement, Delete) else "deactivated"
        case _:
            assert_never(change.how)
    match change.reason:
        case "unlisted":
            return done
        case "switched off":
            return f"{done}, as the file says"
        case "superseded":
            return f"{change.object} {done}: another object with its stamp is current"
        case _:
            assert_never(change.reason)


def _notice(finding: Finding) -> Notice:
    state = "lifted" if finding.lifted else "blocks" if finding.blocks else "noted"
    address = "" if finding.address is None else str(finding.address)
    return Notice(
        code=finding.code,
        address=address,
        text=tuple(lines(finding.text.removeprefix(f"{address}: "))),  # it is named already
        state=state,
    )


def _strangers(plan: Plan, kinds: Kinds) -> str:
    """Return `not managed here: 12 products, 40 prices (3 of catalog "other")`."""
    counts: Counter[str] = Counter()
    catalogs: Counter[str] = Counter()
    for entry in plan.strangers:
        counts[entry.kind] += entry.count
        if entry.catalog is not None:
            catalogs[entry.catalog] += entry.count
    if not counts:
        return ""
    found = ", ".join(_count(counts[name], name, kinds[name].table) for name in counts)
    whose = ", ".join(f'{count:,} of catalog "{shown(name)}"' for name, count in catalogs.items())
    return f"not managed here: {found.replace('_', ' ')}{f' ({whose})' if whose else ''}"


def _summary(plan: Plan) -> str:
    if not plan.changes:
        same = _count(plan.unchanged, "resource", "resources")
        verb = "is" if plan.unchanged == 1 else "are"
        return f"No changes. {same} {verb} as the file says." if plan.unchanged else "No changes."
    counts = ", ".join(f"{count} to {name}" for name, count in plan.summary.items() if count)
    calls = f"{_count(plan.writes, 'write', 'writes')}, {_count(plan.reads, 'read', 'reads')}"
    return f"Plan: {counts}. {calls}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
