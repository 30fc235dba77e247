"""A catalog and a snapshot make a plan. This is the order in which the planner's parts work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, relevant
from reconciler.model.kind import Kinds
from reconciler.model.marks import Rule
from reconciler.model.named import references
from reconciler.model.plan import Change, Plan
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Frozen
from reconciler.model.world import Handle, Held, world
from reconciler.planner.beside import beside
from reconciler.planner.bind import Binding, bind
from reconciler.planner.decide import Decision, Retirement, decide
from reconciler.planner.draft import (
    Draft,
    Drafting,
    draft_decision,
    draft_retirement,
    how,
    stamping,
)
from reconciler.planner.embed import Embeds, embed
from reconciler.planner.evidence import Evidence
from reconciler.planner.frozen import may_be_refused
from reconciler.planner.held import hold, notes
from reconciler.planner.impact import impacts
from reconciler.planner.lifting import check
from reconciler.planner.match import Bound, Matched, Origin, match
from reconciler.planner.matching import Matching, matching
from reconciler.planner.names import Names, conflicts, settle_names
from reconciler.planner.narrate import Narrator
from reconciler.planner.near import near
from reconciler.planner.order import link, sort
from reconciler.planner.reads import reads
from reconciler.planner.referrers import Referrers
from reconciler.planner.refuse import refuse_after, refuse_before
from reconciler.planner.standing import ways_back
from reconciler.planner.together import together
from reconciler.planner.walk import Walk


def plan(
    catalog: Catalog,
    snapshot: Snapshot,
    kinds: Kinds,
    *,
    api_version: str,
    allow: Sequence[str] = (),
    destroy: bool = False,
    adopt_matching: bool = False,
) -> Plan:
    """Return what has to happen for the account to match the catalog.

    `allow` lifts guards by code, or by code and address. `destroy` plans the retirement of
    everything that is ours, whatever the catalog wants. `adopt_matching` adopts what nobody
    manages and a natural key of the catalog names. Raises `PlanError` where the two cannot
    be brought together, and `UsageError` for a guard that there is not.
    """
    asked = emptied(catalog) if destroy else catalog
    more = matching(asked, snapshot, kinds) if adopt_matching else Matching()
    asked = replace(asked, adopt={**asked.adopt, **more.adopt}) if more.adopt else asked
    settled = _settled(asked, snapshot, kinds)
    matched, referrers = settled.matched, settled.referrers
    decisions, retirements, embeds = settled.decisions, settled.retirements, settled.embeds

    narrator = Narrator(kinds=kinds, strangers=matched.strangers, referrers=referrers)
    told = [tuple(narrator.tell(decision)) for decision in settled.moving]
    farewells = _farewells(narrator, retirements)
    changes = [*chain.from_iterable(told), *embeds.changes, *farewells]
    now = world(snapshot, kinds.values())
    ours = {bound.live.id: bound for bounds in matched.bound.values() for bound in bounds}
    evidence = _evidence(settled, snapshot, kinds, changes, ours, dict(now.keys))
    evidence = replace(evidence, destroy=destroy, adopt_matching=adopt_matching)
    walk = Walk(catalog=settled.catalog, snapshot=snapshot, world=now, ours=frozenset(ours))
    walk.go(sort(_drafts(settled, kinds, evidence.keys)))
    steps = together(walk.steps, set(_moves(settled.moving)))
    refuse_after(kinds, steps, walk.world, referrers, ways_back(evidence))
    touching = tuple(impacts(settled.moving, retirements, referrers, ours))
    return Plan(
        catalog=catalog.name,
        account=snapshot.account.id,
        livemode=snapshot.account.livemode,
        api_version=api_version,
        spec_digest=catalog.digest,
        changes=tuple(sorted(changes, key=_reading_order(catalog, kinds))),
        steps=tuple(steps),
        findings=check(evidence, allow),
        notes=tuple(_notes(settled, more, _shared_notes(catalog, settled.moving, destroy=destroy))),
        strangers=matched.counts() if snapshot.sight is None else (),
        seen=_seen(walk.relied, catalog),
        names=_names(changes, kinds, ours, walk.relied),
        ignore_metadata=catalog.ignore_metadata,
        reads=reads(steps, snapshot, walk.relied, touching, kinds),
        unchanged=embeds.unchanged + len(decisions) - len(told) + told.count(()),
        lifted=tuple(sorted({*allow, *catalog.policy.allow})),
        lock=catalog.policy.lock,
        impacts=touching,
        subscribers=catalog.policy.subscribers,
        refresh="full" if snapshot.sight is None else "targeted",
        beside=tuple(beside(changes, decisions, kinds)),
    )


def _notes(settled: _Settled, more: Matching, shared: Iterable[str]) -> Iterator[str]:
    yield from settled.unseen
    yield from more.notes
    yield from settled.matched.notes
    yield from settled.staying
    yield from settled.embeds.notes
    yield from shared
    yield from may_be_refused(settled.moving)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    """What becomes of every resource and object.

    `staying` says what cannot go, and why; `unseen` what a targeted plan leaves alone. `moving`
    are the decisions by which something becomes of an object: few, as a rule.
    """

    catalog: Catalog
    matched: Matched
    referrers: Referrers
    bindings: Mapping[Address, Binding]
    names: Names
    retirements: tuple[Retirement, ...]
    staying: tuple[str, ...]
    unseen: tuple[str, ...]
    embeds: Embeds
    decisions: tuple[Decision, ...]
    moving: tuple[Decision, ...]


def _settled(catalog: Catalog, snapshot: Snapshot, kinds: Kinds) -> _Settled:
    matched = match(catalog, snapshot, kinds)
    referrers = Referrers(snapshot)
    bindings = bind(catalog, matched, snapshot, referrers)
    names = settle_names(bindings)
    held = hold(catalog, snapshot, matched, bindings, names)
    targeted = snapshot.sight is not None
    going = () if targeted else _retirements(catalog, matched, bindings)
    retirements, staying = _kept(going)
    free = {address: bound for address, bound in bindings.items() if address not in held.why}
    hosts = _hosts(free, retirements)
    embeds = embed(catalog, kinds, snapshot, names, hosts, held.why if targeted else None)
    decisions = tuple(decide(catalog, bindings, retirements, names, embeds, held.why))
    moving = tuple(decision for decision in decisions if not decision.still)
    still = {decision.binding.resource.address for decision in decisions}
    still -= {decision.address for decision in moving}
    refuse_before(catalog, kinds, snapshot, bindings, moving, still)
    return _Settled(
        catalog=catalog,
        matched=matched,
        referrers=referrers,
        bindings=free,
        names=names,
        retirements=retirements,
        staying=staying,
        unseen=tuple(notes(catalog, snapshot, held, bindings)),
        embeds=embeds,
        decisions=decisions,
        moving=moving,
    )


def _evidence(
    settled: _Settled,
    snapshot: Snapshot,
    kinds: Kinds,
    changes: Sequence[Change],
    ours: Mapping[str, Bound],
    keys: Mapping[Held, Handle],
) -> Evidence:
    """Return what the guards look at. `keys` are the natural keys as they are held now."""
    going = frozenset(gone.live.id for gone in settled.retirements)
    moving = {decision.address: decision.binding for decision in settled.moving}
    contested = conflicts(moving, settled.names, keys, snapshot, ours, going)
    return Evidence(
        catalog=settled.catalog,
        kinds=kinds,
        account=snapshot.account,
        snapshot=snapshot,
        changes=changes,
        decisions=settled.decisions,
        moving=settled.moving,
        retirements=settled.retirements,
        conflicts=tuple(contested),
        bound=settled.matched.bound,
        ours=ours,
        going=going,
        keys=keys,
        referrers=settled.referrers,
        taken=settled.matched.taken,
    )


def _drafts(settled: _Settled, kinds: Kinds, keys: Mapping[Held, Handle]) -> list[Draft]:
    """Return the calls to make, each knowing which others must be made before it."""
    drafting = Drafting(
        catalog=settled.catalog,
        kinds=kinds,
        referrers=settled.referrers,
        embeds=settled.embeds,
    )
    involved = near(
        settled.decisions,
        settled.moving,
        settled.retirements,
        keys,
        settled.embeds,
        settled.referrers,
    )
    drafts = [
        *(draft for decision in involved for draft in draft_decision(drafting, decision)),
        *(draft for gone in settled.retirements for draft in draft_retirement(drafting, gone)),
    ]
    link(drafts, keys, settled.embeds.journeys)
    return drafts


def _moves(decisions: Iterable[Decision]) -> Iterator[str]:
    """Yield the ids of the calls that give objects of ours another address."""
    for decision in decisions:
        for bound in decision.binding.arrivals:
            if bound.origin is Origin.MOVED:
                yield stamping(decision, bound)


def _farewells(narrator: Narrator, retirements: Iterable[Retirement]) -> Iterator[Change]:
    for gone in retirements:
        if gone.reason != "replaced":  # else told with the one that takes its place
            yield narrator.retire(gone, how(narrator.referrers, gone.live))


def _shared_notes(
    catalog: Catalog, decisions: Sequence[Decision], *, destroy: bool
) -> Iterator[str]:
    """Yield what is said of objects that are used together with others."""
    for decision in decisions:
        current = decision.binding.current
        for edit in decision.left_alone:
            if current is not None and edit.rule is not Rule.REPLACE:
                yield (
                    f'{decision.address}: its {edit.path} is "{edit.before}" at Stripe and '
                    f'"{edit.after}" in the file. It is used together with others, so it is left '
                    f'alone. To change it: [adopt] "{decision.address}" = "{current.live.id}"'
                )
    for address, resource in catalog.resources.items() if destroy else ():
        if resource.kind.shared:
            yield (
                f"{address} stays: others may use it. `retired = true` in its table switches it "
                "off."
            )


def emptied(catalog: Catalog) -> Catalog:
    """Return a catalog of that name that wants nothing."""
    return replace(catalog, resources={}, moved={}, adopt={})


def _retirements(
    catalog: Catalog, matched: Matched, bindings: Mapping[Address, Binding]
) -> Iterator[Retirement]:
    """Yield the objects of ours that go: replaced, superseded, or not in the file."""
    for binding in bindings.values():
        if binding.predecessor is not None and binding.predecessor.live.on:
            yield Retirement(bound=binding.predecessor, reason="replaced")
        for bound in binding.superseded:
            yield Retirement(bound=bound, reason="superseded", alone=False)
    for address in sorted(matched.bound.keys() - catalog.resources.keys()):
        going = [bound for bound in matched.bound[address] if bound.live.on]
        for bound in going:
            yield Retirement(bound=bound, alone=len(going) == 1)


def _kept(
    retirements: Iterable[Retirement],
) -> tuple[tuple[Retirement, ...], tuple[str, ...]]:
    """Leave out what cannot be retired, and say why it stays."""
    going, notes = [], []
    for gone in retirements:
        why = gone.live.kind.kept(gone.live.raw)
        if why:
            notes.append(f"{gone.bound.address} ({gone.live.id}) stays as it is: {why}")
        else:
            going.append(gone)
    return tuple(going), tuple(notes)


def _hosts(
    bindings: Mapping[Address, Binding], retirements: Iterable[Retirement]
) -> Iterator[Bound]:
    """Yield every object of ours whose metadata entries count."""
    for binding in bindings.values():
        if binding.current is not None:
            yield binding.current
    for retirement in retirements:
        yield retirement.bound


def _seen(relied: Mapping[str, Live], catalog: Catalog) -> Frozen:
    bodies: dict[str, dict[str, Frozen]] = {}
    for object_id, live in sorted(relied.items()):
        body = relevant(live.body, catalog.ignore_metadata)
        bodies.setdefault(live.kind.name, {})[object_id] = body
    return Frozen({kind: Frozen(found) for kind, found in bodies.items()})


def _names(
    changes: Iterable[Change],
    kinds: Kinds,
    ours: Mapping[str, Bound],
    relied: Mapping[str, Live],
) -> Frozen:
    """Return what the changes name and no step touches: its reader knows it by its address."""
    named: set[object] = set()
    for change in changes:
        fields = kinds[change.address.kind].fields
        named |= references(fields, change.before) | references(fields, change.after)
    known = sorted(
        name for name in named if isinstance(name, str) and name in ours and name not in relied
    )
    return Frozen({name: str(ours[name].address) for name in known})


Place = tuple[bool, int, Address, int, int, Address]


def _reading_order(catalog: Catalog, kinds: Kinds) -> Callable[[Change], Place]:
    """Order changes as the file tells them: what lives in a table beside that table."""
    places = {address: number for number, address in enumerate(catalog.resources)}
    last = len(places)

    def key(change: Change) -> Place:
        address, kind = change.address, kinds[change.address.kind]
        root = Address(kind.within.kind, address.keys[:-1]) if kind.within else address
        return (
            not kind.stored,
            places.get(root, last),
            root,
            int(root != address),
            places.get(address, last),
            address,
        )

    return key
