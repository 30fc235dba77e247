"""The marks that a kind puts on its fields. They say; `shape` compiles and the engine acts.

A field says what a change to it means (`UPDATE`, `REPLACE`, `SET_ONCE`), what leaving it out of
the file means (`CLEAR`, `Default`, `KEEP`, `CHOSEN`), and in words what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Rule(StrEnum):
    """What a change to a field means."""

    UPDATE = "update"  # Stripe changes it in place
    REPLACE = "replace"  # Stripe never changes it: a new object takes the old one's place
    SET_ONCE = "set_once"  # in place while it has its initial value, never after


UPDATE = Rule.UPDATE
REPLACE = Rule.REPLACE
SET_ONCE = Rule.SET_ONCE


@dataclass(frozen=True, slots=True)
class Clear:
    """Left out means: removed.

    `inside`: Stripe takes no empty string for the whole object, so what is in it goes one by one,
    each as if it had been left out.
    """

    inside: bool = False


@dataclass(frozen=True, slots=True)
class Default:
    """Left out means: this value, which is also what Stripe gives a new object."""

    value: bool | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Left out means: as it is on the live object.

    `initial` is what Stripe gives a new object. `carried` says whether a replacement
    inherits the value; an id that Stripe chose is not inherited.
    """

    initial: bool | int | str | None = None
    carried: bool = True


CLEAR = Clear()
CLEAR_INSIDE = Clear(inside=True)
KEEP = Keep()
CHOSEN = Keep(carried=False)
"""Left out means: Stripe chooses it, anew for every object."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The field names another object: by its address in the file, by its id at Stripe.

    `late` breaks a cycle: the field is set by an update, once its target exists.
    """

    kind: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class UpdateOnly:
    """Stripe takes the field in an update only: a new object gets it in a second step."""


UPDATE_ONLY = UpdateOnly()


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """Stripe alone gives the field; no table may. It is never a difference."""


READ_ONLY = ReadOnly()


@dataclass(frozen=True, slots=True)
class ShorthandsOnly:
    """No table has the field by its own name: what is in it is written by its shorthands alone."""


SHORTHANDS_ONLY = ShorthandsOnly()


@dataclass(frozen=True, slots=True)
class FileOnly:
    """No field of Stripe's: the kind's `resolve` says it in Stripe's own fields."""


FILE_ONLY = FileOnly()


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """The entries of a list are objects with ids at Stripe, each known by its field `by`.

    So an entry is changed by itself, and their order is no difference. Adding one follows the
    field's own rule, dropping one too. Entries have a field `id`, marked `READ_ONLY`.

    `path` is the endpoint below the object that lists them all. With `call`, they are no
    parameter of the object's own calls: each is attached by a call to that endpoint, and
    detached by another, both named by `call`. Such a list is read only where the file names it,
    because each costs a request: left out, it is neither read nor changed.
    """

    by: str
    path: str
    call: str = ""

    @property
    def attached(self) -> bool:
        """Whether the entries come and go by calls of their own."""
        return bool(self.call)


@dataclass(frozen=True, slots=True)
class Expand:
    """Stripe leaves the field out of its answers unless it is asked to `expand` it."""


EXPAND = Expand()


@dataclass(frozen=True, slots=True)
class AsSet:
    """The order of a list means nothing."""


AS_SET = AsSet()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What dropping an entry of a mapping means. Adding one follows the field's own rule."""

    drop: Rule


@dataclass(frozen=True, slots=True)
class Lift:
    """A shorthand: `interval` stands for `recurring.interval`."""

    name: str
    field: str
    description: str


def _never(_: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Major:
    """A shorthand in major units: `amount = 29.00` stands for `unit_amount = 2900` in dollars.

    `minor` takes whole minor units; `decimal` takes what lies below them, and is used only
    where `fine(body)` says that this resource may charge less than its currency's smallest unit.
    `fine` is asked before anything is checked: the body may hold values of any type.
    """

    name: str
    minor: str
    decimal: str | None = None
    fine: Callable[[Mapping[str, Any]], bool] = _never
    description: str


class Body(BaseModel):
    """The fields of an object, as Stripe names them, with what they mean.

    A body checks what the file says. It is never changed, and it is not what the engine
    computes with: that is the canonical mapping read off it.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, defer_build=True, hide_input_in_errors=True
    )

    LIFTS: ClassVar[tuple[Lift, ...]] = ()
    MAJORS: ClassVar[tuple[Major, ...]] = ()


def _seconds(value: Any) -> Any:
    """Accept a TOML date-time with an offset beside Stripe's own Unix seconds."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return int(value.timestamp())
    return value


Timestamp = Annotated[int, BeforeValidator(_seconds)]
"""A moment: Unix seconds, or in TOML a date-time with an offset."""


def _exact(value: Any) -> Any:
    """Accept an exact number as TOML or Stripe write it: 5, 0.2 or "0.2"."""
    if isinstance(value, bool):
        return value
    try:
        return Decimal(value) if isinstance(value, int | str) else value
    except InvalidOperation:
        return value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
"""An exact number. Never a float: 0.1 has no exact one."""
