"""The compiled shape of a body: one `Field` for each pydantic field, with its marks.

Everything generic walks shapes: reading an answer, settling what the file leaves out, the diff,
references, the JSON Schema, the docs. Not for checking values: pydantic does that.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from reconciler.model.marks import (
    AsSet,
    Body,
    Clear,
    Default,
    Entries,
    Expand,
    FileOnly,
    Items,
    Keep,
    ReadOnly,
    Ref,
    Rule,
    ShorthandsOnly,
    Timestamp,
    UpdateOnly,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value. `type` is string, integer, boolean or decimal; `choices` are Stripe's words.

    `moment`: the integer is Unix seconds.
    """

    type: str
    choices: tuple[str, ...] = ()
    moment: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """An object with fields of its own."""

    body: type[Body]
    fields: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list; it changes as a whole."""

    item: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A mapping from keys that the file chooses to values of one form."""

    item: Form


Form: TypeAlias = Scalar | Nested | Listed | Mapped
Omitted: TypeAlias = Clear | Default | Keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: what a change to it means, what leaving it out means, and what it holds."""

    name: str
    rule: Rule
    omitted: Omitted
    required: bool
    description: str
    form: Form
    ref: Ref | None
    expand: bool
    update_only: bool
    as_set: bool
    read_only: bool
    file_only: bool
    shorthands_only: bool
    items: Items | None
    drop: Rule

    @property
    def attached(self) -> bool:
        """Whether its entries come and go by calls of their own."""
        return self.items is not None and self.items.attached

    @property
    def inside(self) -> bool:
        """Whether Stripe clears what is in it, and never the whole."""
        return isinstance(self.omitted, Clear) and self.omitted.inside

    @property
    def default(self) -> bool | int | str | None:
        """What a new object has when the file says nothing, if Stripe gives it anything."""
        match self.omitted:
            case Default(value=value):
                return value
            case Keep(initial=initial):
                return initial
            case Clear():
                return None


class Shape(dict[str, Field]):
    """The fields of a body by name, in the order in which it declares them. Never changed.

    It compares by identity. So what the engine does with a body can be worked out once for its
    shape, and be kept (`functools.cache`): an account has some dozens of shapes, and hundreds of
    thousands of objects, each of which then costs only what it has.
    """

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__
    __ne__ = object.__ne__


class ShapeError(TypeError):
    """A kind is declared wrongly: a field lacks a mark or its description."""


@cache
def shape(body: type[Body]) -> Shape:
    """Return the fields of `body`, in the order in which it declares them."""
    return Shape(
        {
            name: _field(f"{body.__name__}.{name}", name, info)
            for name, info in body.model_fields.items()
        }
    )


@cache
def listed(body: type[Body]) -> Mapping[str, Field]:
    """Return the fields whose entries are objects with ids: a payment link's line items."""
    return {name: field for name, field in shape(body).items() if field.items is not None}


def _field(where: str, name: str, info: FieldInfo) -> Field:
    marks = info.metadata
    if not info.description:
        raise ShapeError(f"{where}: needs a description")
    rule = _one(where, marks, Rule)
    refs = [mark for mark in marks if isinstance(mark, Ref)]
    items = [mark for mark in marks if isinstance(mark, Items)]
    form = _form(where, info.annotation)
    drops = [mark.drop for mark in marks if isinstance(mark, Entries)]
    return Field(
        name=name,
        rule=rule,
        omitted=_one(where, marks, (Clear, Default, Keep)),
        required=info.is_required(),
        description=info.description,
        form=_moment(form) if _IS_MOMENT in marks else form,
        ref=refs[0] if refs else None,
        expand=any(isinstance(mark, Expand) for mark in marks),
        update_only=any(isinstance(mark, UpdateOnly) for mark in marks),
        as_set=any(isinstance(mark, AsSet) for mark in marks),
        read_only=any(isinstance(mark, ReadOnly) for mark in marks),
        file_only=any(isinstance(mark, FileOnly) for mark in marks),
        shorthands_only=any(isinstance(mark, ShorthandsOnly) for mark in marks),
        items=items[0] if items else None,
        drop=drops[0] if drops else rule,
    )


def _one(where: str, marks: list[Any], classes: Any) -> Any:
    found = [mark for mark in marks if isinstance(mark, classes)]
    if len(found) != 1:
        names = classes.__name__ if isinstance(classes, type) else "CLEAR, Default or KEEP"
        raise ShapeError(f"{where}: needs exactly one mark of {names}, has {len(found)}")
    return found[0]


_IS_MOMENT = get_args(Timestamp)[1]
"""What a moment bears, and no other number."""

_TYPES = {bool: "boolean", int: "integer", str: "string", Decimal: "decimal"}


def _form(where: str, annotation: Any) -> Form:
    origin = get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Body):
        return Nested(body=annotation, fields=shape(annotation))
    if annotation in _TYPES:
        return Scalar(type=_TYPES[annotation])
    if origin is Literal:
        return Scalar(type="string", choices=tuple(map(str, get_args(annotation))))
    if origin in (tuple, list):
        return Listed(item=_form(where, get_args(annotation)[0]))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return Mapped(item=_form(where, get_args(annotation)[1]))
    if origin in (Union, types.UnionType):
        return _union(where, [arm for arm in get_args(annotation) if arm is not type(None)])
    if hasattr(annotation, "__metadata__"):  # Annotated deep inside a union or a container
        form = _form(where, annotation.__origin__)
        return _moment(form) if _IS_MOMENT in annotation.__metadata__ else form
    raise ShapeError(f"{where}: {annotation!r} is not a form that a field can have")


def _moment(form: Form) -> Form:
    return replace(form, moment=True) if isinstance(form, Scalar) else form


def _union(where: str, arms: list[Any]) -> Form:
    """A union is one form, or scalars of several types: `int | Literal["inf"]`."""
    forms = [_form(where, arm) for arm in arms]
    if len(forms) == 1:
        return forms[0]
    scalars = [form for form in forms if isinstance(form, Scalar)]
    if len(scalars) != len(forms):
        raise ShapeError(f"{where}: a union of containers cannot be compared field by field")
    choices = tuple(choice for form in scalars for choice in form.choices)
    return Scalar(type="|".join(dict.fromkeys(form.type for form in scalars)), choices=choices)


def as_written(body: type[Body], path: str) -> str:
    """Return a path as a file writes it: `currency` for a part of what no file has by name."""
    shorts = {lift.field: lift.name for lift in body.LIFTS}
    shorts |= {major.minor: major.name for major in body.MAJORS}
    for long, short in shorts.items():
        outer = long.partition(".")[0]
        if shape(body).get(outer) is None or not shape(body)[outer].shorthands_only:
            continue
        if path == long or path.startswith((f"{long}.", f"{long}[")):
            return short + path.removeprefix(long)
    return path


def expansions(body: type[Body]) -> tuple[str, ...]:
    """Return the paths that Stripe answers only when asked to expand them: `tiers`."""

    def walk(prefix: str, fields: Mapping[str, Field]) -> list[str]:
        found: list[str] = []
        for field in fields.values():
            path = f"{prefix}{field.name}"
            inner: list[str] = []
            match field.form:
                case Nested(fields=nested):
                    inner = walk(f"{path}.", nested)
                case _:
                    pass
            found.extend(inner or ([path] if field.expand else []))
        return found

    return tuple(walk("", shape(body)))
