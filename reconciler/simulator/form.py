"""Decodes form bodies and query strings in Stripe's notation: `a[b]=1`, `a[0][b]=1`, `a[][b]=1`.

It knows no types: everything stays text, and `a[0]`, `a[1]` stay a mapping, because only the
contract knows whether `metadata[0]` is a map with an odd key or a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from reconciler.simulator.values import ParameterRefusalError

MAX_PAIRS = 5_000
MAX_DEPTH = 12

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def decode(text: str) -> dict[str, Any]:
    """The nested parameters of a query string or form body."""
    decoded: dict[str, Any] = {}
    for key, value in _pairs(text):
        path = _path(key)
        if len(path) > MAX_DEPTH:
            raise ParameterRefusalError("The parameters are nested too deeply.", param=path[0])
        _put(decoded, path, value)
    return decoded


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    chunks = [chunk for chunk in text.split("&") if chunk]
    if len(chunks) > MAX_PAIRS:
        raise ParameterRefusalError("The request has too many parameters.")
    for chunk in chunks:
        key, _, value = chunk.partition("=")
        try:
            name, content = unquote_plus(key, errors="strict"), unquote_plus(value, errors="strict")
        except UnicodeDecodeError:
            raise ParameterRefusalError("Invalid UTF-8 in the request's parameters.") from None
        if "\0" in name or "\0" in content:
            raise ParameterRefusalError("Invalid string: parameters cannot hold NUL bytes.")
        yield name, content


def _path(key: str) -> list[str]:
    matched = _KEY.fullmatch(key)
    if matched is None:
        return [key]  # not in the notation, so it can only be an unknown parameter
    return [matched[1], *_PART.findall(matched[2])]


def _put(target: dict[str, Any], path: list[str], value: str) -> None:
    here: Any = target
    for index, part in enumerate(path[:-1]):
        here = _step(here, part, following=path[index + 1 :])
    last = path[-1]
    if isinstance(here, list):
        here.append(value)
    else:
        here[last] = value


def _step(here: Any, part: str, *, following: list[str]) -> Any:
    """The container below `here`, made when it is not there or is of another sort."""
    if isinstance(here, list):
        # `a[][b]=1&a[][c]=2` is one element until a name comes a second time.
        if not here or not isinstance(here[-1], dict) or _holds(here[-1], following):
            here.append({})
        return here[-1]
    below = here.get(part)
    wanted = list if following[0] == "" else dict
    if not isinstance(below, wanted):
        below = here[part] = wanted()
    return below


def _holds(element: Any, path: list[str]) -> bool:
    for part in path:
        if part == "":
            return False
        if not isinstance(element, dict) or part not in element:
            return False
        element = element[part]
    return True
