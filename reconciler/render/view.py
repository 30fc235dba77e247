"""A plan as its reader should see it, before any format: lines, details, findings, counts.

Every string in a view is safe to print; a format with a syntax of its own escapes that besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from reconciler.model.comparison import Comparison
from reconciler.model.impact import Impact
from reconciler.model.kind import Kinds
from reconciler.model.plan import Change, Finding, Plan, Replace, Retire
from reconciler.render.impact import subscribers
from reconciler.render.names import names
from reconciler.render.safe import lines, shown
from reconciler.render.values import Teller
from reconciler.render.words import words

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
    """One change: what it comes to, what stands beside it, and the details beneath.

    `sums` are the amounts that `main` begins with, joined by arrows, for who puts them in columns.
    """

    action: str
    address: str
    main: str
    aside: str = ""
    details: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()

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


_UNLIMITED = 1 << 40


def view(
    plan: Plan,
    kinds: Kinds,
    *,
    limit: int = 60,
    full: bool = False,
    compared: Comparison | None = None,
) -> View:
    """Return the view of a plan; values longer than `limit` are shortened.

    `full` tells every field of what changes, and shortens nothing. Of a plan that only compares,
    `compared` says what.
    """
    seen = names(plan, kinds)
    teller = partial(Teller, names=seen, limit=_UNLIMITED if full else limit, full=full)
    impacts = {impact.object: impact for impact in plan.impacts}
    return View(
        title=_title(plan) if compared is None else _compared(compared),
        lines=tuple(
            _line(change, teller(kind=kinds[change.address.kind]), impacts)
            for change in plan.changes
        ),
        notes=tuple(tuple(lines(note)) for note in plan.notes),
        notices=tuple(_notice(finding) for finding in plan.findings),
        strangers=_strangers(plan, kinds),
        summary=_summary(plan) if compared is None else _differences(plan),
        blocked=bool(plan.blocked),
    )


def _title(plan: Plan) -> str:
    account = plan.account or "an account that the key may not name"
    mode = "live" if plan.livemode else "test"
    return f"Catalog {plan.catalog} on {shown(account)} ({mode} mode), API {plan.api_version}"


def _compared(compared: Comparison) -> str:
    second, first = shown(compared.second), shown(compared.first)
    return f"What would change in {second} to be as {first}, API {compared.plan.api_version}"


def _line(change: Change, teller: Teller, impacts: Mapping[str, Impact]) -> Line:
    told = words(change, teller)
    going = isinstance(change, Replace | Retire) and change.object in impacts
    hit = subscribers(impacts[change.object or ""]) if going else ()
    return Line(
        action=change.action,
        address=str(change.address),
        main=told.main,
        aside=told.aside,
        details=(*told.details, *hit),
        sums=told.sums,
    )


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
    whose = ", ".join(
        # A stamp of this catalog that nobody can read: to count it by name would read as ours.
        f"{count:,} with a stamp we do not give"
        if name == plan.catalog
        else f'{count:,} of catalog "{shown(name)}"'
        for name, count in catalogs.items()
    )
    return f"not managed here: {found.replace('_', ' ')}{f' ({whose})' if whose else ''}"


def _summary(plan: Plan) -> str:
    if not plan.changes:
        if plan.blocked:
            return "No changes are made: see what stops this plan."
        same = _count(plan.unchanged, "resource", "resources")
        verb = "is" if plan.unchanged == 1 else "are"
        return f"No changes. {same} {verb} as the file says." if plan.unchanged else "No changes."
    counts = ", ".join(f"{count} to {name}" for name, count in plan.summary.items() if count)
    calls = f"{_count(plan.writes, 'write', 'writes')}, {_count(plan.reads, 'read', 'reads')}"
    return f"Plan: {counts}. {calls}."


def _differences(plan: Plan) -> str:
    same = _count(plan.unchanged, "resource", "resources")
    alike = f"{same} {'is' if plan.unchanged == 1 else 'are'} alike."
    if not plan.changes:
        return f"No differences. {alike}" if plan.unchanged else "No differences."
    counts = ", ".join(f"{count} to {name}" for name, count in plan.summary.items() if count)
    return f"Differences: {counts}. {alike if plan.unchanged else ''}".rstrip()


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
