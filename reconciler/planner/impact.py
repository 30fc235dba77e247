"""What a plan's going objects take along, and what the guards say of it once it is counted.

RC104 is not among the other guards: subscriptions are read after the plan is made, and only
those on what goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.model.impact import Hanging, Impact
from reconciler.model.plan import Finding, Plan
from reconciler.model.snapshot import Live, Snapshot
from reconciler.planner.decide import Decision, Retirement
from reconciler.planner.lifting import lift, lifts
from reconciler.planner.match import Bound
from reconciler.planner.narrate import listing
from reconciler.planner.referrers import Referrers

NOT_ASKED = "nobody asked"
"""Why a number is unknown before it is counted."""


def impacts(
    decisions: Iterable[Decision],
    retirements: Iterable[Retirement],
    referrers: Referrers,
    ours: Mapping[str, Bound],
) -> Iterator[Impact]:
    """Yield the objects in use that are replaced, retired or switched off, by address and id.

    `ours` are the objects that have an address.
    """
    going = [(gone.bound.address, gone.live) for gone in retirements]
    for decision in decisions:
        current = decision.binding.current
        if decision.turns_off and current is not None:
            going.append((decision.address, current.live))
    for address, live in sorted(going, key=lambda entry: (entry[0], entry[1].id)):
        if live.on:
            yield Impact(
                address=address,
                kind=live.kind.name,
                object=live.id,
                hanging=tuple(
                    Hanging(
                        kind=other.kind.name,
                        object=other.id,
                        address=ours[other.id].address if other.id in ours else None,
                    )
                    for other in sorted(referrers.hanging(live), key=lambda other: other.id)
                ),
                unknown=NOT_ASKED if _subscribed(live) else "",
            )


def _subscribed(live: Live) -> bool:
    subscribed = live.kind.subscribed
    return subscribed is not None and subscribed.when(live.body)


def left_out(impacts: Iterable[Impact]) -> tuple[Impact, ...]:
    """Return them uncounted, as somebody asked for."""
    return tuple(
        replace(impact, unknown="--no-impact leaves them uncounted") if impact.counted else impact
        for impact in impacts
    )


def subject_to_policy(plan: Plan) -> list[Impact]:
    """Return what is counted once more before the first write, because the policy denies it."""
    return [impact for impact in plan.impacts if impact.counted and plan.subscribers == "deny"]


def weigh(plan: Plan, impacts: Iterable[Impact]) -> Plan:
    """Return the plan with what was counted, and what RC104 finds in it.

    Under a policy that denies it, each is counted once more before the first write.
    """
    counted = tuple(impacts)
    found = subscribers_lost(counted) if plan.subscribers == "deny" else ()
    findings = (*plan.findings, *lift(found, plan.lifted))
    weighed = replace(plan, impacts=counted, findings=findings)
    again = len(subject_to_policy(weighed)) if plan.steps else 0
    return replace(weighed, reads=plan.reads + again)


def grown(
    impacts: Iterable[Impact], snapshot: Snapshot, made: Collection[str]
) -> Iterator[Finding]:
    """Yield what hangs on a going object now and did not when the plan was made (RC109).

    `made` are the ids of what the plan itself has created.
    """
    referrers = Referrers(snapshot)
    for impact in impacts:
        known = {other.object for other in impact.hanging}
        live = snapshot.of(impact.kind).get(impact.object)
        if live is None or not live.on or live.id in made:
            continue  # gone already, and its id may be its successor's
        new = [
            f"{other.kind.name} {other.raw.get('code') or other.id}"
            for other in referrers.hanging(live)
            if other.id not in made and other.id not in known
        ]
        if new:
            yield Finding(
                code="RC109",
                address=impact.address,
                text=f"since the plan was made, {listing(sorted(new))} hangs on {live.id}, which "
                "it takes out of use. Make a new plan, and look at it.",
            )


def subscribers_gained(plan: Plan, counted: Iterable[Impact]) -> Iterator[Finding]:
    """Yield what a policy that denies it finds now, and nobody lifted knowing as much."""
    before = {impact.object: impact for impact in plan.impacts}
    for impact in counted:
        known = before[impact.object]
        seen = known.total >= impact.total and bool(known.unknown) >= bool(impact.unknown)
        if not (seen and lifts(plan.lifted, "RC104", impact.address)):
            yield from subscribers_lost([impact])


def subscribers_lost(impacts: Iterable[Impact]) -> Iterator[Finding]:
    """Yield what a policy that denies it finds: what goes and has, or may have, subscriptions."""
    for impact in impacts:
        noun = impact.kind.replace("_", " ")
        if impact.total:
            many = f"{impact.total:,} subscriptions are"
            what = f"{'1 subscription is' if impact.total == 1 else many} on {impact.object}"
            mend = f"Move what is on it to another {noun} first, or keep this one as it is."
        elif impact.unknown:
            what = f"how many subscriptions are on {impact.object} is unknown ({impact.unknown})"
            mend = "Let them be counted."
        else:
            continue
        text = f'{what}, and [policy] subscribers = "deny". {mend}'
        yield Finding(code="RC104", address=impact.address, text=text)
