"""Projecting: what an object is after a call, computed from the call alone.

It knows nothing of why a call is made. So it judges both the planner (what it sends must lead to
what it wants) and Stripe (what it answers must be what was projected).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reconciler.model.canonical import finish
from reconciler.model.kind import Kind
from reconciler.model.marks import Keep
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested
from reconciler.model.values import Frozen


def created(kind: Kind, payload: Mapping[str, Any]) -> Frozen:
    """Return the body of the object that a create with these parameters makes."""
    known = {name: value for name, value in payload.items() if name in kind.fields}
    none = {} if kind.attached is None else {kind.attached.name: ()}
    return finish(kind, {**_filled(kind.fields, known), **none})


def _filled(fields: Mapping[str, Field], given: Mapping[str, Any]) -> dict[str, Any]:
    body = {name: _filled_form(fields[name].form, value) for name, value in given.items()}
    for name, field in fields.items():
        if name not in body and field.default is not None:
            body[name] = field.default
    return body


def _filled_form(form: Form, value: Any) -> Any:
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping):
            return _filled(fields, value)
        case Listed(item=item) if isinstance(value, tuple):
            return tuple(_filled_form(item, entry) for entry in value)
        case Mapped(item=item) if isinstance(value, Mapping):
            return {key: _filled_form(item, entry) for key, entry in value.items()}
        case _:
            return value


def updated(kind: Kind, before: Frozen, payload: Mapping[str, Any]) -> Frozen:
    """Return the body of an object after an update with these parameters."""
    body: dict[str, Any] = dict(before)
    for name, value in payload.items():
        field = kind.fields.get(name)
        if field is not None:
            body[name] = _merged(field, body.get(name), value)
    return finish(kind, body)


def attached(kind: Kind, before: Frozen, payload: Mapping[str, Any]) -> Frozen:
    """Return the body of an object once an entry of its own call is attached to it."""
    return _with_entries(kind, before, lambda entries: (*entries, payload))


def detached(kind: Kind, before: Frozen, item: str) -> Frozen:
    """Return the body of an object once the entry with this id is detached from it."""
    return _with_entries(
        kind, before, lambda entries: (entry for entry in entries if entry.get("id") != item)
    )


def _with_entries(
    kind: Kind, before: Frozen, change: Callable[[tuple[Any, ...]], Iterable[Any]]
) -> Frozen:
    if kind.attached is None:
        return before
    name = kind.attached.name
    return finish(kind, {**before, name: tuple(change(before.get(name, ())))})


def _merged(field: Field, old: Any, new: Any) -> Any:
    match field.form:
        case Listed(item=Nested(fields=nested)) if field.items is not None:
            held = {entry.get("id"): entry for entry in old or ()}
            return tuple(
                {**_filled(nested, {}), **held.get(entry.get("id"), {}), **entry} for entry in new
            )
        case Mapped(item=item) if isinstance(new, Mapping):
            entries = dict(old or {})
            for key, value in new.items():
                entries[key] = _filled_form(item, value)
            return {key: value for key, value in entries.items() if value != ""}
        case Nested(fields=fields) if isinstance(new, Mapping):
            merged = {**(_filled(fields, {}) if old is None else old), **new}
            return {key: value for key, value in merged.items() if value != ""}
        case form:
            return _filled_form(form, new) if new != "" else None


def unlike(kind: Kind, expected: Mapping[str, Any], seen: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields in which an object differs from what was projected.

    A field that Stripe chooses by itself may have any value where none was projected; one that
    Stripe alone gives may always.
    """
    names = []
    for name, field in kind.fields.items():
        if field.read_only or _agree(field, expected.get(name), seen.get(name)):
            continue
        chosen = isinstance(field.omitted, Keep) and not field.omitted.carried
        if not (chosen and name not in expected):
            names.append(name)
    return tuple(names)


def _agree(field: Field, expected: Any, seen: Any) -> bool:
    """Whether two values are the same, but for ids of entries that nobody knew before."""
    if expected == seen or field.items is None or not expected or not seen:
        return bool(expected == seen)
    by = field.items.by
    left = {entry.get(by): entry for entry in expected}
    right = {entry.get(by): entry for entry in seen}
    return left.keys() == right.keys() and all(
        entry == (right[name] if "id" in entry else right[name].with_({"id": None}))
        for name, entry in left.items()
    )
