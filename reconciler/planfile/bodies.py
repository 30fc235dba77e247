"""Bodies and payloads out of a plan file, each value checked against what its kind declares.

Whether `{"id_from": …}` is a reference or somebody's metadata is known by the field alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, assert_never

from reconciler.model.kind import Kind, Kinds
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar
from reconciler.model.values import Frozen, from_json
from reconciler.planfile.checked import Node

_DECIMAL = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?")


def body(node: Node, kind: Kind, kinds: Kinds) -> Frozen:
    """Return a canonical body."""
    return _fields(node, kind.fields, kinds)


def payload(node: Node, kind: Kind, kinds: Kinds) -> Frozen:
    """Return the parameters of a call: fields, and what takes a natural key over."""
    transfers = {key.transfer for key in kind.natural_keys if key.transfer}
    entries = node.entries()
    flags = {name: entry.truth() for name, entry in entries.items() if name in transfers}
    fields = {name: entry.value for name, entry in entries.items() if name not in transfers}
    sent = {**_fields(Node(fields, node.file, node.where), kind.fields, kinds), **flags}
    # The order of the file is kept: a payload reads as it is sent.
    return Frozen({name: sent[name] for name in entries})


def entry(node: Node, kind: Kind, kinds: Kinds) -> Frozen:
    """Return the parameters of the call that attaches an entry to an object of this kind."""
    match kind.attached:
        case Field(form=Listed(item=Nested(fields=fields))):
            return _fields(node, fields, kinds)
        case _:
            return _fields(node, {}, kinds)


def edited(node: Node, kind: Kind, path: str) -> Any:
    """Return the value before or after an edit of the field at `path`."""
    if node.value is None:
        return None
    field = kind.fields.get(re.split(r"[.\[]", path, maxsplit=1)[0])
    if field is None:
        raise node.fail(f'is an edit of "{path[:80]}", which a {kind.name} has not')
    if field.form == Mapped(item=Scalar(type="string")):
        return node.text()
    try:
        _check_strings(node)
        return from_json(node.value)
    except (TypeError, ValueError):
        raise node.fail("is no value of a field") from None


def _check_strings(node: Node) -> None:
    if isinstance(node.value, dict):
        for entry in node.entries().values():
            _check_strings(entry)
    elif isinstance(node.value, list):
        for item in node.items():
            _check_strings(item)
    elif isinstance(node.value, str):
        node.text()


def _fields(node: Node, fields: Mapping[str, Field], kinds: Kinds) -> Frozen:
    found = {}
    for name, entry in node.entries().items():
        if name not in fields:
            raise node.fail(f'has "{name[:80]}", which Stripe does not take there')
        found[name] = _value(entry, fields[name], kinds)
    return Frozen(found)


def _value(node: Node, field: Field, kinds: Kinds) -> Any:
    match field.form:
        case Listed(item=item) if field.ref is not None and isinstance(node.value, list):
            return tuple(
                entry.pending(kinds) if isinstance(entry.value, dict) else _form(entry, item, kinds)
                for entry in node.items()
            )
        case _ if field.ref is not None and isinstance(node.value, dict):
            return node.pending(kinds)
        case form:
            return _form(node, form, kinds)


def _form(node: Node, form: Form, kinds: Kinds) -> Any:
    if node.value == "":
        return ""  # clears, whatever the field
    match form:
        case Scalar():
            return _scalar(node, form)
        case Nested(fields=fields):
            return _fields(node, fields, kinds)
        case Listed(item=item):
            return tuple(_form(entry, item, kinds) for entry in node.items())
        case Mapped(item=item):
            return Frozen({key: _form(entry, item, kinds) for key, entry in node.entries().items()})
        case _:
            assert_never(form)


def _scalar(node: Node, form: Scalar) -> Any:
    match node.value:
        case bool():
            fits = form.type == "boolean"
        case int():
            fits = "integer" in form.type
        case str() as text:
            node.text()
            decimal = form.type == "decimal" and _DECIMAL.fullmatch(text) is not None
            fits = decimal or "string" in form.type
        case _:
            fits = False
    if not fits:
        raise node.fail(f"is not {form.type.replace('|', ' or ')}")
    return node.value
