"""Which decisions can have to do with the order of the calls? The others need no drafts.

In a large account nearly every object stays as it is, and no call is made for it. One of them
counts all the same where calls may have to wait for one another across it: where it names, or is
named beside, something that moves. What is not connected with anything that moves, however far,
can neither come before nor after a call.

Not the order itself: that is in `order`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from reconciler.model.address import Address
from reconciler.model.kind import Kind
from reconciler.model.named import references
from reconciler.model.values import Frozen
from reconciler.model.world import Handle, Held
from reconciler.planner.decide import Decision, Retirement
from reconciler.planner.embed import Embeds
from reconciler.planner.referrers import Referrers

_Thread = str | Address
"""What connects two decisions: an id, an address or a kind that both have to do with."""


def near(
    decisions: Sequence[Decision],
    moving: Sequence[Decision],
    retirements: Sequence[Retirement],
    keys: Mapping[Held, Handle],
    embeds: Embeds,
    referrers: Referrers,
) -> list[Decision]:
    """Return the decisions that move something, and those connected with them, in their order.

    `keys` are the natural keys, with who holds them now.
    """
    if not moving and not retirements:
        return []
    chosen = {decision.address for decision in moving}
    still = _Still(decisions, chosen, embeds, referrers)
    waiting = [*_of_retirements(retirements), *_of_journeys(decisions, embeds)]
    for decision in moving:
        waiting += _of_moving(decision, keys, embeds)
    followed: set[_Thread] = set()
    while waiting:
        thread = waiting.pop()
        if thread in followed:
            continue
        followed.add(thread)
        for decision in still.at(thread):
            if decision.binding.resource.address not in chosen:
                chosen.add(decision.binding.resource.address)
                waiting += _of_still(decision, embeds)
    return [decision for decision in decisions if decision.binding.resource.address in chosen]


class _Still:
    """The decisions by which nothing becomes of an object, by what connects them with others.

    Such an object names afterwards what it names now, which is what `Referrers` knows.
    """

    def __init__(
        self,
        decisions: Iterable[Decision],
        moving: Container[Address],
        embeds: Embeds,
        referrers: Referrers,
    ) -> None:
        self._referrers = referrers
        self._own: dict[_Thread, Decision] = {}
        self._together: dict[_Thread, list[Decision]] = defaultdict(list)
        for decision in decisions:
            resource, current = decision.binding.resource, decision.binding.current
            if current is None or resource.address in moving:
                continue
            self._own[resource.address] = self._own[current.live.id] = decision
            if _without_parent(resource.kind):
                self._together[resource.kind.name].append(decision)
        for host, quoted in embeds.refers.items():
            if host in self._own:
                for thread in quoted:
                    self._together[thread].append(self._own[host])

    def at(self, thread: _Thread) -> Iterator[Decision]:
        """Yield the decisions that have to do with an id, an address or a kind."""
        if thread in self._own:
            yield self._own[thread]
        yield from self._together.get(thread, ())
        for live in self._referrers.to(thread) if isinstance(thread, str) else ():
            if live.id in self._own:
                yield self._own[live.id]


def _of_still(decision: Decision, embeds: Embeds) -> Iterator[_Thread]:
    """Yield what may connect a decision that has one object, which is as it is to be.

    It holds the keys that it is to hold; so they do not connect it with any other.
    """
    address, current = decision.address, decision.binding.current
    yield address
    yield from _named(decision.kind, decision.target)
    if current is not None:
        yield current.live.id
    yield from embeds.refers.get(address, ())


def _of_moving(
    decision: Decision, keys: Mapping[Held, Handle], embeds: Embeds
) -> Iterator[_Thread]:
    binding, kind, target = decision.binding, decision.kind, decision.target
    yield from _of_still(decision, embeds)
    for bound in (binding.current, binding.predecessor, *binding.superseded):
        if bound is not None:
            yield bound.live.id
            yield from _named(kind, bound.live.body)
    for key in kind.natural_keys:
        value = key.held(kind, target)
        holder = keys.get((kind.name, key.field, value)) if value else None
        if isinstance(holder, str):
            yield holder


def _named(kind: Kind, body: Frozen) -> list[_Thread]:
    """Return what a body names. Its parent is among that: so are siblings connected."""
    named = references(kind.fields, body)
    found = [name if isinstance(name, str) else name.address for name in named]
    return [*found, kind.name] if _without_parent(kind) else found


def _without_parent(kind: Kind) -> bool:
    """Whether it is sold by none of a kind: they are siblings all the same."""
    return kind.sellable and kind.within is None


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
