"""References: `"pro.monthly"`, `"monthly"` inside its own product, or a raw Stripe id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from reconciler.model.address import Address
from reconciler.model.kind import Kind, Kinds
from reconciler.model.values import Pending
from reconciler.spec import tables
from reconciler.spec.locate import Steps
from reconciler.spec.words import one, suggest

# An id of a kind that the file has no tables for: letters, an underscore, and then something
# that no person would choose as a name.
_ANY_ID = re.compile(r"[a-z]{2,}_(?=\w*[A-Z0-9])\w+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A reference that leads nowhere."""

    what: str
    why: str
    mend: str


class References:
    """Resolves what fields name, from all addresses that the files define."""

    def __init__(self, kinds: Kinds, defined: AbstractSet[Address]) -> None:
        self._kinds = kinds
        self._defined = defined
        self._by_home: dict[tuple[str, tuple[str, ...]], list[Address]] = {}

    def resolve(self, text: str, kind: str, user: Address) -> Pending | str | Unknown:
        """Return what `text` names, where `user` needs one of `kind`."""
        target = self._kinds.get(kind)
        if target is None:
            return text if _ANY_ID.fullmatch(text) else _no_such_kind(text, kind)
        for keys in self._ways(text, target, user):
            address = Address(kind, keys)
            if address in self._defined:
                return Pending(address)
        if text.startswith(target.id_prefixes) and text not in target.id_prefixes:
            return text
        return self._unknown(text, target, user)

    def _ways(self, text: str, target: Kind, user: Address) -> list[tuple[str, ...]]:
        """Return the keys that `text` may mean, the user's own neighbours first."""
        parts = tuple(text.split("."))
        ways = [parts]
        home = tables.home(target, user, self._kinds)
        if home is not None and len(parts) == 1:
            ways.insert(0, (*home, *parts))
        if parts[0] == target.name:
            ways.append(parts[1:])
        return ways

    def _unknown(self, text: str, target: Kind, user: Address) -> Unknown:
        other = next(
            (
                address
                for address in self._defined
                if address.key == text.rpartition(".")[2]
                and text in (str(address), address.short)
                and address.kind != target.name
            ),
            None,
        )
        if other is not None:
            return Unknown(
                what=f'"{text}" is {one(other.kind)}, and {one(target.name)} is needed here',
                why=f"Stripe takes the id of {one(target.name)} in this place.",
                mend=suggest(text, self.names(target, user)),
            )
        return Unknown(
            what=f'there is no {target.name} "{text}" in the catalog',
            why="A reference names what the files define, or gives an id of Stripe's"
            + (f" ({target.id_prefixes[0]}…)." if target.id_prefixes else "."),
            mend=suggest(text, self.names(target, user)) or f"Define {one(target.name)} first.",
        )

    def names(self, target: Kind, user: Address) -> list[str]:
        """Return every name that would do here."""
        if not self._by_home:
            for address in sorted(self._defined):
                self._by_home.setdefault((address.kind, address.keys[:-1]), []).append(address)
        home = tables.home(target, user, self._kinds)
        near = [address.key for address in self._by_home.get((target.name, home or ()), ())]
        return near + [
            address.short
            for (kind, keys), addresses in self._by_home.items()
            if kind == target.name and keys != (home or ())
            for address in addresses
        ]


def linked(value: Any, refs: Mapping[Steps, Pending | str], into: Steps = ()) -> Any:
    """Return a body with each reference in the place of its text."""
    if into in refs:
        return refs[into]
    match value:
        case dict() | Mapping():
            return {name: linked(inner, refs, (*into, name)) for name, inner in value.items()}
        case list() | tuple():
            return tuple(linked(inner, refs, (*into, number)) for number, inner in enumerate(value))
        case _:
            return value


def _no_such_kind(text: str, kind: str) -> Unknown:
    return Unknown(
        what=f'"{text}" is not the id of {one(kind)}',
        why=f"The file has no tables for {kind.replace('_', ' ')}s, so a name leads nowhere: "
        "only an id of Stripe's does.",
        mend="Write the id that the Dashboard shows.",
    )
