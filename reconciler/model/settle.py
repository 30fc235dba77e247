"""Settling: what an object should be, once what the file leaves out has been decided.

The result is a whole canonical body, the one the object must have afterwards. Comparing it with
the live one is then plain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from reconciler.model.marks import Clear, Default, Keep
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Shape
from reconciler.model.values import EMPTY, MAPPINGS, Frozen

_Settle: TypeAlias = Callable[[Any, Any, Any], Any]
"""Gives the value wanted, from those given, seen and its own."""


class _Plan(NamedTuple):
    """How the fields of a shape are settled; found out once, as every object is settled.

    `said` settle what the file gives, where that is not simply taken. What the file leaves out is
    one of the `constants`, or is settled by `unsaid`, or is nothing.
    """

    said: Mapping[str, _Settle]
    constants: Mapping[str, bool | int | str]
    unsaid: tuple[tuple[str, _Settle], ...]


def settle(
    fields: Shape,
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
    settled = _settled(fields, given, live, own, ignore)
    return Frozen([(name, settled[name]) for name in fields if name in settled])


def settles(
    fields: Shape, given: Mapping[str, Any], live: Frozen, *, ignore: frozenset[str]
) -> bool:
    """Whether a live object is what is wanted of it already."""
    return _settled(fields, given, live, live, ignore) == live


def _settled(
    fields: Shape,
    given: Mapping[str, Any],
    live: Mapping[str, Any] | None,
    own: Mapping[str, Any] | None,
    ignore: frozenset[str],
) -> dict[str, Any]:
    """Return what is settled, in any order."""
    said, constants, unsaid = _plan(fields)
    seen = EMPTY if live is None else live
    held = EMPTY if own is None else own
    settled: dict[str, Any] = dict(constants)
    for name, settle_unsaid in unsaid:
        if name not in given:
            value = settle_unsaid(None, seen.get(name), held.get(name))
            if value is not None and value != "":
                settled[name] = value
    for name, value in given.items():
        settle_said = said.get(name)
        found = value if settle_said is None else settle_said(value, seen.get(name), held.get(name))
        if found is None or found == "":
            settled.pop(name, None)
        else:
            settled[name] = found
    for name in ignore if live is not None else ():
        if name in seen:
            settled[name] = seen[name]
        else:
            settled.pop(name, None)
    return settled


@cache
def _plan(fields: Shape) -> _Plan:
    said = {name: _said(field) for name, field in fields.items()}
    constants = {name: _constant(field) for name, field in fields.items()}
    unsaid = {name: _unsaid(field) for name, field in fields.items()}
    return _Plan(
        said={name: settle_said for name, settle_said in said.items() if settle_said},
        constants={
            name: value for name, value in constants.items() if value is not None and value != ""
        },
        unsaid=tuple((name, settler) for name, settler in unsaid.items() if settler),
    )


def _constant(field: Field) -> bool | int | str | None:
    match field.omitted:
        case Default(value=value):
            return value
        case Clear() | Keep():
            return None


def _unsaid(field: Field) -> _Settle | None:
    match field.omitted:
        case Clear(inside=True):
            inside = _form(field.form)
            return lambda _, seen, __: (inside(EMPTY, seen, None) if inside else EMPTY) or None
        case Keep(initial=initial, carried=True):
            return lambda _, seen, __: initial if seen is None else seen
        case Keep(initial=initial):
            return lambda _, __, own: initial if own is None else own
        case Clear() | Default():
            return None


def _said(field: Field) -> _Settle | None:
    match field.form:
        case Listed(item=Nested(fields=fields)) if field.items is not None:
            return _items(fields, field.items.by)
        case form:
            return _form(form)


def _items(fields: Shape, by: str) -> _Settle:
    """Settle entries that have ids: each with its like, the object's own in their own order."""

    def settle_items(given: Any, seen: Any, own: Any) -> tuple[Frozen, ...]:
        likes = {entry.get(by): entry for entry in seen or ()}
        held = {entry.get(by): entry for entry in own or ()}
        settled = {
            entry[by]: settle(fields, entry, likes.get(entry[by]), own=held.get(entry[by]))
            for entry in given
        }
        first = [name for name in held if name in settled]
        return tuple(settled[name] for name in dict.fromkeys([*first, *settled]))

    return settle_items


def _form(form: Form) -> _Settle | None:
    """Return what settles a value of this form, if it is not simply taken."""
    match form:
        case Nested(fields=fields):
            return _nested(fields)
        case Mapped(item=Nested(fields=fields)):
            return _entries(_nested(fields))
        case Listed(item=Nested(fields=fields)):
            return _each(_nested(fields))
        case _:
            return None


def _nested(fields: Shape) -> _Settle:
    return lambda given, seen, _: settle(
        fields, given, seen if isinstance(seen, MAPPINGS) else None
    )


def _entries(nested: _Settle) -> _Settle:
    def settle_entries(given: Any, seen: Any, _: Any) -> Frozen:
        likes = seen if isinstance(seen, MAPPINGS) else EMPTY
        return Frozen({key: nested(entry, likes.get(key), None) for key, entry in given.items()})

    return settle_entries


def _each(nested: _Settle) -> _Settle:
    return lambda given, _, __: tuple([nested(entry, None, None) for entry in given])


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
