"""An account of gizmos in memory: a `Reader` and a `Writer`, and the rules of the far end.

The rules are written out here, not read off the kinds: what may change, what is filled in, what
is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import (
    ConnectionLostError,
    RefusedError,
    StripeError,
    UnexpectedAnswerError,
)
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind, Lookup
from reconciler.model.marks import Items
from reconciler.model.plan import Step
from reconciler.model.values import Frozen, to_json
from reconciler.ports import MayGo, always

INITIAL: dict[str, dict[str, Any]] = {
    "gizmo": {"live": True, "seal": "open", "note": None, "motto": None, "tags": []},
    "gadget": {"retired": False, "code": None, "label": None, "rates": {}},
    "washer": {},
    "charm": {"idle": False},
    "stand": {"closed": False, "sign": None, "visits": 0},
    "gizmo_charm": {},
}
FIXED: dict[str, set[str]] = {
    "gizmo": {"id", "serial", "charms"},
    "gadget": {"gizmo", "power"},
    "washer": set(),
    "charm": {"word"},
    "stand": {"visits"},
}
PREFIX = {
    "gizmo": "giz_",
    "gadget": "gad_",
    "washer": "was_",
    "charm": "cha_",
    "stand": "sta_",
    "gizmo_charm": "hung_",
}
FIRST = 2
"""How many slots of a stand are in an answer; the others are asked for."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One write that reached the far end."""

    call: str
    object: str | None
    payload: dict[str, Any]
    key: str
    item: str | None = None


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
    time: float = 0.0
    _made: int = 0

    def clock(self) -> float:
        return self.time

    @property
    def requests(self) -> int:
        return len(self.reads) + len(self.sent)

    def now(self) -> int:
        return int(self.time)

    def get_account(self) -> Account:
        self.reads.append("account")
        return Account(id=self.account, livemode=False)

    def get_objects(self, kind: Kind) -> Iterable[Mapping[str, Any]]:
        self.reads.append(kind.name)
        return [answered(one) for one in self.objects[kind.name].values()]

    def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
        self.reads.append(object_id)
        found = self.objects[kind.name].get(object_id)
        return None if found is None else answered(found)

    def find_objects(
        self, kind: Kind, lookup: Lookup, values: Sequence[str]
    ) -> Iterable[Mapping[str, Any]]:
        self.reads.append(f"{kind.name} by {lookup.parameter}")
        objects = self.objects[kind.name].values()
        return [answered(one) for one in objects if one.get(lookup.field) in values]

    def search_ids(self, kind: Kind, query: str) -> Iterable[str]:
        self.reads.append(f"{kind.name} search")
        return ()

    def get_items(self, kind: Kind, object_id: str, items: Items) -> Iterable[Mapping[str, Any]]:
        self.reads.append(f"{object_id}/{items.path}")
        if kind.name == "stand":
            return copy.deepcopy(self.objects["stand"][object_id]["slots"])
        return [
            {"id": hung["id"], "charm": copy.deepcopy(self.objects["charm"][hung["charm"]])}
            for hung in self.hung(object_id)
        ]

    def get_subscriptions(self, on: Mapping[str, str]) -> Iterable[Mapping[str, Any]]:
        self.reads.append(f"subscriptions on {', '.join(on.values())}")
        return ()

    def hung(self, gizmo: str) -> list[dict[str, Any]]:
        """What is attached to a gizmo."""
        return [hung for hung in self.objects["gizmo_charm"].values() if hung["gizmo"] == gizmo]

    def send(
        self,
        kind: Kind,
        step: Step,
        object_id: str | None,
        payload: Frozen,
        *,
        key: str,
        may_go: MayGo = always,
    ) -> Mapping[str, Any] | None:
        if not may_go():
            raise StripeError("nothing more was to be sent")
        sent = Sent(step.call, object_id, to_json(payload), key, step.item)
        self.watch(sent)
        fate = self.lose.get(len(self.sent))
        self.sent.append(sent)
        if fate == "before":
            raise ConnectionLostError("the line broke")
        answer = self.write(step.verb, kind.name, object_id, sent.payload, step.item)
        if fate == "after":
            raise ConnectionLostError("the line broke")
        if fate == "odd":
            raise UnexpectedAnswerError("the answer is of another mode")
        return answered(answer)

    def write(
        self,
        verb: str,
        kind: str,
        object_id: str | None,
        payload: Mapping[str, Any],
        item: str | None = None,
    ) -> dict[str, Any]:
        """Do what a call asks for. Also the door for what others do."""
        stored = self.objects[kind]
        if verb == "create":
            return self._create(kind, payload)
        if object_id not in stored:
            raise RefusedError(f"no such {kind}: {object_id}", status=404)
        one = stored[object_id]
        if verb == "attach":
            return self._attach(object_id, payload["charm"])
        if verb == "detach":
            return self._detach(object_id, item)
        if verb == "delete":
            if kind == "gizmo" and self._gadgets_of(object_id):
                raise RefusedError("a gizmo that ever had a gadget stays", status=400)
            for hung in self.hung(object_id) if kind == "gizmo" else ():
                self._detach(object_id, hung["id"])
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
        late = {"main", "charms", "idle", "closed"} & payload.keys()
        if object_id in self.objects[kind] or late:
            raise RefusedError(f"{kind} {object_id} cannot be made so", status=400)
        self._check(kind, payload, object_id)
        one = {"id": object_id, "object": kind, "created": self._made, "metadata": {}}
        one |= copy.deepcopy(INITIAL[kind])
        if kind == "gizmo":
            one["serial"] = f"serial {self._made}"
        if kind == "stand":
            one["place"] = f"place {self._made}"
        one |= self._merged(one, payload)
        self.objects[kind][object_id] = one
        return {**one, "secret": f"whsec_{self._made}"}

    def _attach(self, gizmo: str, charm: str) -> dict[str, Any]:
        if charm not in self.objects["charm"] or self.objects["charm"][charm]["idle"]:
            raise RefusedError(f"no such charm in use: {charm}", status=400)
        if any(hung["charm"] == charm for hung in self.hung(gizmo)):
            raise RefusedError(f"{charm} hangs on {gizmo} already", status=400)
        self._made += 1
        hung = {"id": f"hung_{self._made}", "gizmo": gizmo, "charm": charm}
        self.objects["gizmo_charm"][hung["id"]] = hung
        return {"id": hung["id"], "charm": copy.deepcopy(self.objects["charm"][charm])}

    def _detach(self, gizmo: str, item: str | None) -> dict[str, Any]:
        if item not in {hung["id"] for hung in self.hung(gizmo)}:
            raise RefusedError(f"nothing of that id hangs on {gizmo}: {item}", status=404)
        del self.objects["gizmo_charm"][str(item)]
        return {"id": item, "deleted": True}

    def _check(self, kind: str, payload: Mapping[str, Any], object_id: str) -> None:
        gadgets, gizmos = self.objects["gadget"], self.objects["gizmo"]
        for name in {payload.get("main"), *_spots(payload)} - {None, ""}:
            if name not in gadgets or gadgets[name]["retired"]:
                raise RefusedError(f"no such gadget in use: {name}", status=400)
        self._check_word(payload, object_id)
        if (
            payload.get("gizmo", object_id) not in gizmos
            and kind == "gadget"
            and "gizmo" in payload
        ):
            raise RefusedError(f"no such gizmo: {payload['gizmo']}", status=400)
        used = {one.get("main") for one in gizmos.values()}
        used |= {name for washer in self.objects["washer"].values() for name in _spots(washer)}
        stands = self.objects["stand"].values()
        used |= {name for stand in stands if not stand["closed"] for name in _spots(stand)}
        if payload.get("retired") is True and object_id in used:
            raise RefusedError(f"{object_id} is in use", status=400)
        code = payload.get("code")
        holder = next((one for one in gadgets.values() if code and one["code"] == code), None)
        if holder is not None and holder["id"] != object_id:
            if not payload.get("take_code"):
                raise RefusedError(f"{holder['id']} holds {code}", status=400)
            holder["code"] = None

    def _check_word(self, payload: Mapping[str, Any], object_id: str) -> None:
        """Of charms in use, one has a word. One that is out of use leaves it to others."""
        charms = self.objects["charm"]
        word = payload.get("word")
        if payload.get("idle") is False and object_id in charms:
            word = charms[object_id]["word"]
        holders = {one["id"] for one in charms.values() if one["word"] == word and not one["idle"]}
        if word and holders - {object_id}:
            raise RefusedError(f"{holders} have the word {word}", status=400)

    def _merged(self, one: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for name, value in payload.items():
            if name in {"metadata", "rates"} and value != "":
                entries = {**one.get(name, {}), **value}
                merged[name] = {key: each for key, each in entries.items() if each != ""}
            elif name == "slots":
                merged[name] = self._slots(one.get(name), value)
            elif name != "take_code":
                merged[name] = None if value == "" else copy.deepcopy(value)
        if merged.get("case"):
            case = {"lock": "none", **(one.get("case") or {}), **merged["case"]}
            merged["case"] = {key: each for key, each in case.items() if each != ""}
        for rate in (merged.get("rates") or {}).values():
            rate.setdefault("mood", "none")
        return merged

    def _slots(self, old: list[dict[str, Any]] | None, given: list[Any]) -> list[dict[str, Any]]:
        """The slots of a stand: made with it, and changed one by one after that."""
        if old is None:
            blank = {"count": 1, "label": None}
            return [
                {**blank, **slot, "id": f"slot_{self._made}_{place}"}
                for place, slot in enumerate(given)
            ]
        changed = {slot["id"]: slot for slot in given}
        if changed.keys() - {slot["id"] for slot in old} or any("gadget" in slot for slot in given):
            raise RefusedError("what a stand shows never changes", status=400)
        return [
            {key: None if each == "" else each for key, each in {**slot, **sent}.items()}
            for slot in old
            for sent in [changed.get(slot["id"], {})]
        ]

    def _gadgets_of(self, gizmo: str) -> bool:
        return any(gadget["gizmo"] == gizmo for gadget in self.objects["gadget"].values())


def answered(one: Mapping[str, Any]) -> dict[str, Any]:
    """An object as it is answered: the first of its slots, and nothing that is attached."""
    answer = copy.deepcopy(dict(one))
    if "slots" in answer:
        slots = answer["slots"]
        answer["slots"] = {"object": "list", "data": slots[:FIRST], "has_more": len(slots) > FIRST}
    return answer


def _spots(one: Mapping[str, Any]) -> list[str]:
    """The gadgets that a washer is on, or that a stand shows."""
    named = [*one.get("on", ()), *one.get("slots", ())]
    return [spot["gadget"] for spot in named if "gadget" in spot]
