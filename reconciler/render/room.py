"""How much of a list fits: whole entries from its beginning, never a part of one."""

from __future__ import annotations

from collections.abc import Iterable


def size(text: str) -> int:
    """Return the length of a text in UTF-16: no counting of characters gives more."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class Room:
    """What is left of a text's greatest length."""

    def __init__(self, most: int) -> None:
        self.left = most

    def spend(self, text: str) -> str:
        """Return a text that stands whatever its length, with its line break paid for."""
        self.left -= size(text) + 1
        return text

    def fitting(self, entries: Iterable[str], most: int) -> list[str]:
        """Return the leading entries that fit, in `most` characters of what is left."""
        room = min(most, self.left)
        found = []
        for entry in entries:
            cost = size(entry) + 1
            if cost > room:
                break
            room -= cost
            self.left -= cost
            found.append(entry)
        return found
