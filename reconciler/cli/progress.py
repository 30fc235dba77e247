"""How long something lasts, in words, and the line that says how far it is.

The line is written anew each second while nothing else is said, so that who waits sees that
something goes on. It is for terminals: whether there is one is the console's to know.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from reconciler.render.safe import columns, shown

_EVERY = 1.0
_SETTLED = 3.0
"""Seconds after which a rate is worth an estimate."""


def lasting(seconds: float) -> str:
    """Return a duration as a person says it."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def left(elapsed: float, done: int, total: int) -> str:
    """Return about how long the rest takes, at the rate so far; empty while none is known."""
    if elapsed < _SETTLED or not 0 < done < total:
        return ""
    return f", about {lasting(elapsed / done * (total - done) + 1)} left"


def fitted(text: str, width: int) -> str:
    """Return a text that fits before the last column: a second line could not be taken back."""
    safe = shown(text)
    while safe and columns(safe) >= width:
        safe = safe[:-1]
    return safe.rstrip()


class Line:
    """A line that is replaced by the next, and says since when.

    `write` puts it on the terminal, which has `width` columns; `lock` keeps two from writing at
    once.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        width: Callable[[], int],
        lock: threading.RLock,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write = write
        self._width = width
        self._lock = lock
        self._clock = clock
        self._text = ""
        self._began = 0.0
        self._ended = threading.Event()
        self._ticker: threading.Thread | None = None

    def say(self, text: str) -> None:
        """Say something, and go on saying for how long."""
        with self._lock:
            if not self._text:
                self._began = self._clock()
            self._text = text
            self._draw()
            if self._ticker is None:
                self._ticker = threading.Thread(target=self._tick, daemon=True)
                self._ticker.start()

    def clear(self) -> None:
        """Take it back."""
        with self._lock:
            if self._text:
                self._text = ""
                self._write("")

    def end(self) -> None:
        """Take it back for good."""
        self.clear()
        self._ended.set()
        if self._ticker is not None:
            self._ticker.join()

    def _tick(self) -> None:
        while not self._ended.wait(_EVERY):
            with self._lock:
                if self._text:
                    self._draw()

    def _draw(self) -> None:
        elapsed = self._clock() - self._began
        since = f" {lasting(elapsed)}" if elapsed >= 1 else ""
        room = self._width() - len(since) - 2
        self._write(f"{fitted(self._text, room)} …{since}")
