"""A journal whose process dies at one of its lines. What a kill leaves is what is on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from reconciler.executor.journal import Journal

WAYS = ("before", "torn", "after")
"""Before the line is written, in the midst of it, or when it is on disk and nothing follows."""


class Killed(BaseException):  # no error: the end
    """The process is no more. No handler of ours may take it for a failure."""


class _Line(Protocol):
    cut: bool


class Mortal(Journal):
    """Dies at the line `dies` names, counted from 1 for the first one after the head."""

    dies: tuple[int, str] | None = None
    line: _Line | None = None
    path: Path | None = None
    written = 0

    def begin(self) -> None:
        if self.dies is not None and self.dies[0] == 0:
            if self.dies[1] != "before":
                super().begin()
            if self.dies[1] == "torn":
                self._tear()
            self._die()
        super().begin()

    def _write(self, line: Mapping[str, Any]) -> None:
        self.written += 1
        if self.dies is None or self.dies[0] != self.written:
            super()._write(line)
            return
        if self.dies[1] != "before":
            super()._write(line)
        if self.dies[1] == "torn":
            self._tear()
        self._die()

    def _tear(self) -> None:
        """Leave the first half of the last line."""
        if self.path is not None:
            content = self.path.read_bytes()
            start = content.rstrip(b"\n").rfind(b"\n") + 1
            os.truncate(self.path, start + (len(content) - start) // 2)

    def _die(self) -> None:
        if self.line is not None:
            self.line.cut = True
        raise Killed
