"""The edits of a change in lines: each said once, in the words of who reads the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.model.catalog import PROTECT
from reconciler.model.diff import Edit
from reconciler.model.kind import Kind
from reconciler.model.marks import Default
from reconciler.model.plan import Change, Reactivate, Retire
from reconciler.model.shape import Field, Mapped, Nested, as_written
from reconciler.model.values import Frozen
from reconciler.render.amounts import (
    AmountChange,
    amount_changes,
    amount_fields,
    currency,
    further,
    holds_amounts,
)
from reconciler.render.headline import Headline, told
from reconciler.render.lists import list_changes
from reconciler.render.safe import shown
from reconciler.render.values import Place, Teller, place

_MOST = 12
"""How many edits of one change are shown; the plan file has them all."""


def edit_lines(
    teller: Teller, change: Change, headlines: tuple[Headline, Headline] | None = None
) -> list[str]:
    """Return the edits of a change that `headlines`, told as `before -> after`, do not tell."""
    found = list(_lines(teller, change, headlines))
    if len(found) <= _MOST or teller.full:
        return found
    return [*found[: _MOST - 1], f"and {len(found) - _MOST + 1} more changes"]


def is_protected(body: Mapping[str, Any]) -> bool:
    """Whether an object with this body is protected."""
    return (body.get("metadata") or {}).get(PROTECT) is not None


def _lines(
    teller: Teller, change: Change, headlines: tuple[Headline, Headline] | None
) -> Iterator[str]:
    kind = teller.kind
    amounts = amount_changes(kind, change.before, change.after)
    yield from (
        str(amount) for amount in amounts if not _headlined(kind, amount, change, headlines)
    )
    listed: set[str] = set()
    for entry in change.edits:
        field = kind.fields.get(entry.field)
        if field is None:
            yield teller.edit(entry)
        elif field.name not in listed and not _is_silent(kind, change, entry, headlines):
            changes = _in_list(teller, field, change)
            if not changes or (entry.path == field.name and field.items is None):
                yield from _one(teller, change, entry)
            else:
                listed.add(field.name)
                yield from changes


def _headlined(
    kind: Kind, amount: AmountChange, change: Change, headlines: tuple[Headline, Headline] | None
) -> bool:
    """An amount of its own currency stands in the headlines; its percentage may not."""
    if headlines is None or amount.currency != currency(kind, change.after):
        return False
    return not amount.label or (
        not amount.stays
        and all(side.whole for side in headlines)
        and any(side.speaks_of(amount.field) for side in headlines)
    )


def _is_silent(
    kind: Kind, change: Change, entry: Edit, headlines: tuple[Headline, Headline] | None
) -> bool:
    """Whether an edit follows from what the line says already."""
    switches = isinstance(change, Reactivate | Retire)
    if switches and kind.archive is not None and entry.path == kind.archive.field:
        return True
    if headlines is not None and told(entry, *headlines):
        return True
    return _follows(kind, change.before, entry.path, entry.before) and _follows(
        kind, change.after, entry.path, entry.after
    )


def _follows(kind: Kind, body: Mapping[str, Any], name: str, value: Any) -> bool:
    """Whether a field would have this value even if nobody gave it: `tiered`, where tiers are."""
    field = kind.fields.get(name)
    if field is None or not isinstance(field.omitted, Default):
        return False
    without = {key: item for key, item in body.items() if key != name}
    return bool(kind.canonical(without).get(name, field.default) == value)


def _in_list(teller: Teller, field: Field, change: Change) -> tuple[str, ...]:
    if holds_amounts(field.form):
        return ()
    before, after = (body.get(field.name, ()) for body in (change.before, change.after))
    return list_changes(teller, field, before, after)


def _one(teller: Teller, change: Change, entry: Edit) -> Iterator[str]:
    if entry.path == f"metadata.{PROTECT}":
        yield f"protection switched {'off' if entry.after is None else 'on'}"
    elif _is_further_currency(place(teller.kind, entry.path), entry):
        yield _currency(teller, change, entry)
    else:
        rest = _beside_amounts(teller.kind, change, entry)
        if rest is not None:
            yield teller.edit(rest)


def _beside_amounts(kind: Kind, change: Change, entry: Edit) -> Edit | None:
    """Return what of an edit the changed amounts do not tell, if anything."""
    match kind.fields[entry.field].form:
        case Mapped(item=Nested()):
            same = True  # an entry that is there before and after
        case _:
            same = currency(kind, change.before) == currency(kind, change.after)
    if not same:
        return entry
    names = amount_fields(kind, change.before, change.after)
    if entry.path.rpartition(".")[2] in names:
        return None
    before, after = _without(entry.before, names), _without(entry.after, names)
    return None if before == after else replace(entry, before=before, after=after)


def _without(value: Any, names: frozenset[str]) -> Any:
    match value:
        case Mapping():
            kept = {key: _without(item, names) for key, item in value.items() if key not in names}
            return Frozen(kept)
        case tuple():
            return tuple(_without(item, names) for item in value)
        case _:
            return value


def _is_further_currency(where: Place | None, entry: Edit) -> bool:
    """Whether a currency comes or goes as a whole."""
    match where:
        case Place(field=Field(form=Mapped()), form=Nested(body=body)):
            return bool(body.MAJORS) and None in (entry.before, entry.after)
        case _:
            return False


def _currency(teller: Teller, change: Change, entry: Edit) -> str:
    sides = []
    for body, given in ((change.before, entry.before), (change.after, entry.after)):
        words = further(teller.kind, body, teller.limit).get(entry.path)
        if given is None or words is None:
            sides.append(teller.value(given, place(teller.kind, entry.path)))
        else:
            sides.append(", ".join((words.own, *_beside(teller, entry.path, given, words))))
    path = as_written(teller.kind.body, entry.path)
    return f"{shown(path)} {' -> '.join(sides)}"


def _beside(teller: Teller, path: str, given: Mapping[str, Any], words: Headline) -> Iterator[str]:
    """Yield what an entry says beside its amounts, and Stripe would not say by itself."""
    where = place(teller.kind, path)
    if where is None or not isinstance(where.form, Nested):
        return
    outer = "".join(f"{step}." for step in path.split(".")[:-2])
    for name, value in given.items():
        field = where.form.fields[name]
        if value != field.default and not words.tells(f"{outer}{name}", value):
            yield f"{name} {teller.value(value, Place(field=field, form=field.form))}"
