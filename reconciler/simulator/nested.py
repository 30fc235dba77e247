"""Nested parameters as answers show them: every member there, what was not given as its default.

A form says what one member may hold; `merged` puts what a request gives onto what is there. It
knows no resource and refuses nothing: the contract checks types, and resources check the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from reconciler.simulator.resource import merged_metadata
from reconciler.simulator.values import Object

Members = Mapping[str, Any]
"""The form of each member: one of the classes here, more `Members`, or the default of a value."""


@dataclass(frozen=True, slots=True)
class Part:
    """An object that is null until it is given, and again when it is emptied."""

    members: Members


@dataclass(frozen=True, slots=True)
class Each:
    """A list of objects, each whole; given, it replaces the one before."""

    members: Members | Typed
    unset: list[Object] | None


@dataclass(frozen=True, slots=True)
class Typed:
    """An object whose `type` names the one member, of several, that it holds."""

    choices: Mapping[str, Members]
    """The first is the default."""
    common: Members


class Metadata(Enum):
    """How metadata inside an object is changed."""

    MERGED = "by key, as an object's own"
    DECLARED = "replaced whole: https://docs.stripe.com/api/payment-link/update"


class Absent(Enum):
    """The default of a member that is left out until it is given."""

    ABSENT = "absent"


# A request empties with "", and an answer, seeded again, says null.
_NONE = ("", None)


def blank(form: Any) -> Any:
    """What an answer shows for a member that was never given."""
    match form:
        case Part():
            return None
        case Each():
            return form.unset
        case Typed():
            return _typed(form, {"type": next(iter(form.choices))})
        case Metadata():
            return {}
        case Mapping():
            return {name: blank(m) for name, m in form.items() if not isinstance(m, Absent)}
        case _:
            return form


def merged(members: Members, before: Members | None, given: Any) -> Object:
    """An object after a request: members that it does not name stay as they are."""
    whole: Object = {}
    for name, form in members.items():
        current = before[name] if before and name in before else blank(form)
        whole[name] = _changed(form, current, given[name]) if name in given else current
    return {name: value for name, value in whole.items() if not isinstance(value, Absent)}


def _changed(form: Any, current: Any, given: Any) -> Any:
    match form:
        case Part():
            return None if given in _NONE else merged(form.members, current, given)
        case Each():
            return form.unset if given in _NONE else [_element(form.members, one) for one in given]
        case Typed():
            return _typed(form, given)
        case Metadata.MERGED:
            return merged_metadata(current, given or "")
        case Metadata.DECLARED:
            return merged_metadata({}, given or "")
        case Mapping():
            return blank(form) if given in _NONE else merged(form, current, given)
        case list() if given == "":
            return []
        case _:
            return None if given == "" else given


def _element(form: Members | Typed, given: Members) -> Object:
    return _typed(form, given) if isinstance(form, Typed) else merged(form, None, given)


def _typed(form: Typed, given: Members) -> Object:
    kind = given["type"]
    chosen = merged(form.choices[kind], None, given.get(kind, {}))
    return {**merged(form.common, None, given), kind: chosen, "type": kind}
