"""The two streams: results on stdout, and everything else on stderr.

A reader that goes away (`reconciler plan | head`) does not change what a command does or how it
ends, and a terminal that lacks a character is given a plainer one.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TextIO

from reconciler.render.safe import lines, shown

_PLAIN = str.maketrans({"±": "+-", "…": "...", "“": '"', "”": '"', "\u2019": "'"})


class Console:
    """Where a command says what it has to say."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passing = False

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
        self._clear()
        _write(sys.stdout, text)

    def note(self, text: str) -> None:
        """Say something to a person, who may be reading text of others in it."""
        self._clear()
        _write(sys.stderr, "\n".join(lines(text)) + "\n")

    def passing(self, text: str) -> None:
        """Say how far long work is, on a terminal; the next word takes its place."""
        if not sys.stderr.isatty():
            return
        with self._lock:
            _write(sys.stderr, f"\r\x1b[K{shown(text)}")
            self._passing = True

    def ask(self, question: str) -> str:
        """Return the line that somebody types, empty at the end of input."""
        self._clear()
        _write(sys.stderr, question)
        return sys.stdin.readline().strip()

    def _clear(self) -> None:
        with self._lock:
            if self._passing:
                _write(sys.stderr, "\r\x1b[K")
                self._passing = False


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
