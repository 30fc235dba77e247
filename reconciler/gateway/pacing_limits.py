"""What one limit of Stripe's leaves room for, and how that changes after refusals.

A limit is of a rate or of how many requests are under way at once, for one endpoint or for all.
Who goes first is not decided here: that is `pacing`.
https://docs.stripe.com/rate-limits
"""

from __future__ import annotations

from collections import deque

FLOOR = 1.0
"""Requests a second, and requests under way, that are left however often Stripe refuses."""

LOOK = 0.25
"""Seconds after which those who wait for others look again."""

_LANDING = 0.02
"""Seconds after which those who wait for somebody to land look again."""

_WINDOW = 1.0
_WHOLE = 1 - 1e-6
"""Of a token: who waits exactly long enough gets one, whatever floating point makes of it."""


class Bucket:
    """A token bucket of `limit` requests a second; after refusals, of fewer.

    Stripe counts when requests arrive, in token buckets of its own
    (https://stripe.com/blog/rate-limiters). Between two moments that lie T seconds apart there
    leave at most B + R·T from here, and if some are held up on the way for up to D seconds,
    B + R·(T + D) arrive. That is never too much for a bucket that holds L and gains L a second as
    long as R ≤ L and B + R·D ≤ L. Hence:

    - R is a twenty-fifth below the limit, which others on the account may use, and clocks that
      disagree. It costs 4 % of the time.
    - B is an eighth of the limit. For 25 that leaves D = 0.9 s. It is no more because a command
      that follows another begins anew, while Stripe's bucket may still be drained: three in a row
      make 3·B.
    - Besides, no window of a second has more than the limit. This is a rule of its own, because
      B + R is more; spreading requests so evenly that it is not would cost another 8 %.
    """

    def __init__(self, limit: int, now: float) -> None:
        self._full = float(max(1, limit - max(1, limit // 25)))
        self._burst = max(1, limit // 8)
        self._rise = limit / 25
        self._low, self._lowered_at = self._full, float("-inf")
        self._tokens, self._at = float(self._burst), now
        self._held = float("-inf")
        self._left: deque[float] = deque(maxlen=limit)

    def rate(self, now: float) -> float:
        """Return the requests a second: they rise in a straight line after they were lowered."""
        return min(self._full, self._low + (now - self._lowered_at) * self._rise)

    def ready(self, now: float) -> float:
        """Return when the next request may leave."""
        self._fill(now)
        turn = max(now, self._held)
        if self._tokens < _WHOLE:
            turn = max(turn, now + (1 - self._tokens) / self.rate(now))
        if len(self._left) == self._left.maxlen:
            turn = max(turn, self._left[0] + _WINDOW)
        return turn

    def take(self, now: float) -> None:
        """Count a request that leaves."""
        self._fill(now)
        self._tokens -= 1
        self._left.append(now)

    def lower(self, left: float, now: float) -> None:
        """Halve the rate: a request that left at `left` was refused.

        What left before the rate was last lowered says nothing about the rate since.
        """
        if left <= self._lowered_at:
            return
        self._fill(now)
        self._low = max(FLOOR, self.rate(now) / 2)
        self._lowered_at = now
        self._tokens = min(self._tokens, 0.0)

    def hold(self, until: float) -> None:
        """Let nothing leave before `until`."""
        self._held = max(self._held, until)

    def _fill(self, now: float) -> None:
        if now > self._at:
            gained = (now - self._at) * self.rate(self._at)
            self._tokens = min(float(self._burst), self._tokens + gained)
            self._at = now


class Room:
    """How many requests may be under way at once: any number, until Stripe refuses one for that.

    Lowering the rate would not do: how many are under way is the rate times how long an answer
    takes, and Stripe refuses for this reason when answers take long.
    """

    def __init__(self) -> None:
        self.under_way = 0
        self._low = self._lowered_at = float("inf")

    def most(self, now: float) -> float:
        """Return how many; one more each second after it was lowered."""
        if self._low == float("inf"):
            return self._low
        return self._low + int(now - self._lowered_at)

    def lower(self, left: float, now: float) -> None:
        """Halve it: a request that left at `left`, and is no longer under way, was refused."""
        if self._low < float("inf") and left <= self._lowered_at:
            return
        self._low = max(FLOOR, (self.under_way + 1) // 2)
        self._lowered_at = now


class Limit:
    """The rate and the room of an endpoint, or of the whole account."""

    def __init__(self, limit: int, now: float) -> None:
        self.bucket = Bucket(limit, now)
        self.room = Room()
        self.answered = 0
        self.refused = 0

    @property
    def through(self) -> int:
        """How many requests were answered and not refused."""
        return self.answered - self.refused

    def ready(self, now: float) -> float:
        """Return when the next request may leave; when to look again, where that is unknown."""
        turn = self.bucket.ready(now)
        if self.room.under_way >= self.room.most(now):
            return max(turn, now + _LANDING)
        return turn

    def spacing(self, now: float) -> float:
        """Return the seconds from one request to the next."""
        return 1 / self.bucket.rate(now)

    def take(self, now: float) -> None:
        """Count a request that leaves."""
        self.bucket.take(now)
        self.room.under_way += 1

    def land(self) -> None:
        """Count a request that is no longer under way."""
        self.room.under_way -= 1
        self.answered += 1
