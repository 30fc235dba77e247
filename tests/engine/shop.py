"""An account of gizmos in memory: a `Reader` and a `Writer`, and the rules of the far end.

The rules are written out here, not read off the kinds: what may change, what is filled in, what
is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import ConnectionLostError, RefusedError, UnexpectedAnswerError
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind
from reconciler.model.plan import Step
from reconciler.model.values import Frozen, to_json

INITIAL: dict[str, dict[str, Any]] = {
    "gizmo": {"live": True, "seal": "open", "note": None, "motto": None, "tags": []},
    "gadget": {"retired": False, "code": None, "label": None, "rates": {}},
    "washer": {},
}
FIXED = {"gizmo": {"id", "serial"}, "gadget": {"gizmo", "power"}, "washer": set()}
PREFIX = {"gizmo": "giz_", "gadget": "gad_", "washer": "was_"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One write that reached the far end."""

    call: str
    object: str | None
    payload: dict[str, Any]
    key: str


@dataclass(slots=True)
class Shop:
    """The account.

    `lose` says at which write the line breaks: before it is done, or after. Or the answer is odd.
    """

    account: str = "acct_1Shop"
    objects: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {kind: {} for kind in INITIAL}
    )
    sent: list[Sent] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    lose: Mapping[int, str] = field(default_factory=dict)
    watch: Callable[[Sent], None] = lambda _: None
    now: float = 0.0
    _made: int = 0

    def clock(self) -> float:
        return self.now

    @property
    def requests(self) -> int:
        return len(self.reads) + len(self.sent)

    def get_account(self) -> Account:
        return Account(id=self.account, livemode=False)

    def get_objects(self, kind: Kind) -> Iterable[Mapping[str, Any]]:
        self.reads.append(kind.name)
        return copy.deepcopy(list(self.objects[kind.name].values()))

    def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
        self.reads.append(object_id)
        return copy.deepcopy(self.objects[kind.name].get(object_id))

    def send(
        self, kind: Kind, step: Step, object_id: str | None, payload: Frozen, *, key: str
    ) -> Mapping[str, Any] | None:
        sent = Sent(step.call, object_id, to_json(payload), key)
        self.watch(sent)
        fate = self.lose.get(len(self.sent))
        self.sent.append(sent)
        if fate == "before":
            raise ConnectionLostError("the line broke")
        answer = self.write(step.verb, kind.name, object_id, sent.payload)
        if fate == "after":
            raise ConnectionLostError("the line broke")
        if fate == "odd":
            raise UnexpectedAnswerError("the answer is of another mode")
        return copy.deepcopy(answer)

    def write(
        self, verb: str, kind: str, object_id: str | None, payload: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Do what a call asks for. Also the door for what others do."""
        stored = self.objects[kind]
        if verb == "create":
            return self._create(kind, payload)
        if object_id not in stored:
            raise RefusedError(f"no such {kind}: {object_id}", status=404)
        one = stored[object_id]
        if verb == "delete":
            if kind == "gizmo" and self._gadgets_of(object_id):
                raise RefusedError("a gizmo that ever had a gadget stays", status=400)
            return {**stored.pop(object_id), "deleted": True}
        fixed = FIXED[kind] & payload.keys()
        if fixed:
            raise RefusedError(f"{kind} never changes {sorted(fixed)}", status=400)
        self._check(kind, payload, object_id)
        one.update(self._merged(one, payload))
        return one

    def _create(self, kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self._made += 1
        object_id = str(payload.get("id") or f"{PREFIX[kind]}{self._made}")
        if object_id in self.objects[kind] or "main" in payload:
            raise RefusedError(f"{kind} {object_id} cannot be made so", status=400)
        self._check(kind, payload, object_id)
        one = {"id": object_id, "object": kind, "created": self._made, "metadata": {}}
        one |= copy.deepcopy(INITIAL[kind])
        if kind == "gizmo":
            one["serial"] = f"serial {self._made}"
        one |= self._merged(one, payload)
        self.objects[kind][object_id] = one
        return {**one, "secret": f"whsec_{self._made}"}

    def _check(self, kind: str, payload: Mapping[str, Any], object_id: str) -> None:
        gadgets, gizmos = self.objects["gadget"], self.objects["gizmo"]
        for name in {payload.get("main"), *_spots(payload)} - {None, ""}:
            if name not in gadgets or gadgets[name]["retired"]:
                raise RefusedError(f"no such gadget in use: {name}", status=400)
        if (
            payload.get("gizmo", object_id) not in gizmos
            and kind == "gadget"
            and "gizmo" in payload
        ):
            raise RefusedError(f"no such gizmo: {payload['gizmo']}", status=400)
        used = {one.get("main") for one in gizmos.values()}
        used |= {name for washer in self.objects["washer"].values() for name in _spots(washer)}
        if payload.get("retired") is True and object_id in used:
            raise RefusedError(f"{object_id} is in use", status=400)
        code = payload.get("code")
        holder = next((one for one in gadgets.values() if code and one["code"] == code), None)
        if holder is not None and holder["id"] != object_id:
            if not payload.get("take_code"):
                raise RefusedError(f"{holder['id']} holds {code}", status=400)
            holder["code"] = None

    def _merged(self, one: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for name, value in payload.items():
            if name in {"metadata", "rates"} and value != "":
                entries = {**one.get(name, {}), **value}
                merged[name] = {key: each for key, each in entries.items() if each != ""}
            elif name != "take_code":
                merged[name] = None if value == "" else copy.deepcopy(value)
        if merged.get("case"):
            case = {"lock": "none", **(one.get("case") or {}), **merged["case"]}
            merged["case"] = {key: each for key, each in case.items() if each != ""}
        for rate in (merged.get("rates") or {}).values():
            rate.setdefault("mood", "none")
        return merged

    def _gadgets_of(self, gizmo: str) -> bool:
        return any(gadget["gizmo"] == gizmo for gadget in self.objects["gadget"].values())


def _spots(washer: Mapping[str, Any]) -> list[str]:
    return [spot["gadget"] for spot in washer.get("on", ())]
