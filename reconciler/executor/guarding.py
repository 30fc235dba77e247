"""The guards whose evidence may have changed since the plan was made: RC104 and RC109.

Looked at before the first write, whoever let the plan through: between plan and apply a customer
may subscribe, and somebody make a code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.errors import BlockedError
from reconciler.model.impact import Impact, hanging_kinds
from reconciler.model.kind import Kinds
from reconciler.model.plan import Finding, Plan
from reconciler.model.snapshot import Snapshot
from reconciler.observer.subscriptions import count_subscriptions
from reconciler.planner.impact import grown, subject_to_policy, subscribers_lost
from reconciler.planner.lifting import lift
from reconciler.ports import Reader


def watched(plan: Plan, kinds: Kinds) -> frozenset[str]:
    """Return the kinds to read for it, beside those that the plan touches."""
    return hanging_kinds((impact.kind for impact in plan.impacts), kinds)


def look_again(
    plan: Plan, kinds: Kinds, reader: Reader, snapshot: Snapshot, made: Collection[str]
) -> None:
    """Raise `BlockedError` where a guard stops now what it let pass, and nobody lifted it.

    `made` are the ids of what the plan has created already.
    """
    findings = lift(_found(plan, kinds, reader, snapshot, made), plan.lifted)
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        codes = ", ".join(sorted({finding.code for finding in blocking}))
        told = "\n".join(f"  {finding.address}: {finding.text}" for finding in blocking)
        raise BlockedError(f"Nothing was changed: {codes} stopped it.\n{told}")


def _found(
    plan: Plan, kinds: Kinds, reader: Reader, snapshot: Snapshot, made: Collection[str]
) -> Iterator[Finding]:
    yield from grown(plan.impacts, snapshot, made)
    if plan.subscribers == "deny":
        still = [impact for impact in subject_to_policy(plan) if _in_use(impact, snapshot)]
        yield from subscribers_lost(count_subscriptions(reader, kinds, still))


def _in_use(impact: Impact, snapshot: Snapshot) -> bool:
    live = snapshot.of(impact.kind).get(impact.object)
    return live is not None and live.on
