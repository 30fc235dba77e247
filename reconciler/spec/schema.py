"""The JSON Schema of a catalog file, for editors: made from the kinds.

Draft 7, because that is what TOML editors (taplo, Even Better TOML) read. It helps while typing;
`load` is the judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.address import KEY
from reconciler.model.kind import Derived, Embedded, Kind, Kinds
from reconciler.model.marks import Body, Default, Keep, Major
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar, shape
from reconciler.spec import tables
from reconciler.spec.resource import ignorable
from reconciler.spec.settings import ACCOUNT, NAME
from reconciler.spec.shorthand import (
    bare_amount,
    bare_field,
    names,
    needs,
    shorthands_only,
    stands_for,
    unwritten,
)
from reconciler.spec.words import one

Schema = dict[str, Any]

_LIMITS = (
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
)
_MAX_RATIO = 1
_BEYOND_ALL_NUMBERS = 1e308


def json_schema(kinds: Kinds, *, overlay: bool = False) -> Schema:
    """Return the schema of a catalog file; with `overlay`, of a file laid over others.

    An overlay may give a part of a table, and `unset` what stands below it.
    """
    making = _Schema(kinds, overlay=overlay)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stripe catalog",
        "description": "The products, prices and plans that a Stripe account should have.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "catalog": making.catalog(),
            "defaults": making.defaults(),
            **making.groups(tables.roots(kinds)),
            "moved": making.moved(),
            "adopt": making.adopt(),
            "policy": _policy(),
        },
        "definitions": {kind.name: making.resource(kind) for kind in kinds.values()},
    }


class _Schema:
    def __init__(self, kinds: Kinds, *, overlay: bool) -> None:
        self._kinds = kinds
        self._overlay = overlay

    def catalog(self) -> Schema:
        return _table(
            "Whose objects these are.",
            {
                "name": _text("Written on every object.", f"^{NAME}$"),
                "account": _text("Refuse any other account.", f"^{ACCOUNT}$"),
                "previous_name": _text("When a catalog was renamed.", f"^{NAME}$"),
                "ignore_metadata": _list(
                    {"type": "string", "pattern": "^(?!reconciler).+"},
                    "Metadata keys that are left to others, such as crm_*.",
                ),
            },
        )

    def defaults(self) -> Schema:
        takers = {name: kind for kind in self._kinds.values() for name in kind.inherits}
        fields = {name: self._field(*stands_for(kind.body, name)) for name, kind in takers.items()}
        return _table("Values for every table that gives none.", fields)

    def groups(self, kinds: Mapping[str, Kind]) -> Schema:
        return {
            name: {
                "type": "object",
                "description": f"Every {kind.name.replace('_', ' ')} by its name.",
                "propertyNames": {
                    "pattern": f"^{KEY.pattern}$",
                    **({"maxLength": kind.max_key} if kind.max_key else {}),
                },
                "additionalProperties": {"$ref": f"#/definitions/{kind.name}"},
            }
            for name, kind in kinds.items()
        }

    def moved(self) -> Schema:
        pattern = self._addresses(self._kinds.values())
        return {
            "type": "object",
            "description": 'Renames: "product.pro" = "product.team" reads pro is now team.',
            "propertyNames": {"pattern": pattern},
            "additionalProperties": {"type": "string", "pattern": pattern},
        }

    def adopt(self) -> Schema:
        stored = [kind for kind in self._kinds.values() if not isinstance(kind.identity, Embedded)]
        identifier = _text("The object's id at Stripe.", "^[!-~]+$")
        whose = _text("The catalog that gives it up.", f"^{NAME}$")
        return {
            "type": "object",
            "description": 'Binds existing objects: "product.pro" = "prod_ABC".',
            "propertyNames": {"pattern": self._addresses(stored)},
            "additionalProperties": {
                "anyOf": [
                    identifier,
                    _table("From another catalog.", {"id": identifier, "from": whose}, ["id"]),
                ]
            },
        }

    def _addresses(self, kinds: Iterable[Kind]) -> str:
        forms = [
            kind.name + rf"(\.{KEY.pattern}){{{tables.depth(kind, self._kinds)}}}" for kind in kinds
        ]
        return f"^({'|'.join(forms)})$"

    def resource(self, kind: Kind) -> Schema:
        schema = self._body(kind.body, top=kind)
        schema["description"] = " ".join([f"{one(kind.name).capitalize()}.", *kind.notes])
        properties = schema["properties"]
        if kind.stored:
            properties["ignore"] = _list(
                {"type": "string", "enum": sorted(ignorable(kind))},
                "Fields that are set at creation and then left alone.",
            )
            properties["protect"] = {
                "type": "boolean",
                "description": "Whether replacing and retiring it is forbidden.",
            }
        properties |= self.groups(tables.children(kind, self._kinds))
        properties |= {derived.key: self._derived(derived) for derived in kind.derives}
        return schema

    def _derived(self, derived: Derived) -> Schema:
        """Return what may stand at a key that stands for a resource of another kind."""
        whole = self.resource(self._kinds[derived.kind])
        for name in derived.said:
            whole["properties"].pop(name, None)
        whole.pop("required", None)
        return {"description": derived.description, "anyOf": [{"type": "boolean"}, whole]}

    def _body(self, body: type[Body], *, top: Kind | None = None) -> Schema:
        away = {top.within.field} if top is not None and top.within is not None else set()
        filled = set(top.inherits) if top is not None else set()
        away |= unwritten(body)
        properties = {name: self._field(body, name) for name in shape(body) if name not in away}
        for lift in body.LIFTS:
            inner = self._field(*stands_for(body, lift.name))
            properties[lift.name] = {**inner, "description": lift.description}
        for major in body.MAJORS:
            properties[major.name] = _amount(major)
        needed = [
            [name, *_shorthands_for(body, name)]
            for name, field in shape(body).items()
            if field.required and name not in away | filled
        ]
        required = [ways[0] for ways in needed if len(ways) == 1]
        required += [name for name in _shorthands_needed(body) if name not in filled]
        schema = _table("", properties, required)
        rules = [_not_both(pair) for pair in _pairs(body)]
        if not self._overlay:
            rules += [_one_of(ways) for ways in needed if len(ways) > 1]
        if rules:
            schema["allOf"] = rules
        if self._overlay:
            del schema["required"]
            unset = _list({"type": "string"}, "Fields of the file below that are removed.")
            properties["unset"] = unset
        return schema

    def _field(self, body: type[Body], name: str) -> Schema:
        field = shape(body)[name]
        found = _limits_of(body).get(name, {})
        schema = self._form(field.form, found)
        if field.ref is not None:
            schema["description"] = (
                f"{field.description} The name of {one(field.ref.kind)} in the catalog, or its id."
            )
        else:
            schema["description"] = field.description
        omitted = _omitted(field)
        if omitted is not None:
            schema["default"] = omitted
        return schema

    def _form(self, form: Form, limits: Mapping[str, Any]) -> Schema:
        match form:
            case Scalar():
                return _scalar(form, limits)
            case Nested(body=body):
                return self._body(body)
            case Listed(item=item):
                inner = self._form(item, {})
                if bare_field(item) is not None:
                    inner = {"anyOf": [{"type": "string"}, inner]}
                sizes = {key: limits[key] for key in ("minItems", "maxItems") if key in limits}
                return {"type": "array", "items": inner, **sizes}
            case Mapped(item=item):
                inner = self._form(item, {})
                major = bare_amount(item)
                if major is not None:
                    inner = {"anyOf": [_amount(major), inner]}
                return {"type": "object", "additionalProperties": inner}


def _omitted(field: Field) -> bool | int | str | None:
    match field.omitted:
        case Default(value=value):
            return value
        case Keep(initial=initial):
            return initial
        case _:
            return None


def _scalar(form: Scalar, limits: Mapping[str, Any]) -> Schema:
    arms: list[Schema] = []
    for kind in form.type.split("|"):
        match kind:
            case "decimal":
                arms.append({"type": "number", **_only(limits, "inimum", "aximum")})
                arms.append({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"})
            case "string" if form.choices:
                arms.append({"enum": list(form.choices)})
                if "inf" in form.choices:  # TOML's own infinity
                    arms.append({"type": "number", "minimum": _BEYOND_ALL_NUMBERS})
            case "string":
                arms.append({"type": kind, **_only(limits, "Length", "pattern")})
            case _:
                arms.append({"type": kind, **_only(limits, "inimum", "aximum")})
    return arms[0] if len(arms) == 1 else {"anyOf": arms}


def _only(limits: Mapping[str, Any], *parts: str) -> Schema:
    return {key: value for key, value in limits.items() if any(part in key for part in parts)}


def _limits_of(body: type[Body]) -> dict[str, Schema]:
    """Return the sizes and ranges of a body's fields, as pydantic knows them."""
    properties: Mapping[str, Schema] = body.model_json_schema().get("properties", {})
    return {name: _limits(schema) for name, schema in properties.items()}


def _limits(schema: Schema) -> Schema:
    found = {key: schema[key] for key in _LIMITS if key in schema}
    for arm in schema.get("anyOf", ()):
        # A text arm beside a number is the number, written as text.
        found |= {key: value for key, value in _limits(arm).items() if key not in found}
    return found


def _amount(major: Major) -> Schema:
    return {"type": "number", "minimum": 0, "description": major.description}


def _shorthands_needed(body: type[Body]) -> list[str]:
    """Return the shorthands of what is required in a field that is given by them alone."""
    short = {lift.field: lift.name for lift in body.LIFTS}
    short |= {major.minor: major.name for major in body.MAJORS}
    return [
        name
        for path, name in short.items()
        if path.partition(".")[0] in shorthands_only(body) and needs(body, tuple(path.split(".")))
    ]


def _shorthands_for(body: type[Body], name: str) -> list[str]:
    """Return the other names under which a table may give a field, or what is in it."""
    found = [other for major in body.MAJORS if major.minor == name for other in names(major)]
    found += [lift.name for lift in body.LIFTS if lift.field.startswith(f"{name}.")]
    return [other for other in found if other != name]


def _one_of(ways: list[str]) -> Schema:
    return {"anyOf": [{"required": [way]} for way in ways]}


def _pairs(body: type[Body]) -> list[tuple[str, str]]:
    """Return the names that never stand side by side."""
    found = []
    for major in body.MAJORS:
        group = names(major)
        found += [
            (first, second) for number, first in enumerate(group) for second in group[number + 1 :]
        ]
    return found


def _not_both(pair: tuple[str, str]) -> Schema:
    return {"not": {"required": list(pair)}}


def _policy() -> Schema:
    ratio = "The part of ten or more objects that one plan may change."
    percent = "By how many percent an amount may change."
    return _table(
        "The limits of the guards.",
        {
            "max_change_ratio": {
                "type": "number",
                "minimum": 0,
                "maximum": _MAX_RATIO,
                "description": ratio,
            },
            "max_price_change_percent": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": percent,
            },
            "allow": _list(
                {"type": "string", "pattern": "^RC[0-9]{3}(:.+)?$"},
                "Guards that are lifted, for all or for one address: RC103:price.pro.monthly.",
            ),
            "lock": {
                "type": "boolean",
                "description": "Whether an apply keeps others out meanwhile: true unless given.",
            },
        },
    )


def _table(about: str, properties: Schema, required: Iterable[str] = ()) -> Schema:
    return {
        "type": "object",
        **({"description": about} if about else {}),
        "additionalProperties": False,
        "properties": properties,
        "required": list(required),
    }


def _list(items: Schema, about: str) -> Schema:
    return {"type": "array", "items": items, "description": about}


def _text(about: str, pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern, "description": about}
