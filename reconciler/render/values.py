"""Values, edits and amounts in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from reconciler.model import money
from reconciler.model.diff import Edit
from reconciler.model.kind import Kind
from reconciler.model.marks import Body
from reconciler.model.shape import Field, Listed, Mapped, Nested
from reconciler.model.values import Pending
from reconciler.render.safe import shorten, shown

_CONTEXT = 12
"""How much of what two long texts share is shown on either side of where they differ."""


def value(item: Any, limit: int) -> str:
    """Return a value as the file would write it: `"Pro"`, `true`, `{up_to: 10}`, `none`."""
    return shorten(_value(item), limit)


def _value(item: Any) -> str:
    match item:
        case None:
            return "none"
        case bool():
            return "true" if item else "false"
        case Pending():
            return item.address.short
        case str():
            return f'"{shown(item)}"'
        case Mapping():
            return "{" + ", ".join(f"{shown(key)}: {_value(item[key])}" for key in item) + "}"
        case tuple() | list():
            return "[" + ", ".join(_value(entry) for entry in item) + "]"
        case _:
            return shown(str(item))


def edit(change: Edit, limit: int) -> str:
    """Return an edit in one line: `description "old" -> "new"`."""
    before, after = change.before, change.after
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > limit:
        before, after = _differing(before, after)
    return f"{shown(change.path)} {value(before, limit)} -> {value(after, limit)}"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountChange:
    """An amount that is there before and after. `name` begins with its currency."""

    name: str
    before: Decimal
    after: Decimal

    @property
    def percent(self) -> str:
        """How much more or less, such as `+33.3 %`; empty from or to zero."""
        if not self.before or not self.after:
            return ""
        change = (self.after - self.before) * 100 / self.before
        return f"{change:+,.1f} %"

    def __str__(self) -> str:
        currency, _, rest = self.name.partition(" ")
        amounts = f"{money.text(self.before, currency)} -> {money.text(self.after, currency)}"
        percent = f" ({self.percent})" if self.percent else ""
        return f"{shown(rest) + ' ' if rest else ''}{amounts}{percent}"


def amount_changes(
    kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[AmountChange, ...]:
    """Return the amounts that differ, by the kind's own list of them."""
    if not before or not after:
        return ()
    old, new = kind.amounts(before), kind.amounts(after)
    return tuple(
        AmountChange(name=name, before=amount, after=new[name])
        for name, amount in old.items()
        if name in new and new[name] != amount
    )


def other_edits(
    kind: Kind, edits: tuple[Edit, ...], changes: tuple[AmountChange, ...]
) -> tuple[Edit, ...]:
    """Return the edits that no amount change tells already."""
    names = frozenset(_major_fields(kind.body, kind.fields))
    return tuple(entry for entry in edits if not _told(entry, names, changes))


def _told(entry: Edit, names: frozenset[str], changes: tuple[AmountChange, ...]) -> bool:
    if entry.path.rpartition(".")[2] not in names:
        return False
    before, after = _number(entry.before), _number(entry.after)
    return any(
        before in (None, change.before) and after in (None, change.after) for change in changes
    )


def _number(item: Any) -> Decimal | None:
    try:
        return None if item is None else Decimal(item)
    except (InvalidOperation, TypeError, ValueError):
        return Decimal("NaN")  # equal to no amount


def _major_fields(body: type[Body], fields: Mapping[str, Field]) -> Iterator[str]:
    """Yield the names of the fields that hold amounts, nested ones too."""
    for major in body.MAJORS:
        yield major.minor
        if major.decimal:
            yield major.decimal
    for field in fields.values():
        form = field.form
        while isinstance(form, Listed | Mapped):
            form = form.item
        if isinstance(form, Nested):
            yield from _major_fields(form.body, form.fields)
