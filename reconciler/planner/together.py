"""A move and what changes about the same object are one write, where nothing comes in between.

An adoption stays a step of its own: somebody else's object is ours before anything of it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from reconciler.model.plan import Step, Unmoved
from reconciler.model.values import EMPTY


def together(steps: Sequence[Step], moves: Collection[str]) -> list[Step]:
    """Return the steps with each move written along with the update of its object.

    `moves` are the ids of the steps that only stamp an object anew. An update joins one if all
    that it waits for is done before the move: then nothing has touched in the meantime what it
    changes or relies on, and it says the same there.
    """
    place = {step.id: number for number, step in enumerate(steps)}
    stamps = {step.object: step for step in steps if step.id in moves}
    now: dict[str, str] = {}
    written = {step.id: step for step in steps}
    for step in steps:
        after = {now.get(name, name) for name in step.after}
        move = stamps.get(step.object)
        if (
            move is not None
            and step.id == f"update {move.address}"  # not one that empties what is to go
            and move.id in after
            and all(place[name] <= place[move.id] for name in after)
        ):
            written[move.id] = _joined(written[move.id], step, after - {move.id})
            now[step.id] = move.id
            del written[step.id]
        else:
            written[step.id] = replace(written[step.id], after=tuple(sorted(after)))
    return list(written.values())


def _joined(move: Step, update: Step, after: Collection[str]) -> Step:
    entries = move.payload["metadata"].with_(update.payload.get("metadata", EMPTY))
    more = [
        reliance
        for reliance in update.relies_on
        if not (isinstance(reliance, Unmoved) and reliance.object == move.object)
    ]
    return replace(
        move,
        payload=move.payload.with_(update.payload).with_({"metadata": entries}),
        after=tuple(sorted({*move.after, *after})),
        relies_on=(*move.relies_on, *(one for one in more if one not in move.relies_on)),
    )
