"""From drawn values to a resource without flaws: what is flawed goes, until nothing is.

What a kind refuses is found by the kind; so a draw is repaired the way a reader of its messages
would do it. Nothing is searched for: what cannot stand without its flaw is given up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Kind
from reconciler.model.shape import Form, Listed, Mapped, Nested
from reconciler.model.values import Pending, freeze, substitute
from reconciler.spec.resource import settled

Others = Mapping[Address, Resource]

TRIES = 12

Path = tuple[str | int, ...]


def made(kind: Kind, address: Address, given: Mapping[str, Any]) -> Resource:
    """Build a resource the way the spec does, from plain values: pydantic sees names as texts."""
    names: dict[str, Pending] = {}

    def plain(item: Any) -> Any:
        match item:
            case Pending():
                names[str(item)] = item
                return str(item)
            case list() | tuple():
                return tuple(plain(entry) for entry in item)
            case dict():
                return {key: plain(entry) for key, entry in item.items()}
            case _:
                return item

    checked = kind.body.model_validate(plain(dict(given))).model_dump(exclude_unset=True)
    linked = substitute(freeze(checked), lambda leaf: names.get(leaf, leaf))
    return Resource(address=address, kind=kind, body=settled(kind, linked))


def repaired(
    kind: Kind, address: Address, given: Mapping[str, Any], others: Others
) -> Resource | None:
    """Return a resource with as much of this as its kind allows; `None` where that is nothing."""
    whole = Nested(body=kind.body, fields=kind.fields)
    left: Any = dict(given)
    for _ in range(TRIES):
        try:
            resource = made(kind, address, left)
            catalog = Catalog(
                name="acme", resources={**others, address: resource}, moved={}, adopt={}
            )
            paths = [flaw.path for flaw in kind.check(resource, catalog)]
        except ValidationError as error:
            paths = [tuple(detail["loc"]) for detail in error.errors()]
        else:
            if not paths:
                return resource
        for path in _one_for_each(paths):
            left = without(whole, left, path)
            if left is None:
                return None
    return None


def flawless(resource: Resource, others: Others) -> bool:
    """Whether its kind finds nothing wrong with a resource among these others."""
    resources = {**others, resource.address: resource}
    catalog = Catalog(name="acme", resources=resources, moved={}, adopt={})
    return not any(True for _ in resource.kind.check(resource, catalog))


def _one_for_each(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the first path into each field: what goes may shift, or heal, what comes after it."""
    yield from {path[:1]: path for path in reversed(paths)}.values()


def without(form: Form, value: Any, path: Path) -> Any:
    """Return a value without what is at the end of a path; `None` if it cannot be without that."""
    if not path:
        return None
    step, rest = path[0], path[1:]
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping) and step in value:
            field = fields[str(step)]
            inner = without(field.form, value[step], rest)
            if inner is None and field.required:
                return None
            return _replaced(value, step, inner)
        case Mapped(item=item) if isinstance(value, Mapping) and step in value:
            return _replaced(value, step, without(item, value[step], rest)) or None
        case Listed(item=item) if isinstance(step, int) and step < len(value):
            inner = without(item, value[step], rest)
            kept = [] if inner is None else [inner]
            return [*value[:step], *kept, *value[step + 1 :]] or None
        case _:
            return None


def _replaced(value: Mapping[Any, Any], step: Any, inner: Any) -> dict[Any, Any]:
    return {
        key: inner if key == step else entry
        for key, entry in value.items()
        if key != step or inner is not None
    }
