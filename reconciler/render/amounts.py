"""Amounts that change, and the further currencies of what is sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from reconciler.model import money
from reconciler.model.kind import Kind
from reconciler.model.marks import Body
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, shape
from reconciler.model.values import Frozen
from reconciler.render.headline import Headline, headline
from reconciler.render.safe import shown

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountChange:
    """An amount that changes, comes (no `before`) or goes (no `after`).

    `label` says which one it is beside its currency: `tier 2 amount`, or nothing; `field` is
    the field that holds it. `comparable` says that both are for as much, for as long.
    """

    currency: str
    field: str
    label: str
    before: Decimal | None
    after: Decimal | None
    comparable: bool = True

    @property
    def stays(self) -> bool:
        """Whether it is there before and after."""
        return self.before is not None and self.after is not None

    @property
    def percent(self) -> str:
        """How much more or less, such as `+33.3 %`; empty where that would say nothing."""
        if not self.before or not self.after or not self.comparable:
            return ""
        change = (self.after - self.before) * 100 / self.before
        return f"{change.quantize(_TENTH, ROUND_HALF_UP):+,} %"

    def __str__(self) -> str:
        ends = (
            "none" if amount is None else money.text(amount, self.currency)
            for amount in (self.before, self.after)
        )
        percent = f" ({self.percent})" if self.percent else ""
        return f"{shown(self.label) + ' ' if self.label else ''}{' -> '.join(ends)}{percent}"


def amount_changes(
    kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[AmountChange, ...]:
    """Return the amounts that differ, by the kind's own list of them.

    A currency that comes or goes as a whole is not among them: its entry does.
    """
    if not before or not after:
        return ()
    old, new = kind.amounts(before), kind.amounts(after)
    majors = _majors(kind.body)
    both = {name.partition(" ")[0] for name in old} & {name.partition(" ")[0] for name in new}
    comparable = kind.scale(before) == kind.scale(after)
    changes = []
    for name in dict.fromkeys((*old, *new)):
        currency, *where, field = name.split(" ") if " " in name else (name, "")
        if currency in both and old.get(name) != new.get(name):
            changes.append(
                AmountChange(
                    currency=currency,
                    field=field,
                    label=" ".join((*where, majors.get(field, field))),
                    before=old.get(name),
                    after=new.get(name),
                    comparable=comparable,
                )
            )
    return tuple(changes)


def amount_fields(kind: Kind, *bodies: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the fields that hold amounts, at any depth."""
    named = (name.rpartition(" ") for body in bodies if body for name in kind.amounts(body))
    return frozenset((*_majors(kind.body), *(field for where, _, field in named if where)))


def holds_amounts(form: Form) -> bool:
    """Whether a form is a list whose items are told by their amounts: tiers."""
    match form:
        case Listed(item=Nested(body=body)):
            return bool(body.MAJORS)
        case _:
            return False


@cache
def _majors(body: type[Body]) -> Mapping[str, str]:
    """Return the fields that hold amounts and what the file calls them, nested ones too."""
    found = {}
    for major in body.MAJORS:
        found[major.minor] = major.name
        if major.decimal:
            found[major.decimal] = major.name
    for field in shape(body).values():
        form = field.form
        while isinstance(form, Listed | Mapped):
            form = form.item
        if isinstance(form, Nested):
            found |= _majors(form.body)
    return found


def currency(kind: Kind, body: Mapping[str, Any]) -> str | None:
    """Return the currency of a body's own amounts, wherever the kind has it."""
    path = next((lift.field for lift in kind.body.LIFTS if lift.name == "currency"), "currency")
    found: Any = body
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None


def further(kind: Kind, body: Mapping[str, Any], limit: int) -> dict[str, Headline]:
    """Return the headline of what is sold in each further currency, by the path of its entry."""
    return {
        path: headline(kind, whole, limit) for path, whole in _in_each(kind.fields, body).items()
    }


def _in_each(fields: Mapping[str, Field], body: Mapping[str, Any]) -> dict[str, Frozen]:
    """Return a body as it would be in each further currency alone, by the path of its entry."""
    found: dict[str, Frozen] = {}
    for name, field in fields.items():
        value = body.get(name) or {}
        match field.form:
            case Mapped(item=Nested(body=inner, fields=own)) if inner.MAJORS:
                # An entry stands in place of the amounts beside it; all else is in common.
                common = {key: body[key] for key in body if key not in own and key != name}
                for key, entry in value.items():
                    found[f"{name}.{key}"] = Frozen({**common, **entry, "currency": key})
            case Nested(fields=inside):
                for path, whole in _in_each(inside, value).items():
                    found[f"{name}.{path}"] = Frozen({**body, name: whole})
            case _:
                pass
    return found
