"""The guards: what each looks at, and what it finds. They never edit a plan.

A finding's text says what would happen and the mend; `lifting` adds how to go on in spite of it.
A new guard has its code in `model.codes`, stands in `GUARDS` below, and in `docs/guards.md`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator, Mapping
from decimal import Decimal

from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Catalog, Policy
from reconciler.model.marks import Rule
from reconciler.model.plan import Finding, Replace, Retire, Update
from reconciler.planner.decide import dropped_metadata
from reconciler.planner.evidence import Evidence
from reconciler.planner.kills import kills
from reconciler.planner.leaps import leaps
from reconciler.planner.match import Bound
from reconciler.planner.names import Conflict
from reconciler.planner.narrate import listing
from reconciler.planner.standing import lost_stamps
from reconciler.planner.twice import taken_targets, two_with_one_stamp

_USUAL = Policy()
"""The limits of a file that sets none. What another limit lets through is told as lifted."""

FEW = 10
"""Catalogs with fewer objects may change as much as they like at once (RC101)."""


def _much_at_once(evidence: Evidence) -> Iterator[Finding]:
    managed = _managed(evidence)
    touched = {
        change.address
        for change in evidence.changes
        if isinstance(change, Update | Replace | Retire)
        and evidence.kinds[change.address.kind].stored
    }
    limit, usual = evidence.catalog.policy.max_change_ratio, _USUAL.max_change_ratio
    if managed < FEW:
        return
    many = f"{len(touched)} of {managed} managed objects would be updated, replaced or retired"
    if len(touched) > limit * managed:
        text = f"{many}, more than [policy] max_change_ratio = {limit}."
        yield Finding(code="RC101", address=None, text=text)
    elif len(touched) > usual * managed:
        passes = f"[policy] max_change_ratio = {limit} lets it pass."
        text = f"{many}, more than the usual {usual}; {passes}"
        yield Finding(code="RC101", address=None, text=text, blocks=False, lifted=True)


def _managed(evidence: Evidence) -> int:
    """Return how many objects of ours are in use."""
    return sum(bound.live.on for bounds in evidence.bound.values() for bound in bounds)


def _emptied(evidence: Evidence) -> Iterator[Finding]:
    """A catalog of which nothing would be left in use."""
    if evidence.destroy:
        return
    managed = _managed(evidence)
    # What is replaced has a successor: the catalog is not emptied of it.
    going = sum(1 for gone in evidence.retirements if gone.live.on and gone.reason != "replaced")
    going += sum(1 for decision in evidence.moving if decision.turns_off)
    if managed and going == managed:
        all_of = f"all {managed} managed objects" if managed > 1 else "the only managed object"
        yield Finding(
            code="RC101",
            address=None,
            text=f"{all_of} would be retired or switched off. If that is meant, use --destroy.",
        )


def _off_sale(evidence: Evidence) -> Iterator[Finding]:
    """A product that stays, and would lose the last active price it has."""
    if evidence.destroy:
        return
    more: Counter[str] = Counter()
    for retirement in evidence.retirements:
        _take(more, retirement.bound)
    for decision in evidence.moving:
        binding = decision.binding
        if decision.kind.sellable and decision.kind.within is not None:
            parent = str(decision.target.get(decision.kind.within.field))
            was_on = binding.current is not None and binding.current.live.on
            more[parent] += int(decision.kind.is_on(decision.target)) - int(was_on)
    fewer = {parent for parent, count in more.items() if count < 0}
    before = _on_sale(evidence, fewer) if fewer else more
    for decision in evidence.decisions if fewer else ():
        current = decision.binding.current
        if current is None or current.live.id not in fewer:
            continue
        if not decision.kind.is_on(decision.target):
            continue
        parent = current.live.id
        if before[parent] and not before[parent] + more[parent]:
            yield Finding(
                code="RC101",
                address=decision.address,
                text=f"{decision.address} stays, and would lose its last active price: nobody "
                "could buy it. Retire the product too, or keep a price.",
            )


def _on_sale(evidence: Evidence, parents: Container[str]) -> Counter[str]:
    """Count the objects in use by which these parents are sold now."""
    count: Counter[str] = Counter()
    for live in evidence.snapshot:
        within = live.kind.within
        if live.on and live.kind.sellable and within is not None:
            parent = str(live.raw.get(within.field))
            if parent in parents:
                count[parent] += 1
    return count


def _take(count: Counter[str], bound: Bound) -> None:
    live = bound.live
    if live.kind.sellable and live.kind.within is not None and live.on:
        count[str(live.raw.get(live.kind.within.field))] -= 1


def _protected(evidence: Evidence) -> Iterator[Finding]:
    for decision in evidence.moving:
        old = decision.binding.predecessor
        if old is not None and (decision.protected or old.live.protected):
            yield _protected_finding(decision.address, "replaced")
        elif decision.turns_off and decision.protected:
            yield _protected_finding(decision.address, "switched off")
    for retirement in evidence.retirements:
        if retirement.live.protected and retirement.reason != "replaced":
            yield _protected_finding(retirement.bound.address, "retired")


def _protected_finding(address: Address, what: str) -> Finding:
    return Finding(
        code="RC102",
        address=address,
        text=f"{address} is protected and would be {what}. To lift the protection, apply once "
        f"with protect = false in its table.",
    )


def _wrong_account(evidence: Evidence) -> Iterator[Finding]:
    wanted = evidence.catalog.account
    if wanted is None or evidence.account.id == wanted:
        return
    seen = evidence.account.id
    text = (
        f"the key reaches {seen}, and [catalog] account is {wanted}. Use that account's key."
        if seen
        else f"cannot verify that this is {wanted}: the key may not read its account. "
        "Give the restricted key the permission to read accounts, or use another key."
    )
    yield Finding(code="RC105", address=None, text=text)


def _dropped_currencies(evidence: Evidence) -> Iterator[Finding]:
    for change in evidence.changes:
        if not isinstance(change, Replace):
            continue
        kind = evidence.kinds[change.address.kind]
        before, after = kind.amounts(change.before), kind.amounts(change.after)
        gone = sorted(_currencies(before) - _currencies(after))
        if gone:
            yield Finding(
                code="RC107",
                address=change.address,
                text=f"{change.address} would no longer have an amount in {listing(gone)}.",
            )


def _currencies(amounts: Mapping[str, Decimal]) -> set[str]:
    return {name.partition(" ")[0].upper() for name in amounts}


def _strangers_keys(evidence: Evidence) -> Iterator[Finding]:
    for conflict in evidence.conflicts:
        live = conflict.holder
        if conflict.ours is not None:
            whose = f"{conflict.ours} of this catalog ({live.id})"
            ways = f'To rename it, write [moved] "{conflict.ours}" = "{conflict.address}".'
        else:
            owner, adopt = _owner(evidence.catalog, conflict)
            whose = f"{live.kind.name} {live.id}{owner}"
            matching = conflict.free and not evidence.adopt_matching
            every = "; --adopt-matching adopts every such object" if matching else ""
            first = (
                f"{conflict.address} has an object of its own, so it cannot be adopted. Free the "
                f"{conflict.field} in the Dashboard"
                if conflict.settled
                else f"{adopt}{every})"
            )
            ways = f"{first}, or give {conflict.address} another {conflict.field}."
        yield Finding(
            code="RC108",
            address=conflict.address,
            text=f'{conflict.field} "{conflict.value}" is held by {whose}. {ways}',
        )


def _owner(catalog: Catalog, conflict: Conflict) -> tuple[str, str]:
    """Return whose a stranger is, and how it is adopted; the parenthesis is left open."""
    live, address = conflict.holder, conflict.address
    stamp = live.stamp
    if stamp is None:
        return " that no catalog manages", f'Adopt it ([adopt] "{address}" = "{live.id}"'
    if stamp.catalog in (catalog.name, catalog.previous_name):
        return (
            f', whose stamp "{live.stamp_text}" no apply would write',
            f'Take its metadata entry "{STAMP}" off in the Dashboard, then adopt it '
            f'([adopt] "{address}" = "{live.id}"',
        )
    entry = f'{{ id = "{live.id}", from = "{stamp.catalog}" }}'
    return f' of catalog "{stamp.catalog}"', f'Adopt it ([adopt] "{address}" = {entry}'


def _shared_and_different(evidence: Evidence) -> Iterator[Finding]:
    """A shared object that differs in what Stripe never changes, and whose name stays taken."""
    for decision in evidence.moving:
        fixed = [edit.path for edit in decision.left_alone if edit.rule is Rule.REPLACE]
        current = decision.binding.current
        if fixed and current is not None:
            yield Finding(
                code="RC108",
                address=decision.address,
                text=f"{current.live.id} differs from the file in {listing(fixed)}, which Stripe "
                "never changes, and its name stays taken. Make the file equal to it, or use "
                "another name.",
            )


def _not_for_live(evidence: Evidence) -> Iterator[Finding]:
    """What a live account must not have, of what the plan makes, changes or takes over."""
    touched = {change.address for change in evidence.changes if not isinstance(change, Retire)}
    for decision in evidence.moving if evidence.account.livemode else ():
        if decision.address in touched:
            for flaw in decision.kind.live_flaws(decision.target):
                yield Finding(
                    code="RC110",
                    address=decision.address,
                    text=f"this is a live account, and {flaw}.",
                )


def _taken_keys(evidence: Evidence) -> Mapping[tuple[str, str], set[str]]:
    """Return the keys that objects in use will hold, by kind and field."""
    taken: dict[tuple[str, str], set[str]] = defaultdict(set)
    for decision in evidence.decisions if evidence.moving else ():
        kind, target = decision.kind, decision.target
        for key in kind.natural_keys:
            if key.field in target and kind.is_on(target):
                taken[kind.name, key.field].add(target[key.field])
    return taken


def _given_up_keys(evidence: Evidence) -> Iterator[Finding]:
    taken = _taken_keys(evidence)
    for decision in evidence.moving:
        giver = decision.binding.giver
        if giver is None or not giver.on or not decision.kind.is_on(decision.target):
            continue
        for key in decision.kind.natural_keys:
            old = giver.live.body.get(key.field)
            if key.transfer is None or old is None or old == decision.target.get(key.field):
                continue
            if old not in taken[decision.kind.name, key.field]:
                yield Finding(
                    code="RC112",
                    address=decision.address,
                    text=f'{decision.address} gives up {key.field} "{old}" and stays active, and '
                    f"no active {decision.kind.name} takes it: applications that look it up "
                    "would find nothing in use.",
                )


def _dropped_metadata(evidence: Evidence) -> Iterator[Finding]:
    for decision in evidence.moving:
        keys = dropped_metadata(decision)
        if keys:
            yield Finding(
                code="RC113",
                address=decision.address,
                text=f"adopting {decision.address} would drop its metadata {', '.join(keys)}. "
                "List them in the file, or in [catalog] ignore_metadata.",
            )


GUARDS: tuple[Callable[[Evidence], Iterator[Finding]], ...] = (
    _much_at_once,
    _emptied,
    _off_sale,
    lost_stamps,
    _protected,
    leaps,
    _wrong_account,
    _dropped_currencies,
    _strangers_keys,
    _shared_and_different,
    two_with_one_stamp,
    taken_targets,
    kills,
    _not_for_live,
    _given_up_keys,
    _dropped_metadata,
)
