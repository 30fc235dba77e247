"""The far end of a paced line, in virtual time: it counts what arrives, and refuses some."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable, Iterable

from pacing.virtual import VirtualTime
from reconciler.gateway.pacing import Pacer
from reconciler.simulator.limits import Limiter
from reconciler.simulator.values import RefusalError

Judge = Callable[[str, float], str | None]
"""Told endpoint and time of an arrival; returns why it is refused, "" for no reason given."""


def by_limiter(limiter: Limiter, *, livemode: bool) -> Judge:
    """The simulator's own token buckets."""

    def judge(endpoint: str, now: float) -> str | None:
        try:
            limiter.admit("world", endpoint, livemode=livemode)
        except RefusalError as refusal:
            return refusal.headers["Stripe-Rate-Limited-Reason"]
        return None

    return judge


def by_window(limit: int) -> Judge:
    """Stricter than any token bucket: never more than `limit` answered in any second."""
    admitted: deque[float] = deque(maxlen=limit)

    def judge(endpoint: str, now: float) -> str | None:
        if len(admitted) == limit and now - admitted[0] < 1:
            return "endpoint-rate"
        admitted.append(now)
        return None

    return judge


class Line:
    """Requests that leave by a pacer, are on their way for a while, and are repeated if refused."""

    def __init__(
        self,
        time: VirtualTime,
        pacer: Pacer,
        judge: Judge = lambda endpoint, now: None,
        *,
        delay: tuple[float, float] = (0.0, 0.2),
        answer: float = 0.04,
        backoff: float = 0.5,
        seed: int = 0,
    ) -> None:
        self.time = time
        self.pacer = pacer
        self.judge = judge
        self.delay = delay
        self.answer = answer
        self.backoff = backoff
        self.there = 0
        self.sent: dict[str, list[float]] = {}
        self.done: dict[str, list[float]] = {}
        self.refusals: Counter[str] = Counter()
        self._draw = random.Random(seed)

    def call(self, endpoint: str) -> None:
        """Send a request until it is not refused."""
        while True:
            leave = self.pacer.wait(endpoint)
            self.sent.setdefault(endpoint, []).append(self.time.now)
            self.time.sleep(self._draw.uniform(*self.delay))
            reason = self.judge(endpoint, self.time.now)
            self.there += 1
            self.time.sleep(self.answer if reason is None else 0.0)
            self.there -= 1
            self.pacer.answered(leave)
            if reason is None:
                self.done.setdefault(endpoint, []).append(self.time.now)
                return
            self.refusals[reason] += 1
            self.pacer.refused(leave, reason or None, None)
            self.time.sleep(self.backoff)

    def crowd(self, calls: Iterable[str], threads: int) -> list[Callable[[], None]]:
        """Return functions that make `calls` together, each taking the next one."""
        left = deque(calls)

        def work() -> None:
            while left:
                self.call(left.popleft())

        return [work] * threads

    @property
    def all_sent(self) -> list[float]:
        return [moment for moments in self.sent.values() for moment in moments]
