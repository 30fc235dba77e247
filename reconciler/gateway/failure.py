"""A call that failed, as facts read off the SDK's exception. What to do about it is elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import requests
import stripe

from reconciler.gateway.credentials import redact

_LONGEST = 2000
"""Stripe's own messages are a few sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What came back instead of an answer. `status` is `None` where nothing did."""

    message: str
    status: int | None = None
    type: str | None = None
    code: str | None = None
    param: str | None = None
    request_id: str | None = None
    should_retry: bool | None = None
    retry_after: float | None = None
    passing: bool = False
    """Whether a lost connection is worth another try: not where a certificate is wrong."""
    readable: bool = True
    """Whether what came was JSON."""

    @property
    def unknown(self) -> bool:
        """Whether a write may have been done all the same."""
        return (
            self.status is None
            or self.status >= 500
            or not self.readable
            # Our own earlier attempt is still under way.
            or self.code == "idempotency_key_in_use"
        )

    @property
    def limited(self) -> bool:
        """Whether Stripe had too many requests, as opposed to a busy object."""
        return self.status == 429 and self.code != "lock_timeout"


def of(error: stripe.StripeError) -> Failure:
    """Return the facts of an exception of the SDK."""
    if isinstance(error, stripe.APIConnectionError):
        return _lost(error)
    headers, content = _answer(error)
    facts = Failure(
        message="",
        status=error.http_status,
        request_id=_text(headers.get("request-id")),
        should_retry={"true": True, "false": False}.get(headers.get("stripe-should-retry", "")),
        retry_after=_seconds(headers.get("retry-after", "")),
    )
    if content is None:
        start = told(" ".join((error.http_body or "")[:1000].split())[:120])
        message = f"an answer that is not Stripe's JSON: {start}"
        return replace(facts, message=message, readable=False)
    return replace(
        facts,
        message=told(str(content.get("message") or "no reason given")),
        type=_text(content.get("type")),
        # The SDK drops the code of some errors; the answer itself has it.
        code=_text(content.get("code")),
        param=_text(content.get("param")),
    )


def _lost(error: stripe.APIConnectionError) -> Failure:
    cause = error.__cause__
    broken = requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError
    what = str(cause or error).strip().splitlines() or [""]
    name = type(cause).__name__ if cause is not None else "no connection"
    return Failure(
        message=told(f"{name}: {what[-1]}"),
        # The SDK takes an answer that was cut short for a mistake in our configuration.
        passing=bool(error.should_retry) or isinstance(cause, broken),
    )


def _answer(error: stripe.StripeError) -> tuple[Mapping[str, str], Mapping[str, Any] | None]:
    """Return headers in lower case, and the `error` object if the answer had one.

    For a body that is not JSON the SDK hands the headers over in the place of the body.
    """
    body, headers = error.json_body, error.headers
    content = body.get("error") if isinstance(body, Mapping) else None
    if not headers and isinstance(body, Mapping) and content is None:
        headers = dict(body)
    lower = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    return lower, content if isinstance(content, Mapping) else None


def _seconds(text: str) -> float | None:
    # The other form, a date, would need a clock that agrees with the server's.
    return float(text) if text.isdecimal() and len(text) < 10 else None


def _text(value: Any) -> str | None:
    return told(value) if isinstance(value, str) else None


def told(text: str) -> str:
    """Return what the far end said, for a sentence of ours: one line, no secret, an end.

    It may not be Stripe, and may echo what it was sent.
    """
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    return redact("".join(char if char.isprintable() else ascii(char)[1:-1] for char in text))
