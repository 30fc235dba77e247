"""Canonical values: what bodies, payloads and plans are made of.

A canonical value is `None`, a `bool`, an `int`, a `str`, a tuple of canonical values or a
`Frozen` mapping of them. There are no floats: a number with a fraction is a decimal string in
plain notation ("0.002"), as Stripe writes its own `*_decimal` fields. So every canonical value
is JSON as it stands, hashable, and read back equal. A reference to an object that has no id yet
is a `Pending`.
"""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from reconciler.model.address import Address


class Frozen(dict[str, Any]):
    """A mapping that cannot change. A dict below, so that comparing and dumping cost nothing."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a Frozen mapping cannot be changed; build another with `with_`")

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[Frozen], tuple[dict[str, Any]]]:
        return (Frozen, (dict(self),))

    def with_(self, changes: Mapping[str, Any]) -> Frozen:
        """Return a copy with these entries; one whose value is `None` is left out."""
        merged = {**self, **changes}
        return Frozen({key: value for key, value in merged.items() if value is not None})


EMPTY = Frozen()

MAPPINGS = (dict, Mapping)
"""For `isinstance`: `Mapping` alone takes three times as long to know a dict."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The id that Stripe will give to the object created for `address`."""

    address: Address

    def __str__(self) -> str:
        return f"<id of {self.address}>"


_AS_THEY_ARE = frozenset({Frozen, type(None), bool, int, str, Pending})


def freeze(value: Any) -> Any:
    """Return `value` as a canonical value; decimals and floats become plain decimal strings."""
    if type(value) in _AS_THEY_ARE:
        return value
    match value:
        case Frozen() | None | bool() | int() | str() | Pending():
            return value
        case Decimal():
            return plain(value)
        case float():
            return plain(Decimal(repr(value)))
        case Mapping():
            return Frozen({str(key): freeze(item) for key, item in value.items()})
        case list() | tuple() | set() | frozenset():
            return tuple(freeze(item) for item in value)
        case _:
            raise TypeError(f"{type(value).__name__} is not a canonical value")


def plain(number: Decimal) -> str:
    """Return a decimal in plain notation, without superfluous zeros: 1E+3 is "1000".

    The SDK writes decimals with `str()`, so "1E+3" would reach Stripe.
    """
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def substitute(value: Any, replace: Callable[[Any], Any]) -> Any:
    """Return `value` with `replace` applied to every leaf that is a `Pending` or a string."""
    match value:
        case Pending() | str():
            return replace(value)
        case tuple():
            return tuple([substitute(item, replace) for item in value])
        case dict() | Mapping():
            return Frozen({key: substitute(item, replace) for key, item in value.items()})
        case _:
            return value


def resolved(value: Any, ids: Mapping[Address, str | Pending]) -> Any:
    """Return `value` with the id of each `Pending` that has one, and itself where none has."""
    if type(value) is Pending:
        return ids.get(value.address, value)
    if isinstance(value, dict):
        changed = {
            key: found
            for key, item in value.items()
            if type(item) not in _ENDS and (found := resolved(item, ids)) is not item
        }
        return Frozen({**value, **changed}) if changed else value
    if isinstance(value, tuple):
        found = [resolved(item, ids) for item in value]
        same = all(map(operator.is_, found, value))
        return value if same else tuple(found)
    return value


_ENDS = frozenset({type(None), bool, int, str})
"""The types of what can neither be nor hold a `Pending`."""


def pendings(value: Any) -> frozenset[Address]:
    """Return the addresses whose ids `value` waits for."""
    found: set[Address] = set()
    stack = [value]
    while stack:
        inner = stack.pop()
        if type(inner) is Pending:
            found.add(inner.address)
        elif isinstance(inner, MAPPINGS):
            stack.extend([item for item in inner.values() if type(item) not in _ENDS])
        elif isinstance(inner, tuple):
            stack.extend(inner)
    return frozenset(found)


def to_json(value: Any) -> Any:
    """Return `value` as JSON's own types. A pending id names the step that makes it."""
    match value:
        case Pending(address=address):
            return {"id_from": f"create {address}"}
        case tuple():
            return [to_json(item) for item in value]
        case Mapping():
            return {key: to_json(item) for key, item in value.items()}
        case _:
            return value


def from_json(value: Any) -> Any:
    """Return the canonical value that `to_json` wrote."""
    match value:
        case {"id_from": str(text), **rest} if not rest and text.startswith("create "):
            return Pending(Address.parse(text.removeprefix("create ")))
        case dict():
            return Frozen({key: from_json(item) for key, item in value.items()})
        case list():
            return tuple(from_json(item) for item in value)
        case _:
            return freeze(value)


def deeper_than(levels: int, document: Any) -> bool:
    """Whether a document from outside has containers inside one another on more levels than these.

    Found level by level, so that no document can use the stack up.
    """
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(levels):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return bool(level)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of `value`, as `sha256:…` with 32 hex digits.

    Half of SHA-256 is kept: it shows accidental change, and is no proof against forgery.
    """
    return _digest((_encode(value),))


def digest_of_parts(parts: Mapping[str, Any], say: Callable[[Any], Any]) -> str:
    """Return the digest of a mapping that may hold mappings of very many entries.

    The same as `digest`, some entries at a time: all the tokens of a whole catalog at once take
    half as much memory as the account beside it. `say` gives the canonical value of an entry
    that is none.
    """
    return _digest(_encode_parts(parts, say))


def _digest(texts: Iterable[str]) -> str:
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode())
    return "sha256:" + found.hexdigest()[:32]


# A canonical value is JSON as it stands, but for what waits for an id.
_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=to_json
).encode


def _encode_parts(parts: Mapping[str, Any], say: Callable[[Any], Any]) -> Iterator[str]:
    comma = "{"
    for name, part in sorted(parts.items()):
        yield f"{comma}{_encode(name)}:"
        comma = ","
        if isinstance(part, dict):
            yield from _encode_some(part, say)
        else:
            yield _encode(part)
    yield "}"


def _encode_some(
    part: Mapping[str, Any], say: Callable[[Any], Any], most: int = 1000
) -> Iterator[str]:
    names = sorted(part)
    yield "{"
    for start in range(0, len(names), most):
        text = _encode({name: say(part[name]) for name in names[start : start + most]})
        yield f"{',' if start else ''}{text[1:-1]}"
    yield "}"
