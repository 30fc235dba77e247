"""The values that cross the simulator's door: a request, its answer, and a refusal.

No behaviour lives here; `core.Simulator.handle` turns the one into the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

API_VERSION = "2026-10-28.endive"

Object = dict[str, Any]
"""One API object as stored: JSON with ints, Decimals, strings, lists and dicts; no floats."""

DOCUMENTED_CODES = "https://stripe.com/docs/error-codes/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request, already parsed into its parts; header names in any case.

    `path` is as it was sent: a quoted slash belongs to its segment.
    """

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((v for k, v in self.headers.items() if k.lower() == wanted), None)

    @property
    def idempotency_key(self) -> str | None:
        """The key that counts: only POST takes one."""
        return self.header("Idempotency-Key") if self.method == "POST" else None


def segments(path: str) -> list[str]:
    """The parts of a path as they were before they were quoted."""
    return [unquote(part) for part in path.split("/")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP answer; `body` is JSON."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body, parse_float=Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One handled request, as the log keeps it."""

    method: str
    path: str
    params: Mapping[str, Any]
    status: int
    replayed: bool = False
    idempotency_key: str | None = None
    stripe_account: str | None = None
    stripe_version: str | None = None


class RefusalError(Exception):
    """An error answer. Raised anywhere below the door, rendered once at it."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",  # noqa: A002 - Stripe's own name
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.headers = dict(headers or {})
        self.given: Mapping[str, Any] = {}
        """The parameters of the refused request, for the log."""

    def payload(self) -> Object:
        """The error envelope; absent members are left out, as Stripe does."""
        error: Object = {}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = DOCUMENTED_CODES + self.code.replace("_", "-")
        error["message"] = self.message
        if self.param is not None:
            error["param"] = self.param
        error["type"] = self.type
        return {"error": error}


class ParameterRefusalError(RefusalError):
    """A refusal by the parameter check, before the endpoint ran; never kept for idempotency."""


def missing(param: str) -> RefusalError:
    """The refusal of a request that lacks a parameter."""
    return RefusalError(f"Missing required param: {param}.", code="parameter_missing", param=param)


_NUMBER = re.compile(r'"\\u0000(-?[0-9.]+)"')


def _default(value: object) -> str:
    if isinstance(value, Decimal):
        return f"\0{value:f}"
    raise TypeError(f"{type(value).__name__} is no JSON value")


def dumps(value: object, *, indent: int | None = None) -> str:
    """JSON text in which a Decimal is a plain number, written as given and never through a float.

    The standard encoder has no raw values, so decimals travel as marked strings and are unmarked
    afterwards; NUL cannot occur in a parameter, so the mark is unambiguous.
    """
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, default=_default, indent=indent, separators=separators)
    return _NUMBER.sub(r"\1", text) if "\\u0000" in text else text


def loads(text: str) -> Any:
    """The inverse of `dumps`."""
    return json.loads(text, parse_float=Decimal)
