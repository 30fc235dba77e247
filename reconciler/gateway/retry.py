"""Whether and when a failed call is tried again. Pure: it neither waits nor sends.

The SDK's own retries are off: they leave out 429 and do not read Retry-After. A write is only
ever repeated under the idempotency key of its first attempt.
https://docs.stripe.com/error-low-level
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.gateway.failure import Failure
from reconciler.gateway.pacing import LONGEST_HOLD


@dataclass(slots=True, kw_only=True)
class Tries:
    """How often one call was tried in vain, since `began`."""

    began: float
    all: int = 0
    busy: int = 0
    """Refusals because Stripe was busy, in a row in which nothing else got through."""
    lost: int = 0
    _passed: dict[str, int] = field(default_factory=dict)

    def note(self, failure: Failure, *, passed: tuple[str, int] | None = None) -> None:
        """Count a failure; `passed` names a limit, and how many requests it has let through so far.

        While others pass, a rate limit is no dead end: our turn comes. A busy object is another
        matter, and so are answers that do not come.
        """
        self.all += 1
        if not _busy(failure):
            self.lost += 1
        elif passed is not None and passed[1] > self._passed.get(passed[0], 0):
            self.busy = 1
            self._passed[passed[0]] = passed[1]
        else:
            self.busy += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient we are. Waits double from `first` seconds up to `longest`."""

    refusals: int = 10
    """Attempts while Stripe says that it is busy; such a call has not begun."""
    losses: int = 4
    """Attempts while no answer comes, or a server's error."""
    first: float = 0.5
    longest: float = 8.0
    asked: float = LONGEST_HOLD
    """The longest wait that Stripe may ask for."""
    patience: float = 600.0
    """Seconds after which a call that is still refused is given up, whatever gets through."""

    def spent(self, tries: Tries, now: float) -> bool:
        """Whether a call has been tried for too long."""
        return now - tries.began >= self.patience

    def wait(self, failure: Failure, tries: Tries, *, now: float, jitter: float) -> float | None:
        """Return how many seconds to wait after the tries so far, `None` to give up."""
        busy = _busy(failure)
        attempt, most = (tries.busy, self.refusals) if busy else (tries.lost, self.losses)
        if attempt >= most or self.spent(tries, now):
            return None
        if not _worth_another(failure, busy=busy):
            return None
        doubled: float = min(self.first * 2 ** (attempt - 1), self.longest)
        own = doubled * (0.5 + jitter / 2)
        return max(own, min(failure.retry_after or 0.0, self.asked))


def _busy(failure: Failure) -> bool:
    return failure.status == 429 or failure.code in {"lock_timeout", "idempotency_key_in_use"}


def _worth_another(failure: Failure, *, busy: bool) -> bool:
    if failure.should_retry is not None:
        return failure.should_retry
    if failure.status is None:
        return failure.passing
    return busy or failure.status >= 500
