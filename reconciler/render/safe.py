"""Text that cannot break out: escaped where it could steer a terminal, measured, shortened.

Names and descriptions come from Stripe and may have been written by anybody.
"""

from __future__ import annotations

import unicodedata

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_JOINER = "\u200d"  # holds emoji together, and steers nothing


def shown(text: str) -> str:
    """Return `text` with every character that is not seen, or that moves others, written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    # Cc: control, ANSI sequences begin so. Cf: bidi overrides and invisible marks.
    # Cs, Cn, Co: half characters, and such as no font shows. Zl, Zp: further line breaks.
    category = unicodedata.category(character)
    if category not in {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"} or character == _JOINER:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def lines(text: str) -> list[str]:
    """Return the lines of a text of our own, which may quote others, each made safe."""
    return [shown(line) for line in text.split("\n")]


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"} or character == _JOINER:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def pad(text: str, width: int) -> str:
    """Return `text` with blanks up to `width` columns."""
    return text + " " * max(0, width - columns(text))


def shorten(text: str, limit: int) -> str:
    """Return `text`, its middle replaced by a count where it has more than `limit` characters."""
    if len(text) <= limit:
        return text
    keep = max(limit // 2 - 10, 8)
    left_out = len(text) - 2 * keep
    return f"{text[:keep]}[… {left_out:,} characters …]{text[-keep:]}"
