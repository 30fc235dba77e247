"""Leaves out of a body what leaving it out would mean as well.

Every table of a file comes through here, and nearly none says a default. So what of a shape can
hold one is found out once: a shedder is a function made for a form that can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from reconciler.model.marks import Default
from reconciler.model.settle import with_required
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar, Shape
from reconciler.model.values import Frozen

_Shedder: TypeAlias = Callable[[Any], Any]
"""Gives a value without the defaults in it: itself if it has none, `None` if that is all."""


def without_defaults(fields: Shape, body: Frozen) -> Frozen:
    """Return a body without the values that Stripe gives a new object anyway."""
    shedders = _shedders(fields)
    shed = {}
    for name, value in body.items():
        shedder = shedders.get(name)
        if shedder is not None and (kept := shedder(value)) is not value:
            shed[name] = kept
    if not shed:
        return body
    left = {**body, **shed}
    return with_required(fields, body, {n: kept for n, kept in left.items() if kept is not None})


@cache
def _shedders(fields: Shape) -> Mapping[str, _Shedder]:
    found = {name: _of_field(field) for name, field in fields.items()}
    return {name: shedder for name, shedder in found.items() if shedder is not None}


def _of_field(field: Field) -> _Shedder | None:
    match field.omitted, field.form:
        case Default(value=default), form:
            inner = _of_form(form)
            return lambda value: None if value == default else inner(value) if inner else value
        case _, Nested(fields=fields) if field.inside:
            return lambda value: without_defaults(fields, value) or None
        case _, form:
            return _of_form(form)


def _of_form(form: Form) -> _Shedder | None:
    match form:
        case Nested(fields=fields) if _shedders(fields):
            # A table of nothing but defaults still says that it is there.
            return lambda value: without_defaults(fields, value) or value
        case Listed(item=item):
            return _of_entries(_of_form(item))
        case Mapped(item=item):
            return _of_values(_of_form(item))
        case Nested() | Scalar():
            return None


def _of_entries(shedder: _Shedder | None) -> _Shedder | None:
    if shedder is None:
        return None
    return lambda value: tuple([shedder(entry) for entry in value])


def _of_values(shedder: _Shedder | None) -> _Shedder | None:
    if shedder is None:
        return None
    return lambda value: Frozen({key: shedder(entry) for key, entry in value.items()})
