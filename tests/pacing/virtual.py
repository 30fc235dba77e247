"""Virtual time: real threads that take turns, and a clock that jumps to whoever wakes next.

So what threads do to one another is tried exactly, whatever the machine is busy with. Which of
those that wake together goes first is drawn.
"""

from __future__ import annotations

import heapq
import random
import threading
from collections.abc import Callable

from reconciler.gateway.pacing import Timing


class VirtualTime:
    """Runs functions side by side. Those that sleep do so in no time at all."""

    def __init__(self, seed: int = 0, now: float = 1_760_000_000.0) -> None:
        self.now = now
        self._draw = random.Random(seed)
        self._sleepers: list[tuple[float, float, int, threading.Semaphore]] = []
        self._asleep = threading.Semaphore(0)
        self._mine = threading.local()
        self._failures: list[BaseException] = []

    @property
    def timing(self) -> Timing:
        return Timing(clock=self.clock, sleep=self.sleep, jitter=self._draw.random)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        turn: threading.Semaphore = self._mine.turn
        self._enlist(self.now + max(0.0, seconds), turn)
        self._asleep.release()
        turn.acquire()

    def run(self, *functions: Callable[[], object]) -> float:
        """Run them all to their ends; return the seconds that took."""
        began = self.now
        threads = []
        for function in functions:
            turn = threading.Semaphore(0)
            self._enlist(self.now, turn)
            threads.append(threading.Thread(target=self._live, args=(function, turn)))
            threads[-1].start()
        while self._sleepers:
            self.now, _, _, turn = heapq.heappop(self._sleepers)
            turn.release()
            self._asleep.acquire()
        for thread in threads:
            thread.join()
        if self._failures:
            raise self._failures[0]
        return self.now - began

    def _live(self, function: Callable[[], object], turn: threading.Semaphore) -> None:
        self._mine.turn = turn
        turn.acquire()
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - raised again where the test is
            self._failures.append(error)
        finally:
            self._asleep.release()

    def _enlist(self, at: float, turn: threading.Semaphore) -> None:
        heapq.heappush(self._sleepers, (at, self._draw.random(), id(turn), turn))


def most_in_a_second(times: list[float]) -> int:
    """Return the largest number of moments in any window of a second."""
    ordered = sorted(times)
    most = first = 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= 1 - 1e-6:
            first += 1
        most = max(most, last - first + 1)
    return most
