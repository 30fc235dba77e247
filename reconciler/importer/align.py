"""Names of what is on neither side: where both name something else, that is no difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.model.named import references
from reconciler.model.shape import Form, Listed, Mapped, Nested, Shape
from reconciler.model.values import EMPTY, Frozen

Unknown = Callable[[Any], bool]
"""Whether a value names something that its side does not have."""


def aligned(
    fields: Shape, wanted: Mapping[str, Any], there: Mapping[str, Any], mine: Unknown, its: Unknown
) -> Frozen:
    """Return the body `wanted`, with the names that `there` has in the place of unknown ones.

    `mine` says which names are unknown in `wanted`, `its` which are in `there`.
    """
    found = {}
    for name, value in wanted.items():
        other, field = there.get(name), fields[name]
        if field.ref is not None:
            found[name] = _names(value, other, mine, its)
        else:
            found[name] = _form(field.form, value, other, mine, its)
    return Frozen(found)


def _names(value: Any, other: Any, mine: Unknown, its: Unknown) -> Any:
    """Take unknown names in the order in which they come: nothing else is known of them."""
    spare = iter([name for name in _each(other) if its(name)])
    known = set(_each(value))

    def name(own: Any) -> Any:
        if not mine(own):
            return own
        return next((one for one in spare if one not in known), own)

    return tuple([name(own) for own in value]) if isinstance(value, tuple) else name(value)


def _each(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        yield from value
    elif value is not None:
        yield value


def _form(form: Form, value: Any, other: Any, mine: Unknown, its: Unknown) -> Any:
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping) and isinstance(other, Mapping):
            return aligned(fields, value, other, mine, its)
        case Listed(item=Nested(fields=fields)) if isinstance(value, tuple):
            # Entries may be in another order; those that name what is unknown are each other's.
            likes = iter([one for one in _each(other) if any(map(its, references(fields, one)))])
            return tuple(
                [
                    aligned(fields, one, next(likes, EMPTY), mine, its)
                    if any(map(mine, references(fields, one)))
                    else one
                    for one in value
                ]
            )
        case Mapped(item=item) if isinstance(value, Mapping) and isinstance(other, Mapping):
            return Frozen(
                {key: _form(item, one, other.get(key), mine, its) for key, one in value.items()}
            )
        case _:
            return value
