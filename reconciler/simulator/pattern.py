"""Patterns of endpoints: which requests `POST /v1/prices/{price}` or `WRITE *` stand for.

A pattern has to fit an endpoint that the simulator has, so that a misspelt one is told and does not
match nothing for ever. It routes no requests; `routing` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from reconciler.simulator.contract import operations
from reconciler.simulator.values import segments

_METHODS = {
    "*": {"GET", "POST", "DELETE"},
    "READ": {"GET"},
    "WRITE": {"POST", "DELETE"},
    "GET": {"GET"},
    "POST": {"POST"},
    "DELETE": {"DELETE"},
}


class PatternError(ValueError):
    """A pattern that fits no endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Methods, and the segments of a path; no segments stand for every path."""

    methods: frozenset[str]
    parts: tuple[str, ...] | None

    @classmethod
    def parse(cls, text: str) -> Self:
        first, *rest = text.split() or [""]
        if first.startswith("/"):
            method, path = "*", [first, *rest]
        else:
            method, path = first.upper(), rest or ["*"]
        if method not in _METHODS or len(path) != 1:
            raise PatternError(
                f"{text!r} is no endpoint: write a method ({', '.join(_METHODS)}) and a path, as "
                "in 'POST /v1/prices'"
            )
        parts = None if path[0] == "*" else tuple(path[0].split("/"))
        pattern = cls(methods=frozenset(_METHODS[method]), parts=parts)
        if not any(pattern.fits(*operation.split(" ")) for operation in operations()):
            near = get_close_matches(f"{method} {path[0]}", operations(), n=1)
            meant = f"; the nearest is {near[0]!r}" if near else ""
            raise PatternError(f"there is no endpoint {text!r}{meant}")
        return pattern

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is meant."""
        return self._all(method, path, _means)

    def fits(self, method: str, template: str) -> bool:
        """Whether a request to an endpoint could be meant."""
        return self._all(method, template, _could_mean)

    def _all(self, method: str, path: str, same: Callable[[str, str], bool]) -> bool:
        if method not in self.methods:
            return False
        if self.parts is None:
            return True
        given = segments(path)
        return len(given) == len(self.parts) and all(map(same, self.parts, given))


def _means(part: str, given: str) -> bool:
    return part == given or (_open(part) and given != "")


def _could_mean(part: str, given: str) -> bool:
    return _means(part, given) or _open(given)


def _open(part: str) -> bool:
    return part == "*" or (part.startswith("{") and part.endswith("}"))
