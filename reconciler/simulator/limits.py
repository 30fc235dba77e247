"""Stripe's rate limits: a token bucket per endpoint and one for the account.

An endpoint is a method and a path template. The account's bucket holds four times as much in live
mode and as much as one endpoint's in test mode (100, 25 and 25 a second at Stripe).
https://docs.stripe.com/rate-limits
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from reconciler.simulator.values import RefusalError

LIVE_SHARE = 4


class Limiter:
    """Token buckets filled by the clock, each holding one second's worth."""

    def __init__(self, per_second: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def admit(self, world: str, endpoint: str, *, livemode: bool) -> None:
        everything = self._per_second * (LIVE_SHARE if livemode else 1)
        with self._lock:
            if not self._take((world, endpoint), self._per_second):
                raise too_many("endpoint-rate")
            if not self._take((world, ""), everything):
                raise too_many("global-rate")

    def _take(self, bucket: tuple[str, str], size: int) -> bool:
        now = self._clock()
        tokens, then = self._buckets.get(bucket, (float(size), now))
        tokens = min(float(size), tokens + max(0.0, now - then) * size)
        taken = tokens >= 1
        self._buckets[bucket] = (tokens - 1 if taken else tokens, now)
        return taken


def too_many(reason: str) -> RefusalError:
    """The 429 of a limiter; it runs before the endpoint, so it is never kept for a key."""
    return RefusalError(
        "Request rate limit exceeded. Learn more about rate limits here "
        "https://stripe.com/docs/rate-limits.",
        status=429,
        code="rate_limit",
        headers={"Stripe-Rate-Limited-Reason": reason},
    )
