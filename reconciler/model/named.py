"""What a body names: the values of its reference fields, and of no others.

A text that happens to equal an id names nothing: a product may be called by its own id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.shape import Field, Form, Listed, Mapped, Nested
from reconciler.model.values import Frozen, Pending, substitute


def references(
    fields: Mapping[str, Field], body: Mapping[str, Any], *, late: bool = True, skip: str = ""
) -> set[str | Pending]:
    """Return what the reference fields of a body name: ids and pending ids.

    `late=False` leaves out those set in a second step, `skip` the field of that name.
    """
    found: set[str | Pending] = set()
    for name, value in body.items():
        field = fields.get(name)
        if field is None or name == skip:
            continue
        if field.ref is not None:
            if late or not field.ref.late:
                found.update(value if isinstance(value, tuple) else (value,))
        else:
            found |= _named(field.form, value, late=late)
    found.discard("")  # what a parameter clears names nothing
    return found


def _named(form: Form, value: Any, *, late: bool) -> set[str | Pending]:
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping):
            return references(fields, value, late=late)
        case Listed(item=item) if isinstance(value, tuple):
            entries: Iterable[Any] = value
        case Mapped(item=item) if isinstance(value, Mapping):
            entries = value.values()
        case _:
            return set()
    found: set[str | Pending] = set()
    for entry in entries:
        found |= _named(item, entry, late=late)
    return found


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
