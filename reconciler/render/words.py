"""A change in words: what its line says, what stands at the line's end, what stands beneath."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, assert_never

from reconciler.model.kind import Delete, Kind
from reconciler.model.plan import (
    Adopt,
    Change,
    Create,
    Move,
    Reactivate,
    Replace,
    Retire,
    Update,
)
from reconciler.model.shape import as_written
from reconciler.render.amounts import amount_changes, currency, further
from reconciler.render.edits import edit_lines, is_protected
from reconciler.render.headline import Headline, headline
from reconciler.render.safe import columns, lines, shown
from reconciler.render.values import Teller, place

_SUM = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)? [A-Z]{3}")

_MOST_NAMED = 8
"""How many names in a row a note has; the plan file has them all."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one change.

    `sums` are the amounts that `main` begins with, joined by arrows: `29.00 USD -> 35.00 USD`.
    """

    main: str
    aside: str = ""
    details: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()


def words(change: Change, teller: Teller) -> Words:
    """Return what is said of a change."""
    told = _words(change, teller)
    if not teller.full:
        return told
    return replace(told, details=(*told.details, *_other_fields(change, teller)))


def _other_fields(change: Change, teller: Teller) -> Iterator[str]:
    """Yield the fields that no edit is about."""
    kind, edited = teller.kind, {entry.field for entry in change.edits}
    for name, value in (change.after or change.before).items():
        if name not in edited:
            told = teller.value(value, place(kind, name))
            yield f"{shown(as_written(kind.body, name))} {told}"


def _words(change: Change, teller: Teller) -> Words:
    full = teller.full
    notes = [line for note in change.notes for line in lines(note if full else _counted(note))]
    match change:
        case Create():
            told = _headline(change, teller)
            main = ", ".join(filter(None, (told.text, *_state(change, teller))))
            details = (*_further(change, teller), *notes)
            return Words(main, _natural_keys(change, teller), details, _sums(told))
        case Update():
            return _updated(change, teller, notes)
        case Replace():
            return _replaced(change, teller, notes)
        case Retire():
            return _retired(change, teller, notes)
        case Reactivate() | Adopt() | Move():
            main, aside = _arrived(change, teller)
            taken = _taken(change, teller)
            return Words(main, aside, (*edit_lines(teller, change), *taken, *notes))
        case _:
            assert_never(change)


def _counted(note: str) -> str:
    """Shorten what a note lists at its end, such as what else hangs on an object."""
    head, colon, tail = note.rpartition(": ")
    listed = tail.split(", ")
    if len(listed) <= _MOST_NAMED + 1:
        return note
    return f"{head}{colon}{', '.join(listed[:_MOST_NAMED])} and {len(listed) - _MOST_NAMED:,} more"


def _headline(change: Change, teller: Teller) -> Headline:
    return _about(teller, change.after or change.before)


def _about(teller: Teller, body: Mapping[str, Any]) -> Headline:
    return headline(teller.kind, teller.named(body), teller.limit * 2)


def _state(change: Change, teller: Teller) -> Iterator[str]:
    if not teller.kind.is_on(change.after):
        yield "switched off"
    if is_protected(change.after):
        yield "protected"


def _natural_keys(change: Change, teller: Teller) -> str:
    found = []
    for key in teller.kind.natural_keys:
        given = change.after.get(key.field)
        if given:
            giver = teller.names.taken_from(change, key.field)
            found.append(f"{key.field} {shown(str(given))}{f', from {giver}' if giver else ''}")
    return ", ".join(found)


def _taken(change: Change, teller: Teller) -> Iterator[str]:
    """Yield which names come from an object that no other line is about.

    An object that is moved or adopted gets them with its next change, in the same call.
    """
    for key in teller.kind.natural_keys:
        value = change.after.get(key.field)
        giver = teller.names.taken_silently(change, key.field)
        if giver and value != change.before.get(key.field):
            yield f"{key.field} {shown(str(value))} comes from {giver}"


def _further(change: Change, teller: Teller) -> Iterator[str]:
    """Yield what is asked in further currencies: amounts in a row, tiers each on their line."""
    texts = [one.own for one in further(teller.kind, change.after, teller.limit * 2).values()]
    plain = [text for text in texts if ", " not in text]
    if plain:
        yield f"also {', '.join(plain)}"
    yield from (f"also {text}" for text in texts if text not in plain)


def _updated(change: Update, teller: Teller, notes: list[str]) -> Words:
    """Return a single edit on the line itself, several beneath it."""
    found = [*edit_lines(teller, change), *_taken(change, teller)]
    if len(found) == 1 and not found[0].startswith(("+ ", "- ")):  # else one asks: of what?
        return Words(found[0], details=tuple(notes))
    return Words(_headline(change, teller).text, details=(*found, *notes))


def _replaced(change: Replace, teller: Teller, notes: list[str]) -> Words:
    """Return `9.00 USD -> 12.00 USD / month (+33.3 %)` where the two differ in their headlines."""
    kind = teller.kind
    before, after = (_about(teller, body) for body in (change.before, change.after))
    differ = bool(before.text) and before.text != after.text
    details = edit_lines(teller, change, (before, after) if differ else None)
    details += _taken(change, teller)
    if change.successor and not any(change.successor in note for note in notes):
        details.append(f"{shown(change.successor)} comes back for it")
    main, sums = after.text, _sums(after)
    if differ:
        was = before.own if before.period == after.period else before.text
        both = f"{was} -> {after.text}"
        if columns(both) > teller.limit:
            details.insert(0, f"was {was}")
        else:
            main, sums = both, _sums(before)
            if sums and was == before.own:
                sums += _sums(after)
        main += _percent(change, kind)
    if not kind.is_on(change.after):
        main += ", switched off"
    return Words(main, details=(*details, *notes), sums=sums)


def _sums(told: Headline) -> tuple[str, ...]:
    """Return the amount that a headline is, if it is one alone."""
    return (told.own,) if _SUM.fullmatch(told.own) else ()


def _percent(change: Replace, kind: Kind) -> str:
    own = currency(kind, change.after)
    for amount in amount_changes(kind, change.before, change.after):
        if amount.currency == own and not amount.label and amount.percent:
            return f" ({amount.percent})"
    return ""


def _retired(change: Retire, teller: Teller, notes: list[str]) -> Words:
    kind = teller.kind
    done = _done(change, kind)
    aside = _about(teller, change.before).text
    match change.reason:
        case "unlisted":
            main = done
        case "switched off":
            main = f"{done}, as the file says"
        case "superseded":
            it = shown(str(change.object))
            which = f"{it} ({aside})" if aside else it
            main, aside = f"{which} {done}: another object with its stamp is current", ""
        case _:
            assert_never(change.reason)
    if main == done and _has_reason(change, kind) and notes:
        main, aside, notes = f"{done}: {notes[0]}", "", notes[1:]
    return Words(main, aside, (*edit_lines(teller, change), *notes))


def _done(change: Retire, kind: Kind) -> str:
    match change.how:
        case "remove":
            return "removed"
        case "delete":
            return f"deleted{', or archived if Stripe refuses' if change.otherwise else ''}"
        case "archive":
            return "archived" if isinstance(kind.retirement, Delete) else "deactivated"
        case _:
            assert_never(change.how)


def _has_reason(change: Retire, kind: Kind) -> bool:
    """Whether the first note says why it is done in this way, which stands on the line."""
    match kind.retirement:
        case Delete(unless=unless) if unless and change.how == "archive":
            return True
        case _:
            return change.how == "remove"


def _arrived(change: Reactivate | Adopt | Move, teller: Teller) -> tuple[str, str]:
    text, it = _headline(change, teller).text, shown(str(change.object))
    match change:
        case Reactivate():
            return text, f"{it} comes back"
        case Adopt():
            if not change.from_:
                return text, f"{it} becomes ours"
            giver, taker = shown(change.from_), shown(teller.names.catalog)
            return text, f'{it} passes from catalog "{giver}" to catalog "{taker}"'
        case Move():
            return f"was {shown(change.source)}", text
        case _:
            assert_never(change)
