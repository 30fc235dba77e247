"""An address: the name of one thing in a catalog, for ever, such as `price.pro.monthly`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A kind and the table keys that lead to the thing: `("price", ("pro", "monthly"))`.

    `str(address)` is the form that people write and that stamps carry.
    """

    kind: str
    keys: tuple[str, ...]
    _hash: int = field(init=False, repr=False, compare=False)
    _text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Every index of a plan is by address, and every stamp has one: worked out once, not at
        # each look.
        object.__setattr__(self, "_hash", hash((self.kind, self.keys)))
        object.__setattr__(self, "_text", ".".join((self.kind, *self.keys)))

    def __hash__(self) -> int:
        return self._hash

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
