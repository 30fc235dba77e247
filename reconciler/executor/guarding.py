"""The plan's guards, and those whose evidence may have changed since: RC104 and RC109.

The latter are looked at once, before the first write: between plan and apply somebody may make
a code, and a customer subscribe, which matters where the policy denies it.
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.errors import BlockedError
from reconciler.model.impact import Impact, hanging_kinds
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Snapshot
from reconciler.observer.subscriptions import count_subscriptions
from reconciler.planner.impact import grown, subject_to_policy, subscribers_gained
from reconciler.planner.lifting import lift
from reconciler.ports import Reader


def refuse_blocked(plan: Plan, *, begun: bool = False) -> None:
    """Raise `BlockedError` where a guard stops the plan and nobody lifted it.

    A plan that was begun was let through when it began.
    """
    if plan.blocked and not begun:
        codes = ", ".join(sorted({finding.code for finding in plan.blocked}))
        raise BlockedError(
            f"Nothing was changed: {codes} stopped it.\n"
            "  The plan's findings say why, and the ways out."
        )


def watched(plan: Plan, kinds: Kinds) -> frozenset[str]:
    """Return the kinds to read for it, beside those that the plan touches."""
    return hanging_kinds((impact.kind for impact in plan.impacts), kinds)


def look_again(
    plan: Plan,
    kinds: Kinds,
    reader: Reader,
    snapshot: Snapshot,
    *,
    made: Collection[str],
    done: int,
    allow: Collection[str],
) -> None:
    """Raise `BlockedError` where a guard stops now what it let pass, and nobody lifted it.

    What came since the plan was made is lifted by the `allow` of this very apply alone: who
    lifted a guard for the plan did not know of it. `made` are the ids of what the plan has
    created already, `done` is how many of its calls are done.
    """
    found = (
        *grown(plan.impacts, snapshot, made),
        *subscribers_gained(plan, _counted(plan, kinds, reader, snapshot)),
    )
    blocking = [finding for finding in lift(found, allow) if finding.blocks]
    if blocking:
        codes = ", ".join(sorted({finding.code for finding in blocking}))
        told = "\n".join(f"  {finding.address}: {finding.text}" for finding in blocking)
        before = f"{done} of {len(plan.steps)} calls were done before, and nothing more was sent"
        raise BlockedError(
            f"{before if done else 'Nothing was changed'}: {codes} stopped it.\n{told}"
        )


def _counted(plan: Plan, kinds: Kinds, reader: Reader, snapshot: Snapshot) -> tuple[Impact, ...]:
    still = [impact for impact in subject_to_policy(plan) if _in_use(impact, snapshot)]
    return count_subscriptions(reader, kinds, still)


def _in_use(impact: Impact, snapshot: Snapshot) -> bool:
    live = snapshot.of(impact.kind).get(impact.object)
    return live is not None and live.on
