"""Pacing: requests leave no faster than Stripe's limits allow, however many threads send them.

https://docs.stripe.com/rate-limits
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The clock, and what else a test wants to hold in its hands."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """From 0 to 1; what threads that were refused together wait differently by."""


class Bucket:
    """So many requests in any one second: an eighth of them at once, the others evenly.

    It keeps one number, the time at which it would be empty again.
    """

    def __init__(self, limit: int) -> None:
        burst = max(1, limit // 8)
        self._spacing = 1 / max(1, limit - burst)
        self._slack = (burst - 1) * self._spacing
        self._empty_at = 0.0

    def reserve(self, now: float) -> float:
        """Take the next place and return when it is."""
        turn = max(now, self._empty_at - self._slack)
        self._empty_at = max(now, self._empty_at) + self._spacing
        return turn

    def hold(self, until: float) -> None:
        """Give no place before `until`."""
        self._empty_at = max(self._empty_at, until + self._slack)


class Pacer:
    """A bucket for each endpoint and one for all of them. An endpoint is a method and a path."""

    def __init__(self, *, endpoint: int, overall: int, timing: Timing) -> None:
        self._limit = endpoint
        self._timing = timing
        self._overall = Bucket(overall)
        self._endpoints: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def wait(self, endpoint: str) -> None:
        """Return when the next request to `endpoint` may leave."""
        with self._lock:
            now = self._timing.clock()
            own = self._endpoints.setdefault(endpoint, Bucket(self._limit))
            # The place in the overall queue is taken for the moment the endpoint allows, so a
            # crowd at one endpoint does not use up the places of the others.
            turn = self._overall.reserve(own.reserve(now))
        if turn > now:
            self._timing.sleep(turn - now)

    def hold(self, endpoint: str, seconds: float) -> None:
        """Let nothing leave to `endpoint` for a while: Stripe said it was too much."""
        with self._lock:
            now = self._timing.clock()
            own = self._endpoints.setdefault(endpoint, Bucket(self._limit))
            own.hold(now + seconds)
