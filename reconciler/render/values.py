"""Values in a few words, as the file would write them: `"Pro"`, `12`, `{up_to: 10}`, `none`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.model.diff import Edit
from reconciler.model.kind import Kind
from reconciler.model.named import renamed
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar, as_written
from reconciler.model.values import Pending
from reconciler.render.names import Names
from reconciler.render.safe import shorten, shown

_CONTEXT = 12
"""How much of what two long texts share is shown on either side of where they differ."""

_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What stands at a path: its form, and the field that it belongs to."""

    field: Field
    form: Form


def place(kind: Kind, path: str) -> Place | None:
    """Return what stands at a path such as `tiers[1].up_to`, if the kind knows it."""
    fields = kind.fields
    found: Place | None = None
    for step in _STEP.findall(path):
        match found:
            case Place(form=Listed(item=form) | Mapped(item=form)):
                found = replace(found, form=form)
            case _ if step in fields:
                found = Place(field=fields[step], form=fields[step].form)
            case _:
                return None
        match found.form:
            case Nested(fields=inner):
                fields = inner
            case Scalar():
                return found  # a key of metadata may hold dots of its own
            case _:
                pass
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells values of one kind. Those longer than `limit` are shortened; with `full`, none is."""

    kind: Kind
    names: Names
    limit: int
    full: bool = False

    def named(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a body with what it names called as the file calls it, where that is known."""
        if not self.kind.stored:
            return body
        return renamed(self.kind.fields, body, self.names.references)

    def value(self, item: Any, where: Place | None) -> str:
        """Return a value, as its place has it written."""
        return shorten(self._value(item, where), self.limit)

    def edit(self, change: Edit) -> str:
        """Return an edit in one line: `description "old" -> "new"`."""
        where = place(self.kind, change.path)
        before, after = self.ends(change.before, change.after, where)
        name = shorten(shown(as_written(self.kind.body, change.path)), 2 * self.limit)
        return f"{name} {before} -> {after}"

    def ends(self, before: Any, after: Any, where: Place | None) -> tuple[str, str]:
        """Return both sides of a change, so that they look different."""
        if self.refers(where):
            if before is not None and after is not None:
                return self.names.pair(before, after)
        elif (
            isinstance(before, str)
            and isinstance(after, str)
            and max(len(before), len(after)) > self.limit
        ):
            before, after = _differing(before, after)
        return self.value(before, where), self.value(after, where)

    def refers(self, where: Place | None) -> bool:
        """Whether ids stand there. An entry on another object quotes, and holds no ids."""
        if where is None or where.field.ref is None:
            return False
        return self.kind.stored and isinstance(where.form, Scalar)

    def member(self, item: Any, form: Form) -> tuple[str, str]:
        """Return an item of a list: what it is known by, and what else it says."""
        match form:
            case Nested(fields=fields):
                name = _known_by(fields)
                if name is None or name not in item:
                    return self._value(item, None), ""
                known = self._value(item[name], Place(field=fields[name], form=fields[name].form))
                return known, ", ".join(self._entries(item, fields, " ", without=name))
            case _:
                return self._value(item, None), ""

    def _value(self, item: Any, where: Place | None) -> str:
        match item, where.form if where else None:
            case None, _:
                return "none"
            case bool(), _:
                return "true" if item else "false"
            case Pending(), _:
                return self.names.told(item)
            case str(), _ if where and where.field.ref and isinstance(where.form, Scalar):
                return self.names.told(item) if self.kind.stored else shown(item)
            case str(), Scalar(type="decimal"):
                return shown(item)
            case int(), Scalar(moment=True):
                return moment(item)
            case str(), _:
                return f'"{shown(item)}"'
            case Mapping(), Nested(fields=fields):
                return "{" + ", ".join(self._entries(item, fields, ": ")) + "}"
            case Mapping(), _:
                return "{" + ", ".join(self._entries(item, {}, ": ")) + "}"
            case ((tuple() | list()), Listed(item=form)):
                return "[" + ", ".join(_joined(*self.member(entry, form)) for entry in item) + "]"
            case ((tuple() | list()), _):
                return "[" + ", ".join(self._value(entry, None) for entry in item) + "]"
            case _:
                return shown(str(item))

    def _entries(
        self, item: Mapping[str, Any], fields: Mapping[str, Field], joint: str, without: str = ""
    ) -> Iterator[str]:
        for name, value in item.items():
            field = fields.get(name)
            if name != without and not (field is not None and field.read_only):
                where = Place(field=field, form=field.form) if field else None
                yield f"{shown(name)}{joint}{self._value(value, where)}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(seconds: int) -> str:
    """Return Unix seconds as a date: `2026-07-25 17:20 UTC`; as they are beyond any calendar."""
    try:
        at = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return str(seconds)
    return at.strftime("%Y-%m-%d %H:%M:%S UTC" if at.second else "%Y-%m-%d %H:%M UTC")


def _known_by(fields: Mapping[str, Field]) -> str | None:
    """Return the field by which an item of a list is known: its reference, or all it has."""
    names = [name for name, field in fields.items() if not field.read_only]
    refs = [name for name in names if fields[name].ref is not None]
    return refs[0] if refs else names[0] if len(names) == 1 else None


def _joined(known: str, rest: str) -> str:
    return f"{known} ({rest})" if rest else known


def _differing(before: str, after: str) -> tuple[str, str]:
    """Return two long texts cut to where they differ, else both could be shortened to the same."""
    start = _alike(before, after)
    # What follows may not reach back into what leads: "aa" and "aaa" share two, not four.
    end = min(_alike(before[::-1], after[::-1]), len(before) - start, len(after) - start)
    return _cut(before, start, end), _cut(after, start, end)


def _alike(one: str, other: str) -> int:
    """Return how many characters lead both."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _cut(text: str, start: int, end: int) -> str:
    first = max(start - _CONTEXT, 0)
    last = min(len(text) - end + _CONTEXT, len(text))
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"
