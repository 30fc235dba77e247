"""The two streams: results on stdout, and everything else on stderr.

A reader that goes away (`reconciler plan | head`) does not change what a command does or how it
ends, and a terminal that lacks a character is given a plainer one.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from reconciler.render.safe import lines

if TYPE_CHECKING:
    from reconciler.cli.progress import Line

_PLAIN = str.maketrans({"±": "+-", "…": "...", "“": '"', "”": '"', "\u2019": "'"})

_WIDTH = 80
"""Of a terminal that does not say."""


class Console:
    """Where a command says what it has to say."""

    def __init__(self) -> None:
        # One thread may come again: a signal's handler speaks in the midst of what is said.
        self._lock = threading.RLock()
        self._line: Line | None = None

    @property
    def colour(self) -> bool:
        """Whether results may be coloured. https://no-color.org"""
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def result(self, text: str) -> None:
        """Write what the command was asked for."""
        with self._clear():
            _write(sys.stdout, text)

    def note(self, text: str) -> None:
        """Say something to a person, who may be reading text of others in it."""
        with self._clear():
            _write(sys.stderr, "\n".join(lines(text)) + "\n")

    def passing(self, text: str) -> None:
        """Say what long work does and how far it is, on a terminal, until the next word.

        It is told for how long that goes on. A pipeline with a terminal of its own has nobody who
        watches it, and keeps every state of the line.
        """
        if not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
            return
        with self._lock:
            if self._line is None:
                from reconciler.cli.progress import Line  # noqa: PLC0415 - for terminals alone

                self._line = Line(_redraw, _width, self._lock)
            self._line.say(text)

    def end(self) -> None:
        """Leave nothing behind that goes on talking."""
        if self._line is not None:
            self._line.end()

    def ask(self, question: str) -> str:
        """Return the line that somebody types, empty at the end of input."""
        with self._clear():
            _write(sys.stderr, question)
        return sys.stdin.readline().strip()

    @contextmanager
    def _clear(self) -> Iterator[None]:
        with self._lock:
            if self._line is not None:
                self._line.clear()
            yield


def _redraw(text: str) -> None:
    _write(sys.stderr, f"\r\x1b[K{text}")


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(_encodable(text, stream.encoding or "ascii"))
        stream.flush()
    except BrokenPipeError:
        # Also what the interpreter flushes at its end has to go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _encodable(text: str, encoding: str) -> str:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_PLAIN)
        return plain.encode(encoding, "backslashreplace").decode(encoding)
    return text
