"""Whether and when a failed call is tried again. Pure: it neither waits nor sends.

The SDK's own retries are off: they leave out 429 and do not read Retry-After. A write is only
ever repeated under the idempotency key of its first attempt.
https://docs.stripe.com/error-low-level
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.gateway.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient we are. Waits double from `first` seconds up to `longest`."""

    refusals: int = 10
    """Attempts while Stripe says that it is busy; such a call has not begun."""
    losses: int = 4
    """Attempts while no answer comes, or a server's error."""
    first: float = 0.5
    longest: float = 8.0
    asked: float = 60.0
    """The longest wait that Stripe may ask for."""

    def wait(self, failure: Failure, attempt: int, jitter: float) -> float | None:
        """Return how many seconds to wait after the `attempt`th try, `None` to give up."""
        busy = failure.status == 429 or failure.code in {"lock_timeout", "idempotency_key_in_use"}
        if attempt >= (self.refusals if busy else self.losses):
            return None
        if not _worth_another(failure, busy=busy):
            return None
        doubled: float = min(self.first * 2 ** (attempt - 1), self.longest)
        own = doubled * (0.5 + jitter / 2)
        return max(own, min(failure.retry_after or 0.0, self.asked))


def _worth_another(failure: Failure, *, busy: bool) -> bool:
    if failure.should_retry is not None:
        return failure.should_retry
    if failure.status is None:
        return failure.passing
    return busy or failure.status >= 500
