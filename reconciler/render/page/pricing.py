"""The catalog as a pricing page: what a plan touches, as it is sold before and after.

One card for each product of which something changes, or whose prices do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.model.address import Address
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Beside, Change, Create, Plan, Reactivate, Retire
from reconciler.render.names import names
from reconciler.render.prices import PriceChange, PriceRow, asked, price_changes, what
from reconciler.render.safe import shorten, shown

_LONGEST = 300
"""How many characters of a name or a description are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What customers see of a product; `features` are the lines of a pricing table."""

    name: str
    description: str
    features: tuple[str, ...] = ()
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One price, with a row for each currency. `action` is empty for one that does not change.

    `was_on` and `is_on` tell whether it is sold on each side, if it is there at all.
    """

    name: str
    action: str
    what: str
    rows: tuple[PriceRow, ...]
    change: PriceChange | None = None
    was_on: bool = True
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One product. A side is `None` where it is not there; both are where nothing is known of it.

    `more` is how many further prices it has that do not change, and that the plan does not hold.
    """

    address: str
    actions: tuple[tuple[str, str], ...]
    before: Face | None
    after: Face | None
    offers: tuple[Offer, ...]
    more: int = 0

    @property
    def face(self) -> Face | None:
        """What it is called, now or before."""
        return self.after or self.before


def cards(plan: Plan, kinds: Kinds) -> tuple[Card, ...]:
    """Return the cards, in the order in which the plan tells of their products."""
    known = _known(plan, kinds)
    prices = price_changes(plan, kinds)
    parents: dict[Address, list[Change]] = {}
    offers: dict[Address, list[Offer]] = {}
    for place, change in enumerate(plan.changes):
        kind = kinds[change.address.kind]
        if kind.sellable and kind.within is not None:
            parent = Address(kind.within.kind, change.address.keys[:-1])
            parents.setdefault(parent, [])
            offers.setdefault(parent, []).append(_offer(kind, change, prices.get(place)))
        elif change.address.kind in _sold(kinds):
            parents.setdefault(change.address, []).append(change)
    staying = {one.address: one for one in plan.beside}
    return tuple(
        _card(
            kinds[address.kind],
            address,
            changes,
            (*_told_once(offers.get(address, ())), *_staying(staying.get(address), kinds)),
            known,
            more=staying[address].more if address in staying else 0,
        )
        for address, changes in parents.items()
    )


def _staying(beside: Beside | None, kinds: Kinds) -> Iterator[Offer]:
    """Yield the prices that stay as they are."""
    for written, body in (beside.bodies if beside is not None else {}).items():
        address = Address.parse(written)
        asks = asked(kinds[address.kind], body)
        rows = (
            PriceRow(currency=shown(code.upper()), before=told, after=told)
            for code, told in asks.items()
        )
        yield Offer(name=address.key, action="", what="unchanged", rows=tuple(rows))


def _sold(kinds: Kinds) -> frozenset[str]:
    """Return the kinds that are sold at prices of their own."""
    return frozenset(kind.within.kind for kind in kinds.values() if kind.sellable and kind.within)


def _known(plan: Plan, kinds: Kinds) -> dict[Address, Mapping[str, Any]]:
    """Return the bodies of what the plan relies on and does not change."""
    addresses = names(plan, kinds).addresses
    return {
        addresses[object_id]: body
        for kind in _sold(kinds)
        for object_id, body in plan.seen.get(kind, {}).items()
        if object_id in addresses
    }


def _card(
    kind: Kind,
    address: Address,
    changes: Iterable[Change],
    offers: tuple[Offer, ...],
    known: Mapping[Address, Mapping[str, Any]],
    *,
    more: int,
) -> Card:
    before = after = known.get(address)
    actions = []
    for change in changes:
        actions.append((change.action, what(kind, change)))
        before = None if isinstance(change, Create | Reactivate) else change.before or before
        after = None if isinstance(change, Retire) else change.after or after
    return Card(
        address=str(address),
        actions=tuple(actions),
        before=_face(kind, before),
        after=_face(kind, after),
        offers=offers,
        more=more,
    )


def _face(kind: Kind, body: Mapping[str, Any] | None) -> Face | None:
    if body is None:
        return None
    return Face(
        name=_told(body.get("name")),
        description=_told(body.get("description")),
        features=tuple(_told(line["name"]) for line in body.get("marketing_features", ())),
        on=kind.is_on(body),
    )


def _told(text: str | None) -> str:
    return shorten(shown(text or ""), _LONGEST)


def _offer(kind: Kind, change: Change, told: PriceChange | None) -> Offer:
    return Offer(
        name=change.address.key,
        action=change.action,
        what=what(kind, change),
        rows=told.rows if told is not None else tuple(_same(kind, change)),
        change=told,
        was_on=kind.is_on(change.before),
        is_on=kind.is_on(change.after),
    )


def _same(kind: Kind, change: Change) -> Iterator[PriceRow]:
    """Yield what is asked before and after where that is not what changes."""
    before, after = asked(kind, change.before), asked(kind, change.after)
    for code in dict.fromkeys((*after, *before)):
        yield PriceRow(
            currency=shown(code.upper()), before=before.get(code, ""), after=after.get(code, "")
        )


def _told_once(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Tell a price once that is renamed and changed besides, for example."""
    found: dict[str, Offer] = {}
    alone: list[Offer] = []
    for offer in offers:
        other = found.get(offer.name)
        if other is None:
            found[offer.name] = offer
        elif other.change is None or offer.change is None:
            main = other if offer.change is None else offer
            found[offer.name] = replace(main, what=f"{other.what}, {offer.what}")
        else:
            alone.append(offer)
    return (*found.values(), *alone)
