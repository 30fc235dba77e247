"""Colour by action, as ANSI sequences: only where the caller knows that there is a terminal."""

from __future__ import annotations

from collections.abc import Callable

CODES = {
    "create": "32",
    "update": "33",
    "replace": "35",
    "retire": "31",
    "reactivate": "32",
    "adopt": "36",
    "move": "36",
    "blocks": "1;31",
    "lifted": "33",
    "noted": "33",
    "faint": "2",
    "strong": "1",
}


def painter(*, colour: bool) -> Callable[[str, str], str]:
    """Return a function that paints a text in a style, or leaves it alone."""
    if not colour:
        return lambda text, _: text
    return lambda text, style: f"\x1b[{CODES[style]}m{text}\x1b[0m"
