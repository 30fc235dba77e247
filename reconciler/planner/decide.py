"""What becomes of each object: its whole body afterwards, and the edits that lead there."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from reconciler.model.address import Address
from reconciler.model.canonical import finish
from reconciler.model.catalog import PROTECT, RESERVED, STAMP, Catalog, Resource
from reconciler.model.diff import Edit, diff
from reconciler.model.kind import Kind
from reconciler.model.marks import Rule
from reconciler.model.settle import settle
from reconciler.model.snapshot import Live
from reconciler.model.values import EMPTY, Frozen, Pending, resolved
from reconciler.planner.bind import Binding, Ids, ids_of, resolve
from reconciler.planner.embed import Embeds
from reconciler.planner.match import Bound, Origin
from reconciler.planner.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A resource, the objects it is bound to, and the body it will have.

    `edits` lead from the current object, or from the predecessor, to `target`. The stamp is
    not among them: it is written first, in a step of its own. `left_alone` are those that a
    shared object does not get.
    """

    binding: Binding
    target: Frozen
    edits: tuple[Edit, ...]
    left_alone: tuple[Edit, ...] = ()

    @property
    def address(self) -> Address:
        """The resource's."""
        return self.binding.resource.address

    @property
    def kind(self) -> Kind:
        """The resource's."""
        return self.binding.resource.kind

    @property
    def protected(self) -> bool:
        """Whether the file or the object forbids replacing and retiring it."""
        giver = self.binding.giver
        return bool(self.binding.resource.protect) or bool(giver and giver.live.protected)

    @property
    def still(self) -> bool:
        """Whether nothing becomes of it: one object of ours, that is as it is to be."""
        binding, current = self.binding, self.binding.current
        return (
            current is not None
            and current.origin is Origin.OURS
            and binding.predecessor is None
            and not binding.superseded
            and not binding.ambiguous
            and not self.edits
            and not self.left_alone
            and current.live.on == self.kind.is_on(self.target)
            and (self.target is current.live.body or self.target == current.live.body)
        )

    @property
    def turns_on(self) -> bool:
        """Whether an archived object comes back."""
        current = self.binding.current
        return bool(current and not current.live.on and self.kind.is_on(self.target))

    @property
    def turns_off(self) -> bool:
        """Whether the file switches off what was on."""
        current = self.binding.current
        return bool(current and current.live.on and not self.kind.is_on(self.target))


def decide(
    catalog: Catalog,
    bindings: Mapping[Address, Binding],
    retirements: Iterable[Retirement],
    names: Names,
    embeds: Embeds,
    held: Container[Address] = (),
) -> Iterator[Decision]:
    """Yield a decision for each resource that Stripe has an object for, and that is not `held`."""
    after = _After(bindings, retirements)
    for address, binding in bindings.items():
        if address in held:
            continue
        resource, named = binding.resource, names[address]
        entries = embeds.wanted.get(address, {})
        if binding.current is not None and _stays(catalog, binding, named, entries):
            yield Decision(binding=binding, target=binding.current.live.body, edits=())
            continue
        given = binding.given
        if resolved(given, after.ids) is not given:
            given = resolve(resource, after.ids)
        given = given.with_(named)
        giver = binding.giver.live.body if binding.giver else None
        own = binding.current.live.body if binding.current else None
        target = settle(
            resource.kind.fields,
            given,
            giver,
            # An ignored natural key was settled with the others: it may have to yield.
            ignore=resource.ignore - named.keys(),
            own=own,
        )
        # What the file says and what the object keeps need not go together.
        target = finish(resource.kind, target)
        target = target.with_(_followed(resource, target, after.heirs))
        target = target.with_(_left_off(binding))
        if "metadata" in resource.kind.fields:
            target = target.with_({"metadata": metadata(catalog, binding, entries)})
        edits = diff(resource.kind.fields, own or giver or {}, target)
        edits = tuple(edit for edit in edits if edit.path != f"metadata.{STAMP}")
        left = _left_alone(resource, edits, leave=address in catalog.adopt) if own else ()
        if left and own is not None:
            names_left = {edit.field for edit in left}
            target = target.with_({name: own.get(name) for name in names_left})
            edits = tuple(edit for edit in edits if edit.field not in names_left)
        yield Decision(binding=binding, target=target, edits=edits, left_alone=left)


def _stays(
    catalog: Catalog, binding: Binding, named: Mapping[str, str], entries: Mapping[str, str]
) -> bool:
    """Whether an object is to be as it is: then there is nothing to settle and to compare anew.

    It is nearly always so. What is not seen here comes to the same in the end.
    """
    resource, current = binding.resource, binding.current
    if not binding.alike or resource.ignore or current is None or not current.live.on:
        return False
    body = current.live.body
    for name, value in named.items():
        if body.get(name, "") != value:
            return False
    if "metadata" not in resource.kind.fields:
        return True
    return bool(metadata(catalog, binding, entries) == body.get("metadata", EMPTY))


def _left_off(binding: Binding) -> Mapping[str, Any]:
    """What went off by itself is not switched on again: Stripe would refuse it."""
    current, archive = binding.current, binding.resource.kind.archive
    if current is None or archive is None or not current.live.spent:
        return {}
    return {archive.field: archive.value}


def _left_alone(resource: Resource, edits: tuple[Edit, ...], *, leave: bool) -> tuple[Edit, ...]:
    """Return the edits that are not made, because others use the object too.

    It is switched on and off as wanted. Anything else takes leave in the file, and what Stripe
    never changes stays: there can be no other object of that name (RC108).
    """
    archive = resource.kind.archive
    if not resource.kind.shared:
        return ()
    return tuple(
        edit
        for edit in edits
        if edit.rule is Rule.REPLACE
        or not (leave or (archive is not None and edit.field == archive.field))
    )


class _After:
    """Which objects there are afterwards. Found out if anything becomes of one."""

    def __init__(
        self, bindings: Mapping[Address, Binding], retirements: Iterable[Retirement]
    ) -> None:
        self._bindings = bindings
        self._retirements = retirements

    @cached_property
    def ids(self) -> Ids:
        """The id that each address will have."""
        return ids_of(self._bindings)

    @cached_property
    def heirs(self) -> Mapping[str, str | Pending | None]:
        """What takes the place of each object that goes; `None` where nothing does."""
        heirs: dict[str, str | Pending | None] = {}
        for binding in self._bindings.values():
            if binding.current is not None and not binding.resource.wanted_on:
                heirs[binding.current.live.id] = None
        for gone in self._retirements:
            heir = self._bindings.get(gone.bound.address)
            stays = heir is not None and heir.resource.wanted_on and _at_home(heir, gone)
            heirs[gone.live.id] = self.ids[gone.bound.address] if stays else None
        return heirs


def _at_home(binding: Binding, gone: Retirement) -> bool:
    """Whether what comes is of the same parent as what goes: another's is no heir there."""
    within = binding.resource.kind.within
    if within is None:
        return True
    return bool(binding.given.get(within.field) == gone.live.body.get(within.field))


def _followed(
    resource: Resource, target: Frozen, heirs: Mapping[str, str | Pending | None]
) -> Mapping[str, str | Pending | None]:
    """Return the ignored references that follow their object: Stripe lets none go that is named.

    Archiving a product's default price is refused, whoever chose it.
    https://docs.stripe.com/api/products/update#update_product-default_price
    """
    return {
        name: heirs[target[name]]
        for name in sorted(resource.ignore & target.keys())
        if (ref := resource.kind.fields[name].ref) and ref.late and target[name] in heirs
    }


def metadata(catalog: Catalog, binding: Binding, entries: Mapping[str, str]) -> Frozen:
    """Return the metadata an object will have: the file's, what is left to others, and ours."""
    resource, giver = binding.resource, binding.giver
    live = giver.live.metadata if giver and catalog.ignore_metadata else EMPTY
    kept = {key: value for key, value in live.items() if catalog.ignores_metadata(key)}
    given: Mapping[str, Any] = resource.body.get("metadata", EMPTY)
    protect = {PROTECT: "true"} if _protects(binding) else EMPTY
    stamp = {STAMP: catalog.stamp(resource.address)}
    return Frozen({**kept, **given, **entries, **protect, **stamp})


def _protects(binding: Binding) -> bool:
    if binding.resource.protect is not None:
        return binding.resource.protect
    return bool(binding.giver and binding.giver.live.protected)


def dropped_metadata(decision: Decision) -> tuple[str, ...]:
    """Return the metadata keys that adopting an object would drop (RC113)."""
    kept = decision.target.get("metadata", {})
    return tuple(
        key
        for bound in decision.binding.arrivals
        if bound.origin is Origin.ADOPTED
        for key in sorted(bound.live.metadata)
        if key not in kept and not key.startswith(RESERVED)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """An object of ours that goes, and why. `alone`: no other of its address goes too."""

    bound: Bound
    reason: Literal["unlisted", "superseded", "replaced"] = "unlisted"
    alone: bool = True

    @property
    def live(self) -> Live:
        """The object."""
        return self.bound.live
