"""Looks at the account before the first write and after the last: as the plan's maker did.

A plan of the whole account is checked against every object of the kinds that it touches. A
targeted one is checked against what it relies on: its objects, the keys it takes, and the children
of what it makes something in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.address import Address
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Snapshot
from reconciler.observer.account import Attached, observe
from reconciler.observer.targeted import observe_targeted
from reconciler.planner.relooking import chosen, families, relied_on
from reconciler.ports import Reader


def survey(
    plan: Plan,
    kinds: Kinds,
    reader: Reader,
    touched: Iterable[Kind],
    *,
    made: Mapping[Address, str],
    attached: Attached,
    account: Account | None = None,
) -> Snapshot:
    """Return what the plan relies on as it is now. `made` are the ids of what it has created."""
    if plan.refresh == "full":
        return observe(reader, touched, account=account, attached=attached)
    known = {**chosen(plan.steps), **made}
    return observe_targeted(
        reader,
        kinds,
        relied_on(plan.steps, plan.seen, kinds, known),
        account=account,
        families=families(plan.steps, kinds, known),
        attached=attached,
    )


def made_by(plan: Plan, done: Mapping[str, str]) -> Mapping[Address, str]:
    """Return the ids of what the steps that are done have created."""
    creates = [step for step in plan.steps if step.verb == "create" and step.id in done]
    return {step.address: done[step.id] for step in creates}
