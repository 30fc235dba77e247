"""Which natural key will each resource hold: a lookup key, a chosen id?

A key that the file gives is that key. One that the file leaves out is a default for creation
only: an object keeps the key it has and its replacement inherits it. A kept key yields to a
resource of the file that comes to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from reconciler.errors import PlanError
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP
from reconciler.model.kind import Kind, NaturalKey
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.world import Handle, Held
from reconciler.planner.bind import Binding
from reconciler.planner.match import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A key that a resource needs and an object that cannot give it up holds.

    `free`: the resource has no object, and the holder is nobody's, so it could be adopted as it.
    `settled`: the resource has an object in use, so no other can be adopted as it.
    """

    address: Address
    field: str
    value: str
    holder: Live
    ours: Address | None
    free: bool = False
    settled: bool = False


class Names:
    """The natural keys that each resource will hold; `""` means none."""

    def __init__(self, values: Mapping[str, Mapping[str, Mapping[Address, str]]]) -> None:
        self._values = values

    def get(self, address: Address, field: str) -> str:
        """Return one key of a resource; empty if it has none, or Stripe chooses it."""
        held = self._values.get(address.kind, {}).get(field)
        return held.get(address, "") if held else ""

    def __getitem__(self, address: Address) -> dict[str, str]:
        """Return the keys of one resource, by field."""
        return {
            field: held[address]
            for field, held in self._values.get(address.kind, {}).items()
            if address in held
        }


def settle_names(bindings: Mapping[Address, Binding]) -> Names:
    """Return the natural keys of every resource."""
    by_kind: dict[Kind, dict[Address, Binding]] = defaultdict(dict)
    for address, binding in bindings.items():
        by_kind[binding.resource.kind][address] = binding
    return Names(
        {
            kind.name: {key.field: _settle_key(key, mine) for key in kind.natural_keys}
            for kind, mine in by_kind.items()
        }
    )


def _settle_key(key: NaturalKey, bindings: Mapping[Address, Binding]) -> dict[Address, str]:
    values: dict[Address, str] = {}
    kept: dict[Address, str] = {}
    for address, binding in bindings.items():
        given = binding.resource.body.get(key.field)
        giver = binding.giver
        held = giver.live.body.get(key.field) if giver else None
        ignored = giver is not None and key.field in binding.resource.ignore
        if given is not None and not ignored:
            values[address] = given
        elif key.default is None:
            continue  # Stripe chooses; nothing to hold on to
        elif held is not None:
            values[address] = kept[address] = held
        elif ignored:
            values[address] = ""  # it has none, and that is left alone too
        else:
            values[address] = key.default(binding.resource)
    _yield_kept(key, bindings, values, kept)
    _refuse_clashes(key, values)
    return values


def _yield_kept(
    key: NaturalKey,
    bindings: Mapping[Address, Binding],
    values: dict[Address, str],
    kept: dict[Address, str],
) -> None:
    """Give a kept key to the resource that comes to it; repeat, as that one may come to another."""
    while len(kept) < len(values):
        taken = {value for address, value in values.items() if address not in kept}
        yielding = [address for address, value in kept.items() if value in taken]
        if not yielding or key.default is None:
            return
        for address in sorted(yielding):
            values[address] = key.default(bindings[address].resource)
            del kept[address]


def _refuse_clashes(key: NaturalKey, values: Mapping[Address, str]) -> None:
    held = [value for value in values.values() if value]
    if len(set(held)) == len(held):
        return
    holders: dict[str, Address] = {}
    for address, value in values.items():
        rival = holders.setdefault(value, address) if value else address
        if rival != address:
            raise PlanError(
                f'{rival} and {address} both come to {key.field} "{value}".\n'
                f"  Give one of them a {key.field} of its own.",
                about=(str(rival), str(address)),
            )


def _is_ever_on(binding: Binding) -> bool:
    """Whether a resource is switched on at some time, be it only before it is switched off."""
    kind = binding.resource.kind
    made_on = (
        binding.current is None
        and kind.archive is not None
        and kind.fields[kind.archive.field].update_only
    )
    return binding.resource.wanted_on or made_on


def conflicts(
    bindings: Mapping[Address, Binding],
    names: Names,
    keys: Mapping[Held, Handle],
    snapshot: Snapshot,
    ours: Mapping[str, Bound],
    going: Container[str],
) -> Iterator[Conflict]:
    """Yield the keys that a resource needs and cannot have.

    `bindings` are those by which something becomes of an object: the others have what they need.
    `keys` are who holds which key now, `ours` our objects by id, `going` the ids of those that
    are retired. A key that Stripe can transfer is taken from one of ours; one that it cannot is
    free when its holder is gone. From a stranger nothing is taken.
    """
    holders = _Holders(snapshot)
    for address, binding in bindings.items():
        kind = binding.resource.kind
        for key in kind.natural_keys:
            value = names.get(address, key.field)
            if not value:
                continue
            handle = keys.get((kind.name, key.field, key.compared(value)))
            if handle is None or _holds(binding, key, value):
                continue
            holder = snapshot.of(kind.name)[str(handle)]
            if key.active_only and not _is_ever_on(binding):
                continue
            mine = ours.get(holder.id)
            leaves = holder.id in going and (
                key.active_only or (mine is not None and mine.address == address)
            )
            if mine is None or not (key.transfer or leaves):
                yield Conflict(
                    address=address,
                    field=key.field,
                    value=value,
                    holder=holder,
                    ours=mine.address if mine else None,
                    free=mine is None
                    and binding.giver is None
                    and STAMP not in holder.metadata
                    and holders.count(kind, key, value) == 1,
                    settled=binding.giver is not None and binding.giver.on,
                )


def _holds(binding: Binding, key: NaturalKey, value: str) -> bool:
    """Whether its object has the key already, be it beside others: see `_Holders`."""
    current = binding.current
    has = key.held(current.live.kind, current.live.raw) if current is not None else None
    return has == key.compared(value)


class _Holders:
    """How many objects hold a key. A promotion code may be there once for each customer."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._found: dict[tuple[str, str], Counter[str | None]] = {}

    def count(self, kind: Kind, key: NaturalKey, value: str) -> int:
        place = (kind.name, key.field)
        if place not in self._found:
            lives = self._snapshot.of(kind.name).values()
            self._found[place] = Counter(key.held(kind, live.raw) for live in lives)
        return self._found[place][key.compared(value)]
