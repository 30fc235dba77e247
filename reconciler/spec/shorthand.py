"""Other ways to write a field: shorthands, amounts, entries that are only what they need.

Which there are, and where a field was written. Their values are read elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reconciler.model.marks import Body, Major
from reconciler.model.shape import Field, Form, Nested, shape
from reconciler.spec.locate import Steps


@dataclass(slots=True)
class Written:
    """Where each field of a body was written, if not under its own name."""

    moved: dict[Steps, Steps] = field(default_factory=dict)

    def place(self, into: Steps) -> Steps:
        """Return where in the table the field `into` of the body was written."""
        for end in range(len(into), 0, -1):
            if into[:end] in self.moved:
                return (*self.moved[into[:end]], *into[end:])
        return into


def out_of_proportion(value: Any) -> bool:
    """Whether a number is so long that even writing it out would cost."""
    match value:
        case bool():
            return False
        case int():
            return not -(2**63) <= value < 2**63
        case Decimal() if value.is_finite():
            return bool(value) and (abs(value.adjusted()) > 40 or len(value.as_tuple().digits) > 40)
        case _:
            return False


def names(major: Major) -> list[str]:
    """Return all names of one amount, the shorthand first."""
    return [name for name in (major.name, major.minor, major.decimal) if name is not None]


def bare_field(item: Form) -> Field | None:
    """Return the reference that an entry of a list may be written as, if it needs no more."""
    if not isinstance(item, Nested):
        return None
    required = [declared for declared in item.fields.values() if declared.required]
    return required[0] if len(required) == 1 and required[0].ref is not None else None


def bare_amount(item: Form) -> Major | None:
    """Return the amount that an entry of a mapping may be written as: `eur = 270.00`."""
    if not isinstance(item, Nested) or len(item.body.MAJORS) != 1:
        return None
    return item.body.MAJORS[0]


def widened(item: Form, entry: Any) -> Any:
    """Return `{"amount": 270}` for an entry that is only the number."""
    major = bare_amount(item)
    number = isinstance(entry, int | Decimal) and not isinstance(entry, bool)
    return {major.name: entry} if number and major is not None else entry


def needs(kind: type[Body], way: tuple[str, ...]) -> bool:
    """Return whether a field is required in a table that is required itself."""
    outer = shape(kind)[way[0]]
    if len(way) != 2 or not outer.required or not isinstance(outer.form, Nested):
        return False
    return outer.form.fields[way[1]].required
