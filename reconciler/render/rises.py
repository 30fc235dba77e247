"""By how much what is asked goes up or down, for as much of it and for as long.

A year's amount is compared with twelve of a month, and one of ten units with two of five: what the
guard RC103 looks at. Amounts that have no like on the other side, such as tiers, say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reconciler.model.kind import Kind
from reconciler.model.plan import Change, Reactivate, Replace, Update

FROM_FREE = Decimal("Infinity")
"""How much more anything is than nothing."""

TO_FREE = Decimal(-100)

_TENTH = Decimal("0.1")


def rises(kind: Kind, change: Change) -> dict[str, tuple[Decimal, ...]]:
    """Return by how much per cent amounts go up or down, by currency; those that stay do not."""
    if not isinstance(change, Replace | Update | Reactivate) or not (
        change.before and change.after
    ):
        return {}
    old, new = kind.amounts(change.before), kind.amounts(change.after)
    factor = factor_of(kind, change.before, change.after)
    found: dict[str, tuple[Decimal, ...]] = {}
    for name in old:
        rise = _rise(old[name], new[name] * factor) if name in new else None
        if rise:
            code = name.partition(" ")[0]
            found[code] = (*found.get(code, ()), rise)
    return found


def factor_of(kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]) -> Decimal:
    """Return what another period or package makes of an amount."""
    return kind.scale(after) / kind.scale(before)


def _rise(old: Decimal, new: Decimal) -> Decimal | None:
    if old == new or old < 0 or new < 0:
        return None
    if not old:
        return FROM_FREE
    return ((new - old) * 100 / old).quantize(_TENTH, ROUND_HALF_UP)


def told(rise: Decimal) -> str:
    """Return `+20.0 %`, `free` or `from free`."""
    if rise == FROM_FREE:
        return "from free"
    return "free" if rise == TO_FREE else f"{rise:+,} %"


def extent(found: Iterable[Decimal]) -> str:
    """Return `up to 49.5 per cent more, up to 10 per cent less`; nothing where all stays.

    In words: a sign of per cent before a bracket or a stop is a milestone to GitLab.
    """
    known = sorted(found)
    if not known:
        return ""
    least, most = known[0], known[-1]
    parts = []
    if most > 0:
        parts.append("some from free" if most == FROM_FREE else f"up to {plainly(most)} more")
    if least < 0:
        parts.append("some to free" if least == TO_FREE else f"up to {plainly(least)} less")
    return ", ".join(parts)


def plainly(rise: Decimal) -> str:
    """Return `20 per cent` of an amount that goes up or down by it."""
    return f"{bare(rise)} per cent"


def bare(rise: Decimal) -> str:
    """Return `33.3`, or `20` where there is nothing behind the point."""
    return f"{abs(rise):,}".removesuffix(".0")
