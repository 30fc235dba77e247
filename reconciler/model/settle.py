"""Settling: what an object should be, once what the file leaves out has been decided.

The result is a whole canonical body, the one the object must have afterwards. Comparing it with
the live one is then plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.marks import Clear, Default, Keep
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested
from reconciler.model.values import Frozen


def settle(
    fields: Mapping[str, Field],
    given: Mapping[str, Any],
    live: Mapping[str, Any] | None,
    *,
    ignore: frozenset[str] = frozenset(),
    own: Mapping[str, Any] | None = None,
) -> Frozen:
    """Return the body wanted of an object of which the file gives `given`.

    `live` is the body from which it keeps what the file leaves to Stripe: that of the object it
    takes the place of, or its own; `None` if there is neither. `own` is its own body, if there
    is such an object: what Stripe chose, such as an id, is never inherited from another one.
    """
    settled: dict[str, Any] = {}
    for name, field in fields.items():
        seen = live.get(name) if live is not None else None
        if name in ignore and live is not None:
            value = seen
        elif name in given:
            held = own.get(name) if own is not None else None
            value = _settle_field(field, given[name], seen, held)
        else:
            value = _left_out(field, seen, own.get(name) if own is not None else None)
        if value is not None and value != "":
            settled[name] = value
    return Frozen(settled)


def _left_out(field: Field, seen: Any, own: Any) -> Any:
    match field.omitted:
        case Clear(inside=True):
            return _settle_form(field.form, {}, seen) or None
        case Clear():
            return None
        case Default(value=value):
            return value
        case Keep(initial=initial, carried=carried):
            kept = seen if carried else own
            return initial if kept is None else kept


def _settle_field(field: Field, given: Any, seen: Any, own: Any) -> Any:
    match field.form:
        case Listed(item=Nested(fields=fields)) if field.items is not None:
            return _settle_items(fields, field.items.by, given, seen or (), own or ())
        case form:
            return _settle_form(form, given, seen)


def _settle_items(
    fields: Mapping[str, Field], by: str, given: Any, seen: Any, own: Any
) -> tuple[Frozen, ...]:
    """Settle entries that have ids: each with its like, the object's own in their own order."""
    likes = {entry.get(by): entry for entry in seen}
    held = {entry.get(by): entry for entry in own}
    settled = {
        entry[by]: settle(fields, entry, likes.get(entry[by]), own=held.get(entry[by]))
        for entry in given
    }
    first = [name for name in held if name in settled]
    return tuple(settled[name] for name in dict.fromkeys([*first, *settled]))


def _settle_form(form: Form, given: Any, seen: Any) -> Any:
    match form:
        case Nested(fields=fields):
            return settle(fields, given, seen if isinstance(seen, Mapping) else None)
        case Mapped(item=Nested() as item):
            entries = seen if isinstance(seen, Mapping) else {}
            return Frozen(
                {key: _settle_form(item, entry, entries.get(key)) for key, entry in given.items()}
            )
        case Listed(item=Nested() as item):
            return tuple(_settle_form(item, entry, None) for entry in given)
        case _:
            return given


def spoken(fields: Mapping[str, Field], body: Mapping[str, Any]) -> Frozen:
    """Return `body` without what Stripe would fill in by itself: the parameters of a create."""
    said = {
        name: _spoken(fields[name].form, value)
        for name, value in body.items()
        if value != fields[name].default
    }
    said = {name: value for name, value in said.items() if value or not fields[name].inside}
    return with_required(fields, body, said)


def with_required(
    fields: Mapping[str, Field], body: Mapping[str, Any], said: Mapping[str, Any]
) -> Frozen:
    """Return what is said of an object with what Stripe takes no such object without."""
    return Frozen(
        {
            name: said.get(name, value)
            for name, value in body.items()
            if name in said or (said and fields[name].required)
        }
    )


def _spoken(form: Form, value: Any) -> Any:
    match form:
        case Nested(fields=fields):
            return spoken(fields, value)
        case Mapped(item=item):
            return Frozen({key: _spoken(item, entry) for key, entry in value.items()})
        case Listed(item=item):
            return tuple(_spoken(item, entry) for entry in value)
        case _:
            return value
