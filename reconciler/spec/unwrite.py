"""One body back into the fields that a person writes: shorthands, major amounts, references."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from reconciler.errors import PlanError
from reconciler.model import money
from reconciler.model.address import Address
from reconciler.model.marks import Body, Major
from reconciler.model.shape import Form, Listed, Mapped, Nested, Scalar, shape
from reconciler.model.values import Pending, plain
from reconciler.spec.amounts import Minor, convert
from reconciler.spec.shorthand import (
    bare_amount,
    bare_field,
    minor_form,
    shorthands_only,
    unwritten,
)

_LAST = 253_402_300_800
"""The end of the year 9999, beyond which TOML has no dates."""


class Writer:
    """Writes the fields of one resource. `body` is all of it, as amounts depend on the rest."""

    def __init__(
        self, short: Callable[[Address], str], currency: str | None, body: Mapping[str, Any]
    ) -> None:
        self._short = short
        self._currency = currency
        self._body = body

    def fields(self, kind: type[Body], body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a table's entries, in the order in which the kind declares them."""
        return self._fields(kind, body, self._currency)

    def _fields(
        self, kind: type[Body], body: Mapping[str, Any], currency: str | None
    ) -> dict[str, Any]:
        rest = dict(body)
        lifted: dict[str, Any] = {}
        for lift in kind.LIFTS:
            outer, _, last = lift.field.partition(".")
            inner = rest.get(outer)
            if isinstance(inner, Mapping) and last in inner:
                form = shape(kind)[outer].form
                declared = form.fields[last].form if isinstance(form, Nested) else Scalar(type="")
                lifted[lift.name] = self._value(declared, inner[last], currency)
                rest[outer] = {name: value for name, value in inner.items() if name != last}
                if not rest[outer]:
                    del rest[outer]
        majors = {
            name: major
            for major in kind.MAJORS
            for name in (major.minor, major.decimal)
            if name is not None
        }
        found: dict[str, Any] = {}
        for name, entry in shape(kind).items():
            if name in shorthands_only(kind):
                for path, value in _parts(name, rest.get(name)):
                    found |= self._amount(majors[path], path, value, currency)
            elif name in rest and name in majors:
                found |= self._amount(majors[name], name, rest[name], currency)
            elif name in rest and name not in unwritten(kind):
                found[name] = self._value(entry.form, rest[name], currency)
            if name in {lift.field.partition(".")[0] for lift in kind.LIFTS}:
                found = {**found, **lifted}
        return found

    def _amount(self, major: Major, name: str, value: Any, currency: str | None) -> dict[str, Any]:
        """Return the amount in major units, if reading it would give the same again."""
        if currency is not None:
            amount = _major(Decimal(value), currency)
            same = Minor(field=name, value=Decimal(value))
            if convert(major, amount, currency, fine=lambda: major.fine(self._body)) == same:
                return {major.name: amount}
        if name in (minor_form(major), major.decimal):
            return {name: value}
        raise PlanError(
            f"{value} in Stripe's units of {(currency or '').upper()} cannot be written as "
            f"{major.name}.\n  Leave the object out of the file, or give it another amount."
        )

    def _value(self, form: Form, value: Any, currency: str | None) -> Any:
        match form:
            case _ if isinstance(value, Pending):
                return self._short(value.address)
            case Scalar(type="decimal") if isinstance(value, str):
                return Decimal(value)
            case Scalar(moment=True) if isinstance(value, int) and 0 <= value < _LAST:
                return datetime.fromtimestamp(value, UTC)
            case Nested(body=body) if isinstance(value, Mapping):
                return self._fields(body, value, currency)
            case Listed(item=item) if isinstance(value, tuple | list):
                return [_narrow(item, self._value(item, entry, currency)) for entry in value]
            case Mapped(item=item) if isinstance(value, Mapping):
                return {
                    key: _bare(item, self._value(item, entry, key))
                    for key, entry in sorted(value.items())
                }
            case _:
                return value


def _parts(name: str, value: Any) -> list[tuple[str, Any]]:
    """Return what a field holds that its shorthands have not taken out, by its path."""
    return [(f"{name}.{inner}", held) for inner, held in (value or {}).items()]


def _major(minor: Decimal, currency: str) -> int | Decimal:
    """Return an amount with the decimals that people write in its currency."""
    amount = money.to_major(minor, currency)
    places = money.written_decimals(currency)
    if amount == amount.to_integral_value() and (not places or not amount):
        return int(amount)
    text = plain(amount)
    missing = places - len(text.partition(".")[2])
    return (
        Decimal(text + ("." if "." not in text else "") + "0" * missing)
        if missing > 0
        else (Decimal(text))
    )


def _narrow(item: Form, entry: Any) -> Any:
    """Return an entry that says nothing but a reference as that reference."""
    bare = bare_field(item)
    only = isinstance(entry, dict) and bare is not None and entry.keys() == {bare.name}
    return entry[bare.name] if only and bare is not None else entry


def _bare(item: Form, entry: Any) -> Any:
    """Return an entry that says nothing but an amount as that amount."""
    major = bare_amount(item)
    only = isinstance(entry, dict) and major is not None and entry.keys() == {major.name}
    return entry[major.name] if only and major is not None else entry
