"""What a targeted plan leaves alone, because only a whole look could tell.

A targeted look sees what the file names, so what it does not see may be there all the same. Such a
plan takes nothing out of use: what hangs on an object that goes was not looked for. And it makes
nothing that may be there already, known by its stamp alone. What depends on either waits with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.diff import diff
from reconciler.model.kind import Embedded, NaturalKey
from reconciler.model.marks import Rule
from reconciler.model.named import references
from reconciler.model.settle import settle
from reconciler.model.snapshot import Sight, Snapshot
from reconciler.model.values import Pending
from reconciler.planner.bind import Binding
from reconciler.planner.match import Matched
from reconciler.planner.names import Names
from reconciler.planner.narrate import listing
from reconciler.planner.targets import homes, is_at_home, sources

WHOLE = "Plan without --refresh targeted"


@dataclass(slots=True, kw_only=True)
class Held:
    """What is left alone: why, by address.

    `loose` are those of which not even the object that they will be is known: what names one of
    them waits too.
    """

    why: dict[Address, str] = field(default_factory=dict)
    loose: set[Address] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    sight: Sight
    matched: Matched
    bindings: Mapping[Address, Binding]

    def known(self, resource: Resource) -> bool:
        """Whether it is sure enough which object it is, if any.

        One that comes to its name now is not it if another one bears that name already.
        """
        bounds = self.matched.bound.get(resource.address, ())
        if is_at_home(bounds) or self.proved(resource):
            return True
        comes = any(bound.on for bound in bounds)
        stays_off = bool(bounds) and not resource.wanted_on
        return (comes or stays_off) and resource.kind.name in self.sight.searched

    def proved(self, resource: Resource) -> bool:
        """Whether no object of it can be there but those seen."""
        kind = resource.kind
        if kind.name in self.sight.whole:
            return True
        if kind.within is not None and kind.lookup(kind.within.field) is not None:
            found = {(kind.name, home) for home in homes(resource, self.matched.bound)}
            if found:
                return self.sight.families.issuperset(found)
            parent = resource.body.get(kind.within.field)
            lives_in = self.bindings.get(parent.address) if isinstance(parent, Pending) else None
            return lives_in is not None and self.proved(lives_in.resource)
        chosen = resource.body.get("id")
        return chosen in self.sight.ids and kind.name in self.sight.searched

    def bearers(self, address: Address) -> list[str]:
        return [bound.live.id for bound in self.matched.bound.get(address, ())]

    def is_one_of_many(self, binding: Binding) -> bool:
        """Whether what others hang on it decides which of several archived objects it is."""
        current, wanted_on = binding.current, binding.resource.wanted_on
        off = current is not None and not current.on and not wanted_on
        return off and len(self.bearers(binding.resource.address)) > 1

    def of_object(self, binding: Binding) -> tuple[str, bool] | None:
        """Say why a resource is left alone, and whether its object is not known."""
        resource, current, old = binding.resource, binding.current, binding.predecessor
        if binding.ambiguous or self.is_one_of_many(binding):
            return (
                f"{listing(self.bearers(resource.address))} bear its stamp. {WHOLE} to see which "
                "one it is."
            ), True
        if old is not None:
            fields = listing(_fixed(binding) or ["another object"])
            return (
                f"it would be replaced ({fields}), and {old.live.id} taken out of use. {WHOLE} to "
                "replace it."
            ), True
        if not self.known(resource):
            if current is not None:
                return (
                    f"{current.live.id} was seen; whether another object in use bears its stamp "
                    f"was not. {WHOLE} to see."
                ), True
            return (
                f"not seen; whether it exists only its stamp could tell. {WHOLE} to create it."
            ), True
        if current is not None and current.live.on and not resource.wanted_on:
            return f"it would be switched off. {WHOLE} to switch it off.", False
        return None


def _fixed(binding: Binding) -> list[str]:
    """Return the fields that make it a replacement."""
    resource, old = binding.resource, binding.predecessor
    if old is None:
        return []
    fields, body = resource.kind.fields, old.live.body
    wanted = settle(fields, binding.given, body, ignore=resource.ignore, own=body)
    edits = diff(fields, body, wanted)
    return list(dict.fromkeys(edit.path for edit in edits if edit.rule is Rule.REPLACE))


def hold(
    catalog: Catalog,
    snapshot: Snapshot,
    matched: Matched,
    bindings: Mapping[Address, Binding],
    names: Names,
) -> Held:
    """Return what a plan from this snapshot leaves alone: nothing, if it shows everything."""
    held = Held()
    if snapshot.sight is None:
        return held
    judge = _Judge(sight=snapshot.sight, matched=matched, bindings=bindings)
    for address, binding in bindings.items():
        reason = judge.of_object(binding)
        if reason is not None:
            held.why[address] = reason[0]
            if reason[1]:
                held.loose.add(address)
    _spread(catalog, bindings, held)
    while _hold_keys(bindings, names, held):
        _spread(catalog, bindings, held)
    _hold_entries(catalog, matched, bindings, held)
    return held


def _named(resource: Resource) -> list[Address]:
    named = references(resource.kind.fields, resource.body)
    return sorted(one.address for one in named if isinstance(one, Pending))


def _spread(catalog: Catalog, bindings: Mapping[Address, Binding], held: Held) -> None:
    """Hold what names something of which the object is not known."""
    naming: dict[Address, list[Address]] = {}
    for address in bindings:
        for named in _named(catalog.resources[address]):
            naming.setdefault(named, []).append(address)
    waiting = sorted(held.loose)
    while waiting:
        cause = waiting.pop()
        for address in naming.get(cause, ()):
            held.why.setdefault(address, f"it depends on {cause}, which is left alone.")
            current = bindings[address].current
            if (current is None or not current.on) and address not in held.loose:
                held.loose.add(address)
                waiting.append(address)


def _hold_keys(bindings: Mapping[Address, Binding], names: Names, held: Held) -> bool:
    """Hold who gives a natural key to what is left alone, and who takes one from it."""
    has: dict[tuple[str, str, str], Address] = {}
    wants: dict[tuple[str, str, str], Address] = {}
    for address in held.why:
        binding = bindings[address]
        for key in binding.resource.kind.natural_keys:
            place = (address.kind, key.field)
            old, new = _keys(binding, names, key)
            has |= {(*place, old): address} if old else {}
            wants |= {(*place, new): address} if new else {}
    count = len(held.why)
    for address, binding in bindings.items():
        for key in binding.resource.kind.natural_keys if address not in held.why else ():
            old, new = _keys(binding, names, key)
            if old == new:
                continue
            other = wants.get((address.kind, key.field, old))
            other = other or has.get((address.kind, key.field, new))
            if other is not None:
                held.why[address] = (
                    f"its {key.field} is to pass between it and {other}, which is left alone."
                )
                if binding.current is None:
                    held.loose.add(address)
                break
    return len(held.why) > count


def _keys(binding: Binding, names: Names, key: NaturalKey) -> tuple[str, str]:
    """Return the value of a natural key that a resource has, and the one it will have."""
    old = binding.giver.live.body.get(key.field) if binding.giver is not None else None
    new = names[binding.resource.address].get(key.field)
    return key.compared(old or ""), key.compared(new or "")


def _hold_entries(
    catalog: Catalog, matched: Matched, bindings: Mapping[Address, Binding], held: Held
) -> None:
    """Hold the entries on other objects that were not seen where they are wanted."""
    wanted = [one for one in catalog.resources.values() if isinstance(one.kind.identity, Embedded)]
    prefixes = {
        one.kind.identity.prefix for one in wanted if isinstance(one.kind.identity, Embedded)
    }
    before, bearers = sources(catalog), _bearers(matched, tuple(sorted(prefixes)))
    for resource in wanted:
        identity = resource.kind.identity
        if not isinstance(identity, Embedded):
            continue
        host = identity.host(resource, catalog)
        cause = next((one for one in (host, *_named(resource)) if one in held.why), None)
        names = (resource.address, *before.get(resource.address, ()))
        seen_on = {
            bearer
            for name in names
            for bearer in bearers.get((identity.kind, identity.prefix + name.key), ())
        }
        binding = bindings.get(host)
        if cause is not None:
            held.why[resource.address] = f"it depends on {cause}, which is left alone."
        elif binding is None or binding.current is None or seen_on != {host}:
            held.why[resource.address] = (
                f"it was not seen on {host}, and may stand on another {identity.kind}. {WHOLE} to "
                "write it there."
            )


def _bearers(matched: Matched, prefixes: tuple[str, ...]) -> Mapping[tuple[str, str], set[Address]]:
    """Return which addresses have which entries, by their kind and the metadata key."""
    found: dict[tuple[str, str], set[Address]] = defaultdict(set)
    for address, bounds in matched.bound.items():
        for bound in bounds:
            for key in bound.live.metadata if prefixes else ():
                if key.startswith(prefixes):
                    found[bound.live.kind.name, key].add(address)
    return found


def notes(
    catalog: Catalog, snapshot: Snapshot, held: Held, bindings: Mapping[Address, Binding]
) -> Iterator[str]:
    """Yield what a targeted plan says of itself first, and then what it leaves alone."""
    if snapshot.sight is None:
        return
    yield (
        "This plan is targeted: it was made from what the file names, and from nothing else in the "
        "account. It retires, replaces and switches off nothing, and objects of ours that left the "
        "file were not looked for."
    )
    kinds = dict.fromkeys(resource.kind for resource in catalog.resources.values())
    failed = [
        kind.table for kind in kinds if kind.searchable and kind.name not in snapshot.sight.searched
    ]
    if failed:
        yield (
            f"Stripe did not search for {listing(failed)}: one that has none of the file's ids and "
            "keys was not found."
        )
    for address in catalog.resources:
        if address in held.why:
            yield f"{address} is left alone: {held.why[address]}"
    for address, binding in bindings.items():
        more = [bound.live.id for bound in binding.superseded]
        if more and address not in held.why:
            verb = "bears" if len(more) == 1 else "bear"
            yield f"{address}: {listing(more)} {verb} its stamp too. {WHOLE} to retire what is old."
