"""After a crash: which steps are done, and what became of the calls that nobody saw answered.

An unknown outcome is looked up, never repeated blindly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.errors import StalePlanError
from reconciler.executor.fresh import Names, object_differences, planned
from reconciler.executor.journal import Record
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP
from reconciler.model.kind import Kinds
from reconciler.model.plan import HeldBy, Plan, Step
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Frozen, Pending
from reconciler.model.world import World, handle_of


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a run has come: the steps done, and the ids of the objects created.

    `instead` are the deletes that Stripe refused, `attempts` the attempt that the next call of
    each step is.
    """

    done: dict[str, str] = field(default_factory=dict)
    made: dict[Address, str] = field(default_factory=dict)
    instead: set[str] = field(default_factory=set)
    attempts: dict[str, int] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names(made={}))

    def land(self, step: Step, object_id: str, *, instead: bool) -> None:
        """Note that a step is done."""
        self.done[step.id] = object_id
        if instead:
            self.instead.add(step.id)
        if step.verb == "create":
            self.made[step.address] = object_id
            self.names.made[object_id] = Pending(step.address)


def find_out(record: Record, kinds: Kinds, snapshot: Snapshot) -> Progress:
    """Return how far a run came, having looked at what nobody saw the answer of.

    Raises `StalePlanError` where an object is neither as before the call nor as after it.
    """
    plan = record.plan
    progress = Progress(attempts=_next_attempts(record))
    expected = planned(plan, kinds)
    for step in plan.steps:
        found: str | None = None
        if step.id in record.done:
            found, instead = record.done[step.id], step.id in record.instead
        elif step.id in record.unknown:
            found, instead = _look(plan, kinds, step, expected, snapshot, progress)
        if found is not None:
            progress.land(step, found, instead=instead)
            perform(expected, kinds, step, instead=instead)
    return progress


def _next_attempts(record: Record) -> dict[str, int]:
    """Return the attempt that each step's next call is.

    A call that nobody saw answered may still be on its way. Repeated under the same key, it is
    done once in any case: Stripe answers what came of it, or that it is being done. Only when
    that was in vain (Stripe keeps failures too) is it another attempt, under a new key.
    """
    return {
        step: attempt if step in record.unknown and step not in record.repeated else attempt + 1
        for step, attempt in record.attempts.items()
    }


def perform(expected: World, kinds: Kinds, step: Step, *, instead: bool) -> Frozen | None:
    """Perform a step, or what was done instead of a delete that Stripe refused."""
    return expected.perform(kinds, otherwise(step) if instead else step)


def otherwise(step: Step) -> Step:
    """Return what is done when Stripe refuses a delete."""
    return Step(
        id=step.id,
        address=step.address,
        verb="update",
        kind=step.kind,
        object=step.object,
        payload=step.otherwise or Frozen(),
    )


def _look(
    plan: Plan,
    kinds: Kinds,
    step: Step,
    expected: World,
    snapshot: Snapshot,
    progress: Progress,
) -> tuple[str | None, bool]:
    """Return the id of the object if the call was done, else `None`; and whether instead."""
    if step.verb == "create":
        return _look_for_created(plan, step, snapshot, progress), False
    kind, handle = kinds[step.kind], handle_of(step)
    names = progress.names
    object_id = progress.made[handle.address] if isinstance(handle, Pending) else handle
    live = snapshot.of(step.kind).get(object_id)
    before = expected.body(kind, handle)
    endings = [step, otherwise(step)] if step.otherwise is not None else [step]
    for ending in endings:
        after = _after(expected, kinds, ending)
        if not list(object_differences(plan, kind, handle, after, live, names)):
            return object_id, ending is not step
    problems = list(object_differences(plan, kind, handle, before, live, names))
    if problems:
        raise StalePlanError(
            f'Nobody saw what became of the step "{step.id}", and its object is neither as '
            f"before nor as after:\n  {'; '.join(problems)}\n"
            "  Make a new plan, look at it, and apply that."
        )
    return None, False


def _after(expected: World, kinds: Kinds, step: Step) -> Frozen | None:
    """Return what the step's object would be, leaving `expected` as it is."""
    return expected.copy().perform(kinds, step)


def _look_for_created(plan: Plan, step: Step, snapshot: Snapshot, progress: Progress) -> str | None:
    """Find the object that the call made: the one that bears the stamp and did not before."""
    names = [reliance for reliance in step.relies_on if isinstance(reliance, HeldBy)]
    stamps = [reliance for reliance in names if reliance.field == "stamp"]
    before = {str(holder) for reliance in stamps for holder in reliance.holders}
    # What this run has deleted is gone: what is there under its id is the new one.
    gone = {one.id for one in plan.steps if one.verb == "delete"} - progress.instead
    before |= {object_id for done, object_id in progress.done.items() if done not in gone}
    wanted = {reliance.value for reliance in stamps}
    found: list[Live] = [
        live
        for live in snapshot.of(step.kind).values()
        if live.id not in before and live.metadata.get(STAMP) in wanted
    ]
    if not stamps:  # it takes none, and is known by its natural key alone
        found = [
            live
            for live in snapshot.of(step.kind).values()
            if any(live.raw.get(name.field) == name.value for name in names)
        ]
    if len(found) > 1:
        raise StalePlanError(
            f"{' and '.join(live.id for live in found)} both bear the stamp of {step.address}.\n"
            "  Make a new plan, look at it, and apply that: it retires the one too many."
        )
    return found[0].id if found else None
