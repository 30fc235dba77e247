"""Whose the ids in a plan are: what a reader knows by its address is told by its address.

Only what the plan itself holds is known. The id of an object that no step touches stays an id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.address import Address
from reconciler.model.catalog import STAMP
from reconciler.model.kind import Kinds
from reconciler.model.plan import Change, HeldBy, Move, Plan, Replace
from reconciler.model.values import Pending
from reconciler.render.safe import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The addresses of ids, and the names that a call takes from their holders.

    `references` are the same addresses as a body refers to them. `moved` are the ids whose
    address is a new one, `changing` those that a change is about.
    `taken` leads from an address and a natural key's field to the id of the object that has
    held it so far. `off` are the ids of what is archived. `catalog` is whose plan it is.
    """

    catalog: str
    addresses: Mapping[str, Address]
    references: Mapping[str, Pending]
    moved: frozenset[str]
    changing: frozenset[str]
    taken: Mapping[tuple[Address, str], str]
    off: frozenset[str]

    def told(self, reference: Any) -> str:
        """Return what a reference names: `pro.monthly`, or an id that nobody here knows."""
        match reference:
            case Pending(address=address):
                return address.short
            case _:
                known = self.addresses.get(reference)
                return shown(str(reference)) if known is None else known.short

    def pair(self, before: Any, after: Any) -> tuple[str, str]:
        """Return two references so that they differ: `pro.monthly (price_1)` and `… (new)`."""
        one, other = self.told(before), self.told(after)
        if one == other or before in self.moved:
            return self._exactly(before, one), self._exactly(after, other)
        return one, other

    def _exactly(self, reference: Any, told: str) -> str:
        match reference:
            case Pending():
                return f"{told} (new)"
            case _ if reference in self.addresses:
                return f"{told} ({shown(str(reference))})"
            case _:
                return told

    def taken_silently(self, change: Change, field: str) -> str:
        """Say so only of a holder that no change of the plan is about."""
        holder = self.taken.get((change.address, field))
        return "" if holder in self.changing else self.taken_from(change, field)

    def taken_from(self, change: Change, field: str) -> str:
        """Say who gives a natural key up for `change`: `price.pro.old (archived)`, or nothing."""
        holder = self.taken.get((change.address, field))
        if holder is None or holder == change.object:
            return ""
        address = self.addresses.get(holder, change.address)
        who = shown(holder) if address == change.address else str(address)
        return f"{who} (archived)" if holder in self.off else who


def names(plan: Plan, kinds: Kinds) -> Names:
    """Return the names that a plan holds."""
    addresses = {name: Address.parse(address) for name, address in plan.names.items()}
    addresses.update(_stamped(plan))
    for change in plan.changes:
        if change.object is not None:
            addresses[change.object] = change.address
        if isinstance(change, Replace) and change.successor is not None:
            addresses[change.successor] = change.address
    return Names(
        catalog=plan.catalog,
        addresses=addresses,
        references={object_id: Pending(address) for object_id, address in addresses.items()},
        changing=frozenset(change.object for change in plan.changes if change.object),
        moved=frozenset(c.object for c in plan.changes if isinstance(c, Move) and c.object),
        taken=dict(_taken(plan, kinds)),
        off=frozenset(
            id_
            for name, bodies in plan.seen.items()
            for id_, body in bodies.items()
            if not kinds[name].is_on(body)
        ),
    )


def _stamped(plan: Plan) -> Iterator[tuple[str, Address]]:
    for kind, bodies in plan.seen.items():
        for id_, body in bodies.items():
            catalog, _, written = body.get("metadata", {}).get(STAMP, "").partition("/")
            try:
                address = Address.parse(written)
            except ValueError:
                continue
            if (catalog, kind) == (plan.catalog, address.kind):
                yield id_, address


def _taken(plan: Plan, kinds: Kinds) -> Iterator[tuple[tuple[Address, str], str]]:
    """Yield the natural keys that calls take over. Those that strangers hold are conflicts."""
    for step in plan.steps:
        fields = {
            key.field for key in kinds[step.kind].natural_keys if key.transfer in step.payload
        }
        for reliance in step.relies_on:
            match reliance:
                case HeldBy(field=field, holders=(str() as holder, *_)) if field in fields:
                    yield (step.address, field), holder
                case _:
                    pass
