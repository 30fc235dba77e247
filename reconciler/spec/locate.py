"""Where in a TOML text things stand: the line and column of every table, key and value.

Not a parser: `tomli` reads the values, and this scanner is run only over text that it has
accepted, when there is something to report. On other text it stops where it cannot go on, and
what it found until then stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import tomli

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a thing in a document: keys, and numbers inside arrays."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_LINE_REST = re.compile(r"[^\n]*\n?")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_VALUE = re.compile(r"[^,\]}\n#]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a key begins and where its value does, as offsets into the text.

    For a table with a header of its own, both are the header's bracket.
    """

    key: int
    value: int


class _StopError(Exception):
    """The text is not what a TOML document continues with."""


class Positions:
    """The spots of one text. `repeated` is the first key or table that is there twice."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._lengths: dict[Steps, int] = {}
        self._defined: set[Steps] = set()
        self.spots: dict[Steps, Spot] = {}
        self.repeated: tuple[Steps, Spot, Spot] | None = None
        try:
            self._document()
        except (_StopError, IndexError, RecursionError, tomli.TOMLDecodeError):
            return

    def find(self, steps: Steps, *, key: bool) -> tuple[int, int]:
        """Return line and column of a key or value, or of the nearest thing around it."""
        for end in range(len(steps), 0, -1):
            spot = self.spots.get(steps[:end])
            if spot is not None:
                exact = end == len(steps)
                return self.line_and_column(spot.key if key or not exact else spot.value)
        return (1, 1)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset, both counted from 1 in characters."""
        before = self._text.count("\n", 0, offset)
        return (before + 1, offset - self._text.rfind("\n", 0, offset))

    def _document(self) -> None:
        table: Steps = ()
        while True:
            self._skip(_BLANK)
            if self._at >= len(self._text):
                return
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_LINE_REST)

    def _header(self) -> Steps:
        start = self._at
        array = self._text.startswith("[[", start)
        self._at += 2 if array else 1
        keys = self._keys()
        self._expect("]]" if array else "]")
        steps: Steps = ()
        for number, (name, _) in enumerate(keys):
            steps = (*steps, name)
            last = number == len(keys) - 1
            spot = Spot(key=start, value=start)
            if steps in self._lengths:
                self._lengths[steps] += 1 if last else 0
                steps = (*steps, self._lengths[steps] - 1)
            elif array and last:
                self._lengths[steps] = 1
                self.spots.setdefault(steps, spot)
                steps = (*steps, 0)
            if last:
                self._define(steps, spot)
            else:
                self.spots.setdefault(steps, spot)
        return steps

    def _pair(self, table: Steps) -> None:
        keys = self._keys()
        self._expect("=")
        self._skip(_SPACE)
        steps = table
        for name, start in keys[:-1]:
            steps = (*steps, name)
            self.spots.setdefault(steps, Spot(key=start, value=start))
        name, start = keys[-1]
        self._define((*steps, name), Spot(key=keys[0][1], value=self._at))
        self._value((*steps, name))

    def _define(self, steps: Steps, spot: Spot) -> None:
        first = self.spots.get(steps)
        if steps in self._defined and first is not None and self.repeated is None:
            self.repeated = (steps, first, spot)
        if steps not in self._defined:
            self.spots[steps] = spot
        self._defined.add(steps)

    def _value(self, steps: Steps) -> None:
        match self._text[self._at]:
            case "[":
                self._array(steps)
            case "{":
                self._inline_table(steps)
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._take(_PLAIN_VALUE)

    def _array(self, steps: Steps) -> None:
        self._at += 1
        number = 0
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "]":
                self._at += 1
                return
            self.spots[(*steps, number)] = Spot(key=self._at, value=self._at)
            self._value((*steps, number))
            number += 1
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1

    def _inline_table(self, steps: Steps) -> None:
        self._at += 1
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "}":
                self._at += 1
                return
            self._pair(steps)
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1

    def _keys(self) -> list[tuple[str, int]]:
        """Read a dotted key: each part with where it begins."""
        keys = []
        while True:
            self._skip(_SPACE)
            start = self._at
            if self._text[start] in "\"'":
                # Quoted keys have escapes; the one reader of those is tomli's.
                name = str(tomli.loads(f"key = {self._take(_STRING)}")["key"])
            else:
                name = self._take(_BARE_KEY)
            keys.append((name, start))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _StopError
        self._at = found.end()
        return found.group()

    def _expect(self, mark: str) -> None:
        self._skip(_SPACE)
        if not self._text.startswith(mark, self._at):
            raise _StopError
        self._at += len(mark)


def lookup(data: object, steps: Steps) -> object:
    """Return what a document holds at `steps`, or `None`: TOML has no null of its own."""
    for step in steps:
        match data, step:
            case Mapping(), str():
                data = data.get(step)
            case ((list() | tuple()), int()) if step < len(data):
                data = data[step]
            case _:
                return None
    return data
