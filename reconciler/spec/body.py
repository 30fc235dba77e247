"""One table into one body: shorthands written out, amounts converted, references followed.

What a value may be is the kind's business, through pydantic; what stands where, and in whose
words a mistake is told, is this module's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import ValidationError

from reconciler.model.address import Address
from reconciler.model.kind import Kind
from reconciler.model.marks import Body, Lift, Major
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar, shape
from reconciler.model.values import Pending
from reconciler.spec.amounts import Wrong, convert
from reconciler.spec.complaints import Complaint, complaints
from reconciler.spec.locate import Steps, lookup
from reconciler.spec.refs import References, Unknown, linked
from reconciler.spec.shorthand import (
    Amount,
    Written,
    bare_amount,
    bare_field,
    entries,
    homes,
    minor_form,
    needs,
    out_of_proportion,
    stands_for,
    unwritten,
    widened,
)
from reconciler.spec.unknown import Level, unknown
from reconciler.spec.words import label, show

_EXACT = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)

Tell = Callable[..., None]
"""Notes a problem: `tell(at, what, why=…, mend=…, key=…)`, `at` relative to the table."""


class Given(NamedTuple):
    """What is known about a table before its fields are read."""

    kind: Kind
    address: Address
    table: Mapping[str, Any]
    implied: Mapping[str, Any]
    """Fields that where the table stands says: its product."""
    inherited: Mapping[str, Any]
    """Fields that `[defaults]` fills."""
    extra: Collection[str] = ()
    """Keys that are no fields and are allowed all the same."""


class _Amount(NamedTuple):
    """An amount still to be converted: whether it may be fine depends on the whole body."""

    major: Major
    value: Any
    at: Steps
    into: Steps
    currency: str | None


class BodyReader:
    """Reads one table. `read` returns the body, or `None` when something is wrong."""

    def __init__(self, given: Given, references: References, tell: Tell) -> None:
        self._given = given
        self._references = references
        self._tell = tell
        self._amounts: list[_Amount] = []
        self._refs: dict[Steps, Pending | str] = {}
        self._broken: set[Steps] = set()
        self.written = Written()

    def read(self) -> dict[str, Any] | None:
        """Return the fields that the file gives, as the kind takes them."""
        given = self._given
        table = {**given.inherited, **given.table}
        currency = table.get("currency")
        known = currency.lower() if isinstance(currency, str) else None
        body = self._fields(given.kind.body, table, (), (), known)
        body.update(dict.fromkeys(given.implied, ""))
        for amount in self._amounts:
            self._convert(amount, body)
        checked = self._checked(body)
        if checked is None or self._broken:
            return None
        found = checked.model_dump(exclude_unset=True)
        if self._refs:
            found = linked(found, self._refs)
        return {**found, **given.implied}

    def _fail(self, at: Steps, into: Steps, what: str, **more: Any) -> None:
        self._broken.add(into)
        self._tell(at, what, **more)

    def _fields(
        self, kind: type[Body], table: Mapping[str, Any], at: Steps, into: Steps, money: str | None
    ) -> dict[str, Any]:
        known = entries(kind)
        implied = () if into else self._given.implied
        # What its shorthands leave out is missing in it, not the whole of it.
        body: dict[str, Any] = {name: {} for name in known.hollow}
        for name, value in table.items():
            if name not in known.own or name in implied:
                if name not in known.shorthands:
                    self._unknown(kind, name, (*at, name), (*into, name))
            elif name in known.plain and type(value) in (str, bool) and value != "":
                body[name] = value
            else:
                here = (*into, name)
                body[name] = self._value(known.fields[name], value, (*at, name), here, money)
        for name, lift in known.lifts.items():
            if name in table:
                self._lift(lift, known.fields, table[name], body, (*at, name), into, money)
        for amount in known.amounts:
            self._major(amount, table, body, at, into, money)
        if not self._broken:
            return body
        return {name: value for name, value in body.items() if value is not _GONE}

    def _value(self, declared: Field, value: Any, at: Steps, into: Steps, money: str | None) -> Any:
        if declared.ref is not None and isinstance(value, str):
            return self._reference(declared, value, at, into)
        if declared.ref is not None and isinstance(value, list):
            return tuple(
                self._reference(declared, entry, (*at, number), (*into, number))
                if isinstance(entry, str)
                else entry
                for number, entry in enumerate(value)
            )
        if value == "" and declared.required:
            self._fail(at, into, f"{label(at)} must not be empty", why=declared.description)
            return _GONE
        return self._form(declared.form, value, at, into, money)

    def _form(self, form: Form, value: Any, at: Steps, into: Steps, money: str | None) -> Any:
        match form:
            case Nested(body=body) if isinstance(value, dict):
                return self._fields(body, value, at, into, money)
            case Listed(item=item) if isinstance(value, list):
                return tuple(
                    self._item(item, entry, (*at, number), (*into, number), money)
                    for number, entry in enumerate(value)
                )
            case Mapped(item=item) if isinstance(value, dict):
                self._note_bare(item, value, at, into)
                return {
                    key: self._form(
                        item, widened(item, entry), (*at, key), (*into, key), key.lower()
                    )
                    for key, entry in value.items()
                }
            case Scalar(type="decimal") if isinstance(value, str) and not _EXACT.fullmatch(value):
                what = f"{label(at)} must be a plain number, not {show(value)}"
                self._fail(at, into, what, mend="Write it without spaces, signs or exponents.")
                return _GONE
            case _ if out_of_proportion(value):
                what = f"{label(at)} is out of all proportion: {show(value)}"
                self._fail(at, into, what, why="Stripe takes numbers of at most 64 bits.")
                return _GONE
        return value

    def _item(self, item: Form, value: Any, at: Steps, into: Steps, money: str | None) -> Any:
        bare = bare_field(item)
        if bare is not None and isinstance(value, str):
            inner = (*into, bare.name)
            self.written.moved[inner] = at
            found = self._value(bare, value, at, inner, money)
            return {} if found is _GONE else {bare.name: found}
        if value == "":
            self._fail(at, into, f"{label(at)} must not be empty", mend="Remove the entry.")
        return self._form(item, value, at, into, money)

    def _note_bare(self, item: Form, value: Mapping[str, Any], at: Steps, into: Steps) -> None:
        major = bare_amount(item)
        for key in value if major is not None else ():
            if major is not None and not isinstance(value[key], dict):
                for home in homes(major):
                    self.written.moved[(*into, key, *home)] = (*at, key)

    def _reference(self, declared: Field, value: str, at: Steps, into: Steps) -> Any:
        if declared.ref is None or (value == "" and not declared.required):
            return value
        found = self._references.resolve(value, declared.ref.kind, self._given.address)
        if isinstance(found, Unknown):
            self._fail(at, into, f"{label(at)}: {found.what}", why=found.why, mend=found.mend)
            return _GONE
        self._refs[into] = found
        return value

    def _lift(
        self,
        lift: Lift,
        fields: Mapping[str, Field],
        value: Any,
        body: dict[str, Any],
        at: Steps,
        into: Steps,
        money: str | None,
    ) -> None:
        *outer, last = lift.field.split(".")
        target = body
        for step in outer:
            declared = fields[step]
            if isinstance(declared.form, Nested):
                fields = declared.form.fields
            inner = target.setdefault(step, {})
            if not isinstance(inner, dict):
                return  # the full form is no table, and is told so
            target = inner
        here = (*into, *outer, last)
        if last in target:
            self._fail(
                at,
                here,
                f"{lift.name} stands beside {lift.field}, and is the same",
                why="Which of the two counts would be a guess.",
                mend="Remove one.",
                key=True,
            )
            return
        self.written.moved[here] = at
        found = self._value(fields[last], value, at, here, money)
        if found is not _GONE:
            target[last] = found

    def _major(
        self,
        amount: Amount,
        table: Mapping[str, Any],
        body: dict[str, Any],
        at: Steps,
        into: Steps,
        money: str | None,
    ) -> None:
        major = amount.major
        given = [name for name in amount.names if name in table]
        if not given:
            return
        here = amount.written[given[0]]
        if into or at:
            here = {(*into, *home): (*at, given[0]) for home in amount.homes}
        self.written.moved = {**here, **self.written.moved}
        if len(given) > 1:
            self._fail(
                (*at, given[0]),
                (*into, given[0]),
                f"{label((*at, given[0]))} stands beside {given[1]}, and is the same",
                why="Which of the two is charged would be a guess.",
                mend="Remove one.",
                key=True,
            )
        elif given[0] == major.name:
            self._amounts.append(
                _Amount(
                    major=major,
                    value=table[major.name],
                    at=self.written.place((*into, major.name)),
                    into=into,
                    currency=money,
                )
            )
        elif given[0] == minor_form(major):
            self._whole(major, body, (*at, major.minor), (*into, major.minor))

    def _whole(self, major: Major, body: dict[str, Any], at: Steps, into: Steps) -> None:
        value = body.get(major.minor)
        if isinstance(value, Decimal) and value.is_finite():
            del body[major.minor]
            self._fail(
                at,
                into,
                f"{label(at)} counts in the currency's smallest unit, and {show(value)} has a "
                "decimal point",
                why="Stripe takes a whole number here, such as 2900 for 29.00 USD.",
                mend=f"Write {major.name} = {show(value)} for an amount in major units, or a "
                "whole number.",
            )

    def _as_written(self) -> dict[str, Any]:
        """Return the table with its shorthands where they belong, nothing checked."""
        body = dict(self._given.table)
        for lift in self._given.kind.body.LIFTS:
            outer, _, inner = lift.field.partition(".")
            if lift.name in body and inner:
                there = body.get(outer)
                body[outer] = {**(there if isinstance(there, dict) else {}), inner: body[lift.name]}
        return body

    def _convert(self, amount: _Amount, root: dict[str, Any]) -> None:
        major = amount.major
        if amount.currency is None:
            self._without_currency(amount, (*amount.into, *major.minor.split(".")))
            return

        def fine() -> bool:
            # What makes it fine (a meter, say) may itself be wrong, and so not be in the body.
            return major.fine(root) or major.fine(self._as_written())

        called = str(amount.at[-1])  # an entry that is only its amount: `eur = 270.00`
        found = convert(major, amount.value, amount.currency, fine=fine, called=called)
        if isinstance(found, Wrong):
            here = (*amount.into, *major.minor.split("."))
            prefix = label(amount.at[:-1])
            what = f"{prefix}: {found.what}" if prefix else found.what
            self._fail(amount.at, here, what, why=found.why, mend=found.mend)
            return
        *outer, last = found.field.split(".")
        target = lookup(root, (*amount.into, *outer))
        if isinstance(target, dict):
            target[last] = found.value

    def _without_currency(self, amount: _Amount, into: Steps) -> None:
        home, name = stands_for(self._given.kind.body, "currency")
        declared = shape(home).get(name)
        if declared is not None and declared.required:
            self._broken.add(into)  # that the currency is missing is told once, as such
            return
        self._fail(
            amount.at,
            into,
            f"{label(amount.at)} needs a currency",
            why="How many decimals it has depends on that.",
            mend='Write currency = "usd" in this table, or once in [defaults].',
        )

    def _unknown(self, kind: type[Body], name: str, at: Steps, into: Steps) -> None:
        given = self._given
        level = Level(
            kind=given.kind, body=kind, at=at[:-1], implied=given.implied, extra=given.extra
        )
        problem = unknown(level, name)
        if problem.meant is not None:
            # That what was meant is missing goes without saying.
            self._broken.add((*into[:-1], problem.meant))
        self._fail(at, into, problem.what, why=problem.why, mend=problem.mend, key=True)

    def _checked(self, body: Mapping[str, Any]) -> Body | None:
        """Return what the kind makes of a body; complain and return `None` if it refuses it."""
        kind = self._given.kind.body
        try:
            return kind.model_validate(body)
        except ValidationError as error:
            for complaint in complaints(kind, body, error):
                self._complain(complaint)
            return None

    def _complain(self, complaint: Complaint) -> None:
        into = complaint.at
        # What is wrong inside makes the whole look wrong, and the other way round.
        told = any(into[: len(at)] == at or at[: len(into)] == into for at in self._broken)
        self._broken.add(into)
        at = self.written.place(into)
        if told or (at and at[0] in self._given.inherited):
            return
        if complaint.missing:
            self._missing(into, complaint)
            return
        what = f"{label(at)} {complaint.what}"
        self._tell(at, what, why=complaint.why, mend=complaint.mend)

    def _missing(self, into: Steps, complaint: Complaint) -> None:
        kind = self._given.kind
        body = kind.body
        short = {tuple(lift.field.split(".")): lift.name for lift in body.LIFTS}
        short |= {tuple(major.minor.split(".")): major.name for major in body.MAJORS}
        # Of a table that is missing, what is needed in it may have a name of its own.
        short |= {way[:1]: name for way, name in short.items() if needs(body, way)}
        name = short.get(tuple(map(str, into)), str(into[-1]))
        mend = f"Add {name} = …"
        at_top = len(into) == 1 or (len(into) == 2 and into[0] in unwritten(body))
        if at_top and name in kind.inherits:
            mend = f'Add {name} = "…" here, or once in [defaults].'
        place = () if at_top else self.written.place(into[:-1])
        there = lookup(self._given.table, place) is not None
        prefix = f"{label(place)} " if place and there else ""
        self._tell(place, f"{prefix}needs {name}", why=complaint.why, mend=mend)


class _Gone:
    """Stands for a value that was reported, and is left out."""


_GONE = _Gone()
