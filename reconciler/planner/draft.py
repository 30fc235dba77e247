"""The calls that decisions take, before they are put in order.

A draft says what an object is to be, not yet with which parameters: these follow from what the
object is by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Catalog
from reconciler.model.kind import Archive, Delete, Kind, Kinds, Verbs
from reconciler.model.snapshot import Live
from reconciler.model.values import EMPTY, Frozen, Pending
from reconciler.planner.decide import Decision, Retirement
from reconciler.planner.embed import Embeds, entries_on, prefixes
from reconciler.planner.match import Bound, Origin
from reconciler.planner.referrers import Referrers


class Rank(IntEnum):
    """What comes first where nothing else decides."""

    STAMP = 0
    CREATE = 1
    UPDATE = 2
    RETIRE = 3


@dataclass(slots=True, kw_only=True, eq=False)
class Draft:
    """One call to be.

    `target` is the whole body afterwards; `partial` and `metadata` are only the fields and the
    entries to change, whatever the others are by then (`None` removes). `refers` are addresses
    that an entry in its metadata quotes. `after` are the ids of drafts that must be done before.
    """

    id: str
    address: Address
    kind: Kind
    verb: Literal["create", "update", "delete"]
    rank: Rank
    live: Live | None = None
    target: Frozen | None = None
    partial: Mapping[str, Any] | None = None
    metadata: Mapping[str, str | None] = EMPTY
    refers: frozenset[Address] = frozenset()
    otherwise: Frozen | None = None
    after: set[str] = field(default_factory=set)

    @property
    def handle(self) -> str | Pending:
        """The id of the object it acts on."""
        return Pending(self.address) if self.live is None else self.live.id

    def body(self, before: Frozen) -> Frozen:
        """Return the whole body afterwards, for an object that is `before`."""
        if self.target is not None:
            return self.target
        changed = before.with_(self.partial or {})
        if self.metadata:
            entries = before.get("metadata", EMPTY).with_(self.metadata)
            changed = changed.with_({"metadata": entries or None})
        return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """What drafting needs to know."""

    catalog: Catalog
    kinds: Kinds
    referrers: Referrers
    embeds: Embeds


def draft_decision(context: Drafting, decision: Decision) -> Iterator[Draft]:
    """Yield the calls that make a resource what it should be. Retirements are not among them."""
    address, kind = decision.address, decision.kind
    for bound in decision.binding.arrivals:
        yield Draft(
            id=stamping(decision, bound),
            address=address,
            kind=kind,
            verb="update",
            rank=Rank.STAMP,
            live=bound.live,
            metadata=Frozen({STAMP: context.catalog.stamp(address)}),
        )
    current = decision.binding.current
    refers = frozenset(context.embeds.refers.get(address, ()))
    if current is None:
        yield Draft(
            id=f"create {address}",
            address=address,
            kind=kind,
            verb="create",
            rank=Rank.CREATE,
            target=_at_creation(decision, prefixes(context.kinds, kind)),
        )
    yield Draft(
        id=f"update {address}",
        address=address,
        kind=kind,
        verb="update",
        rank=Rank.UPDATE,
        live=current.live if current else None,
        target=decision.target,
        refers=refers,
    )


def stamping(decision: Decision, bound: Bound) -> str:
    """Return the id of the call by which an object gets the stamp of its address."""
    verb = "adopt" if bound.origin is Origin.ADOPTED else "move"
    tail = f" {bound.live.id}" if len(decision.binding.arrivals) > 1 else ""
    return f"{verb} {decision.address}{tail}"


def _at_creation(decision: Decision, entries: tuple[str, ...]) -> Frozen:
    """Leave out what can only be said once other objects exist."""
    late = {
        name: None
        for name, field_ in decision.kind.fields.items()
        if field_.update_only or field_.attached or (field_.ref is not None and field_.ref.late)
    }
    metadata = decision.target.get("metadata")
    if metadata is not None and entries:
        kept = {key: value for key, value in metadata.items() if not key.startswith(entries)}
        late["metadata"] = Frozen(kept)  # type: ignore[assignment]
    return decision.target.with_(late)


def draft_retirement(context: Drafting, retirement: Retirement) -> Iterator[Draft]:
    """Yield the calls that retire an object: let go of what it names, then go."""
    live, address = retirement.live, retirement.bound.address
    kind = live.kind
    tail = "" if retirement.alone else f" {live.id}"
    let_go = _late_references(live)
    entries: dict[str, None] = dict.fromkeys(entries_on(live, context.kinds))
    if let_go or entries:
        yield Draft(
            id=f"empty {address}{tail}",
            address=address,
            kind=kind,
            verb="update",
            rank=Rank.UPDATE,
            live=live,
            partial=let_go,
            metadata=Frozen(entries),
        )
    archive = kind.archive
    off = Frozen({archive.field: archive.value}) if archive else None
    deletes = how(context.referrers, live) == "delete"
    yield Draft(
        id=f"retire {address}{tail}",
        address=address,
        kind=kind,
        verb="delete" if deletes else "update",
        rank=Rank.RETIRE,
        live=live,
        partial=None if deletes else off,
        otherwise=off if deletes else None,
    )


def _late_references(live: Live) -> Mapping[str, None]:
    """What a retired object no longer names."""
    return {
        name: None
        for name, field_ in live.kind.fields.items()
        if field_.ref is not None and field_.ref.late and name in live.body
    }


def how(referrers: Referrers, live: Live) -> Literal["archive", "delete"]:
    """Say whether an object is archived or deleted when it is retired."""
    match live.kind.retirement:
        case Archive() | Verbs():
            return "archive"
        case Delete(unless=unless, otherwise=otherwise):
            hindered = any(other.kind.name in unless for other in referrers.of(live))
            return "archive" if hindered and otherwise is not None else "delete"
