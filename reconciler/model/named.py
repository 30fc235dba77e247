"""What a body names: the values of its reference fields, and of no others.

A text that happens to equal an id names nothing: a product may be called by its own id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar, Shape
from reconciler.model.values import MAPPINGS, Frozen, Pending, substitute


def references(
    fields: Shape, body: Mapping[str, Any], *, late: bool = True, skip: str = ""
) -> set[str | Pending]:
    """Return what the reference fields of a body name: ids and pending ids.

    `late=False` leaves out those set in a second step, `skip` the field of that name.
    """
    found: _Found = set()
    _look(_naming(fields, late=late), body, found, skip)
    found.discard("")  # what a parameter clears names nothing
    return found


def ordered_references(fields: Shape, body: Mapping[str, Any]) -> Iterator[str | Pending]:
    """Yield what the reference fields of a body name, in the order in which it names them."""
    for name, value in body.items():
        field = fields[name]
        if field.ref is not None:
            yield from value if isinstance(value, tuple) else (value,)
        else:
            yield from _ordered_inside(field.form, value)


def _ordered_inside(form: Form, value: Any) -> Iterator[str | Pending]:
    match form:
        case Nested(fields=fields) if isinstance(value, MAPPINGS):
            yield from ordered_references(fields, value)
        case Listed(item=item) if isinstance(value, tuple):
            for entry in value:
                yield from _ordered_inside(item, entry)
        case Mapped(item=item) if isinstance(value, MAPPINGS):
            for entry in value.values():
                yield from _ordered_inside(item, entry)
        case _:
            return


_Found: TypeAlias = set[str | Pending]

_Inside: TypeAlias = Callable[[Any, _Found], None]
"""Adds what a value names to what is found."""

_Naming: TypeAlias = tuple[tuple[str, _Inside | None], ...]


def _look(naming: _Naming, body: Mapping[str, Any], found: _Found, skip: str = "") -> None:
    for name, inside in naming:
        value = body.get(name)
        if value is None or name == skip:
            continue
        if inside is not None:
            inside(value, found)
        elif isinstance(value, tuple):
            found.update(value)
        else:
            found.add(value)


@cache
def _naming(fields: Shape, *, late: bool) -> _Naming:
    """Return the fields that can name something: most bodies have one, among a dozen others.

    Each with what looks inside, where it only holds such fields.
    """
    found: list[tuple[str, _Inside | None]] = []
    for name, field in fields.items():
        if field.ref is None:
            inside = _inside_of(field.form, late=late)
            found += [] if inside is None else [(name, inside)]
        elif late or not field.ref.late:
            found.append((name, None))
    return tuple(found)


def _inside_of(form: Form, *, late: bool) -> _Inside | None:
    if not _may_name(form):
        return None
    match form:
        case Nested(fields=fields):
            naming = _naming(fields, late=late)
            return lambda value, found: (
                _look(naming, value, found) if isinstance(value, MAPPINGS) else None
            )
        case Listed(item=item):
            return _all(
                _inside_of(item, late=late), lambda value: value if isinstance(value, tuple) else ()
            )
        case Mapped(item=item):
            return _all(
                _inside_of(item, late=late),
                lambda value: value.values() if isinstance(value, MAPPINGS) else (),
            )
        case Scalar():
            return None


def _all(inside: _Inside | None, entries: Callable[[Any], Iterable[Any]]) -> _Inside | None:
    if inside is None:
        return None

    def look(value: Any, found: _Found) -> None:
        for entry in entries(value):
            inside(entry, found)

    return look


def renamed(
    fields: Mapping[str, Field], body: Mapping[str, Any], names: Mapping[str, str | Pending]
) -> Frozen:
    """Return `body` with the objects that it names called as `names` calls them."""
    found = {}
    for name, value in body.items():
        field = fields[name]
        if field.ref is not None:
            found[name] = substitute(value, lambda leaf: names.get(leaf, leaf))
        else:
            found[name] = _inside(field.form, value, names)
    return Frozen(found)


def _inside(form: Form, value: Any, names: Mapping[str, str | Pending]) -> Any:
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping):
            return renamed(fields, value, names)
        case Listed(item=item) if isinstance(value, tuple):
            return tuple(_inside(item, entry, names) for entry in value)
        case Mapped(item=item) if isinstance(value, Mapping):
            return Frozen({key: _inside(item, entry, names) for key, entry in value.items()})
        case _:
            return value


def may_name(fields: Mapping[str, Field]) -> frozenset[str]:
    """Return the kinds that a body with these fields may name."""
    return _of_shape(fields) if isinstance(fields, Shape) else _of_fields(fields)


@cache
def _of_shape(fields: Shape) -> frozenset[str]:
    return _of_fields(fields)


def _of_fields(fields: Mapping[str, Field]) -> frozenset[str]:
    named = {field.ref.kind for field in fields.values() if field.ref is not None}
    return frozenset(named).union(*(_may_name(field.form) for field in fields.values()))


def _may_name(form: Form) -> frozenset[str]:
    match form:
        case Nested(fields=fields):
            return may_name(fields)
        case Listed(item=item) | Mapped(item=item):
            return _may_name(item)
        case _:
            return frozenset()
