"""What an apply did, as text: address, id, and for a replacement the old id."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.executor.outcome import Done, Outcome
from reconciler.model.plan import Change, Create, Plan, Reactivate, Replace, Retire
from reconciler.render.colour import painter
from reconciler.render.safe import columns, pad, shown
from reconciler.render.view import MARKS


def outcome(
    plan: Plan, done: Outcome, *, reads: int, for_lock: int = 0, colour: bool = False
) -> str:
    """Return the text. `reads` counts the reading requests, `for_lock` those of the lock."""
    paint = painter(colour=colour)
    width = max((columns(str(change.address)) for change in plan.changes), default=0)
    rows = []
    for change in plan.changes:
        calls = [entry for entry in done.done if entry.address == change.address]
        mark = paint(MARKS[change.action], change.action)
        ids = " ".join(_ids(change, calls))
        rows.append(f"  {mark} {pad(str(change.address), width)}  {ids}".rstrip())
        rows += [f"      {line}" for line in _shown(change, calls, done)]
    verified = {True: " Verified: the account is as planned.", None: " Not verified.", False: ""}
    cost = _calls(done.writes, reads, for_lock)
    tail = f"{paint('Applied.', 'strong')} {cost}.{verified[done.verified]}"
    return "\n".join([*rows, *([""] if rows else []), tail]) + "\n"


def _made(calls: list[Done]) -> str | None:
    return next((entry.object for entry in calls if entry.call.startswith("create_")), None)


def _shown(change: Change, calls: list[Done], done: Outcome) -> Iterator[str]:
    """Yield what people use of a new object: `url https://… (was https://…)`."""
    old = done.shown.get(change.object or "", {}) if isinstance(change, Replace) else {}
    new = _made(calls)
    match change:
        case Replace(successor=str() as successor):
            new = successor
        case Reactivate(object=str() as back):
            new = back
        case _:
            pass
    for name, value in done.shown.get(new or "", {}).items():
        was = f" (was {shown(old[name])})" if name in old else ""
        yield f"{shown(name)} {shown(value)}{was}"


def _ids(change: Change, calls: list[Done]) -> Iterator[str]:
    made = _made(calls)
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


def _calls(writes: int, reads: int, for_lock: int) -> str:
    lock = f", {for_lock} for the lock" if for_lock else ""
    writing, reading = "" if writes == 1 else "s", "" if reads == 1 else "s"
    return f"{writes} write{writing}, {reads} read{reading}{lock}"
