"""`[moved]` and `[adopt]`: which existing object an address means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from reconciler.model.address import Address
from reconciler.model.catalog import Adoption
from reconciler.model.kind import ByNaturalKey, Embedded, Kind, Kinds
from reconciler.spec import tables
from reconciler.spec.locate import Steps
from reconciler.spec.report import Report
from reconciler.spec.settings import NAME
from reconciler.spec.words import one, show, suggest


class BindingsReader:
    """Reads both tables of one tree."""

    def __init__(
        self,
        tree: Mapping[str, Any],
        kinds: Kinds,
        defined: AbstractSet[Address],
        report: Report,
    ) -> None:
        self._tree = tree
        self._kinds = kinds
        self._defined = defined
        self._report = report

    def moved(self) -> dict[Address, Address]:
        """Return `[moved]`, each source with its final target."""
        direct: dict[Address, Address] = {}
        taken: dict[Address, Address] = {}
        for text, value in self._entries("moved"):
            at: Steps = ("moved", text)
            if self._unquoted(at, text, value):
                continue
            source = self._address(at, text, key=True)
            target = self._address(at, value, key=False)
            if source is None or target is None or not self._may_move(at, source, target):
                continue
            rival = taken.setdefault(target, source)
            if rival != source:
                self._report.problem(
                    at,
                    f"[moved] {source} and {rival} both become {target}",
                    why="Only one object can bear an address.",
                    mend="Remove one of the two lines.",
                )
            direct[source] = target
        return self._followed(direct)

    def adopt(self, name: str) -> dict[Address, Adoption]:
        """Return `[adopt]`, for the catalog called `name`."""
        found: dict[Address, Adoption] = {}
        owners: dict[str, Address] = {}
        for text, value in self._entries("adopt"):
            at: Steps = ("adopt", text)
            if self._unquoted(at, text, value):
                continue
            address = self._address(at, text, key=True)
            entry = self._adoption(at, value, name)
            if address is None or entry is None or not self._may_adopt(at, address, entry.id):
                continue
            if entry.id in owners:
                self._report.problem(
                    at,
                    f"[adopt] {address} and {owners[entry.id]} both adopt {entry.id}",
                    why="One object has one address.",
                    mend="Remove one of the two lines.",
                )
            owners[entry.id] = address
            found[address] = entry
        return found

    def _entries(self, name: str) -> Iterator[tuple[str, Any]]:
        table = self._tree.get(name, {})
        if not isinstance(table, dict):
            self._report.problem((name,), f"[{name}] must be a table, not {show(table)}")
            return
        yield from table.items()

    def _unquoted(self, at: Steps, text: str, value: Any) -> bool:
        """Report an address without quotes, which TOML reads as tables in tables."""
        if text not in self._kinds or not isinstance(value, dict):
            return False
        self._tell(
            at,
            "addresses stand in quotes",
            why="Without them TOML reads each dot as another table.",
            mend=f'Write "{text}.<name>" = …',
            key=True,
        )
        return True

    def _address(self, at: Steps, text: Any, *, key: bool) -> Address | None:
        """Return the address written as a key or value, if it can be one of this catalog."""
        try:
            address = Address.parse(text) if isinstance(text, str) else None
        except ValueError:
            address = None
        kind = self._kinds.get(address.kind) if address is not None else None
        if address is None or kind is None:
            # The short form, or a misspelt kind.
            near = [str(known) for known in self._defined if known.short == text]
            mend = suggest(str(text), near or [str(known) for known in self._defined])
            what = f"{show(text)} is not an address"
            why = "An address begins with its kind: product.pro, price.pro.monthly."
            self._tell(at, what, why=why, mend=mend, key=key)
            return None
        if len(address.keys) != tables.depth(kind, self._kinds):
            example = ".".join([kind.name, *(f"<{name}>" for name in _lineage(kind, self._kinds))])
            what = f"{show(text)} is not the address of {one(kind.name)}"
            self._tell(at, what, mend=f"Its form is {example}.", key=key)
            return None
        return address

    def _may_move(self, at: Steps, source: Address, target: Address) -> bool:
        if source.kind != target.kind:
            what = f"{source} cannot become {target}"
            why = f"{one(source.kind).capitalize()} never becomes {one(target.kind)}."
            self._tell(at, what, why=why)
            return False
        identity = self._kinds[source.kind].identity
        if isinstance(identity, ByNaturalKey):
            self._tell(
                at,
                f"{one(source.kind)} cannot be moved",
                why=f"It is known by its {identity.field}, whatever its table is called.",
                mend="Rename the table; nothing else is needed.",
                key=True,
            )
            return False
        return True

    def _followed(self, direct: Mapping[Address, Address]) -> dict[Address, Address]:
        """Follow chains to their ends; report those that have none, or a strange one."""
        found: dict[Address, Address] = {}
        ends: dict[Address, Address] = {}
        told: set[Address] = set()
        for source in direct:
            way, passed = [source], set[Address]()
            while way[-1] in direct and way[-1] not in passed:
                passed.add(way[-1])
                # Where a way is known to lead is not walked again.
                way.append(ends.get(way[-1], direct[way[-1]]))
            end = way[-1]
            if end not in direct:
                ends.update(dict.fromkeys(way[:-1], end))
            if end in direct:  # it came round
                cycle = way[way.index(end) :]
                if told.isdisjoint(cycle):
                    self._tell(
                        ("moved", str(source)),
                        f"goes round in a circle: {' -> '.join(map(str, cycle))}",
                        why="So it is not said what any of them is called now.",
                        mend="Remove the line that is out of date.",
                    )
                told.update(cycle)
                continue
            found[source] = end
            if end not in self._defined and end not in told:
                told.add(end)
                last = next(old for old, new in direct.items() if new == end)
                self._missing(("moved", str(last)), end)
        return found

    def _missing(self, at: Steps, address: Address, *, key: bool = False) -> None:
        known = [str(other) for other in self._defined if other.kind == address.kind]
        self._tell(
            at,
            f"{address} is not in the catalog",
            why="An entry here says which object a table of the catalog means.",
            mend=suggest(str(address), known),
            key=key,
        )

    def _adoption(self, at: Steps, value: Any, name: str) -> Adoption | None:
        table = {"id": value} if isinstance(value, str) else value
        if not isinstance(table, dict) or "id" not in table or not {"id", "from"} >= table.keys():
            self._tell(
                at,
                f'needs an id, or {{ id = "…", from = "…" }}, not {show(value)}',
                mend=f'Write "{at[-1]}" = "prod_…".',
            )
            return None
        owner = table.get("from")
        if not isinstance(table["id"], str) or not re.fullmatch(r"[\x21-\x7e]+", table["id"]):
            self._tell(at, f"must be the id of an object at Stripe, not {show(table['id'])}")
            return None
        if owner is not None and not (isinstance(owner, str) and re.fullmatch(NAME, owner)):
            self._tell((*at, "from"), f"from must be a catalog's name, not {show(owner)}")
            return None
        if owner == name:
            what = f"from names this very catalog, {show(owner)}"
            self._tell((*at, "from"), what, why="Its objects are ours already.", mend="Remove it.")
            return None
        return Adoption(id=table["id"], from_=owner)

    def _may_adopt(self, at: Steps, address: Address, object_id: str) -> bool:
        kind = self._kinds[address.kind]
        if isinstance(kind.identity, Embedded):
            what = f"{one(kind.name)} cannot be adopted"
            why = "Stripe has no such object: it is an entry on another one."
            self._tell(at, what, why=why, mend="Remove the line.", key=True)
            return False
        if address not in self._defined:
            self._missing(at, address, key=True)
            return False
        # Ids may be of one's own choice, so only one that is plainly another kind's is refused.
        own = object_id.startswith(kind.id_prefixes)
        others = [
            other.name
            for other in self._kinds.values()
            if other is not kind and object_id.startswith(other.id_prefixes)
        ]
        if others and not own:
            what = f"{object_id} is the id of {one(others[0])}, not of {one(kind.name)}"
            self._tell(at, what, mend=f"Find the id of the {kind.name} in the Dashboard.")
            return False
        return True

    def _tell(self, at: Steps, what: str, **more: Any) -> None:
        self._report.problem(at, f"[{at[0]}] {what}", **more)


def _lineage(kind: Kind, kinds: Kinds) -> list[str]:
    above = _lineage(kinds[kind.within.kind], kinds) if kind.within is not None else []
    return [*above, kind.name]
