"""The mistakes found so far, each with its place in the files. It judges nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.errors import Problem, SpecError
from reconciler.spec.locate import Steps, lookup
from reconciler.spec.source import Source
from reconciler.spec.words import printable

_LONGEST = 2000


class Report:
    """Collects problems; a file is scanned for positions only when it has one."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._problems: list[tuple[tuple[int, int, int], Problem]] = []

    def add_source(self, source: Source) -> None:
        """Take in a file, in the order in which files were given."""
        self._sources.append(source)

    def file_problem(self, order: int, problem: Problem) -> None:
        """Note a file, the `order`-th one given, that could not be read."""
        self._problems.append(((order, 0, 0), problem))

    def problem(
        self,
        at: Steps,
        what: str,
        *,
        why: str = "",
        mend: str = "",
        key: bool = False,
        source: Source | None = None,
    ) -> None:
        """Note what is wrong `at` a value of the catalog, or with its `key`."""
        found = source or self._source_of(at)
        line, column = found.spot(at, key=key) if found else (1, 1)
        place = f"{found.name}:{line}:{column}" if found else "catalog"
        order = self._sources.index(found) if found else -1
        problem = Problem(
            place=place,
            what=_cut(printable(what)),
            why=printable(why),
            mend=_cut(printable(mend)),
            at=tuple(at),
        )
        self._problems.append(((order, line, column), problem))

    def place(self, at: Steps, *, key: bool = True) -> str:
        """Return where something stands, for a text that names a second place."""
        found = self._source_of(at)
        return found.place(at, key=key) if found else "the catalog"

    def raise_if_any(self) -> None:
        """Raise `SpecError` with all that was found, in the order of the files."""
        if self._problems:
            ordered = sorted(self._problems, key=lambda item: item[0])
            raise SpecError(list(dict.fromkeys(problem for _, problem in ordered)))

    def _source_of(self, at: Steps) -> Source | None:
        """Return the file in which `at` was written, or the nearest thing around it.

        A value that several files have is the last overlay's. A table's own place is where it
        has values, and in the base before the overlays.
        """
        for end in range(len(at), -1, -1):
            steps = at[:end]
            holders = [
                (source, value)
                for source in self._sources
                if (value := lookup(source.data, steps)) is not None
            ]
            if not holders:
                continue
            in_array = any(isinstance(step, int) for step in steps)
            if not in_array and isinstance(holders[-1][1], Mapping):
                return next(
                    (source for source, value in holders if _has_values(value)), holders[0][0]
                )
            overlays = [source for source, _ in holders if source.overlay]
            return overlays[-1] if overlays else holders[0][0]
        return None


def _cut(text: str) -> str:
    """Return a sentence, its middle left out where a name in it is of a length no name has."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"


def _has_values(table: Any) -> bool:
    values: Iterable[Any] = table.values() if isinstance(table, Mapping) else ()
    return any(not isinstance(value, Mapping) for value in values)
