"""The files of a catalog: finding them, reading them within bounds, parsing them.

Nothing here knows what a catalog says. Every failure is a `Problem`, never another exception.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli

from reconciler.errors import Problem
from reconciler.model.values import deeper_than
from reconciler.spec.locate import Positions, Steps
from reconciler.spec.words import label, printable

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32
"""How deep tables and arrays may nest, and how many parts a dotted key may have."""

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(slots=True, kw_only=True, eq=False)
class Source:
    """One file that `tomli` has accepted. Its positions are found when first asked for."""

    path: Path
    text: str
    data: dict[str, Any]
    overlay: bool = False
    _positions: Positions | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The file's path, as it stands in messages."""
        return named(self.path)

    def spot(self, steps: Steps, *, key: bool) -> tuple[int, int]:
        """Return the line and column of a key or value."""
        if self._positions is None:
            self._positions = Positions(self.text)
        return self._positions.find(steps, key=key)

    def place(self, steps: Steps, *, key: bool = True) -> str:
        """Return `file:line:column` of a key or value."""
        line, column = self.spot(steps, key=key)
        return f"{self.name}:{line}:{column}"


def named(path: Path) -> str:
    """Return a path for a message, where it may not begin a line of its own."""
    return str(path).replace("\n", "\\n").replace("\r", "\\r")


def find(paths: Sequence[Path], leave_out: Iterable[Path] = ()) -> Iterator[Path | Problem]:
    """Yield the TOML files that `paths` mean, each once: a folder means all in it and below.

    What is hidden (its name begins with a dot) or in `leave_out` is not looked for in folders.
    """
    seen: set[Path] = set()
    others = {_real(path) for path in leave_out}
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 - pathlib's raises where it may not look
            found: list[Path | Problem] = [path]
        else:
            found = [item for item in _walk(path, (), set()) if _real(item) not in others]
            if not found:
                yield Problem(
                    place=named(path),
                    what="there is no TOML file in this folder",
                    why="A folder means every *.toml in it and below.",
                    mend="Name the folder that holds the catalog, or a file.",
                )
        for item in found:
            real = _real(item)
            if real is None or real not in seen:
                yield item
            if real is not None:
                seen.add(real)


def _real(item: Path | Problem) -> Path | None:
    try:
        return Path(os.path.realpath(item)) if isinstance(item, Path) else None
    except ValueError:  # a path with a zero byte in it; reading it will say so
        return None


def _walk(folder: Path, above: tuple[Path, ...], walked: set[Path]) -> Iterator[Path | Problem]:
    """Yield what is in a folder. One that links lead to twice is `walked` once only."""
    real = Path(os.path.realpath(folder))
    if real in above:
        yield Problem(
            place=named(folder),
            what="this link leads back to a folder above it",
            why="The folder would be read for ever.",
            mend="Remove the link, or name the files.",
        )
        return
    if len(above) > MAX_DEPTH:
        yield Problem(
            place=named(folder),
            what=f"folders nest deeper than {MAX_DEPTH} levels here",
            why="No catalog's do, and links may pretend it without end.",
            mend="Name the folder that holds the catalog, or the files.",
        )
        return
    if real in walked:
        return
    walked.add(real)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if os.path.isdir(entry):  # noqa: PTH112 - the same
            yield from _walk(entry, (*above, real), walked)
        elif entry.suffix == ".toml":
            yield entry


def read(path: Path, *, overlay: bool = False) -> Source | Problem:
    """Return the parsed file, or what is wrong with it."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Problem(
                    place=named(path),
                    what="is not a regular file",
                    why="A device has no end, and a pipe may have nobody at its other one.",
                    mend="Save what it gives in a file first.",
                )
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return _unreadable(path, error)
    if len(raw) > MAX_BYTES:
        return Problem(
            place=named(path),
            what=f"is larger than {MAX_BYTES // 1024 // 1024} MiB",
            why="No catalog is; it would take long to read.",
            mend="Split it into several files, or check that it is the right one.",
        )
    text = _decode(path, raw)
    return text if isinstance(text, Problem) else parse(path, text, overlay=overlay)


def _without_waiting(name: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to would block for ever."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _unreadable(path: Path, error: OSError | ValueError) -> Problem:
    match error:
        case FileNotFoundError():
            what, mend = "does not exist", "Check the path, or write a first one: reconciler init."
        case PermissionError():
            what, mend = "may not be read", "Give the user who runs this read permission."
        case IsADirectoryError():
            what, mend = "is a folder", "Name the file."
        case OSError():
            what, mend = f"cannot be read: {error.strerror or error}", "Check the path."
        case _:
            what, mend = f"cannot be read: {error}", "Check the path."
    return Problem(place=named(path), what=what, mend=mend)


def _decode(path: Path, raw: bytes) -> str | Problem:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(
            place=f"{named(path)}:1:1",
            what="is UTF-16, and TOML is UTF-8",
            mend="Save it as UTF-8: editors call it the encoding.",
        )
    try:
        # "-sig": a byte order mark says nothing, and some editors write one.
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        return Problem(
            place=f"{named(path)}:{line}:{column}",
            what=f"is not UTF-8: byte 0x{raw[error.start]:02x}",
            why="TOML files are UTF-8; in another encoding names would be misread.",
            mend="Save it as UTF-8: editors call it the encoding.",
        )


def parse(path: Path, text: str, *, overlay: bool = False) -> Source | Problem:
    """Return the parsed text, or where and why it is not TOML."""
    deep = Problem(
        place=named(path),
        what=f"nests deeper than {MAX_DEPTH} levels",
        why="Nothing in a catalog does.",
        mend="Look for brackets that are not closed, or a key with many dots.",
    )
    if _long_key(text):
        return deep
    try:
        data = tomli.loads(text, parse_float=Decimal)
    except tomli.TOMLDecodeError as error:
        return _syntax(path, text, str(error))
    except RecursionError:
        return deep
    except (ValueError, ArithmeticError):
        # Python turns no more than 4300 digits into an int, and no exponent beyond 18 digits
        # into a Decimal.
        return Problem(
            place=named(path),
            what="has a number with far too many digits",
            why="No amount or count is that long.",
            mend="Look for a number with thousands of digits, or a huge exponent.",
        )
    return (
        deep
        if deeper_than(MAX_DEPTH + 1, data)
        else Source(path=path, text=text, data=data, overlay=overlay)
    )


def _syntax(path: Path, text: str, message: str) -> Problem:
    found = _AT.search(message)
    what = message[: found.start()] if found else message
    positions = Positions(text if "twice" in what or "overwrite" in what else "")
    if positions.repeated is not None:
        steps, first, second = positions.repeated
        line, column = positions.line_and_column(second.key)
        there, _ = positions.line_and_column(first.key)
        return Problem(
            place=f"{named(path)}:{line}:{column}",
            what=f"{printable(label(steps))} is defined twice; the first is on line {there}",
            why="One of them would be lost.",
            mend="Remove one, or give one another name.",
        )
    spot = f"{found[1]}:{found[2]}" if found and found[1] else _end(text)
    if what == r"Illegal character '\n'":
        what = "a text is not closed before its line ends"
    return Problem(
        place=f"{named(path)}:{spot}",
        what=f"is not TOML: {printable(what[:1].lower() + what[1:])[:300]}",
        why="Nothing of a file is used when a part of it cannot be read.",
        mend='See https://toml.io; text values stand in quotes: name = "Pro".',
    )


def _end(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return f"{len(lines)}:{len(lines[-1]) + 1}"


_TOKEN = re.compile(
    r'#[^\n]*|"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
    r"|(?P<dot>\.)|(?P<end>[\n,=\[\]{}])",
    re.DOTALL,
)


def _long_key(text: str) -> bool:
    """Whether a dotted key has too many parts: tomli's time grows with their square."""
    if all(line.count(".") <= MAX_DEPTH for line in text.split("\n")):
        return False
    dots = 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "dot":
            dots += 1
            if dots > MAX_DEPTH:
                return True
        elif token.lastgroup == "end":
            dots = 0
    return False
