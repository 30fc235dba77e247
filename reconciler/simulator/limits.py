"""Stripe's rate limits: a token bucket per endpoint and one for the account.

An endpoint is a method and a path template. The account's bucket holds four times as much in live
mode and as much as one endpoint's in test mode (100, 25 and 25 a second at Stripe). A neighbour is
another program on the same account that always gets its share of every bucket.
https://docs.stripe.com/rate-limits
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from reconciler.simulator.values import RefusalError

LIVE_SHARE = 4

_ROUNDING = 1e-3
"""Of a token: who waits exactly long enough gets one, whatever floating point makes of it."""


class Limiter:
    """Token buckets filled by the clock, each holding one second's worth."""

    def __init__(
        self, per_second: int, clock: Callable[[], float], *, neighbour: float = 0.0
    ) -> None:
        if not 0 <= neighbour < 1:
            raise ValueError(f"a neighbour takes from 0 to less than 1, not {neighbour:g}")
        self._rate = per_second * (1 - neighbour)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def admit(self, world: str, endpoint: str, *, livemode: bool) -> None:
        """Take a token of the endpoint and one of the account, or neither and refuse."""
        everything = self._rate * (LIVE_SHARE if livemode else 1)
        with self._lock:
            now = self._clock()
            own = self._tokens((world, endpoint), self._rate, now)
            shared = self._tokens((world, ""), everything, now)
            if own < 1 - _ROUNDING:
                raise too_many("endpoint-rate")
            if shared < 1 - _ROUNDING:
                raise too_many("global-rate")
            self._buckets[world, endpoint] = (own - 1, now)
            self._buckets[world, ""] = (shared - 1, now)

    def _tokens(self, bucket: tuple[str, str], rate: float, now: float) -> float:
        # Less than one request a second still lets one through, once it is due.
        size = max(1.0, rate)
        tokens, then = self._buckets.get(bucket, (size, now))
        return min(size, tokens + max(0.0, now - then) * rate)


def too_many(reason: str) -> RefusalError:
    """The 429 of a limiter; it runs before the endpoint, so it is never kept for a key."""
    return RefusalError(
        "Request rate limit exceeded. Learn more about rate limits here "
        "https://stripe.com/docs/rate-limits.",
        status=429,
        code="rate_limit",
        headers={"Stripe-Rate-Limited-Reason": reason},
    )
