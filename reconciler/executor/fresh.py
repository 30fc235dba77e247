"""Nothing has moved: the account is still what the plan was made from.

One look at every object of the touched kinds before the first write. What the plan relies on is
compared step by step, with the account as it will be by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.errors import StalePlanError
from reconciler.model.canonical import finish
from reconciler.model.catalog import Account, relevant
from reconciler.model.kind import Kind, Kinds
from reconciler.model.named import renamed
from reconciler.model.plan import HeldBy, Plan, Step, Unmoved
from reconciler.model.project import unlike
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import EMPTY, Frozen, Pending, digest
from reconciler.model.world import Handle, World, world
from reconciler.observer.account import Attached
from reconciler.planfile.checked import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The objects that a plan has created so far: ids to the handles by which it knows them."""

    made: dict[str, Pending]

    def known(self, kind: Kind, body: Frozen) -> Frozen:
        """Return a body with the objects that it names called as the plan knows them."""
        # Sets are sorted by what they hold, so they are sorted anew.
        return finish(kind, renamed(kind.fields, body, self.made)) if self.made else body


def planned(plan: Plan, kinds: Kinds) -> World:
    """Return the part of the account that the plan knows, as it was when it was made."""
    known = World()
    for kind, bodies in plan.seen.items():
        for object_id, body in bodies.items():
            known.put(kinds[kind], object_id, body)
    return known


def attached(plan: Plan, kinds: Kinds, done: Mapping[str, str]) -> Attached:
    """Return which objects' attached entries the plan knows, given the steps that are done."""
    wanted = {
        (kind, object_id)
        for kind, bodies in plan.seen.items()
        for object_id, body in bodies.items()
        if (declared := kinds[kind].attached) is not None and declared.name in body
    }
    # Not of any step: a retirement has its successor's address, and is about another object.
    creates = [step for step in plan.steps if step.verb == "create" and step.id in done]
    made = {step.address: done[step.id] for step in creates}
    for step in plan.steps:
        if step.part:
            handle = step.object
            found = made.get(handle.address) if isinstance(handle, Pending) else handle
            wanted |= {(step.kind, found)} if found is not None else set()

    def choose(snapshot: Snapshot) -> Iterator[Live]:
        for kind, object_id in sorted(wanted):
            live = snapshot.of(kind).get(object_id)
            if live is not None:
                yield live

    return choose


def entry_differences(
    kind: Kind, step: Step, answer: Mapping[str, Any], names: Names
) -> Iterator[str]:
    """Yield how an entry that was attached differs from what was asked for."""
    declared = kind.attached
    if declared is None or declared.items is None or step.verb != "attach":
        return
    by = declared.items.by
    given = answer.get(by)
    named = given.get("id") if isinstance(given, Mapping) else given
    wanted = step.payload[by]
    if names.made.get(str(named), named) != wanted:
        yield f"{step.part} {answer.get('id')}: {by} is {_shown(named)}, not {_shown(wanted)}"


def differences(
    plan: Plan, kinds: Kinds, expected: World, snapshot: Snapshot, names: Names
) -> Iterator[str]:
    """Yield how the objects that the plan relies on differ from what is expected of them."""
    ids = {handle: object_id for object_id, handle in names.made.items()}
    for (kind_name, handle), body in sorted(expected.bodies.items(), key=str):
        object_id = ids.get(handle) if isinstance(handle, Pending) else handle
        live = snapshot.of(kind_name).get(str(object_id))
        yield from object_differences(plan, kinds[kind_name], handle, body, live, names)


def object_differences(
    plan: Plan, kind: Kind, handle: Handle, body: Frozen | None, live: Live | None, names: Names
) -> Iterator[str]:
    """Yield how one object differs from what is expected of it."""
    what = f"{kind.name} {handle if live is None else live.id}"
    if body is None:
        # One whose id is chosen may be gone, and its successor be there under the same id.
        if live is not None and live.id not in names.made:
            yield f"{what} should be gone, and is there"
        return
    if live is None:
        yield f"{what} is gone"
        return
    seen = relevant(names.known(kind, live.body), plan.ignore_metadata)
    wanted = relevant(names.known(kind, body), plan.ignore_metadata)
    unread = kind.attached is not None and kind.attached.name not in live.raw
    for name in unlike(kind, wanted, seen):
        if unread and kind.attached is not None and name == kind.attached.name:
            continue
        yield f"{what}: {name} is {_shown(seen.get(name))}, not {_shown(wanted.get(name))}"


def _shown(value: object) -> str:
    text = "unset" if value is None else plain(str(value))
    return text if len(text) <= 100 else f"{text[:60]}… ({len(text)} characters)"


def reliances(
    plan: Plan, kinds: Kinds, steps: Iterable[Step], expected: World, seen: World
) -> Iterator[str]:
    """Yield what the remaining steps rely on and is not so.

    `expected` is the part that the plan knows, `seen` the whole account; both are walked
    through, step by step.
    """
    for step in steps:
        for reliance in step.relies_on:
            match reliance:
                case Unmoved(kind=kind, object=handle, digest=wanted):
                    body = expected.body(kinds[kind], handle) or EMPTY
                    if digest(relevant(body, plan.ignore_metadata)) != wanted:
                        yield f'{kind} {handle} is not what the step "{step.id}" relies on'
                case HeldBy(kind=kind, field=field, value=value, holders=holders):
                    others = {step.object} if step.object is not None else set()
                    now = set(seen.holders(kind, field, value)) - others
                    if now != set(holders):
                        yield _held(kind, field, value, holders, now)
        expected.perform(kinds, step)
        seen.perform(kinds, step)


def _held(
    kind: str, field: str, value: str, holders: Iterable[Handle], now: Iterable[Handle]
) -> str:
    def names(handles: Iterable[Handle]) -> str:
        return ", ".join(sorted(map(str, handles))) or "nobody"

    before = f"{names(holders)} held it" if holders else "nobody did"
    return f'the {kind} {field} "{value}" is held by {names(now)}; when the plan was made, {before}'


def refuse(problems: Iterable[str], *, written: int = 0) -> None:
    """Raise `StalePlanError` if there is anything in `problems`."""
    found = list(dict.fromkeys(problems))
    if not found:
        return
    shown = "\n".join(f"  {problem}" for problem in found[:20])
    more = f"\n  … and {len(found) - 20} more" if len(found) > 20 else ""
    sent = f"{written} calls were made before" if written else "Nothing was sent"
    raise StalePlanError(
        f"The account is not what the plan was made from:\n{shown}{more}\n"
        f"  {sent}. Make a new plan, look at it, and apply that."
    )


def refuse_answer(step: Step, problems: Iterable[str]) -> None:
    """Raise `StalePlanError` if what Stripe answered to a step is not what it led to."""
    found = list(problems)
    if found:
        shown = "\n".join(f"  {problem}" for problem in found)
        raise StalePlanError(
            f'Stripe answered "{step.id}" with something else than was asked for:\n{shown}\n'
            "  Somebody changed it at the same moment, or Stripe does not do what its reference "
            "says. The step is done; make a new plan to see what is left."
        )


def seen_world(snapshot: Snapshot, kinds: Kinds, names: Names) -> World:
    """Return the account as it is, in the names by which the plan knows it."""
    return world(snapshot, (kinds[name] for name in snapshot.objects), names.made)


def refuse_other_account(plan: Plan, account: Account) -> None:
    """Raise `StalePlanError` where the plan was made for another account, or another mode."""
    if plan.account is not None and account.id is None:
        raise StalePlanError(
            f"The plan is for {plan.account}, and the key may not read which account it reaches.\n"
            "  Give the restricted key the permission to read accounts, or use another key."
        )
    if plan.account is not None and plan.account != account.id:
        raise StalePlanError(
            f"The plan is for {plan.account}, and the key reaches {account.id}.\n"
            "  Use the key of that account, or make a new plan."
        )
    if plan.livemode != account.livemode:
        mode = "live" if plan.livemode else "test"
        raise StalePlanError(
            f"The plan is for {mode} mode, and the key is for {account.mode} mode.\n"
            "  Use the other key, or make a new plan."
        )
