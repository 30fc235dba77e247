"""Compares a kind with Stripe's own parameter types, as the SDK has them.

Neither side knows of the other: kinds are written by hand from Stripe's reference, the contract
is extracted from the SDK. What differs on purpose is an exception with its reason, and an
exception that excuses nothing is a disagreement too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from reconciler.model.kind import Archive, Delete, Kind, Verbs
from reconciler.model.marks import Body, Clear, Default, Keep, Rule
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar

CONTRACT: Mapping[str, Any] = json.loads(
    files("reconciler.simulator").joinpath("contract.json").read_text(encoding="utf-8")
)
"""Another test holds this file equal to the installed SDK."""

USUAL_LENGTH = 5000
"""What Stripe takes of a text for which its schema names no other length."""

EVERYWHERE = frozenset({"expand"})
"""Parameters of every call that say how to answer, not what the object is to be."""

_MANY = re.compile(r"\([^()]{999,}\)")
"""So many words that nobody would want to read them."""

_OURS = {"number": "decimal"}
"""The contract's types by other names of ours: Stripe's numbers are exact decimals here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """One field as Stripe has it: its node in the create and in the update type, if it is there."""

    create: Mapping[str, Any] | None
    update: Mapping[str, Any] | None

    @property
    def node(self) -> Mapping[str, Any]:
        return self.create or self.update or {}

    @property
    def clearable(self) -> bool:
        return bool(self.update and self.update.get("clearable"))

    def inside(self, step: str) -> Sides:
        """What is one level down: a field of an object, or (`*`) the entries of a container."""
        return Sides(create=_inside(self.create, step), update=_inside(self.update, step))

    def names(self) -> set[str]:
        return {name for side in (self.create, self.update) for name in _fields(side)}


def _fields(node: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if node is None or node.get("type") != "object":
        return {}
    fields: Mapping[str, Any] = CONTRACT["types"][node["of"]]
    return fields


def _inside(node: Mapping[str, Any] | None, step: str) -> Mapping[str, Any] | None:
    if node is None:
        return None
    return node["of"] if step == "*" else _fields(node).get(step)


def sides(kind: Kind) -> Sides:
    """The parameter types of a kind's create and update."""
    update = re.compile(rf"POST {re.escape(kind.path)}/\{{\w+\}}")
    named = [name for operation, name in operations() if update.fullmatch(operation)]
    create = CONTRACT["operations"][f"POST {kind.path}"]
    assert len(named) == 1, named
    return Sides(create={"type": "object", "of": create}, update={"type": "object", "of": named[0]})


def _at(path: str) -> list[str]:
    return [name for name, _ in operations() if name.startswith(f"POST {path}/")]


def operations() -> list[tuple[str, str]]:
    return list(CONTRACT["operations"].items())


@dataclass(slots=True)
class Judge:
    """Walks a kind and Stripe's types side by side, and tells every disagreement."""

    kind: Kind
    exceptions: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Field] | None = None
    """The kind's own, unless given."""
    used: set[str] = field(default_factory=set)

    def verdict(self) -> list[str]:
        stripe = sides(self.kind)
        problems = [
            *self._fields(self.kind.name, self.kind.body, self.fields or self.kind.fields, stripe),
            *self._around(stripe),
        ]
        mine = {name for name in self.exceptions if name.split(".")[0] == self.kind.name}
        problems += [f"{name}: an exception that excuses nothing" for name in mine - self.used]
        return sorted(problems)

    def _tell(self, path: str, problem: str) -> Iterator[str]:
        """Tell a problem, unless it is meant; `price.tiers.**` means whatever is inside tiers."""
        steps = path.split(".")
        below = (".".join([*steps[:count], "**"]) for count in range(1, len(steps)))
        meant = {f"{name}: {problem}" for name in (path, *below)} & self.exceptions.keys()
        self.used |= meant
        if not meant:
            yield f"{path}: {problem}"

    def _fields(
        self, path: str, body: type[Body], fields: Mapping[str, Field], stripe: Sides
    ) -> Iterator[str]:
        known = fields.keys() | EVERYWHERE | {key.transfer for key in self.kind.natural_keys}
        for name in sorted(stripe.names() - known):
            yield from self._tell(f"{path}.{name}", "is not a field")
        for name, one in fields.items():
            if self.kind.verbs is not None and name == self.kind.verbs.field:
                continue  # calls of its own change it
            if one.read_only:
                continue  # Stripe gives it, and an update names by it what it changes
            if one.file_only:
                continue  # said in Stripe's own fields before anything is sent
            if one.items is not None and one.attached:
                yield from self._attached(f"{path}.{name}", body, one, one.items.path)
                continue
            there = stripe.inside(name)
            if there.create is None and there.update is None:
                yield from self._tell(f"{path}.{name}", "is unknown to Stripe")
                continue
            yield from self._marks(f"{path}.{name}", one, there)
            yield from self._length(f"{path}.{name}", body, one, there)
            yield from self._form(f"{path}.{name}", body, one.form, there)

    def _attached(self, path: str, body: type[Body], one: Field, below: str) -> Iterator[str]:
        """Judge what comes and goes by calls of its own: their parameters, and that both are."""
        called = re.compile(rf"(POST|DELETE) {re.escape(self.kind.path)}/\{{\w+\}}/{below}(/.*)?")
        found = {name.split()[0]: of for name, of in operations() if called.fullmatch(name)}
        if found.keys() != {"POST", "DELETE"}:
            yield from self._tell(path, "has no calls of its own at Stripe")
            return
        if one.rule is not Rule.UPDATE or one.drop is not Rule.UPDATE:
            yield from self._tell(path, "comes and goes, and is not marked update")
        entry = Sides(create={"type": "object", "of": found["POST"]}, update=None)
        match one.form:
            case Listed(item=Nested(body=inner, fields=fields)):
                given = {name: field for name, field in fields.items() if not field.read_only}
                yield from self._fields(f"{path}.*", inner, given, entry)
            case _:
                yield from self._tell(path, "is no list of objects")

    def _marks(self, path: str, one: Field, there: Sides) -> Iterator[str]:
        """Point 6: what a change to the field means, and what leaving it out means."""
        if there.update is None and one.rule is not Rule.REPLACE:
            yield from self._tell(path, f"cannot be updated, and is marked {one.rule}")
        if there.update is not None and one.rule is Rule.REPLACE:
            yield from self._tell(path, "can be updated, and is marked replace")
        late = one.update_only or (one.ref is not None and one.ref.late)
        if there.create is None and not late:
            yield from self._tell(path, "can only be updated, and is not late")
        if there.create is not None and one.update_only:
            yield from self._tell(path, "can be given at creation, and is marked update only")
        required = bool(there.create and there.create.get("required"))
        if required is not one.required:
            yield from self._tell(path, f"required is {required} at Stripe, {one.required} here")
        if there.update is None or one.rule is Rule.REPLACE or one.required:
            return
        match one.omitted:
            case Clear(inside=False) if not there.clearable:
                yield from self._tell(path, "is not clearable, and is marked clear")
            case Clear(inside=True) if there.clearable:
                yield from self._tell(path, "is clearable, and is marked clear inside")
            case Keep() if there.clearable:
                yield from self._tell(path, "is clearable, and is marked keep")
            case Default(value=value) if value not in (there.node.get("enum") or (value,)):
                yield from self._tell(path, f"its default {value} is none of Stripe's words")

    def _length(self, path: str, body: type[Body], one: Field, there: Sides) -> Iterator[str]:
        if there.node.get("type") != "string" or "enum" in there.node:
            return
        info = body.model_fields[one.name]
        ours = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
        named = {side.get("max", USUAL_LENGTH) for side in (there.create, there.update) if side}
        if named != {USUAL_LENGTH if ours is None else ours}:
            yield from self._tell(path, f"takes {sorted(named)} characters, and {ours} here")

    def _form(self, path: str, body: type[Body], form: Form, there: Sides) -> Iterator[str]:
        for side in (there.create, there.update):
            if side is not None and _type(side) != _ours(form):
                theirs = _MANY.sub("(many words)", _type(side))
                yield from self._tell(path, f"is {theirs}, and {_ours(form)} here")
                return
        match form:
            case Nested(body=inner, fields=fields):
                yield from self._fields(path, inner, fields, there)
            case Listed(item=item) | Mapped(item=item):
                yield from self._form(f"{path}.*", body, item, there.inside("*"))
            case Scalar():
                pass

    def _around(self, stripe: Sides) -> Iterator[str]:
        """What a kind says beside its fields: how it is listed, retired, and gives up a key."""
        kind = self.kind
        listed = CONTRACT["types"][CONTRACT["operations"][f"GET {kind.path}"]]
        for scope in kind.scopes:
            for name in scope.keys() - listed.keys():
                yield f"{kind.name}: cannot be listed by {name}"
        for key in kind.natural_keys:
            if key.transfer and None in (
                stripe.inside(key.transfer).create,
                stripe.inside(key.transfer).update,
            ):
                yield f"{kind.name}: has no parameter {key.transfer}"
        match kind.retirement:
            case Archive(field=name) | Delete(otherwise=Archive(field=name)):
                if stripe.inside(name).update is None:
                    yield f"{kind.name}: {name} cannot be updated, so it cannot be archived by it"
            case Verbs(off=off, on=on):
                for verb in (off, on):
                    if not any(name.endswith(f"}}/{verb}") for name in _at(kind.path)):
                        yield f"{kind.name}: has no call {verb}"
            case Delete():
                pass
        delete = re.compile(rf"DELETE {re.escape(kind.path)}/\{{\w+\}}")
        can = any(delete.fullmatch(operation) for operation, _ in operations())
        if can is not isinstance(kind.retirement, Delete):
            yield f"{kind.name}: deletable is {can} at Stripe, and not so here"


def _type(node: Mapping[str, Any]) -> str:
    """A node in words: `integer`, `string(inf)|integer`, `map`."""
    if "any" in node:
        return "|".join(sorted(_type(arm) for arm in node["any"]))
    choices = f"({','.join(sorted(node['enum']))})" if "enum" in node else ""
    name = str(node["type"])
    return _OURS.get(name, name) + choices


def _ours(form: Form) -> str:
    match form:
        case Nested():
            return "object"
        case Listed():
            return "array"
        case Mapped():
            return "map"
        case Scalar(type=types, choices=choices):
            words = f"({','.join(sorted(choices))})" if choices else ""
            named = types.split("|")
            return "|".join(sorted(t + words if t == "string" else t for t in named))
