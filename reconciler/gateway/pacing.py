"""Pacing: requests leave no faster than Stripe's limits allow, however many threads send them.

It says when a request may go. Whether a refused one is sent again is said in `retry`; what one
limit allows, in `pacing_limits`. https://docs.stripe.com/rate-limits
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from reconciler.gateway.pacing_limits import LOOK, Limit

ENDPOINT, SEARCH = 25, 20
"""Requests a second to one endpoint, a method and a path template."""

LIVE, SANDBOX = 100, 25
"""Requests a second to all of them."""

LONGEST_HOLD = 20.0
"""Seconds for which Stripe may ask us to send nothing: after that it is asked again.

Shorter than the half of a lease in which that has to be renewed.
"""

_REASON = "stripe-rate-limited-reason"
_TINY = 1e-9


_AWAKE_AND_ASLEEP = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def steady() -> float:
    """Return seconds that only go forward, and that go on while the machine is suspended.

    Linux stops `time.monotonic` then: a lease would look young that has long ended.
    """
    if _AWAKE_AND_ASLEEP is None:
        return time.monotonic()
    return time.clock_gettime(_AWAKE_AND_ASLEEP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The clock, and what else a test wants to hold in its hands."""

    clock: Callable[[], float] = steady
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """From 0 to 1; what threads that were refused together wait differently by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Leave to send one request to `endpoint`, given at a time."""

    endpoint: str
    at: float


class _Waiting:
    """One thread that waits in the line of its endpoint."""

    __slots__ = ("wakes_at",)

    def __init__(self) -> None:
        self.wakes_at = float("inf")


class _Endpoint(Limit):
    """The limit of one endpoint, and the line before it."""

    def __init__(self, limit: int, now: float) -> None:
        super().__init__(limit, now)
        self.line: deque[_Waiting] = deque()
        self.served = 0
        """Its last request's number among all; 0 before the first."""


class Pacer:
    """A line before each endpoint; the first of each wait for a place among all requests.

    Nobody books a place ahead: a thread takes one when it is there and both limits allow it. So
    places are never kept for a crowd that its own endpoint holds up, and what Stripe refuses
    meanwhile counts for all who wait. Of several lines whose first could go, that one goes
    which was served least recently: a crowd at one endpoint takes turns with the others.

    A refusal halves the limit that Stripe names, once for all requests that were sent before,
    and never below one a second. It then rises again: by a twenty-fifth of its size each second.
    """

    def __init__(self, *, endpoint: int, overall: int, timing: Timing) -> None:
        self._size = endpoint
        self._timing = timing
        self._overall = Limit(overall, timing.clock())
        self._endpoints: dict[str, _Endpoint] = {}
        self._given = 0
        self._lock = threading.Lock()

    @classmethod
    def of_mode(cls, *, livemode: bool, timing: Timing) -> Self:
        """Return a pacer of the sizes that Stripe documents."""
        return cls(endpoint=ENDPOINT, overall=LIVE if livemode else SANDBOX, timing=timing)

    def wait(self, endpoint: str) -> Leave:
        """Return when the next request to `endpoint` may leave; tell `answered` what became."""
        waiting = _Waiting()
        with self._lock:
            own = self._limit(endpoint)
            own.line.append(waiting)
        try:
            while True:
                with self._lock:
                    now = self._timing.clock()
                    turn = self._turn(own, waiting, now)
                    if turn <= now + _TINY:
                        return self._give(endpoint, own, now)
                    waiting.wakes_at = turn
                self._timing.sleep(turn - now)
        finally:
            with self._lock:
                own.line.remove(waiting)

    def answered(self, leave: Leave) -> None:
        """Note that a request is no longer under way, however it ended."""
        with self._lock:
            self._limit(leave.endpoint).land()
            self._overall.land()

    def refused(
        self, leave: Leave, reason: str | None, retry_after: float | None
    ) -> tuple[str, int]:
        """Slow down: Stripe said that an answered request was too much.

        `reason` is Stripe's. `global-…` is about all requests, anything else about those to one
        endpoint, `resource-specific` too, for want of anything narrower; `…-concurrency` is
        about how many are under way, not about the rate. Returns whose limit it was, and how many
        requests that has let through so far.
        """
        with self._lock:
            now = self._timing.clock()
            own, reason = self._limit(leave.endpoint), reason or ""
            named = self._overall if reason.startswith("global-") else own
            own.refused += 1
            self._overall.refused += 1
            if reason.endswith("-concurrency"):
                named.room.lower(leave.at, now)
            else:
                named.bucket.lower(leave.at, now)
            if retry_after:
                named.bucket.hold(now + min(retry_after, LONGEST_HOLD))
            return leave.endpoint if named is own else "", named.through

    def _limit(self, endpoint: str) -> _Endpoint:
        found = self._endpoints.get(endpoint)
        if found is None:
            size = min(SEARCH, self._size) if endpoint.endswith("/search") else self._size
            found = self._endpoints[endpoint] = _Endpoint(size, self._timing.clock())
        return found

    def _turn(self, own: _Endpoint, waiting: _Waiting, now: float) -> float:
        """Return when a thread may go, or is to look again."""
        ready = own.ready(now)
        ahead = own.line.index(waiting)
        if ahead:
            return min(ready + ahead * own.spacing(now), now + LOOK)
        turn = max(ready, self._overall.ready(now))
        before = sum(
            other.served < own.served
            # Who wakes later is not waited for: the place would be lost.
            and other.line[0].wakes_at <= turn + _TINY
            and other.ready(now) <= turn + _TINY
            for other in self._endpoints.values()
            if other.line and other is not own
        )
        return turn + before * self._overall.spacing(now)

    def _give(self, endpoint: str, own: _Endpoint, now: float) -> Leave:
        own.take(now)
        self._overall.take(now)
        self._given += 1
        own.served = self._given
        return Leave(endpoint=endpoint, at=now)


def reason_in(headers: Mapping[str, str] | None) -> str | None:
    """Return which limit a 429 says it ran into."""
    found = (str(value) for name, value in (headers or {}).items() if name.lower() == _REASON)
    return next(found, None)
