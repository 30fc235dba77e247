"""Into canonical form: what Stripe answers and what the file says, in one shape.

A canonical body has only the fields that its kind declares. What is absent, null or empty is
left out, an expanded object is its id, and the kind's own rule has been applied. Two bodies mean
the same exactly when they are equal.

Every object of an account comes through here. So what to do with a field is found out once for
each shape: a reader or a pruner is a function made for a form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeAlias

from reconciler.errors import UnexpectedAnswerError
from reconciler.model.kind import Kind
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar, Shape
from reconciler.model.values import MAPPINGS, Frozen, freeze, plain, to_json

_Reader: TypeAlias = Callable[[Any], Any]
_Pruner: TypeAlias = Callable[[Any], Any]

_SINGLE = frozenset({str, int, bool})
"""The types of what stays as it is."""


class _OddError(Exception):
    """A value that is not of its form; the way to it is put together on the way up."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
        self.way = ""

    def below(self, step: str) -> _OddError:
        """Return it with one more step before its way."""
        self.way = step + self.way
        return self


def read(kind: Kind, raw: Mapping[str, Any]) -> Frozen:
    """Return the canonical body of an object that Stripe answered.

    Raises `UnexpectedAnswerError` where a value is not of the type that the kind declares.
    """
    try:
        found = _reader(kind.fields)(raw)
    except _OddError as odd:
        raise _unexpected(f"{kind.name} {raw.get('id', '')}{odd.way}", odd.value) from None
    return _fields_pruner(kind.fields)(kind.canonical(found))


def finish(kind: Kind, body: Mapping[str, Any]) -> Frozen:
    """Return a body with the kind's own canonical rule applied, sets sorted, empties dropped."""
    return _fields_pruner(kind.fields)(kind.canonical(dict(body)))


@cache
def _reader(fields: Shape) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return what reads the fields of an object that Stripe answered."""
    readers = [(name, _taken(field.form), _field_reader(field)) for name, field in fields.items()]

    def read_fields(raw: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for name, taken, read_field in readers:
            value = raw.get(name)
            if value is None:
                continue
            if type(value) in taken:
                found[name] = value
                continue
            try:
                found[name] = read_field(value)
            except _OddError as odd:
                raise odd.below(f": {name}") from None
        return found

    return read_fields


def _field_reader(field: Field) -> _Reader:
    reader = _form_reader(field.form)
    if field.ref is None:
        return reader

    def read_reference(value: Any) -> Any:
        if type(value) is not str and isinstance(value, Mapping):
            value = value.get("id")  # the answer to an `expand`
        return reader(value)

    return read_reference


def _form_reader(form: Form) -> _Reader:
    match form:
        case Scalar():
            return _scalar_reader(form)
        case Nested(fields=fields):
            return _nested_reader(fields)
        case Listed(item=item):
            return _list_reader(_form_reader(item))
        case Mapped(item=item):
            return _mapping_reader(_form_reader(item), _taken(item))


def _nested_reader(fields: Shape) -> _Reader:
    read_fields = _reader(fields)

    def read_nested(value: Any) -> dict[str, Any]:
        if isinstance(value, MAPPINGS):
            return read_fields(value)
        raise _OddError(value)

    return read_nested


def _list_reader(read_item: _Reader) -> _Reader:
    def read_list(value: Any) -> tuple[Any, ...]:
        if isinstance(value, Mapping) and value.get("object") == "list":
            value = value.get("data")  # entries with ids come as Stripe's lists do
        if isinstance(value, list | tuple):
            return tuple([read_item(entry) for entry in value])
        raise _OddError(value)

    return read_list


def _mapping_reader(read_item: _Reader, taken: frozenset[type]) -> _Reader:
    def read_mapping(value: Any) -> dict[str, Any]:
        if not isinstance(value, MAPPINGS):
            raise _OddError(value)
        if taken.issuperset(map(type, value.values())):
            return dict(value)
        found = {}
        for key, entry in value.items():
            try:
                found[key] = read_item(entry)
            except _OddError as odd:
                raise odd.below(f".{key}") from None
        return found

    return read_mapping


def _taken(form: Form) -> frozenset[type]:
    """Return the types whose values are of this form as they stand."""
    match form:
        case Scalar(type="boolean"):
            return frozenset({bool})
        case Scalar(type=names):
            types = {"string": str, "integer": int}
            return frozenset(types[name] for name in names.split("|") if name in types)
        case _:
            return frozenset()


def _scalar_reader(form: Scalar) -> _Reader:
    """Return what takes a value that is of one of the types of `form`."""
    exact = form.type == "decimal"
    taken = _taken(form)

    def read_scalar(value: Any) -> Any:
        if type(value) in taken:
            return value
        if exact and isinstance(value, str):
            return _decimal(value)
        if exact and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return _decimal(str(value))
        raise _OddError(value)

    return read_scalar


def _decimal(text: str) -> str:
    if text.isdecimal() and text.isascii() and text[0] != "0" and len(text) <= 40:
        return text  # whole and plain already, as nearly all are
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _OddError(text) from None
    # Stripe's decimals have at most 12 places; an exponent beyond these bounds would only be
    # an attempt to make us write a very long number.
    if not number.is_finite() or abs(number.adjusted()) > 40:
        raise _OddError(text)
    return plain(number)


def _unexpected(where: str, value: Any) -> UnexpectedAnswerError:
    text = repr(value)[:80]
    return UnexpectedAnswerError(
        f"Stripe answered something unexpected for {where}: {text}\n"
        "  It is not of the type that Stripe's reference gives for this field.\n"
        "  Update the reconciler, or report this with the API version you use."
    )


@cache
def _fields_pruner(fields: Shape) -> Callable[[Mapping[str, Any]], Frozen]:
    """Return what leaves out the fields of a body that say nothing, and freezes the others."""
    pruners = {name: _field_pruner(field) for name, field in fields.items()}

    def prune_fields(body: Mapping[str, Any]) -> Frozen:
        pruned = {}
        same = isinstance(body, Frozen)
        for name, value in body.items():
            prune = pruners[name]
            if type(value) in _SINGLE and value != "":
                pruned[name] = value
                continue
            kept = prune(value)
            if kept is not None:
                pruned[name] = kept
            if kept is not value:
                same = False
        return body if same and isinstance(body, Frozen) else Frozen(pruned)

    return prune_fields


def _field_pruner(field: Field) -> _Pruner:
    prune, attached, as_set = _form_pruner(field.form), field.attached, field.as_set
    if not attached and not as_set:
        return prune

    def prune_field(value: Any) -> Any:
        kept = prune(value)
        if kept is None and attached and value is not None:
            return ()  # it was read, and there is none
        if as_set and isinstance(kept, tuple):
            return tuple(sorted(kept, key=lambda item: json.dumps(to_json(item), sort_keys=True)))
        return kept

    return prune_field


def _form_pruner(form: Form) -> _Pruner:
    """Return what gives a value of this form frozen, or `None` if it says nothing."""
    inner: _Pruner = freeze
    match form:
        case Nested(fields=fields):
            inner = _nested_pruner(fields)
        case Listed(item=item):
            inner = _list_pruner(_form_pruner(item))
        case Mapped(item=item):
            inner = _mapping_pruner(_form_pruner(item))
        case Scalar():
            pass

    def prune(value: Any) -> Any:
        if type(value) in _SINGLE:
            return None if value == "" else value
        return None if value is None else inner(value)

    return prune


def _nested_pruner(fields: Shape) -> _Pruner:
    prune_fields = _fields_pruner(fields)

    def prune_nested(value: Any) -> Any:
        return prune_fields(value) or None if isinstance(value, MAPPINGS) else freeze(value)

    return prune_nested


def _list_pruner(prune: _Pruner) -> _Pruner:
    def prune_list(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return freeze(value)
        entries = [prune(entry) for entry in value]
        return tuple([entry for entry in entries if entry is not None]) or None

    return prune_list


def _mapping_pruner(prune: _Pruner) -> _Pruner:
    def prune_mapping(value: Any) -> Any:
        if not isinstance(value, MAPPINGS):
            return freeze(value)
        if _SINGLE.issuperset(map(type, value.values())) and "" not in value.values():
            return (value if isinstance(value, Frozen) else Frozen(value)) or None
        pruned = {key: prune(entry) for key, entry in value.items()}
        if None in pruned.values():
            pruned = {key: entry for key, entry in pruned.items() if entry is not None}
        return Frozen(pruned) or None

    return prune_mapping
