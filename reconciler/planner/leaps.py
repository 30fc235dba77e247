"""Amounts that change by more than the policy allows: the guard RC103.

Up or down, of prices and whatever else has amounts; and what an application finds behind a key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from reconciler.model import money
from reconciler.model.address import Address
from reconciler.model.catalog import Policy
from reconciler.model.kind import Kind
from reconciler.model.plan import Finding, Reactivate, Replace, Update
from reconciler.planner.evidence import Evidence

_USUAL = Policy().max_price_change_percent


def leaps(evidence: Evidence) -> Iterator[Finding]:
    """Find amounts that change by more than the policy allows.

    One that only a policy beyond the usual lets pass is told too, as lifted.
    """
    for change in evidence.changes:
        if isinstance(change, Replace | Update | Reactivate):
            kind = evidence.kinds[change.address.kind]
            yield from _beyond(evidence, change.address, kind, change.before, change.after)
    yield from _behind_keys(evidence)


def _behind_keys(evidence: Evidence) -> Iterator[Finding]:
    """What an application finds under a key may change although no price does."""
    for decision in evidence.moving:
        giver = decision.binding.giver
        for key in decision.kind.natural_keys:
            value = decision.target.get(key.field) if key.transfer else None
            handle = evidence.keys.get((decision.kind.name, key.field, str(value)))
            bound = evidence.ours.get(handle) if isinstance(handle, str) else None
            if bound is None or not bound.live.on:
                continue
            holder = bound.live
            if giver is not None and giver.live.id == holder.id:
                continue
            for found in _beyond(
                evidence, decision.address, decision.kind, holder.body, decision.target
            ):
                text = f'{key.field} "{value}" passes from {holder.id} to {found.text}'
                yield replace(found, text=text)


def _beyond(
    evidence: Evidence,
    address: Address,
    kind: Kind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Iterator[Finding]:
    """Compare amounts currency by currency; one that goes is not one that changes."""
    limit = evidence.catalog.policy.max_price_change_percent
    old, new = kind.amounts(before), kind.amounts(after)
    factor = kind.scale(after) / kind.scale(before)
    for currency in sorted({name.partition(" ")[0] for name in old}):
        for name, was, now in _pairs(currency, old, new):
            percent = _percent(was, now * factor)
            if percent is not None and abs(percent) <= min(limit, _USUAL):
                continue
            lifted = percent is not None and abs(percent) <= limit
            way = f"{address}: {_way(name, was, now, factor)}"
            how = _how_far(percent, limit, lifted=lifted)
            yield Finding(
                code="RC103", address=address, text=way + how, blocks=not lifted, lifted=lifted
            )


def _pairs(
    currency: str, old: Mapping[str, Decimal], new: Mapping[str, Decimal]
) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Pair what a currency's amounts were with what they are.

    Where it is charged in another way (tiers instead of one amount), nothing pairs by name; then
    the highest amounts do.
    """
    before = {name: old[name] for name in old if name.partition(" ")[0] == currency}
    after = {name: new[name] for name in new if name.partition(" ")[0] == currency}
    common = sorted(before.keys() & after.keys())
    for name in common:
        yield name, before[name], after[name]
    if before and after and not common:
        yield f"{currency} highest amount", max(before.values()), max(after.values())


def _percent(old: Decimal, new: Decimal) -> Decimal | None:
    """Return by how many per cent an amount changes; `None` from and to zero."""
    if old == new:
        return Decimal(0)
    return None if old == 0 or new == 0 else (new - old) / old * 100


def _way(name: str, old: Decimal, new: Decimal, factor: Decimal) -> str:
    """Say from what to what. `factor` is what another period makes of it."""
    currency, _, place = name.partition(" ")
    way = f"{f'{place} ' if place else ''}changes from {money.text(old, currency)} to "
    way += money.text(new, currency)
    return way + (" for another period or package" if factor != 1 else "")


def _how_far(percent: Decimal | None, limit: Decimal, *, lifted: bool) -> str:
    """Say how far beyond which limit it goes."""
    if percent is None:
        return (
            "; from or to zero is beyond any [policy] max_price_change_percent. "
            "Check the decimal point."
        )
    beyond = _USUAL if lifted else limit
    # As many digits as it takes to see that it is more: 50.05, not 50.0.
    places = next((n for n in range(1, 12) if round(abs(percent), n) > beyond), 12)
    told = f", {percent:+.{places}f} %: more than"
    allowed = f"[policy] max_price_change_percent = {limit}"
    if lifted:
        return f"{told} the usual {_USUAL}; {allowed} lets it pass."
    return f"{told} {allowed}. Check the decimal point."
