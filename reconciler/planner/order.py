"""The order of the calls: a graph of what must be done before what, and its sorting.

Create goes before retire, what names an object goes before the object does, and a name is taken
over before its old holder gets another.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping

from reconciler.errors import PlanError
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP
from reconciler.model.kind import Kind
from reconciler.model.named import references
from reconciler.model.values import EMPTY, Pending
from reconciler.model.world import Handle, Held
from reconciler.planner.draft import Draft, Rank

Journeys = Iterable[tuple[str, Address]]
"""Entries that move to another host: from an object's id to an address."""

Wish = tuple[Draft, Draft]
"""A draft, and one that had better be done before it."""


def link(drafts: list[Draft], holders: Mapping[Held, Handle], journeys: Journeys = ()) -> None:
    """Say for each draft which others must be done before it."""
    early = _gone_first(drafts, holders)
    along = _gone_along(drafts, early)
    wishes: list[Wish] = []
    _own_object(drafts, early, along, wishes)
    _targets_first(drafts)
    _stamps_given_up_first(drafts)
    _retire_last(drafts, early, along, wishes)
    _keys_taken_first(drafts, holders)
    _entries_arrive_first(drafts, journeys)
    _where_possible(drafts, wishes)


def _gone_first(drafts: list[Draft], holders: Mapping[Held, Handle]) -> frozenset[str]:
    """Where a key cannot be transferred, its old holder goes before the new one comes.

    Returns the ids of the retirements that are early for that.
    """
    retires = {
        draft.live.id: draft
        for draft in drafts
        if draft.rank is Rank.RETIRE and draft.live is not None
    }
    early: set[str] = set()
    for draft in drafts:
        for key in draft.kind.natural_keys:
            value = key.held(draft.kind, draft.target or {}) if key.transfer is None else None
            holder = holders.get((draft.kind.name, key.field, value)) if value else None
            if holder in retires and holder != draft.handle:
                draft.after.add(retires[holder].id)
                early.add(retires[holder].id)
    return frozenset(early)


def _gone_along(drafts: list[Draft], early: frozenset[str]) -> frozenset[str]:
    """Return the retirements that an early one waits for: of what names its object, however far.

    Their own successors may be waiting for what comes after the early one.
    """
    naming: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.rank is Rank.RETIRE and draft.live is not None:
            for named in references(draft.kind.fields, draft.live.body, late=False):
                if isinstance(named, str):
                    naming[named].append(draft)
    found: set[str] = set()
    stack = [draft for draft in drafts if draft.id in early]
    while stack:
        live = stack.pop().live
        for other in naming.get(live.id, ()) if live is not None else ():
            if other.id not in found:
                found.add(other.id)
                stack.append(other)
    return frozenset(found - early)


def _own_object(
    drafts: list[Draft], early: frozenset[str], along: frozenset[str], wishes: list[Wish]
) -> None:
    """The calls on one object, and on one address, keep their ranks' order."""
    by_address: dict[Address, list[Draft]] = defaultdict(list)
    by_object: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_address[draft.address].append(draft)
        if draft.live is not None:
            by_object[draft.live.id].append(draft)
    for group in by_address.values():
        for draft in group:
            before = [other for other in group if other.rank < draft.rank]
            if draft.id in along:
                wishes += [(draft, other) for other in before]
            elif draft.id not in early:
                draft.after.update(other.id for other in before)
    for group in by_object.values():
        for draft in group:
            draft.after.update(other.id for other in group if other.rank < draft.rank)


def _targets_first(drafts: list[Draft]) -> None:
    """What a body names is there, and switched on, before the body names it.

    What the file switches off at the same time goes later, as with any that names it.
    """
    creates = {draft.address: draft for draft in drafts if draft.verb == "create"}
    makes = {address: draft.id for address, draft in creates.items()}
    whole = [d for d in drafts if d.rank is Rank.UPDATE and d.target is not None]
    updates = {draft.live.id: draft for draft in whole if draft.live is not None}
    by_address = {draft.address: draft for draft in whole}
    for draft in drafts:
        if draft.target is None:
            continue
        parent = draft.kind.within.field if draft.kind.within else ""
        for named in references(draft.kind.fields, draft.target):
            if isinstance(named, Pending) and named.address in makes:
                draft.after.add(makes[named.address])
        for named in references(draft.kind.fields, draft.target, skip=parent):
            if isinstance(named, str) and named in updates and not _goes(updates[named]):
                draft.after.add(updates[named].id)
        for address in draft.refers:
            draft.after.update(
                other.id
                for other in (creates.get(address), by_address.get(address))
                if other is not None
            )
        draft.after.discard(draft.id)


def _stamps_given_up_first(drafts: list[Draft]) -> None:
    """A stamp goes to a new bearer only when the old one has another."""
    gives: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.rank is Rank.STAMP and draft.live is not None:
            gives[draft.live.metadata.get(STAMP, "")].append(draft)
    for draft in drafts:
        takes = _stamp_after(draft)
        if takes is not None and draft.rank in (Rank.STAMP, Rank.CREATE):
            draft.after.update(other.id for other in gives.get(takes, ()) if other is not draft)


def _stamp_after(draft: Draft) -> str | None:
    entries = draft.target.get("metadata", EMPTY) if draft.target is not None else draft.metadata
    stamp = entries.get(STAMP)
    return stamp if isinstance(stamp, str) else None


def _retire_last(
    drafts: list[Draft], early: frozenset[str], along: frozenset[str], wishes: list[Wish]
) -> None:
    lets_go: dict[str, list[Draft]] = defaultdict(list)
    children: dict[str, list[Draft]] = defaultdict(list)
    arrivals: dict[tuple[Kind, object], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.live is not None and draft.rank is not Rank.STAMP:
            # Late references were let go of before, by an update of their own.
            late = draft.rank is not Rank.RETIRE
            parent = _parent(draft.kind, draft.live.body)
            for named in references(draft.kind.fields, draft.live.body, late=late):
                if isinstance(named, str):
                    (children if named == parent else lets_go)[named].append(draft)
        if draft.kind.sellable and draft.target is not None and draft.kind.is_on(draft.target):
            arrivals[draft.kind, _parent(draft.kind, draft.target)].append(draft)
    quoting: dict[Address, list[Draft]] = defaultdict(list)
    for draft in drafts:
        for address in draft.refers:
            quoting[address].append(draft)
    updates: dict[object, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.rank is Rank.UPDATE and draft.live is not None:
            updates[draft.live.id].append(draft)
    for draft in drafts:
        if draft.live is None or not _goes(draft):
            continue
        parent = _parent(draft.kind, draft.live.body)
        before = [*lets_go.get(draft.live.id, ())]
        if draft.rank is Rank.RETIRE:
            before += children.get(draft.live.id, ())
            before += quoting.get(draft.address, ())
            before += updates.get(parent, ())
        if draft.kind.sellable:
            before += arrivals.get((draft.kind, parent), ())
        if draft.id in along:
            wishes += [(draft, other) for other in before if other.rank is not Rank.RETIRE]
        if draft.id in early | along:  # what is repointed to its successor cannot be before it
            before = [other for other in before if other.rank is Rank.RETIRE]
        draft.after.update(other.id for other in before if other is not draft)


def _goes(draft: Draft) -> bool:
    """Whether a draft retires its object, or switches it off as the file says."""
    if draft.rank is Rank.RETIRE:
        return True
    on = draft.live is not None and draft.live.on
    return on and draft.target is not None and not draft.kind.is_on(draft.target)


def _parent(kind: Kind, body: Mapping[str, object]) -> object:
    return body.get(kind.within.field) if kind.within else None


def _keys_taken_first(drafts: list[Draft], holders: Mapping[Held, Handle]) -> None:
    """Whoever takes a key over goes before its old holder gets another, or goes."""
    by_id = {draft.id: draft for draft in drafts}
    by_object: dict[Handle, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.live is not None and draft.rank is not Rank.STAMP:
            by_object[draft.live.id].append(draft)
    for draft in drafts:
        for key in draft.kind.natural_keys:
            value = key.held(draft.kind, draft.target or {}) if key.transfer else None
            holder = holders.get((draft.kind.name, key.field, value)) if value else None
            if holder is None or holder == draft.handle:
                continue
            for other in by_object.get(holder, ()):
                # Those that swap their keys would wait for one another: the first goes first.
                if other is not draft and not _waits(by_id, draft, other.id):
                    other.after.add(draft.id)


def _entries_arrive_first(drafts: list[Draft], journeys: Journeys) -> None:
    """An entry is on its new host before it is taken off the old one."""
    by_id = {draft.id: draft for draft in drafts}
    updates = [draft for draft in drafts if draft.rank is Rank.UPDATE]
    leaving = {draft.live.id: draft for draft in updates if draft.live is not None}
    arriving = {draft.address: draft for draft in updates if draft.target is not None}
    for old, address in journeys:
        takes, gives = arriving.get(address), leaving.get(old)
        # Two hosts that swap entries would wait for one another: the first goes first.
        if takes and gives and takes is not gives and not _waits(by_id, takes, gives.id):
            gives.after.add(takes.id)


def _where_possible(drafts: list[Draft], wishes: Iterable[Wish]) -> None:
    """A retirement that another waits for comes after its successor, unless that waits for it."""
    by_id = {draft.id: draft for draft in drafts}
    for draft, other in wishes:
        if other is not draft and not _waits(by_id, other, draft.id):
            draft.after.add(other.id)


def _waits(by_id: Mapping[str, Draft], draft: Draft, goal: str) -> bool:
    """Whether `draft` comes after `goal`, however far."""
    seen: set[str] = set()
    stack = [draft.id]
    while stack:
        name = stack.pop()
        if name == goal:
            return True
        if name in by_id and name not in seen:
            seen.add(name)
            stack.extend(by_id[name].after)
    return False


def sort(drafts: list[Draft]) -> list[Draft]:
    """Return the drafts in an order in which each comes after all that must be done before it.

    Where nothing decides: stamps, creates, updates, retirements; then the file's order.
    """
    index = {draft.id: number for number, draft in enumerate(drafts)}
    waiting = {draft.id: {name for name in draft.after if name in index} for draft in drafts}
    releases: dict[str, list[str]] = defaultdict(list)
    for name, before in waiting.items():
        for other in before:
            releases[other].append(name)
    ready = [
        (drafts[index[name]].rank, index[name]) for name, before in waiting.items() if not before
    ]
    heapq.heapify(ready)
    done: list[Draft] = []
    while ready:
        _, number = heapq.heappop(ready)
        draft = drafts[number]
        done.append(draft)
        for name in releases[draft.id]:
            waiting[name].discard(draft.id)
            if not waiting[name]:
                heapq.heappush(ready, (drafts[index[name]].rank, index[name]))
    if len(done) != len(drafts):
        stuck = sorted(name for name, before in waiting.items() if before)
        raise PlanError(
            "These changes wait for one another: " + ", ".join(stuck) + ".\n"
            "  Make them in two steps: apply some of them first."
        )
    return done
