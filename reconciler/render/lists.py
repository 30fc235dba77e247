"""What changes in a list: who comes, who goes, whose order. Not by place: places move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.model.shape import Field, Listed, Nested
from reconciler.render.safe import shorten
from reconciler.render.values import Place, Teller


@dataclass(frozen=True, slots=True)
class _Member:
    """An item: what it is known by, and what else it says."""

    item: Any
    known: str
    rest: str


def list_changes(
    teller: Teller, field: Field, before: Sequence[Any], after: Sequence[Any]
) -> tuple[str, ...]:
    """Return what changes between two lists; nothing where their items have no names."""
    form = field.form
    if not isinstance(form, Listed) or (field.items is None and not (before and after)):
        return ()
    old, new = (
        {_identity(field, item, known): _Member(item, known, rest) for item, (known, rest) in told}
        for told in (
            [(item, teller.member(item, form.item)) for item in items] for items in (before, after)
        )
    )
    if len(old) < len(before) or len(new) < len(after):
        return ()
    names_another = isinstance(form.item, Nested) and any(
        inner.ref for inner in form.item.fields.values()
    )
    prefix = "" if names_another and field.items is None else f"{field.name} "
    return tuple(f"{prefix}{line}" for line in _changes(teller, field, old, new))


def _identity(field: Field, item: Any, known: str) -> Any:
    """Return what an item is told from others by: two objects may be called the same."""
    return item.get(field.items.by) if field.items is not None else known


def _inside(teller: Teller, field: Field, before: _Member, after: _Member) -> Iterator[str]:
    """Tell what changes in an entry with an id, each field by itself; of others, the whole."""
    if field.items is None or not isinstance(field.form, Listed):
        line = f"{before.known}: {before.rest or 'none'} -> {after.rest or 'none'}"
        yield shorten(line, 2 * teller.limit)
        return
    form = field.form.item
    for name, declared in form.fields.items() if isinstance(form, Nested) else ():
        old, new = before.item.get(name), after.item.get(name)
        if old != new and not declared.read_only:
            one, other = teller.ends(old, new, Place(field=declared, form=declared.form))
            yield f"{before.known}: {name} {one} -> {other}"


def _changes(
    teller: Teller, field: Field, old: Mapping[Any, _Member], new: Mapping[Any, _Member]
) -> Iterator[str]:
    instead = {
        there: here
        for there, here in zip(old, new, strict=False)
        if there not in new and here not in old
    }
    for known, member in old.items():
        if known in instead:
            yield _pair(teller, member, new[instead[known]])
        elif known not in new:
            yield f"- {_told(teller, member)}"
        elif member.rest != new[known].rest:
            yield from _inside(teller, field, member, new[known])
    for known, member in new.items():
        if known not in old and known not in instead.values():
            yield f"+ {_told(teller, member)}"
    if [known for known in old if known in new] != [known for known in new if known in old]:
        names = ", ".join(member.known for member in new.values())
        yield shorten(f"in another order: {names}", 2 * teller.limit)


def _told(teller: Teller, member: _Member) -> str:
    return shorten(f"{member.known} ({member.rest})" if member.rest else member.known, teller.limit)


def _pair(teller: Teller, before: _Member, after: _Member) -> str:
    if isinstance(before.item, str) and isinstance(after.item, str):
        return " -> ".join(teller.ends(before.item, after.item, None))
    new = " (new)" if before.known == after.known else ""  # another object of that name
    if before.rest == after.rest:
        return f"{before.known} -> {after.known}{new}"
    if new:
        return f"{_told(teller, before)} -> {_told(teller, after)}{new}"
    return f"{_told(teller, before)} -> {_told(teller, after)}"
