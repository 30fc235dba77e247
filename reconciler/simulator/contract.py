"""Checks a request's parameters against the contract, and gives them their types.

The contract (`contract.json`) is extracted from the SDK's parameter types; this module adds how
Stripe words a refusal. Rules between parameters belong to the resources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from reconciler.simulator.values import ParameterRefusalError

Node = Mapping[str, Any]

DEFAULT_MAX_LENGTH = 5000
MAX_METADATA_KEYS = 50
MAX_METADATA_KEY = 40
MAX_METADATA_VALUE = 500

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


@cache
def _load() -> Mapping[str, Any]:
    text = files("reconciler.simulator").joinpath("contract.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def api_version() -> str:
    """The API version whose parameters the contract holds."""
    return str(_load()["api_version"])


def operations() -> Mapping[str, str | None]:
    """Every operation of the contract (`POST /v1/prices`) and the name of its parameter type."""
    found: Mapping[str, str | None] = _load()["operations"]
    return found


def check(
    operation: str, given: Mapping[str, Any], *, clearable: Collection[str] = ()
) -> dict[str, Any]:
    """The typed parameters of a request, or the refusal that Stripe would answer.

    `clearable` names parameters that Stripe lets one empty though its schema does not say so.
    """
    name = operations()[operation]
    checker = _Checker(frozenset(clearable))
    return checker.fields(_load()["types"][name] if name else {}, given, "")


class _Checker:
    def __init__(self, clearable: Collection[str]) -> None:
        self._clearable = clearable

    def fields(self, fields: Node, given: Mapping[str, Any], path: str) -> dict[str, Any]:
        unknown = [_join(path, name) for name in given if name not in fields]
        if unknown:
            raise _unknown(unknown)
        typed = {n: self.value(fields[n], given[n], _join(path, n)) for n in given}
        for name, node in fields.items():
            if node.get("required") and name not in given:
                param = _join(path, name)
                raise ParameterRefusalError(
                    f"Missing required param: {param}.", code="parameter_missing", param=param
                )
        return typed

    def value(self, node: Node, given: Any, path: str) -> Any:
        if given == "" and "enum" not in node:
            return self._empty(node, path)
        if "any" in node:
            return self._any(node["any"], given, path)
        match node["type"]:
            case "object":
                return self.fields(_load()["types"][node["of"]], _mapping(given, path), path)
            case "map":
                return self._map(node["of"], _mapping(given, path), path)
            case "array":
                items = _items(given, path)
                return [self.value(node["of"], v, f"{path}[{i}]") for i, v in enumerate(items)]
            case "string":
                return _string(node, given, path)
            case kind:
                return _scalar(kind, given, path)

    def _empty(self, node: Node, path: str) -> str:
        if node.get("clearable") or path in self._clearable:
            return ""
        raise ParameterRefusalError(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{path}' cannot be unset. You should remove '{path}' "
            "from your request or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=path,
        )

    def _any(self, arms: list[Node], given: Any, path: str) -> Any:
        """The first arm that fits; a container only fits a container."""
        nested = isinstance(given, (dict, list))
        fitting = [a for a in arms if (a["type"] in {"object", "map", "array"}) == nested]
        refusal: ParameterRefusalError | None = None
        for arm in fitting or arms:
            try:
                return self.value(arm, given, path)
            except ParameterRefusalError as error:
                refusal = error
        if refusal is None:
            raise LookupError(f"the contract has no arm for {path}")
        raise refusal

    def _map(self, node: Node, given: Mapping[str, Any], path: str) -> dict[str, Any]:
        if path == "metadata" or path.endswith("[metadata]"):
            return _metadata(given, path)
        return {name: self.value(node, v, f"{path}[{name}]") for name, v in given.items()}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _unknown(names: list[str]) -> ParameterRefusalError:
    plural = "s" if len(names) > 1 else ""
    return ParameterRefusalError(
        f"Received unknown parameter{plural}: {', '.join(names)}",
        code="parameter_unknown",
        param=names[0],
    )


def _mapping(given: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise ParameterRefusalError("Invalid object", param=path)
    return given


def _items(given: Any, path: str) -> list[Any]:
    """The items of `a[]=…` or of `a[0]=…&a[1]=…`; indices order them and may have gaps."""
    if isinstance(given, list):
        return given
    if isinstance(given, dict) and all(re.fullmatch(r"[0-9]{1,6}", key) for key in given):
        return [given[key] for key in sorted(given, key=int)]
    raise ParameterRefusalError("Invalid array", param=path)


def _string(node: Node, given: Any, path: str) -> str:
    if not isinstance(given, str):
        raise ParameterRefusalError(f"Invalid string: {_show(given)}", param=path)
    if "enum" in node:
        if given == "" and node.get("clearable"):
            return ""
        if given not in node["enum"]:
            field = re.split(r"[\[\]]+", path.rstrip("]"))[-1]
            raise ParameterRefusalError(
                f"Invalid {field}: must be one of {_choices(node['enum'])}", param=path
            )
        return given
    longest = node.get("max", DEFAULT_MAX_LENGTH)
    if len(given) > longest:
        raise ParameterRefusalError(
            f"Invalid string: {given[:10]}...{given[-5:]}; must be at most {longest} characters",
            param=path,
        )
    return given


def _scalar(kind: str, given: Any, path: str) -> bool | int | Decimal:
    text = given if isinstance(given, str) else ""
    match kind:
        case "boolean" if text in {"true", "false"}:
            return text == "true"
        case "integer" if _INTEGER.fullmatch(text):
            return int(text)
        case "decimal" if _DECIMAL.fullmatch(text):
            return Decimal(text)
        case "number" if _NUMBER.fullmatch(text):
            return Decimal(text)
        case "boolean":
            raise ParameterRefusalError(f"Invalid boolean: {_show(given)}", param=path)
        case "integer":
            raise ParameterRefusalError(
                f"Invalid integer: {_show(given)}", code="parameter_invalid_integer", param=path
            )
        case "decimal":
            raise ParameterRefusalError(
                f"Invalid decimal: {_show(given)}; must contain at maximum 12 decimal places.",
                param=path,
            )
        case "number":
            raise ParameterRefusalError(f"Invalid number: {_show(given)}", param=path)
        case _:
            raise LookupError(f"the contract has a type {kind} that is not known here")


def _show(given: Any) -> str:
    text = given if isinstance(given, str) else json.dumps(given)
    return text if len(text) <= 100 else text[:100] + "..."


def _choices(values: list[str]) -> str:
    if len(values) == 1:
        return values[0]
    if len(values) == 2:
        return " or ".join(values)
    return ", ".join(values[:-1]) + ", or " + values[-1]


def _metadata(given: Mapping[str, Any], path: str) -> dict[str, str]:
    """https://docs.stripe.com/api/metadata: 50 keys of 40 characters, values of 500."""
    if len(given) > MAX_METADATA_KEYS:
        raise too_many_metadata_keys(len(given), path)
    for key, value in given.items():
        param = f"{path}[{key}]"
        if not isinstance(value, str):
            raise ParameterRefusalError(f"Invalid string: {_show(value)}", param=param)
        if len(key) > MAX_METADATA_KEY:
            raise ParameterRefusalError(
                f"Metadata keys can have up to {MAX_METADATA_KEY} characters, but you passed in a "
                f"key that is {len(key)} characters. Invalid key: {key}",
                param=param,
            )
        if len(value) > MAX_METADATA_VALUE:
            raise ParameterRefusalError(
                f"Metadata values can have up to {MAX_METADATA_VALUE} characters, but you passed "
                f"in a value that is {len(value)} characters. Invalid value: {value}",
                param=param,
            )
    return dict(given)


def too_many_metadata_keys(count: int, path: str = "metadata") -> ParameterRefusalError:
    """The refusal of more metadata than one object may carry."""
    return ParameterRefusalError(
        f"Metadata can have up to {MAX_METADATA_KEYS} keys, but you passed in {count} keys.",
        param=path,
    )
