"""The calls of a plan as they are made: `POST /v1/prices`, with their parameters."""

from __future__ import annotations

import json
from dataclasses import dataclass

from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Plan, Step
from reconciler.model.values import Pending, to_json
from reconciler.render.safe import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class CallText:
    """One call: its request line, what it is for, and its parameters as JSON, on one line."""

    request: str
    address: str
    parameters: str


def calls(plan: Plan, kinds: Kinds) -> tuple[CallText, ...]:
    """Return the calls in the order of the plan."""
    return tuple(
        CallText(
            request=shown(_request(step, kinds[step.kind])),
            address=str(step.address),
            parameters=_parameters(step),
        )
        for step in plan.steps
    )


def _request(step: Step, kind: Kind) -> str:
    path = kind.path
    match step.object:
        case None:
            pass
        case Pending(address=address):
            path += f"/<id of {address}>"
        case object_id:
            path += f"/{object_id}"
    if kind.verbs is not None and step.verb in (kind.verbs.off, kind.verbs.on):
        path += f"/{step.verb}"
    if step.part and kind.attached is not None and kind.attached.items is not None:
        path += f"/{kind.attached.items.path}"
    if step.item is not None:
        path += f"/{step.item}"
    method = "DELETE" if step.verb in {"delete", "detach"} else "POST"
    return f"{method} {path}"


def _parameters(step: Step) -> str:
    if not step.payload:
        return ""
    return shown(json.dumps(to_json(step.payload), ensure_ascii=False))
