"""What a check finds: where, what, and how it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["problem", "note"]
"""A problem stands in the way of a plan, an apply or a sale of what is managed; a note does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found.

    `place` is an address, a catalog or a kind's table; `objects` are the ids it is about. `text` is
    what is so there, beyond the check's own title. `mend` is a command or an edit to make; where it
    is the same for many findings, it is shown once.
    """

    check: str
    level: Level
    place: str
    objects: tuple[str, ...] = ()
    text: str = ""
    mend: str
