"""After the apply: the touched objects are read again and compared with the plan."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import VerificationError
from reconciler.executor.fresh import Names, differences, seen_world
from reconciler.model.kind import Kinds
from reconciler.model.plan import HeldBy, Plan
from reconciler.model.snapshot import Snapshot
from reconciler.model.values import Pending
from reconciler.model.world import World


def verify(plan: Plan, kinds: Kinds, expected: World, snapshot: Snapshot, names: Names) -> None:
    """Compare the account with what the plan led to.

    Raises `VerificationError`, by object and field, where they differ.
    """
    problems = [
        *differences(plan, kinds, expected, snapshot, names),
        *_doubles(plan, kinds, snapshot, names),
    ]
    if problems:
        shown = "\n".join(f"  {problem}" for problem in problems[:20])
        raise VerificationError(
            f"Every call was made, and the account is not what the plan said:\n{shown}\n"
            "  Somebody may have changed it meanwhile. Run a plan to see what is left to do."
        )


def _doubles(plan: Plan, kinds: Kinds, snapshot: Snapshot, names: Names) -> Iterator[str]:
    """Look for objects that bear the stamp of a created one, and were not there before."""
    seen = seen_world(snapshot, kinds, names)
    for step in plan.steps:
        if step.verb != "create":
            continue
        for reliance in step.relies_on:
            if isinstance(reliance, HeldBy) and reliance.field == "stamp":
                known = {*reliance.holders, Pending(step.address)}
                for other in seen.holders(step.kind, "stamp", reliance.value):
                    if other not in known:
                        yield f"{step.kind} {other} bears the stamp of {step.address} too"
