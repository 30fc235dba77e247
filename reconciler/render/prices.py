"""The price changes of a plan as rows: what is asked before and after, in each currency.

Only of what customers buy. What else changes of a price is in its details.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_never

from reconciler.model import money
from reconciler.model.impact import Impact
from reconciler.model.kind import Kind, Kinds
from reconciler.model.marks import Rule
from reconciler.model.plan import (
    Adopt,
    Change,
    Create,
    Move,
    Plan,
    Reactivate,
    Replace,
    Retire,
    Update,
)
from reconciler.model.revenue import Revenue
from reconciler.model.shape import as_written
from reconciler.render.amounts import amount_changes, currency, further
from reconciler.render.headline import headline
from reconciler.render.impact import amount, by_status, caveats
from reconciler.render.rises import rises, told
from reconciler.render.safe import shown

_LIMIT = 120
"""How many characters an amount is told in: long tiers are shortened."""

_MOST_NAMED = 3
"""How many fields the cell of a change names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """What is asked in one currency. An empty text: nothing is, or nothing is known.

    `now` is what its paying subscriptions bring a month, `then` what they would at the new price.
    """

    currency: str
    before: str
    after: str
    percent: str = ""
    now: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """A price that comes, goes or changes, with a row for each currency.

    `total` is how many subscriptions are on it, `None` where there can be none or the number is
    unknown; then `unknown` says why. `again` of them are on another price that goes as well.
    `statuses` tells them apart where not all are active.
    `pays` is the greatest of the sums that they bring, in major units: currencies are never
    converted. `rises` are the per cents by which its amounts go up or down.
    """

    address: str
    action: str
    what: str
    rows: tuple[PriceRow, ...]
    total: int | None = None
    again: int = 0
    statuses: str = ""
    unknown: str = ""
    caveats: tuple[str, ...] = ()
    pays: Decimal = Decimal(0)
    rises: tuple[Decimal, ...] = ()

    @property
    def weight(self) -> tuple[bool, bool, Decimal, int, Decimal]:
        """Sorts what matters most first: what is paid, who pays, by how much it changes.

        A number that is unknown may be any; what is new touches nobody.
        """
        most = max(map(abs, self.rises), default=Decimal(0))
        known = self.total is not None or not self.unknown
        return self.action == "create", known, -self.pays, -(self.total or 0), -most


def price_changes(plan: Plan, kinds: Kinds) -> dict[int, PriceChange]:
    """Return the price changes of a plan, by their place among its changes."""
    impacts = {impact.object: impact for impact in plan.impacts}
    found = {}
    for place, change in enumerate(plan.changes):
        kind = kinds[change.address.kind]
        if kind.sellable:
            row = _told(kind, change, impacts)
            if row.rows:
                found[place] = row
    return found


def _told(kind: Kind, change: Change, impacts: Mapping[str, Impact]) -> PriceChange:
    going = isinstance(change, Replace | Retire)
    impact = impacts.get(change.object or "") if going else None
    revenue = {one.currency: one for one in impact.revenue} if impact else {}
    counted = impact is not None and impact.subscriptions is not None
    return PriceChange(
        address=str(change.address),
        action=change.action,
        what=what(kind, change),
        rows=tuple(_rows(kind, change, revenue)),
        total=impact.total if impact is not None and counted else None,
        again=impact.counted_before if impact is not None else 0,
        statuses=by_status(impact) if impact is not None and counted else "",
        unknown=shown(impact.unknown) if impact is not None else "",
        caveats=tuple(caveats(impact)) if impact is not None else (),
        pays=max(map(_pays, revenue.values()), default=Decimal(0)),
        rises=tuple(rise for found in rises(kind, change).values() for rise in found),
    )


def _pays(one: Revenue) -> Decimal:
    return money.to_major(Decimal(one.now or 0), one.currency)


def what(kind: Kind, change: Change) -> str:
    """Return what becomes of a resource, in a word or two."""
    match change:
        case Create():
            return "new" if kind.is_on(change.after) else "new, switched off"
        case Update():
            return "updated"
        case Replace():
            return "replaced" if kind.is_on(change.after) else "replaced, switched off"
        case Retire():
            return "switched off" if change.reason == "switched off" else "retired"
        case Reactivate():
            return "comes back"
        case Adopt():
            return "adopted"
        case Move():
            return "renamed"
        case _:
            assert_never(change)


def _rows(kind: Kind, change: Change, revenue: Mapping[str, Revenue]) -> Iterator[PriceRow]:
    before = {} if isinstance(change, Create | Reactivate) else asked(kind, change.before)
    after = {} if isinstance(change, Retire) else asked(kind, change.after)
    own = currency(kind, change.after or change.before)
    stays = isinstance(change, Update | Adopt | Move)
    percents, edited = _percents(kind, change), _edited(kind, change)
    for code in dict.fromkeys((*after, *before, *revenue)):
        same = before.get(code) == after.get(code)
        if same and (stays or code != own) and code not in revenue:
            continue
        yield PriceRow(
            currency=shown(code.upper()),
            before=before.get(code, ""),
            after=after.get(code, ""),
            percent=_cell(code, percents, edited if same and code == own else "", before, after),
            **_brings(revenue.get(code)),
        )


def _cell(
    code: str,
    percents: Mapping[str, str],
    edited: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> str:
    if code not in before or code not in after:
        return ""
    return percents.get(code) or edited


def asked(kind: Kind, body: Mapping[str, Any]) -> dict[str, str]:
    """Return what a body asks, by currency, its own first."""
    own = currency(kind, body)
    if own is None:
        return {}
    found = {own: headline(kind, body, _LIMIT).text}
    for path, words in further(kind, body, _LIMIT).items():
        found[path.rpartition(".")[2]] = words.text
    return found


def _percents(kind: Kind, change: Change) -> dict[str, str]:
    """Return by how much each currency goes up or down; of tiers, which one does."""
    found: dict[str, str] = {}
    known = rises(kind, change)
    for one in amount_changes(kind, change.before, change.after):
        same = one.percent or (told(known[one.currency][0]) if _alone(known, one.currency) else "")
        text = f"{one.label} {same}".strip() if same or not one.label else "several"
        found[one.currency] = "several" if one.currency in found else shown(text)
    for code in known.keys() - found.keys():  # the same amounts, for another period or package
        found[code] = told(known[code][0]) if _alone(known, code) else "several"
    return found


def _alone(known: Mapping[str, tuple[Decimal, ...]], code: str) -> bool:
    return len(known.get(code, ())) == 1


def _edited(kind: Kind, change: Change) -> str:
    """Return what changes of a price that asks the same: `tax_behavior`."""
    if not isinstance(change, Replace):
        return ""
    edits = [one for one in change.edits if one.rule is Rule.REPLACE] or list(change.edits)
    names = [shown(as_written(kind.body, one.path)) for one in edits]
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _brings(one: Revenue | None) -> dict[str, str]:
    if one is None:
        return {}
    return {
        "now": "not estimated" if one.now is None else amount(one.now, one.currency),
        "then": _then(one),
    }


def _then(one: Revenue) -> str:
    if one.then is not None:
        return amount(one.then, one.currency)
    if one.then_why is None:
        return ""
    return "not sold" if one.then_why == "not_sold" else "not estimated"
