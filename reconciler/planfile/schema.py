"""The JSON Schema of a plan file, for programs that read one: made from the kinds.

It describes exactly what this version writes. What no schema can say (the digest, that steps wait
for steps of the file) only `read` judges. https://json-schema.org/draft/2020-12/schema
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, assert_never

from reconciler.model.address import KEY
from reconciler.model.kind import Kind, Kinds
from reconciler.model.marks import Rule
from reconciler.model.plan import Change
from reconciler.model.revenue import WHYS
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar
from reconciler.planfile.layout import CHOICES, EXTRAS, FORMAT_VERSION, NULLABLE

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
COUNT: Schema = {"type": "integer", "minimum": 0}
TRUTH: Schema = {"type": "boolean"}
ANYTHING: Schema = {}
ANY_MAPPING: Schema = {"type": "object"}


def json_schema(kinds: Kinds) -> Schema:
    """Return the schema of the plan files that this version writes and reads."""
    making = _Schema(kinds)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Plan of a Stripe catalog, format {FORMAT_VERSION}",
        "description": "What would change, why it may, and every call that it takes.",
        **making.plan(),
        "$defs": making.definitions(),
    }


def _record(properties: Mapping[str, Schema], optional: Iterable[str] = ()) -> Schema:
    """Return an object that has exactly these keys."""
    left_out = set(optional)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in properties if name not in left_out],
        "properties": dict(properties),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _when(name: str, test: Schema, then: Mapping[str, Schema]) -> Schema:
    return {
        "if": {"required": [name], "properties": {name: test}},
        "then": {"properties": dict(then)},
    }


class _Schema:
    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._stored = [kind for kind in kinds.values() if kind.stored]

    def plan(self) -> Schema:
        return _record(
            {
                "format_version": {"const": FORMAT_VERSION},
                "catalog": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,39}$"},
                "account": _or_null({"type": "string", "pattern": "^acct_[A-Za-z0-9_]{1,64}$"}),
                "livemode": TRUTH,
                "api_version": {"type": "string", "pattern": "^[0-9a-z.-]{1,40}$"},
                "spec_digest": _ref("digest"),
                "summary": _record({cls.action: COUNT for cls in EXTRAS}),
                "writes": COUNT,
                "reads": COUNT,
                "unchanged": COUNT,
                "changes": _list(_ref("change")),
                "steps": _list(_ref("step")),
                "findings": _list(_ref("finding")),
                "lifted": TEXTS,
                "lock": TRUTH,
                "impacts": _list(_ref("impact")),
                "subscribers": {"enum": ["allow", "deny"]},
                "refresh": {"enum": ["full", "targeted"]},
                "notes": TEXTS,
                "strangers": _list(_ref("strangers")),
                "seen": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        name: {"type": "object", "additionalProperties": _ref(f"body_{name}")}
                        for name in self._kinds
                    },
                },
                "names": {"type": "object", "additionalProperties": _ref("address")},
                "ignore_metadata": TEXTS,
                "beside": _list(self._beside()),
                "digest": _ref("digest"),
            },
            optional=("beside",),
        )

    def _beside(self) -> Schema:
        bodies = {
            "type": "object",
            "propertyNames": _ref("address"),
            "patternProperties": {
                rf"^{name}\.": _ref(f"body_{name}")
                for name, kind in self._kinds.items()
                if kind.sellable
            },
            "additionalProperties": False,
        }
        return _record({"address": _ref("address"), "bodies": bodies, "more": COUNT})

    def definitions(self) -> Schema:
        names = "|".join(self._kinds)
        return {
            "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{32}$"},
            "address": {"type": "string", "pattern": rf"^({names})(\.{KEY.pattern})+$"},
            "kind": {"enum": list(self._kinds)},
            "id": {"type": "string", "minLength": 1, "pattern": r"^[^/?#%\\]+$"},
            "pending": {
                "description": "The id of an object that a step of this plan creates.",
                **_record({"id_from": {"type": "string", "pattern": rf"^create ({names})\."}}),
            },
            "id_or_pending": {"anyOf": [_ref("id"), _ref("pending")]},
            "change": self._change(),
            "edit": _record(
                {
                    "path": TEXT,
                    "before": ANYTHING,
                    "after": ANYTHING,
                    "rule": {"enum": [rule.value for rule in Rule]},
                }
            ),
            "step": self._step(),
            "reliance": _reliance(),
            "finding": _record(
                {
                    "code": {"type": "string", "pattern": "^RC[0-9]{3}$"},
                    "address": _or_null(_ref("address")),
                    "text": TEXT,
                    "blocks": TRUTH,
                    "lifted": TRUTH,
                }
            ),
            "impact": _impact(),
            "revenue": _revenue(),
            "strangers": _record({"kind": _ref("kind"), "catalog": _or_null(TEXT), "count": COUNT}),
            **dict(self._bodies()),
        }

    def _change(self) -> Schema:
        extras = {key for keys in EXTRAS.values() for key in keys}
        common = {
            "address": _ref("address"),
            "action": {"enum": [cls.action for cls in EXTRAS]},
            "object": _or_null(_ref("id")),
            **{key: _extra(key) for key in sorted(extras)},
            "edits": _list(_ref("edit")),
            "before": ANY_MAPPING,
            "after": ANY_MAPPING,
            "notes": TEXTS,
        }
        own = [_own(cls, keys, extras) for cls, keys in EXTRAS.items()]
        bodies = [
            _when(
                "address",
                {"pattern": rf"^{name}\."},
                {side: _ref(f"body_{name}") for side in ("before", "after")},
            )
            for name in self._kinds
        ]
        return {**_record(common, optional=extras), "allOf": [*own, *bodies]}

    def _step(self) -> Schema:
        calls, rules = [], []
        for kind in self._stored:
            payload = _ref(f"{'payload' if _takes_over(kind) else 'body'}_{kind.name}")
            sending = [f"create_{kind.name}", f"update_{kind.name}"]
            silent = [f"delete_{kind.name}"]
            if kind.verbs is not None:
                silent += [f"{kind.verbs.off}_{kind.name}", f"{kind.verbs.on}_{kind.name}"]
            calls += [*sending, *silent]
            rules.append(_when("call", {"enum": sending}, {"payload": payload}))
            rules.append(
                _when(
                    "call",
                    {"enum": silent},
                    {"payload": {"maxProperties": 0}, "otherwise": payload},
                )
            )
            items = kind.attached.items if kind.attached is not None else None
            if items is not None:
                calls += [f"attach_{items.call}", f"detach_{items.call}"]
        properties = {
            "id": TEXT,
            "address": _ref("address"),
            "call": {"enum": calls},
            "object": _or_null(_ref("id_or_pending")),
            "item": _ref("id"),
            "payload": ANY_MAPPING,
            "otherwise": ANY_MAPPING,
            "after": TEXTS,
            "relies_on": _list(_ref("reliance")),
        }
        return {**_record(properties, optional=("item", "otherwise")), "allOf": rules}

    def _bodies(self) -> Iterator[tuple[str, Schema]]:
        for kind in self._kinds.values():
            yield f"body_{kind.name}", _fields(kind.fields)
            if _takes_over(kind):
                yield f"payload_{kind.name}", _payload(kind)


def _extra(key: str) -> Schema:
    schema = {"enum": list(CHOICES[key])} if key in CHOICES else TEXT
    return _or_null(schema) if key in NULLABLE else schema


def _own(cls: type[Change], keys: Mapping[str, str], extras: set[str]) -> Schema:
    """Return that a change of this action has its own keys, and those of no other."""
    return {
        "if": {"properties": {"action": {"const": cls.action}}},
        "then": {
            "required": list(keys),
            "properties": dict.fromkeys(sorted(extras - keys.keys()), False),
        },
    }


def _reliance() -> Schema:
    unmoved = {"kind": _ref("kind"), "object": _ref("id_or_pending"), "digest": _ref("digest")}
    held = {
        "kind": _ref("kind"),
        "field": TEXT,
        "value": TEXT,
        "holders": _list(_ref("id_or_pending")),
    }
    return {"oneOf": [_record(unmoved), _record(held)]}


def _impact() -> Schema:
    hanging = {
        "kind": _ref("kind"),
        "object": _ref("id"),
        "address": _or_null(_ref("address")),
    }
    counts = {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z_]{1,40}$"},
        "additionalProperties": COUNT,
    }
    return _record(
        {
            "address": _ref("address"),
            "kind": _ref("kind"),
            "object": _ref("id"),
            "hanging": _list(_record(hanging)),
            "subscriptions": _or_null(counts),
            "unknown": TEXT,
            "revenue": _list(_ref("revenue")),
            "discounted": COUNT,
            "counted_before": COUNT,
        }
    )


def _revenue() -> Schema:
    why = {"enum": [*WHYS, None]}
    return _record(
        {
            "currency": {"type": "string", "pattern": "^[a-z]{3}$"},
            "subscriptions": COUNT,
            "now": _or_null(COUNT),
            "now_why": why,
            "then": _or_null(COUNT),
            "then_why": why,
        }
    )


def _takes_over(kind: Kind) -> tuple[str, ...]:
    """Return the parameters that are no fields: what takes a natural key over from its holder."""
    return tuple(key.transfer for key in kind.natural_keys if key.transfer)


def _payload(kind: Kind) -> Schema:
    schema = _fields(kind.fields)
    return {
        **schema,
        "properties": {**schema["properties"], **dict.fromkeys(_takes_over(kind), TRUTH)},
    }


def _fields(fields: Mapping[str, Field]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": field.description, **_value(field)}
            for name, field in fields.items()
        },
    }


def _value(field: Field) -> Schema:
    """Return what a field holds. An empty text clears it, whatever it is."""
    match field.form:
        case Listed(item=item) if field.ref is not None:
            value = _list({"anyOf": [_form(item), _ref("pending")]})
        case form if field.ref is not None:
            value = {"anyOf": [_form(form), _ref("pending")]}
        case form:
            value = _form(form)
    return value if value == TEXT else {"anyOf": [value, {"const": ""}]}


def _form(form: Form) -> Schema:
    match form:
        case Scalar():
            return _scalar(form)
        case Nested(fields=fields):
            return _fields(fields)
        case Listed(item=item):
            return _list(_form(item))
        case Mapped(item=item):
            return {
                "type": "object",
                "additionalProperties": {"anyOf": [_form(item), {"const": ""}]},
            }
        case _:
            assert_never(form)


def _scalar(form: Scalar) -> Schema:
    arms: list[Schema] = []
    for name in form.type.split("|"):
        if name == "decimal":
            arms.append({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
        else:
            arms.append({"type": name})
    return arms[0] if len(arms) == 1 else {"anyOf": arms}
