"""Small words for messages: values as the file has them, labels, near misses. No rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal
from difflib import get_close_matches
from itertools import islice
from typing import Any

from reconciler.spec.locate import Steps

_ALL, _SOME = 25, 8
"""How many names are listed, and how many of more than that."""

_MANY = 300
"""With how many names a misspelt one is compared."""


def show(value: Any) -> str:
    """Return a value as TOML writes it, cut where it is long."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            text = printable(value)
            return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'
        case int() | Decimal():
            text = number(value)
            return f"{text[:40]}…" if len(text) > 40 else text
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case list() | tuple():
            return "a list" if value else "an empty list"
        case dict():
            return "a table"
        case _:
            return type(value).__name__


def printable(text: str) -> str:
    """Return a text with escapes for all that could fool a terminal: U+202E, U+001B."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def number(value: int | Decimal) -> str:
    """Return a number without an exponent, unless it is out of all proportion."""
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 40:
        return format(value, "f")
    try:
        return str(value).lower().replace("infinity", "inf")
    except ValueError:  # an integer of more than 4300 digits
        return "a number of thousands of digits"


def label(steps: Steps) -> str:
    """Return the way to a field as people write it: `tiers[1].up_to`."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def one(noun: str) -> str:
    """Return a noun with its article: `a price`, `an item`."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun.replace('_', ' ')}"


def some(words: Iterable[str], *, quote: bool = True, last: str = "or") -> str:
    """Return `"a", "b" or "c"`."""
    items = [f'"{word}"' if quote else word for word in words]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def nearest(word: str, known: Collection[str]) -> str | None:
    """Return the name that was probably meant."""
    lower = {name.lower(): name for name in known}
    if len(lower) > _MANY:
        # Comparing with each is slow; the first letter is seldom the slip.
        begins = word[:1].lower()
        alike = (name for name in lower if name[:1] == begins and abs(len(name) - len(word)) < 4)
        lower = {name: lower[name] for name in islice(alike, _MANY)}
    near = get_close_matches(word.lower()[:200], list(lower), n=1, cutoff=0.6)
    return lower[near[0]] if near else None


def suggest(word: str, known: Collection[str], otherwise: str = "") -> str:
    """Return `Did you mean "x"?`, or failing that which names there are."""
    near = nearest(word, known)
    if near is not None:
        return f'Did you mean "{near}"?'
    if otherwise or not known:
        return otherwise
    names = sorted(known)
    if len(names) <= _ALL:
        return f"Known: {', '.join(names)}."
    return f"Known: {', '.join(names[:_SOME])} and {len(names) - _SOME} more."
