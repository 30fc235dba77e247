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
    found: set[str | Pending] = set()
    for name, is_late, inside in _naming(fields):
        value = body.get(name)
        if value is None or name == skip:
            continue
        if inside is not None:
            found |= inside(value, late)
        elif late or not is_late:
            found.update(value if isinstance(value, tuple) else (value,))
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


_Inside: TypeAlias = Callable[[Any, bool], set[str | Pending]]
"""Gives what a value names, with what is set in a second step or without."""


@cache
def _naming(fields: Shape) -> tuple[tuple[str, bool, _Inside | None], ...]:
    """Return the fields that can name something: most bodies have one, among a dozen others.

    Each with whether it is set in a second step; or, where it only holds such fields, with what
    looks inside.
    """
    found: list[tuple[str, bool, _Inside | None]] = []
    for name, field in fields.items():
        if field.ref is not None:
            found.append((name, field.ref.late, None))
        elif (inside := _inside_of(field.form)) is not None:
            found.append((name, False, inside))
    return tuple(found)


def _inside_of(form: Form) -> _Inside | None:
    if not _may_name(form):
        return None
    match form:
        case Nested(fields=fields):
            return lambda value, late: (
                references(fields, value, late=late) if isinstance(value, MAPPINGS) else set()
            )
        case Listed(item=item):
            return _all(_inside_of(item), lambda value: value if isinstance(value, tuple) else ())
        case Mapped(item=item):
            return _all(
                _inside_of(item),
                lambda value: value.values() if isinstance(value, MAPPINGS) else (),
            )
        case Scalar():
            return None


def _all(inside: _Inside | None, entries: Callable[[Any], Iterable[Any]]) -> _Inside | None:
    if inside is None:
        return None
    return lambda value, late: {named for entry in entries(value) for named in inside(entry, late)}


def renamed(
    fields: Mapping[str, Field], body: Mapping[str, Any], names: Mapping[str, Pending]
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


def _inside(form: Form, value: Any, names: Mapping[str, Pending]) -> Any:
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping):
            return renamed(fields, value, names)
        case Listed(item=item) if isinstance(value, tuple):
            return tuple(_inside(item, entry, names) for entry in value)
        case Mapped(item=item) if isinstance(value, Mapping):
            return Frozen({key: _inside(item, entry, names) for key, entry in value.items()})
        case _:
            return value


def may_name(fields: Mapping[str, Field]) -> set[str]:
    """Return the kinds that a body with these fields may name."""
    found = set()
    for field in fields.values():
        if field.ref is not None:
            found.add(field.ref.kind)
        found |= _may_name(field.form)
    return found


def _may_name(form: Form) -> set[str]:
    match form:
        case Nested(fields=fields):
            return may_name(fields)
        case Listed(item=item) | Mapped(item=item):
            return _may_name(item)
        case _:
            return set()
