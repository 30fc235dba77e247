"""What an apply did, as text: address, id, and for a replacement the old id."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.executor.outcome import Done, Outcome
from reconciler.model.plan import Change, Create, Plan, Replace, Retire
from reconciler.render.colour import painter
from reconciler.render.safe import columns, pad, shown
from reconciler.render.view import MARKS


def outcome(plan: Plan, done: Outcome, *, reads: int, colour: bool = False) -> str:
    """Return the text. `reads` is how many reading requests it took."""
    paint = painter(colour=colour)
    width = max((columns(str(change.address)) for change in plan.changes), default=0)
    rows = []
    for change in plan.changes:
        calls = [entry for entry in done.done if entry.address == change.address]
        mark = paint(MARKS[change.action], change.action)
        ids = " ".join(_ids(change, calls))
        rows.append(f"  {mark} {pad(str(change.address), width)}  {ids}".rstrip())
    verified = {True: " Verified: the account is as planned.", None: " Not verified.", False: ""}
    tail = f"{paint('Applied.', 'strong')} {_calls(done.writes, reads)}.{verified[done.verified]}"
    return "\n".join([*rows, *([""] if rows else []), tail]) + "\n"


def _ids(change: Change, calls: list[Done]) -> Iterator[str]:
    made = next((entry.object for entry in calls if entry.call.startswith("create_")), None)
    match change:
        case Replace():
            yield f"{shown(change.successor or made or '')} (was {shown(change.object or '')})"
        case Create():
            yield shown(made or "")
        case _:
            yield shown(change.object or "")
    gone = (entry for entry in calls if entry.object == change.object)
    if isinstance(change, Retire) and any(entry.instead for entry in gone):
        yield "(archived: Stripe would not delete it)"


def _calls(writes: int, reads: int) -> str:
    return f"{writes} write{'' if writes == 1 else 's'}, {reads} read{'' if reads == 1 else 's'}"
