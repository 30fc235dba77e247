"""Other ways to write a field: shorthands, amounts, entries that are only what they need.

Which there are, and where a field was written. Their values are read elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from reconciler.model.marks import Body, Lift, Major
from reconciler.model.shape import Field, Form, Nested, Scalar, Shape, shape
from reconciler.spec.locate import Steps, lookup


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
    """Return all names by which a file may give one amount, the shorthand first."""
    found = (major.name, minor_form(major), major.decimal)
    return [name for name in found if name is not None]


def minor_form(major: Major) -> str | None:
    """Return the field in which a file may give an amount in minor units, if there is one.

    A field inside of one that no table has is none, and one that the shorthand is called after.
    """
    return None if major.minor == major.name or "." in major.minor else major.minor


def homes(major: Major) -> list[Steps]:
    """Return where in a body the amount may be, and where its shorthand would be."""
    found = (major.name, major.minor, major.decimal)
    return [tuple(path.split(".")) for path in dict.fromkeys(found) if path is not None]


@cache
def unwritten(body: type[Body]) -> frozenset[str]:
    """Return the fields that no table has by their own names."""
    return shorthands_only(body) | {name for name, each in shape(body).items() if each.read_only}


@cache
def shorthands_only(body: type[Body]) -> frozenset[str]:
    """Return the fields that tables give by shorthands of what is in them."""
    return frozenset(name for name, each in shape(body).items() if each.shorthands_only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount with all its names, and all places in a body where it may be.

    `written` tells by each name where in a table of its own that amount was written.
    """

    major: Major
    names: tuple[str, ...]
    homes: tuple[Steps, ...]
    written: Mapping[str, Mapping[Steps, Steps]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What the tables of one body may hold.

    `own` are the fields that a table gives by their own names; of those, `plain` take a text or a
    switch as it stands. `hollow` are there whatever a table says, for shorthands to fill.
    """

    fields: Shape
    own: frozenset[str]
    plain: frozenset[str]
    hollow: tuple[str, ...]
    lifts: Mapping[str, Lift]
    amounts: tuple[Amount, ...]
    shorthands: frozenset[str]


@cache
def entries(body: type[Body]) -> Entries:
    """Return what the tables of a body may hold."""
    fields = shape(body)
    majors = {major.name for major in body.MAJORS}
    lifts = {lift.name: lift for lift in body.LIFTS}
    return Entries(
        fields=fields,
        own=frozenset(fields.keys() - unwritten(body) - majors),
        plain=frozenset(name for name, each in fields.items() if _is_plain(each)),
        hollow=tuple(name for name in shorthands_only(body) if fields[name].required),
        lifts=lifts,
        amounts=tuple(_amount(major) for major in body.MAJORS),
        shorthands=frozenset(majors | lifts.keys()),
    )


def _amount(major: Major) -> Amount:
    places = tuple(homes(major))
    return Amount(
        major=major,
        names=tuple(names(major)),
        homes=places,
        written={name: dict.fromkeys(places, (name,)) for name in names(major)},
    )


def _is_plain(field: Field) -> bool:
    match field.form:
        case Scalar(type=name):
            return field.ref is None and name != "decimal"
        case _:
            return False


def stands_for(body: type[Body], name: str) -> tuple[type[Body], str]:
    """Return the body and its field that `name` in a table stands for, a shorthand or not."""
    for lift in body.LIFTS:
        if lift.name == name:
            *outer, last = lift.field.split(".")
            for step in outer:
                form = shape(body)[step].form
                body = form.body if isinstance(form, Nested) else body
            return body, last
    return body, name


def inside(value: Any, body: type[Body], name: str) -> Any:
    """Return what a body's `value` holds in the field that `name` in a table stands for."""
    path = next((lift.field for lift in body.LIFTS if lift.name == name), name)
    return lookup(value, tuple(path.split(".")))


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
