"""The line to Stripe: one call, made until it is answered, or giving up is right.

It goes through the SDK's `raw_request`: typed objects cost twenty times as much and hold the
interpreter's lock meanwhile. Not for which calls there are; those are in `stripe`.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import stripe

from reconciler.errors import StripeError
from reconciler.gateway import failure as failures
from reconciler.gateway.answers import mended
from reconciler.gateway.failure import Failure
from reconciler.gateway.pacing import Pacer, Timing, reason_in
from reconciler.gateway.retry import Policy, Tries
from reconciler.gateway.translate import to_error
from reconciler.model.kind import Permission
from reconciler.ports import MayGo, always

_GLANCE = 0.5
"""Every so many seconds of waiting it is asked whether waiting is still right."""

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""A half of a character, or one of a pair that makes a whole one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, retries and all. `endpoint` is what Stripe counts it under."""

    what: str
    method: str
    path: str
    endpoint: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    permission: Permission | None = None

    @property
    def writing(self) -> bool:
        """Whether it changes anything."""
        return self.method != "get"


class Line:
    """Makes calls, paced and repeated. Safe to share between threads."""

    def __init__(
        self, client: stripe.StripeClient, *, policy: Policy, timing: Timing, pacer: Pacer | None
    ) -> None:
        """Without a pacer, calls leave as they come: for a far end without limits."""
        self._client = client
        self._policy = policy
        self._timing = timing
        self._pacer = pacer
        self._requests = 0
        self._here = threading.local()
        self._ahead = time.time() - timing.clock()
        self._told = False
        self._lock = threading.Lock()

    @property
    def requests(self) -> int:
        """How many requests have been sent so far, repeated ones included."""
        return self._requests

    def sent_here(self) -> int:
        """Return how many requests this thread has sent so far."""
        count: int = getattr(self._here, "count", 0)
        return count

    def now(self) -> int:
        """Return the time by Stripe's own clock, in Unix seconds."""
        with self._lock:
            ahead = self._ahead
        return int(self._timing.clock() + ahead)

    def ask(
        self, call: Call, *, gone: Mapping[str, Any] | None = None, may_go: MayGo = always
    ) -> Mapping[str, Any]:
        """Make a call until it is answered, or giving up is right; return the answer's JSON.

        `gone` is the answer where a delete finds nothing left after an attempt of unknown outcome.
        Giving up is right as well once `may_go` says no: nothing leaves after that.
        """
        tries, unknown = Tries(began=self._timing.clock()), False
        failure: Failure | None = None
        while True:
            leave = self._pacer.wait(call.endpoint) if self._pacer else None
            if not may_go():
                if self._pacer and leave:
                    self._pacer.answered(leave)
                if failure is None:
                    raise StripeError(f"{call.what}: it was not sent, as nothing more was to be.")
                raise self._error(call, failure, tries, unknown=unknown)
            try:
                return self._send(call)
            except stripe.StripeError as error:
                failure, reason = failures.of(error), reason_in(error.headers)
            finally:
                if self._pacer and leave:
                    self._pacer.answered(leave)
            passed = None
            if self._pacer and leave and failure.limited:
                passed = self._pacer.refused(leave, reason, failure.retry_after)
            if unknown and gone and call.method == "delete" and failure.status == 404:
                return gone
            # A refusal at the door says nothing about an earlier attempt that went in.
            at_the_door = failure.status in {401, 403, 429}
            unknown = failure.unknown or (unknown and at_the_door)
            tries.note(failure, passed=passed)
            now, jitter = self._timing.clock(), self._timing.jitter()
            delay = self._policy.wait(failure, tries, now=now, jitter=jitter)
            if delay is None or not self._rest(delay, may_go):
                raise self._error(call, failure, tries, unknown=unknown)

    def _error(self, call: Call, failure: Failure, tries: Tries, *, unknown: bool) -> StripeError:
        what, now = call.what, self._timing.clock()
        if self._policy.spent(tries, now):
            what += f" (tried {tries.all} times in {now - tries.began:.0f} seconds)"
        return to_error(
            what,
            failure,
            writing=call.writing,
            unknown=unknown,
            permission=call.permission,
        )

    def _rest(self, seconds: float, may_go: MayGo) -> bool:
        """Wait before the next attempt; return whether it may still be made."""
        until = self._timing.clock() + seconds
        while may_go():
            left = until - self._timing.clock()
            if left <= 0:
                return True
            self._timing.sleep(left if may_go is always else min(left, _GLANCE))
        return False

    def _send(self, call: Call) -> Mapping[str, Any]:
        with self._lock:
            self._requests += 1
        self._here.count = self.sent_here() + 1
        options = {} if call.key is None else {"idempotency_key": call.key}
        try:
            response = self._client.raw_request(
                call.method, call.path, **call.parameters, **options
            )
        except (AttributeError, TypeError, ValueError, RecursionError) as error:
            # The SDK stumbles over an error of another shape than Stripe's own.
            what = f"an answer that is not Stripe's: {error}"
            raise stripe.APIConnectionError(what) from None  # type: ignore[no-untyped-call]
        self._tell_time(response.headers)
        answer = response.data
        if _HALF.search(response.body):
            answer = mended(answer)
        # A write that is answered without an id may have been done: like any unreadable answer.
        if isinstance(answer, dict) and (not call.writing or isinstance(answer.get("id"), str)):
            return answer
        raise stripe.APIError(
            "The answer is no object", http_body=response.body, http_status=response.code
        )

    def _tell_time(self, headers: Mapping[str, str] | None) -> None:
        """Learn from an answer what time it is at Stripe."""
        date = next((text for name, text in (headers or {}).items() if name.lower() == "date"), "")
        try:
            told = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return
        ahead = told - self._timing.clock()
        with self._lock:
            # An answer can be late, and never early: the clock is not set back.
            self._ahead = max(self._ahead, ahead) if self._told else ahead
            self._told = True
