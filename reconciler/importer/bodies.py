"""An object as the resource that a file would say it by: only what a person would write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.importer.words import by_stripe
from reconciler.model.address import Address
from reconciler.model.catalog import PROTECT, RESERVED, Resource, is_ignored
from reconciler.model.marks import Keep
from reconciler.model.named import renamed
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Shape
from reconciler.model.snapshot import Live
from reconciler.model.values import Frozen, Pending
from reconciler.spec.resource import settled


def home(live: Live) -> str:
    """Return the id of the object in whose table one stands; empty if it has a table of its own."""
    within = live.kind.within
    return str(live.body.get(within.field) or "") if within is not None else ""


def resource(
    live: Live,
    address: Address,
    names: Mapping[str, Pending],
    *,
    ignored: tuple[str, ...] = (),
) -> Resource:
    """Return what the file says of an object; `names` are the addresses of others by id.

    `ignored` are globs of metadata keys that the file leaves alone.
    """
    kind = live.kind
    plain = Resource(address=address, kind=kind, body=live.body)
    natural = {key.field for key in kind.natural_keys}
    said = _said(kind.fields, live.body)
    body = {name: value for name, value in said.items() if name not in natural} | _keys(plain)
    attached = kind.attached
    if attached is not None and not body.get(attached.name):
        body.pop(attached.name, None)  # not named, it is left alone
    metadata = {
        key: text
        for key, text in (body.pop("metadata", None) or {}).items()
        if not key.startswith(RESERVED) and not is_ignored(key, ignored)
    }
    if metadata:
        body["metadata"] = Frozen(metadata)
    return Resource(
        address=address,
        kind=kind,
        body=settled(kind, renamed(kind.fields, body, names)),
        protect=True if live.metadata.get(PROTECT) == "true" else None,
    )


def _keys(plain: Resource) -> dict[str, str]:
    """Return the natural keys to write; none at all is written as an empty one.

    One that Stripe made up goes unsaid, and so does one that the address says.
    """
    found = {}
    for key in plain.kind.natural_keys:
        value = str(plain.body.get(key.field, ""))
        made_up = by_stripe(plain.kind, key.field, value)
        usual = key.default(plain) if key.default is not None else ""
        if (made_up or value == usual) and value:
            continue
        if value or key.default is not None:
            found[key.field] = value
    return found


def _said(fields: Shape, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a body that are worth a line.

    Stripe's own choices are not, nor is what an object has anyway.
    """
    return {
        name: _inside(fields[name].form, value)
        for name, value in body.items()
        if not _goes_without_saying(fields[name], value)
    }


def _goes_without_saying(field: Field, value: Any) -> bool:
    if field.read_only or field.file_only:
        return True
    omitted = field.omitted
    if field.required or not isinstance(omitted, Keep):
        return False
    return value == omitted.initial or not omitted.carried


def _inside(form: Form, value: Any) -> Any:
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping):
            return Frozen(_said(fields, value))
        case Listed(item=item) if isinstance(value, tuple):
            return tuple(_inside(item, entry) for entry in value)
        case Mapped(item=item) if isinstance(value, Mapping):
            return Frozen({key: _inside(item, entry) for key, entry in value.items()})
        case _:
            return value
