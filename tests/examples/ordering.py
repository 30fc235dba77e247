"""Rules of order that a plan's steps must keep, told by what the objects themselves hold.

Which object names which is read off Stripe's answers, not off the kinds: a text in an answer that
is another object's id names that object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.plan import Plan, Step
from reconciler.model.snapshot import Live
from reconciler.model.values import Pending, pendings


def before(plan: Plan) -> dict[str, frozenset[str]]:
    """By a step's id, every step that is done when it begins, whoever works beside it."""
    done: dict[str, frozenset[str]] = {}
    for step in plan.steps:
        assert done.keys() >= set(step.after), f"{step.id} waits for a later step"
        done[step.id] = frozenset(step.after).union(*(done[name] for name in step.after))
    return done


def made_before_named(plan: Plan) -> int:
    """What a call names and the plan makes is made before. Returns how many such names there are."""
    done, seen = before(plan), 0
    for step in plan.steps:
        named = pendings(step.payload)
        if isinstance(step.object, Pending):
            named |= {step.object.address}
        for address in named:
            assert f"create {address}" in done[step.id], f"{step.id} names {address}"
            seen += 1
    return seen


def named_go_last(plan: Plan, ours: Iterable[Live]) -> set[tuple[str, str]]:
    """What names an object goes, or names it no more, before the object goes.

    Returns the pairs of kinds between which that was seen.
    """
    objects = {live.id: live for live in ours if live.on}
    done = before(plan)
    away = {str(step.object): step for step in plan.steps if puts_away(step)}
    pairs = set()
    for naming in objects.values():
        for field, target in _named(naming.raw):
            if target not in objects or target == naming.id:
                continue
            last = away[target]
            free = [
                step.id
                for step in plan.steps
                if step.object == naming.id and (puts_away(step) or step.payload.get(field) == "")
            ]
            assert done[last.id].intersection(free), f"{last.id} before {naming.id} lets go of it"
            pairs.add((naming.kind.name, objects[target].kind.name))
    return pairs


def puts_away(step: Step) -> bool:
    """Whether a step deletes its object or switches it off."""
    return (
        step.verb in ("delete", "deactivate")
        or step.payload.get("active") is False
        or step.payload.get("disabled") is True
    )


def _named(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text in an answer, with the field of the object in which it is found."""
    for field, value in raw.items():
        yield from ((field, text) for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for inner in value.values():
                yield from _texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)
