"""Which decisions can have to do with the order of the calls? The others need no drafts.

In a large account nearly every object stays as it is, and no call is made for it. One of them
counts all the same where calls may have to wait for one another across it: where it names, or is
named beside, something that moves. What is not connected with anything that moves, however far,
can neither come before nor after a call.

Not the order itself: that is in `order`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.address import Address
from reconciler.model.kind import Kind
from reconciler.model.named import references
from reconciler.model.snapshot import Live
from reconciler.model.values import Frozen, Pending
from reconciler.model.world import Held
from reconciler.planner.decide import Decision, Retirement
from reconciler.planner.embed import Embeds

_Thread = str | Address
"""What connects two decisions: an id or an address that both have to do with."""


def near(
    decisions: Sequence[Decision],
    retirements: Iterable[Retirement],
    holders: Mapping[Held, Live],
    embeds: Embeds,
) -> list[Decision]:
    """Return the decisions that move something, and those connected with them, in their order."""
    chosen: set[int] = set()
    waiting = [*_of_retirements(retirements), *_of_journeys(decisions, embeds)]
    still: dict[_Thread, list[int]] = defaultdict(list)
    threads: dict[int, list[_Thread]] = {}
    for number, decision in enumerate(decisions):
        found = _of_decision(decision, holders, embeds)
        if decision.still:
            threads[number] = found
            for thread in found:
                still[thread].append(number)
        else:
            chosen.add(number)
            waiting += found
    while waiting:
        for number in still.pop(waiting.pop(), ()):
            if number not in chosen:
                chosen.add(number)
                waiting += threads[number]
    return [decision for number, decision in enumerate(decisions) if number in chosen]


def _of_decision(decision: Decision, holders: Mapping[Held, Live], embeds: Embeds) -> list[_Thread]:
    binding, kind, target = decision.binding, decision.kind, decision.target
    address = binding.resource.address
    found: list[_Thread] = [address, *_named(kind, target)]
    if address in embeds.refers:
        found += embeds.refers[address]
    for bound in (binding.current, binding.predecessor, *binding.superseded):
        if bound is not None:
            found.append(bound.live.id)
            if bound.live.body is not target:
                found += _named(kind, bound.live.body)
    for key in kind.natural_keys:
        value = key.held(kind, target)
        holder = holders.get((kind.name, key.field, value)) if value else None
        if holder is not None and holder.id != found[-1]:
            found.append(holder.id)
    return found


def _named(kind: Kind, body: Frozen) -> list[_Thread]:
    """Return what a body names. Its parent is among that: so are siblings connected."""
    named = references(kind.fields, body)
    found = [name.address if isinstance(name, Pending) else name for name in named]
    # Of a parent by which all are sold that have none there is only one.
    return [*found, kind.name] if kind.sellable and kind.within is None else found


def _of_retirements(retirements: Iterable[Retirement]) -> Iterator[_Thread]:
    for gone in retirements:
        yield gone.bound.address
        yield gone.live.id
        yield from _named(gone.live.kind, gone.live.body)


def _of_journeys(decisions: Sequence[Decision], embeds: Embeds) -> Iterator[_Thread]:
    """Yield the hosts of entries that are not where they are wanted."""
    hosts = {address for _, address in embeds.journeys}
    homes = {
        decision.address: decision.binding.current.live.id
        for decision in (decisions if hosts else ())
        if decision.address in hosts and decision.binding.current is not None
    }
    for old, address in embeds.journeys:
        if homes.get(address) != old:
            yield old
            yield address
