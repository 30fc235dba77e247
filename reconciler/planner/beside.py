"""What is sold beside what a plan changes, for its reader. No step relies on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.address import Address
from reconciler.model.kind import Kinds
from reconciler.model.plan import Beside, Change
from reconciler.model.values import Frozen
from reconciler.planner.decide import Decision

MOST = 8
"""How many of one parent a plan holds, so that it stays small; of the others it has the number."""


def beside(
    changes: Iterable[Change], decisions: Iterable[Decision], kinds: Kinds
) -> Iterator[Beside]:
    """Yield the prices that stay of each product that changes, or that has a price that does."""
    changing = {change.address for change in changes}
    touched = dict.fromkeys(
        parent for address in changing if (parent := _sold(address, kinds)) is not None
    )
    if not touched:
        return
    staying: dict[Address, list[Decision]] = {}
    for decision in decisions:
        current = decision.binding.current
        if (
            decision.kind.sellable
            and current is not None
            and current.live.on
            and decision.address not in changing
            and (parent := _sold(decision.address, kinds)) in touched
        ):
            staying.setdefault(parent, []).append(decision)
    for parent, found in sorted(staying.items()):
        bodies = {str(one.address): _body(one) for one in found[:MOST]}
        yield Beside(address=parent, bodies=Frozen(bodies), more=len(found) - len(bodies))


def _sold(address: Address, kinds: Kinds) -> Address | None:
    """Return what is sold by a resource with this address: itself, or what it is a price of."""
    kind = kinds[address.kind]
    if kind.sellable and kind.within is not None:
        return Address(kind.within.kind, address.keys[:-1])
    is_sold = any(
        other.sellable and other.within is not None and other.within.kind == kind.name
        for other in kinds.values()
    )
    return address if is_sold else None


def _body(decision: Decision) -> Mapping[str, object]:
    """Return what the body says of the price itself: whose it is stands in its address."""
    current = decision.binding.current
    within = decision.kind.within
    left_out = {"metadata", within.field if within is not None else ""}
    body = current.live.body if current is not None else {}
    return Frozen({name: value for name, value in body.items() if name not in left_out})
