"""An address: the name of one thing in a catalog, for ever, such as `price.pro.monthly`."""

from __future__ import annotations

import re
from functools import total_ordering
from typing import NoReturn

KEY = re.compile(r"[A-Za-z0-9_-]+")


@total_ordering
class Address:
    """A kind and the table keys that lead to the thing: `("price", ("pro", "monthly"))`.

    `str(address)` is the form that people write and that stamps carry. It never changes.

    Of each address there is one object only, kept as long as the program runs, so that addresses
    are compared and looked up by identity. Every index of a plan is by address: finding out some
    fifty times for each of 100,000 prices that two texts are equal took a twentieth of the whole.
    """

    __slots__ = ("_text", "keys", "kind")
    __match_args__ = ("kind", "keys")

    kind: str
    keys: tuple[str, ...]
    _text: str

    def __new__(cls, kind: str, keys: tuple[str, ...]) -> Address:  # noqa: PYI034  # it may be there
        """Return the address of a kind and table keys, the same at each call."""
        try:
            known = _KNOWN[kind].get(keys)
        except KeyError:
            known = None
        if known is not None:
            return known
        made = super().__new__(cls)
        object.__setattr__(made, "kind", kind)
        object.__setattr__(made, "keys", keys)
        object.__setattr__(made, "_text", ".".join((kind, *keys)))
        # Another thread may have been first, with the kind or with the keys.
        return _KNOWN.setdefault(kind, {}).setdefault(keys, made)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name}: an address never changes")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name}: an address never changes")

    def __reduce__(self) -> tuple[type[Address], tuple[str, tuple[str, ...]]]:
        return (Address, (self.kind, self.keys))  # a copy of it is itself

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Address):
            return NotImplemented
        return (self.kind, self.keys) < (other.kind, other.keys)

    def __repr__(self) -> str:
        return f"Address(kind={self.kind!r}, keys={self.keys!r})"

    def __str__(self) -> str:
        return self._text

    @property
    def key(self) -> str:
        """The last table key: `monthly`."""
        return self.keys[-1]

    @property
    def short(self) -> str:
        """The form that references use: `pro.monthly`."""
        return ".".join(self.keys)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address written as `text`; raise `ValueError` if it is not one."""
        kind, *keys = text.split(".")
        if not keys or not all(KEY.fullmatch(part) for part in (kind, *keys)):
            raise ValueError(f'"{text}" is not an address such as product.pro or price.pro.monthly')
        return cls(kind, tuple(keys))


_KNOWN: dict[str, dict[tuple[str, ...], Address]] = {}
"""Every address, by its kind and its keys."""
