"""The seconds of each way as bars, as SVG: no library draws five rectangles more simply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from benchmarks.report import Row

_DARK = "(prefers-color-scheme: dark)"
_WIDTH, _BAR, _GAP, _LEFT = 860, 22, 14, 400


def plot(rows: Sequence[Row]) -> str:
    """Return the plot of those rows that have seconds. It reads on light and dark pages."""
    timed = [(row.what, row.seconds) for row in rows if row.seconds is not None]
    return "\n".join(_lines(timed)) + "\n"


def _lines(timed: Sequence[tuple[str, float]]) -> Iterator[str]:
    height = len(timed) * (_BAR + _GAP) + _GAP
    longest = max(seconds for _, seconds in timed)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="13">'
    )
    told = ", ".join(f"{what} {seconds:.1f}" for what, seconds in timed)
    yield f"<title>Seconds: {escape(told)}</title>"
    yield f"<style>text {{ fill: #555 }} @media {_DARK} {{ text {{ fill: #bbb }} }}</style>"
    for number, (what, seconds) in enumerate(timed):
        top = _GAP + number * (_BAR + _GAP)
        long = max(1.0, seconds / longest * (_WIDTH - _LEFT - 70))
        middle = top + _BAR / 2 + 5
        yield f'<text x="{_LEFT - 8}" y="{middle}" text-anchor="end">{escape(what)}</text>'
        yield f'<rect x="{_LEFT}" y="{top}" width="{long:.1f}" height="{_BAR}" fill="#635bff"/>'
        yield f'<text x="{_LEFT + long + 8:.1f}" y="{middle}">{seconds:.1f} s</text>'
    yield "</svg>"
