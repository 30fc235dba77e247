"""Which live object is each resource, from now on?

Of several objects with one address, the one that equals the file in every immutable field is it.
An archived one that equals the file comes back before a new one is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.diff import diff
from reconciler.model.marks import Rule
from reconciler.model.settle import settle
from reconciler.model.shape import Field, Listed, Mapped, Nested
from reconciler.model.values import Frozen, Pending, substitute
from reconciler.planner.match import Bound, Matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A resource and the live objects that have to do with it.

    `current` is the object that will be it; with none, one is created. `predecessor` is the
    one that it takes the place of. `superseded` bear the same stamp and are retired.
    `ambiguous` says that the file could not tell which of several it is (RC111).
    `given` is the body that the file gives, with references resolved as far as they are known.
    """

    resource: Resource
    given: Frozen
    current: Bound | None = None
    predecessor: Bound | None = None
    superseded: tuple[Bound, ...] = ()
    ambiguous: bool = False

    @property
    def origin(self) -> Bound | None:
        """The object whose kept values the resource inherits."""
        return self.current or self.predecessor


Ids = Mapping[Address, str | Pending]


def bind(catalog: Catalog, matched: Matched) -> Mapping[Address, Binding]:
    """Return what each stored resource is bound to, in an order that references allow."""
    ids: dict[Address, str | Pending] = {}
    bindings: dict[Address, Binding] = {}
    for resource in in_order(catalog.resources):
        if not resource.kind.stored:
            continue
        given = resolve(resource.body, ids)
        binding = _choose(resource, given, matched.bound.get(resource.address, ()))
        ids[resource.address] = (
            binding.current.live.id if binding.current else Pending(resource.address)
        )
        bindings[resource.address] = binding
    return bindings


def ids_of(bindings: Mapping[Address, Binding]) -> Ids:
    """Return the id that each address will have."""
    return {
        address: binding.current.live.id if binding.current else Pending(address)
        for address, binding in bindings.items()
    }


def resolve(body: Frozen, ids: Ids) -> Frozen:
    """Return `body` with references to known objects replaced by their ids."""

    def known(leaf: Any) -> Any:
        return ids.get(leaf.address, leaf) if isinstance(leaf, Pending) else leaf

    resolved: Frozen = substitute(body, known)
    return resolved


def _choose(resource: Resource, given: Frozen, found: tuple[Bound, ...]) -> Binding:
    active = [bound for bound in found if bound.on]
    archived = [bound for bound in found if not bound.on]
    fitting = [bound for bound in active if _fits(resource, given, bound)]
    ambiguous = len(active) > 1 and len(fitting) != 1
    current = fitting[0] if fitting else None
    rest = [bound for bound in active if bound is not current]
    if current is None:
        current = next((bound for bound in archived if _fits(resource, given, bound)), None)
        predecessor = rest.pop(0) if rest else None
    else:
        predecessor = None
    return Binding(
        resource=resource,
        given=given,
        current=current,
        predecessor=predecessor,
        superseded=tuple(rest),
        ambiguous=ambiguous,
    )


def _fits(resource: Resource, given: Frozen, bound: Bound) -> bool:
    """Whether the object can become what is wanted without a replacement."""
    fields = resource.kind.fields
    body = bound.live.body
    wanted = settle(fields, given, body, ignore=resource.ignore)
    return all(edit.rule is not Rule.REPLACE for edit in diff(fields, body, wanted))


def in_order(resources: Mapping[Address, Resource]) -> Iterable[Resource]:
    """Yield resources so that what one refers to comes before it. Late references do not count."""
    place = {address: number for number, address in enumerate(resources)}
    done: dict[Address, None] = {}
    for start in resources:
        stack = [start]
        while stack:
            address = stack[-1]
            waiting = [
                target
                for target in _targets(resources[address])
                if target in resources and target not in done and target not in stack
            ]
            if waiting:
                stack.extend(sorted(waiting, key=place.__getitem__, reverse=True))
            else:
                done.setdefault(stack.pop())
    return [resources[address] for address in done]


def _targets(resource: Resource) -> set[Address]:
    found = references(resource.kind.fields, resource.body, late=False)
    return {leaf.address for leaf in found if isinstance(leaf, Pending)}


def references(
    fields: Mapping[str, Field], body: Mapping[str, Any], *, late: bool = True, skip: str = ""
) -> set[str | Pending]:
    """Return what the reference fields of a body name: ids and pending ids.

    `late=False` leaves out those set in a second step, `skip` the field of that name.
    """
    found: set[str | Pending] = set()
    for name, value in body.items():
        field = fields.get(name)
        if field is None or name == skip:
            continue
        if field.ref is not None:
            if late or not field.ref.late:
                found.update(value if isinstance(value, tuple) else (value,))
        else:
            found |= _inside(field.form, value, late=late)
    return found


def _inside(form: Any, value: Any, *, late: bool) -> set[str | Pending]:
    match form:
        case Nested(fields=fields) if isinstance(value, Mapping):
            return references(fields, value, late=late)
        case Listed(item=item) if isinstance(value, tuple):
            entries: Iterable[Any] = value
        case Mapped(item=item) if isinstance(value, Mapping):
            entries = value.values()
        case _:
            return set()
    found: set[str | Pending] = set()
    for entry in entries:
        found |= _inside(item, entry, late=late)
    return found
