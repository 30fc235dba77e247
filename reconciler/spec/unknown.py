"""A name in a table that is no field of it: why nothing would come of it, and what was meant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from reconciler.model.kind import Kind
from reconciler.model.marks import Body, Lift, Major
from reconciler.model.shape import shape
from reconciler.spec.locate import Steps
from reconciler.spec.shorthand import shorthands_only, unwritten
from reconciler.spec.words import label, nearest, one, some, suggest


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The table that the name stands in: whose it is, of which body, and where in it.

    `implied` are fields that the place of the table says; `extra` are allowed, and no fields.
    """

    kind: Kind
    body: type[Body]
    at: Steps
    implied: Collection[str]
    extra: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """What is said of it. `meant` is the name that was probably meant."""

    what: str
    why: str
    mend: str
    meant: str | None


def unknown(level: Level, name: str) -> Unknown:
    """Return what to say of a name that is no field at this level."""
    body, top = level.body, not level.at
    shorts: list[Lift | Major] = [*body.MAJORS, *body.LIFTS]
    known = [each for each in shape(body) if each not in unwritten(body)]
    known += [short.name for short in shorts]
    if top:
        known = [each for each in [*known, *level.extra] if each not in level.implied]
    meant = nearest(name, known)
    mend = f'Did you mean "{meant}"?' if meant is not None else suggest(name, known)
    why = f"{one(level.kind.name).capitalize()} has no such field, so it would silently do nothing."
    if name in level.implied and top:
        why, mend = f"Where the table stands says the {name} already.", "Remove it."
    elif name in shorthands_only(body):
        parts = [short.name for short in shorts]
        why = "What is in it is written without it, so that each amount has one form."
        mend, meant = f"Write {some(parts, quote=False, last='and')} instead.", None
    elif name in unwritten(body):
        why, mend, meant = "Stripe alone gives it.", "Remove it.", None
    elif name == "unset":
        why, mend = "Removing is for overlays.", "Take the field itself out of this file."
    elif name in ("ignore", "protect") and top:
        why = f"Stripe has no {level.kind.name} object: it is an entry on another one."
        mend = f"Set {name} there."
    where = f" in {label(level.at)}" if level.at else ""
    return Unknown(what=f'unknown field "{name}"{where}', why=why, mend=mend, meant=meant)
