"""Writes what a torture or a soak came to into `docs/reliability.md`, between its marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"

HEAD = ["what goes wrong", "tried", "stopped the apply", "resumed", "planned anew", "survived"]


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [HEAD, ["---", *["---:"] * (len(HEAD) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def filled(text: str, name: str, content: str) -> str:
    """Return a page with the part of this name written anew."""
    part = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- {name} ends -->)", re.DOTALL)
    if not part.search(text):
        raise ValueError(f"the page has no part {name}")
    return part.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text)


def write(name: str, content: str) -> None:
    """Write a part of the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(filled(text, name, content), encoding="utf-8")
