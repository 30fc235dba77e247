"""What hangs on an object that goes, in words: who is subscribed to it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.impact import Impact
from reconciler.model.values import EMPTY
from reconciler.render.safe import shown


def subscribers(impact: Impact) -> Iterator[str]:
    """Yield how many subscriptions are on it; nothing where there can be none."""
    if impact.unknown:
        yield f"how many subscriptions are on {impact.object} is unknown: {shown(impact.unknown)}"
    elif impact.subscriptions is not None:
        yield f"{_counted(impact)} on {impact.object}{_by_status(impact)}"


def _counted(impact: Impact) -> str:
    match impact.total:
        case 0:
            return "no subscription is"
        case 1:
            return "1 subscription stays"
        case total:
            return f"{total:,} subscriptions stay"


def _by_status(impact: Impact) -> str:
    counts = impact.subscriptions or EMPTY
    if not counts.keys() - {"active"}:
        return ""
    return f" ({', '.join(f'{count:,} {shown(name)}' for name, count in counts.items())})"
