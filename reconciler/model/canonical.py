"""Into canonical form: what Stripe answers and what the file says, in one shape.

A canonical body has only the fields that its kind declares. What is absent, null or empty is
left out, an expanded object is its id, and the kind's own rule has been applied. Two bodies mean
the same exactly when they are equal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from reconciler.errors import UnexpectedAnswerError
from reconciler.model.kind import Kind
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar
from reconciler.model.values import Frozen, Pending, freeze, plain, to_json


def read(kind: Kind, raw: Mapping[str, Any]) -> Frozen:
    """Return the canonical body of an object that Stripe answered.

    Raises `UnexpectedAnswerError` where a value is not of the type that the kind declares.
    """
    where = f"{kind.name} {raw.get('id', '')}"
    return finish(kind, _read_fields(kind.fields, raw, where))


def finish(kind: Kind, body: Mapping[str, Any]) -> Frozen:
    """Return a body with the kind's own canonical rule applied, sets sorted, empties dropped."""
    return _prune_fields(kind.fields, kind.canonical(dict(body)))


def _read_fields(fields: Mapping[str, Field], raw: Mapping[str, Any], where: str) -> dict[str, Any]:
    found = {}
    for name, field in fields.items():
        value = raw.get(name)
        if value is None:
            continue
        if field.ref is not None and isinstance(value, Mapping):
            value = value.get("id")  # the answer to an `expand`
        found[name] = _read(field.form, value, f"{where}: {name}")
    return found


def _read(form: Form, value: Any, where: str) -> Any:
    match form:
        case Scalar():
            return _scalar(form, value, where)
        case Nested(fields=fields):
            if isinstance(value, Mapping):
                return _read_fields(fields, value, where)
        case Listed(item=item):
            if isinstance(value, Mapping) and value.get("object") == "list":
                value = value.get("data")  # entries with ids come as Stripe's lists do
            if isinstance(value, list | tuple):
                return tuple(_read(item, entry, where) for entry in value)
        case Mapped(item=item):
            if isinstance(value, Mapping):
                return {key: _read(item, entry, f"{where}.{key}") for key, entry in value.items()}
    raise _unexpected(where, value)


def _scalar(form: Scalar, value: Any, where: str) -> Any:
    if isinstance(value, str):
        if form.type == "decimal":
            return _decimal(value, where)
        if "string" in form.type:
            return value
    elif isinstance(value, bool):
        if form.type == "boolean":
            return value
    elif isinstance(value, int) and "integer" in form.type:
        return value
    elif isinstance(value, int | float | Decimal) and form.type == "decimal":
        return _decimal(str(value), where)
    raise _unexpected(where, value)


def _decimal(text: str, where: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _unexpected(where, text) from None
    # Stripe's decimals have at most 12 places; an exponent beyond these bounds would only be
    # an attempt to make us write a very long number.
    if not number.is_finite() or abs(number.adjusted()) > 40:
        raise _unexpected(where, text)
    return plain(number)


def _unexpected(where: str, value: Any) -> UnexpectedAnswerError:
    text = repr(value)[:80]
    return UnexpectedAnswerError(
        f"Stripe answered something unexpected for {where}: {text}\n"
        "  It is not of the type that Stripe's reference gives for this field.\n"
        "  Update the reconciler, or report this with the API version you use."
    )


def _prune_fields(fields: Mapping[str, Field], body: Mapping[str, Any]) -> Frozen:
    pruned = {}
    for name, value in body.items():
        field = fields[name]
        kept = _prune(field.form, value)
        if kept is None:
            if not field.attached or value is None:
                continue
            kept = ()  # it was read, and there is none
        if field.as_set and isinstance(kept, tuple):
            kept = tuple(sorted(kept, key=lambda item: json.dumps(to_json(item), sort_keys=True)))
        pruned[name] = kept
    return Frozen(pruned)


def _prune(form: Form, value: Any) -> Any:
    """Return `value` frozen, or `None` if it says nothing."""
    if value is None or value == "":
        return None
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping):
            kept: Any = _prune_fields(fields, value)
        case Listed(item=item) if isinstance(value, list | tuple):
            entries = (_prune(item, entry) for entry in value)
            kept = tuple(entry for entry in entries if entry is not None)
        case Mapped(item=item) if isinstance(value, Mapping):
            pruned = ((key, _prune(item, entry)) for key, entry in value.items())
            kept = Frozen({key: entry for key, entry in pruned if entry is not None})
        case _:
            return value if isinstance(value, Pending) else freeze(value)
    return kept or None
