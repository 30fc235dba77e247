"""The changes of a plan, as its reader sees them, from the decisions behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reconciler.model.catalog import STAMP
from reconciler.model.diff import Edit, diff
from reconciler.model.kind import Delete, Kinds
from reconciler.model.marks import Keep, Rule
from reconciler.model.plan import Adopt, Change, Create, Move, Reactivate, Replace, Retire, Update
from reconciler.model.shape import Field, as_written
from reconciler.model.snapshot import Key, Live
from reconciler.planner.decide import Decision, Retirement
from reconciler.planner.draft import how
from reconciler.planner.embed import prefixes
from reconciler.planner.match import Bound, Origin
from reconciler.planner.referrers import Referrers


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrator:
    """What telling a change needs to know beside the decision."""

    kinds: Kinds
    strangers: Mapping[Key, Live]
    referrers: Referrers

    def tell(self, decision: Decision) -> Iterator[Change]:
        """Yield what becomes of a resource: how it came to us, then what happens to it."""
        binding = decision.binding
        if binding.giver is None:
            edits = self._shown(decision, decision.edits)
            yield Create(address=decision.address, edits=edits, after=decision.target)
            return
        for bound in binding.arrivals:
            yield from _arrival(decision, bound)
        if binding.predecessor is not None:
            yield self._replace(decision, binding.predecessor)
        else:
            yield from self._in_place(decision, binding.giver.live)

    def _in_place(self, decision: Decision, live: Live) -> Iterator[Change]:
        edits = self._shown(decision, decision.edits)
        if decision.turns_off:
            yield Retire(
                address=decision.address,
                object=live.id,
                edits=edits,
                before=live.body,
                after=decision.target,
                reason="switched off",
                notes=(*_stops(live), *self._hanging_on(live)),
            )
        elif decision.turns_on:
            yield Reactivate(
                address=decision.address,
                object=live.id,
                edits=edits,
                before=live.body,
                after=decision.target,
                notes=_old_subscribers(live),
            )
        elif edits:
            yield Update(
                address=decision.address,
                object=live.id,
                edits=edits,
                before=live.body,
                after=decision.target,
            )

    def _replace(self, decision: Decision, old: Bound) -> Replace:
        current = decision.binding.current
        edits = tuple(
            edit
            for edit in diff(decision.kind.fields, old.live.body, decision.target)
            if not _is_choice(decision.kind.fields[edit.field], edit)
        )
        why = _why_replaced(decision, old.live, edits, how(self.referrers, old.live))
        return Replace(
            address=decision.address,
            object=old.live.id,
            successor=current.live.id if current else None,
            edits=self._shown(decision, edits),
            before=old.live.body,
            after=decision.target,
            notes=(
                why,
                *(_old_subscribers(current.live) if current else ()),
                *_stops(old.live),
                *_left_behind(decision),
                *self._hanging_on(old.live),
            ),
        )

    def _shown(self, decision: Decision, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        """Leave out the stamp, and the entries that have changes of their own."""
        begin = tuple(f"metadata.{prefix}" for prefix in prefixes(self.kinds, decision.kind))
        return tuple(
            edit
            for edit in edits
            if edit.path != f"metadata.{STAMP}" and not (begin and edit.path.startswith(begin))
        )

    def retire(self, retirement: Retirement, how: Literal["archive", "delete"]) -> Retire:
        """Return what becomes of an object that goes."""
        live, kind = retirement.live, retirement.live.kind
        reasons: list[str] = []
        match kind.retirement:
            case Delete(unless=unless) if how == "archive" and unless:
                reasons.append(f"it has had {unless[0]}s, so Stripe will not delete it")
            case _:
                pass
        return Retire(
            address=retirement.bound.address,
            object=live.id,
            before=live.body,
            how=how,
            otherwise="archive" if how == "delete" and kind.archive is not None else None,
            reason="superseded" if retirement.reason == "superseded" else "unlisted",
            notes=(*reasons, *_stops(live), *self._hanging_on(live)),
        )

    def _hanging_on(self, live: Live) -> tuple[str, ...]:
        """Name the strangers that go on naming an object that goes. They are never changed."""
        found = [
            other for other in self.referrers.of(live) if other.key in self.strangers and other.on
        ]
        if not found:
            return ()
        names = ", ".join(f"{other.kind.name} {other.id}" for other in found)
        return (f"not managed here, and still hanging on it: {names}",)


def _arrival(decision: Decision, origin: Bound) -> Iterator[Change]:
    match origin.origin:
        case Origin.ADOPTED:
            stamp = origin.live.stamp
            yield Adopt(
                address=decision.address,
                object=origin.live.id,
                before=origin.live.body,
                after=origin.live.body,
                from_=stamp.catalog if stamp else None,
            )
        case Origin.MOVED:
            yield Move(
                address=decision.address,
                object=origin.live.id,
                before=origin.live.body,
                after=origin.live.body,
                source=_told(origin.source or "", decision.target["metadata"][STAMP]),
            )
        case Origin.OURS:
            pass


def _told(source: str, stamp: str) -> str:
    """Leave this catalog's own name out of what a stamp said before."""
    return source.removeprefix(f"{stamp.partition('/')[0]}/")


def _old_subscribers(live: Live) -> tuple[str, ...]:
    if not live.kind.sellable:
        return ()
    return (f"whoever subscribed to {live.id} before is on it still",)


def _stops(live: Live) -> Iterator[str]:
    """Say what people hold of an object that goes."""
    for name in live.kind.shows if live.on else ():
        if live.raw.get(name):
            yield f"its {name} stops working: {live.raw[name]}"


def _left_behind(decision: Decision) -> Iterator[str]:
    """Say that entries which the file does not list are not attached to a successor."""
    declared = decision.kind.attached
    new = decision.binding.current is None
    if new and declared is not None and declared.name not in decision.binding.resource.body:
        yield (
            f"whatever {declared.name} are attached to the old one are not attached to the new "
            f"one: list them in its {declared.name} to take them along"
        )


def listing(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _why_replaced(
    decision: Decision, old: Live, edits: tuple[Edit, ...], how_old: Literal["archive", "delete"]
) -> str:
    paths = (as_written(decision.kind.body, edit.path) for edit in edits if _is_fixed(edit))
    fixed = dict.fromkeys(re.split(r"[.\[]", path)[0] for path in paths)
    current = decision.binding.current
    noun = decision.kind.name.replace("_", " ")
    new = f"{current.live.id} comes back" if current else f"a new {noun} is created"
    same = [
        key
        for key in decision.kind.natural_keys
        if old.body.get(key.field) == decision.target.get(key.field) is not None
    ]
    keys = [f"{decision.target[key.field]} moves to it" for key in same if key.transfer]
    gone = f"{old.id} is {how_old}d"
    told = [new, *keys, gone] if old.on else [new, *keys]
    if old.on and any(key.transfer is None for key in same):
        told = [f"{gone} first", f"then {new}"]
    return f"{listing(list(fixed))} cannot change in place: {', '.join(told)}"


def _is_fixed(edit: Edit) -> bool:
    return edit.rule is Rule.REPLACE


def _is_choice(field: Field, edit: Edit) -> bool:
    """Whether an edit only says that Stripe will choose anew what it chose before."""
    chosen = isinstance(field.omitted, Keep) and not field.omitted.carried
    return chosen and edit.after is None
