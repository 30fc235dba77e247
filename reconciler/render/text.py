"""A plan as text for a terminal or a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest

from reconciler.model.comparison import Comparison
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.render.colour import painter
from reconciler.render.safe import columns, pad
from reconciler.render.view import Line, Notice, View, view

_WIDEST_ADDRESS = 48
_WIDEST_MAIN = 36
_WIDEST_SUM = 20
_ARROW = " -> "


def text(
    plan: Plan, kinds: Kinds, *, colour: bool = False, width: int = 100, full: bool = False
) -> str:
    """Return the plan's text. `width` is how much room a value is given, not where lines end.

    `full` tells every field of what changes, and shortens nothing.
    """
    seen = view(plan, kinds, limit=max(24, width - 40), full=full)
    paint = painter(colour=colour)
    return "\n".join((*_text(seen, paint, width, _OF_A_PLAN), *_blocked(seen, paint))) + "\n"


def comparison(compared: Comparison, kinds: Kinds, *, colour: bool = False) -> str:
    """Return a comparison's text: that of its plan, which nobody can apply."""
    seen = view(compared.plan, kinds, compared=compared)
    paint = painter(colour=colour)
    end = paint("This is a comparison, and no plan: it cannot be applied.", "faint")
    return "\n".join((*_text(seen, paint, 100, _OF_A_COMPARISON), end)) + "\n"


_OF_A_PLAN = {"blocks": "stops this plan", "lifted": "lifted", "noted": "noted"}
_OF_A_COMPARISON = {**_OF_A_PLAN, "blocks": "would stop an apply"}


def _text(
    seen: View, paint: Callable[[str, str], str], width: int, states: Mapping[str, str]
) -> Iterator[str]:
    yield paint(seen.title, "strong")
    if seen.lines:
        yield ""
        yield from _table(seen.lines, paint, width)
    if seen.notes:
        yield ""
    for note in seen.notes:
        yield f"Note: {note[0]}"
        yield from (f"  {line}" for line in note[1:])
    for notice in seen.notices:
        yield ""
        yield from _notice(notice, paint, states)
    yield ""
    yield paint(seen.summary, "strong")
    if seen.strangers:
        yield paint(seen.strangers[:1].upper() + seen.strangers[1:] + ".", "faint")


def _blocked(seen: View, paint: Callable[[str, str], str]) -> Iterator[str]:
    if seen.blocked:
        codes = sorted({notice.code for notice in seen.notices if notice.state == "blocks"})
        yield paint(f"Blocked by {', '.join(codes)}.", "blocks")


def _table(
    entries: tuple[Line, ...], paint: Callable[[str, str], str], width: int
) -> Iterator[str]:
    """Yield the lines, the asides below one another. A long main takes its own room, not theirs."""
    entries = _aligned(entries)
    address = min(max(columns(line.address) for line in entries), _WIDEST_ADDRESS)
    mains = [columns(line.main) for line in entries if line.aside]
    main = max((taken for taken in mains if taken <= _WIDEST_MAIN), default=0)
    for line in entries:
        told = f"{pad(line.address, address)}  {line.main}"
        full = f"{pad(line.address, address)}  {pad(line.main, main)}  {line.aside}"
        beside = bool(line.aside) and columns(full) + 4 <= width
        yield f"  {paint(line.mark, line.action)} {full if beside else told}".rstrip()
        beneath = (line.aside,) if line.aside and not beside else ()
        for detail in (*beneath, *line.details):
            yield f"      {detail}"


def _aligned(entries: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the lines with their amounts below one another, the last digits of all in a row."""
    widths = [
        max((width for width in taken if width <= _WIDEST_SUM), default=0)
        for taken in zip_longest(*(map(columns, line.sums) for line in entries), fillvalue=0)
    ]

    def aligned(line: Line) -> Line:
        if not line.sums:
            return line
        rest = line.main.removeprefix(_ARROW.join(line.sums))
        sums = (
            " " * (width - columns(told)) + told
            for told, width in zip(line.sums, widths, strict=False)
        )
        return replace(line, main=_ARROW.join(sums) + rest)

    return tuple(map(aligned, entries))


def _notice(
    notice: Notice, paint: Callable[[str, str], str], states: Mapping[str, str]
) -> Iterator[str]:
    where = f" {notice.address}" if notice.address else ""
    yield f"{paint(notice.code, notice.state)}{where} ({states[notice.state]}): {notice.text[0]}"
    for line in notice.text[1:]:
        yield f"  {line}"
