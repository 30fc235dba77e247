"""What a body names: the values of its reference fields, and of no others.

A text that happens to equal an id names nothing: a product may be called by its own id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.shape import Field, Form, Listed, Mapped, Nested
from reconciler.model.values import Frozen, Pending, substitute


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
