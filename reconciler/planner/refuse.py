"""What no plan can do, whatever is allowed: said before anything is sent, all of it at once.

Not the guards: those stop what could be done, and may be lifted.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.errors import PlanError
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kinds
from reconciler.model.marks import Rule
from reconciler.model.named import may_name, references
from reconciler.model.plan import Step
from reconciler.model.shape import Field, Listed, Nested
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import EMPTY
from reconciler.model.world import World
from reconciler.planner.bind import Binding
from reconciler.planner.decide import Decision
from reconciler.planner.referrers import Referrers

MOST_METADATA = 50
"""How many metadata entries an object may have. https://docs.stripe.com/metadata"""


def _refuse(wrong: Sequence[str]) -> None:
    """Raise `PlanError` with all that is wrong; each begins with the address it is about."""
    if wrong:
        raise PlanError("\n".join(wrong), about=(text.partition(":")[0] for text in wrong))


def refuse_before(
    catalog: Catalog,
    kinds: Kinds,
    snapshot: Snapshot,
    bindings: Mapping[Address, Binding],
    moving: Sequence[Decision],
    still: Container[Address],
) -> None:
    """Raise `PlanError` for what Stripe would surely refuse half-way.

    `moving` are the decisions by which something becomes of an object, `still` the addresses of
    those objects that are as they are to be.
    """
    wrong = [
        *_unknown_ids(catalog, kinds, snapshot, bindings, still),
        *_of_one_id(bindings),
        *_crowded(moving),
        *_not_to_be_created(catalog, moving),
        *_not_to_be_switched_off(moving),
        *_not_to_be_changed(moving),
    ]
    _refuse(wrong)


def _unknown_ids(
    catalog: Catalog,
    kinds: Kinds,
    snapshot: Snapshot,
    bindings: Mapping[Address, Binding],
    still: Container[Address],
) -> Iterator[str]:
    """What an object names already is there, whether Stripe lists it or not."""
    prefixes = tuple(prefix for kind in kinds.values() for prefix in kind.id_prefixes)
    for address, resource in catalog.resources.items():
        if address in still:
            continue
        named = references(resource.kind.fields, resource.body)
        ids = [name for name in named if isinstance(name, str)]
        for object_id in sorted(ids) if ids else ():
            if not object_id.startswith(prefixes):
                continue
            if snapshot.find(object_id, may_name(resource.kind.fields)) is not None:
                continue
            if not _names_now(bindings.get(address), object_id):
                yield (
                    f"{address}: there is no {object_id} in this account.\n"
                    "  Check the id, the account and the mode of the key. Prices that were made "
                    "inside another call are not listed by Stripe, and cannot be named."
                )


def _names_now(binding: Binding | None, object_id: str) -> bool:
    """Whether the object that stays, or is changed in place, names this id."""
    current = binding.current if binding is not None else None
    if current is None:
        return False
    return object_id in references(current.live.kind.fields, current.live.body)


def _of_one_id(bindings: Mapping[Address, Binding]) -> Iterator[str]:
    """An id that is chosen for a new object, and that one of another kind has.

    Stripe would take it. Here and in the plan an id means one object.
    """
    first: dict[str, Address] = {}
    for address, binding in bindings.items():
        current = binding.current
        object_id = current.live.id if current is not None else binding.resource.body.get("id")
        rival = first.setdefault(object_id, address) if object_id else address
        if rival is not address and None in (current, bindings[rival].current):
            yield (
                f'{address}: its id "{object_id}" is that of {rival} as well.\n'
                f"  Stripe tells a {rival.kind} from a {address.kind} of that id, and this program "
                "does not. Choose another id for the one that is to be created."
            )


def _not_to_be_created(catalog: Catalog, decisions: Iterable[Decision]) -> Iterator[str]:
    """The file was checked as it is; a replacement also takes what is kept and ignored."""
    for decision in decisions:
        if decision.binding.current is not None or decision.binding.predecessor is None:
            continue
        whole = replace(decision.binding.resource, body=decision.target)
        for flaw in decision.kind.check(whole, catalog):
            ignored = ", ".join(sorted(decision.binding.resource.ignore)) or "nothing"
            yield (
                f"{decision.address}: with what its replacement takes over it {flaw.what}.\n"
                f"  It ignores {ignored}: take that out, or make the file fit what is there."
            )


def _not_to_be_switched_off(decisions: Iterable[Decision]) -> Iterator[str]:
    for decision in decisions:
        current = decision.binding.current
        why = decision.kind.kept(current.live.raw) if decision.turns_off and current else ""
        if why:
            yield f"{decision.address} cannot be switched off: {why}"


def _not_to_be_changed(decisions: Iterable[Decision]) -> Iterator[str]:
    """A key that an object yields to another, and that Stripe never changes on it."""
    for decision in decisions:
        current = decision.binding.current
        for edit in decision.edits if current is not None else ():
            if current is not None and edit.rule is Rule.REPLACE:
                yield (
                    f"{decision.address}: {current.live.id} has the {edit.path} "
                    f'"{edit.before}", which another one takes, and Stripe never changes it.\n'
                    f"  Give {decision.address} a {edit.path} of its own: then a new one is made."
                )


def _crowded(decisions: Iterable[Decision]) -> Iterator[str]:
    for decision in decisions:
        count = len(decision.target.get("metadata", EMPTY))
        if count > MOST_METADATA:
            yield (
                f"{decision.address}: it would have {count} metadata entries, and Stripe keeps "
                f"{MOST_METADATA}.\n"
                "  The file's own, those that ignore_metadata leaves alone, its plans and our "
                "stamp count together: take some out."
            )


def refuse_after(
    kinds: Kinds,
    steps: Sequence[Step],
    final: World,
    referrers: Referrers,
    ways_back: Mapping[str, str],
) -> None:
    """Raise `PlanError` where an object that goes is still what another one stands on.

    `ways_back` says of objects that lost their stamp, by id, how they become ours again.
    Stripe archives no default price. https://docs.stripe.com/api/products/object#product_object-default_price
    """
    wrong: list[str] = []
    for step in steps:
        kind = kinds[step.kind]
        archive = kind.archive
        goes = step.verb == "delete" or (
            archive is not None and step.payload.get(archive.field) == archive.value
        )
        if not goes or not isinstance(step.object, str):
            continue
        for other in referrers.to(step.object):
            wrong.extend(
                f"{step.address}: {step.object} is the {field.name} of {other.kind.name} "
                f"{other.id}, so Stripe would not let it go.\n"
                f"  {ways_back.get(other.id) or _another(other, field)}"
                for field in _standing_on(other, step.object, final)
            )
    wrong.extend(_attached_while_off(kinds, steps, final))
    _refuse(wrong)


def _another(other: Live, field: Field) -> str:
    return f"Give that {other.kind.name} another {field.name} first."


def _attached_while_off(kinds: Kinds, steps: Iterable[Step], final: World) -> Iterator[str]:
    """Stripe attaches no archived feature. https://docs.stripe.com/api/product-feature/attach"""
    for step in steps:
        declared = kinds[step.kind].attached
        if step.verb != "attach" or declared is None or declared.items is None:
            continue
        named = step.payload[declared.items.by]
        target = kinds[_referred(declared)]
        body = final.body(target, named)
        if body is not None and not target.is_on(body):
            yield (
                f"{step.address}: {declared.name} names {named}, which is archived, and Stripe "
                f"attaches no archived {target.name}.\n"
                f"  Take it out, or bring the {target.name} back first."
            )


def _referred(declared: Field) -> str:
    """Return the kind that the entries of a field refer to."""
    match declared.form:
        case Listed(item=Nested(fields=fields)) if declared.items is not None:
            ref = fields[declared.items.by].ref
            return ref.kind if ref is not None else ""
        case _:
            return ""


def _standing_on(other: Live, object_id: str, final: World) -> Iterator[Field]:
    body = final.body(other.kind, other.id)
    for name, field in other.kind.fields.items():
        is_late = field.ref is not None and field.ref.late
        if is_late and body is not None and other.on and body.get(name) == object_id:
            yield field
