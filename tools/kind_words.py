"""The words in which a kind is declared: its marks with where they are used, its attributes.

For those who add a kind. What a kind's users read is in `kinds_page`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from kind_tables import table

from reconciler import kinds
from reconciler.model import marks
from reconciler.model.kind import Kind
from reconciler.model.marks import Body, Clear, Default, Entries, Items, Keep, Ref, Rule
from reconciler.model.shape import Form, Listed, Mapped, Nested, shape

MARKS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "UPDATE": ("Stripe changes it in place.", lambda mark: mark is Rule.UPDATE),
    "REPLACE": (
        "Stripe never changes it: a new object takes the old one's place.",
        lambda mark: mark is Rule.REPLACE,
    ),
    "SET_ONCE": (
        "In place while it has its initial value, never after.",
        lambda mark: mark is Rule.SET_ONCE,
    ),
    "CLEAR": ("Left out means: removed.", lambda mark: mark == marks.CLEAR),
    "CLEAR_INSIDE": (
        "Left out means: what is in it goes field by field, because Stripe takes no empty string "
        "for the whole.",
        lambda mark: isinstance(mark, Clear) and mark.inside,
    ),
    "Default(True)": (
        "Left out means: this value, which is also what Stripe gives a new object.",
        lambda mark: isinstance(mark, Default),
    ),
    "KEEP": (
        "Left out means: as on the live object; a replacement inherits it.",
        lambda mark: mark == marks.KEEP,
    ),
    'Keep(initial="…")': (
        "The same, and this is what Stripe gives a new object.",
        lambda mark: isinstance(mark, Keep) and mark.initial is not None,
    ),
    "CHOSEN": (
        "Left out means: Stripe chooses it, anew for every object.",
        lambda mark: mark == marks.CHOSEN,
    ),
    'Ref("price")': (
        "Names another object: by its name in the file, by its id at Stripe.",
        lambda mark: isinstance(mark, Ref) and not mark.late,
    ),
    'Ref("price", late=True)': (
        "The same, set in a second step once its target is there: breaks a cycle.",
        lambda mark: isinstance(mark, Ref) and mark.late,
    ),
    "EXPAND": (
        "Stripe answers it only when asked to.",
        lambda mark: mark is marks.EXPAND,
    ),
    "AS_SET": ("The order of the list means nothing.", lambda mark: mark is marks.AS_SET),
    "Entries(drop=REPLACE)": (
        "What dropping an entry of a mapping means; adding one follows the field's own rule.",
        lambda mark: isinstance(mark, Entries) and mark.drop is Rule.REPLACE,
    ),
    "Items(by=…, path=…)": (
        "The entries are objects with ids, told apart by the field `by`; each changes by itself.",
        lambda mark: isinstance(mark, Items) and not mark.attached,
    ),
    "Items(…, call=…)": (
        "They come and go by calls of their own, and are read only where the file names them.",
        lambda mark: isinstance(mark, Items) and mark.attached,
    ),
    "UPDATE_ONLY": (
        "Stripe takes it in an update only: a new object gets it in a second step.",
        lambda mark: mark is marks.UPDATE_ONLY,
    ),
    "READ_ONLY": (
        "Stripe alone gives it; no table may, and it is no difference.",
        lambda mark: mark is marks.READ_ONLY,
    ),
    "FILE_ONLY": (
        "No field of Stripe's: `Kind.resolve` says it in Stripe's own.",
        lambda mark: mark is marks.FILE_ONLY,
    ),
    "SHORTHANDS_ONLY": (
        "No table has it by its own name: what is in it is written by shorthands alone.",
        lambda mark: mark is marks.SHORTHANDS_ONLY,
    ),
}
"""Every mark as a kind writes it, what it says, and how to know it."""

_SELF_EVIDENT = {
    "body": "The fields, with their marks: a class, or a function that imports it.",
    "identity": "`ByMetadata()` (a stamp), `ByNaturalKey(field)` (shared), or `Embedded(…)`.",
    "retirement": "`Archive(field, value)`, `Delete(…)`, or `Verbs(…)`: calls of their own.",
    "natural_keys": "Fields whose value only one object may hold, and how a successor gets it.",
    "within": "`Within(kind, field)`: its tables stand inside its parent's.",
}
"""Attributes of which the types say most."""


def mark_table() -> str:
    """Every mark, with a field or two that bear it."""
    found = [(place, mark) for kind in kinds.load().values() for place, mark in _marks(kind)]
    rows = []
    for name, (text, known) in MARKS.items():
        places = dict.fromkeys(place for place, mark in found if known(mark))
        rows.append((f"`{name}`", text, ", ".join(f"`{place}`" for place in _some(places))))
    return table(("mark", "it says", "for example"), rows)


def _some(places: Mapping[str, None]) -> list[str]:
    """Two examples of different kinds, if there are any."""
    by_kind: dict[str, str] = {}
    for place in sorted(places, key=lambda place: (place.count("."), len(place))):
        by_kind.setdefault(place.partition(".")[0], place)
    return list(by_kind.values())[:2]


def _marks(kind: Kind) -> Iterator[tuple[str, Any]]:
    def walk(body: type[Body], path: str) -> Iterator[tuple[str, Any]]:
        for name, one in shape(body).items():
            place = f"{path}.{name}"
            for mark in body.model_fields[name].metadata:
                if not (one.required and isinstance(mark, Clear)):  # it cannot be left out
                    yield place, mark
            inner = _within(one.form)
            if inner is not None:
                yield from walk(inner.body, place)

    return walk(kind.body, kind.name)


def _within(form: Form) -> Nested | None:
    match form:
        case Nested():
            return form
        case Listed(item=item) | Mapped(item=item):
            return _within(item)
        case _:
            return None


def attribute_table() -> str:
    """Every attribute of a `Kind`, with the text below it in the source."""
    source = inspect.getsource(Kind)
    rows = []
    for one in fields(Kind):
        if not one.init:
            continue  # it follows from another one
        text = _SELF_EVIDENT.get(one.name)
        if text is None:
            # The first of a kind's texts that follows the attribute is its own.
            after = source.partition(f"\n    {one.name}: ")[2]
            found = re.match(r'(?:(?!\n    \w+:).)*?\n    """(.*?)"""', after, re.DOTALL)
            text = " ".join(found[1].split()) if found else ""
        rows.append((f"`{one.name}`", text))
    return table(("attribute", "what it says"), rows)
