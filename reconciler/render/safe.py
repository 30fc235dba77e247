"""Text that cannot break out: escaped where it could steer a terminal, measured, shortened.

Names and descriptions come from Stripe and may have been written by anybody.
"""

from __future__ import annotations

import re
import unicodedata

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Cc: control, ANSI sequences begin so. Cf: bidi overrides and invisible marks.
# Cs, Cn, Co: half characters, and such as no font shows. Zl, Zp: further line breaks.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})

# Letters and marks that no font shows either: fillers, selectors, a joiner of graphemes.
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0"
    "\U000e0100-\U000e01ef]"
)
_JOINER = "\u200d"  # holds emoji together, and steers nothing there
_AS_EMOJI = "\ufe0f"
_EMOJI_PARTS = frozenset({_AS_EMOJI, *map(chr, range(0x1F3FB, 0x1F400))})

_MOST_MARKS = 4
"""As many accents in a row as a language needs; a pile of them covers the lines above."""

# What a runner obeys in a log: GitHub's `::set-output …::` where a line begins, blanks before it
# or not, its older `##[…]` and Azure's `##vso[…]` anywhere.
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions
_ANYWHERE = re.compile(r"##(?=\[|vso\[|teamcity\[)", re.IGNORECASE)
_AT_START = re.compile(r"(\s*):(?=:.*::)", re.DOTALL)


def shown(text: str) -> str:
    """Return `text` with every character that is not seen, or that moves others, written out.

    What a runner of a pipeline would take for a command to itself is broken as well.
    """
    if not (text.isascii() and text.isprintable()):
        text = _escaped(text)
    if "##" in text:
        text = _ANYWHERE.sub(r"#\\x23", text)
    return _AT_START.sub(r"\1\\x3a", text, count=1) if _AT_START.match(text) else text


def _escaped(text: str) -> str:
    found: list[str] = []
    marks = 0
    for at, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if character in _NAMED:
            found.append(_NAMED[character])
        elif character == _JOINER and at and _is_emoji(text[at - 1]):
            found.append(character)
        elif category in _STEERING or marks > _MOST_MARKS or _UNSEEN.match(character):
            found.append(_code(character))
        else:
            found.append(character)
    return "".join(found)


def _is_emoji(character: str) -> bool:
    return character in _EMOJI_PARTS or unicodedata.category(character) == "So"


def _code(character: str) -> str:
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
    return sum(_columns(character, text[at - 1] if at else "") for at, character in enumerate(text))


def _columns(character: str, before: str) -> int:
    """Return what a character adds: what joins an emoji, or only colours it, adds nothing.

    https://www.unicode.org/reports/tr51/#Emoji_ZWJ_Sequences
    """
    if character == _AS_EMOJI:  # it makes the one before it wide
        return 1 if before and _width(before) == 1 else 0
    if before == _JOINER and _width(character) == 2:
        return 0
    if character in _EMOJI_PARTS and before and _is_emoji(before):
        return 0
    return _width(character)


def _width(character: str) -> int:
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
