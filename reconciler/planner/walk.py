"""Walks through the ordered drafts with the account as it will be by then, and writes the steps.

Each step gets exactly the parameters that lead from what the object is at that step to what it
is to be, and says what it relies on at that step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from reconciler.model.catalog import Catalog, relevant
from reconciler.model.diff import diff, parameters
from reconciler.model.kind import Kind, Verb
from reconciler.model.named import may_name, references
from reconciler.model.plan import HeldBy, Reliance, Step, Unmoved
from reconciler.model.settle import spoken
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import EMPTY, Frozen, Pending, digest
from reconciler.model.world import Handle, World, stamp_of
from reconciler.planner.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnCall:
    """A call beside create, update and delete: it switches an object, or attaches an entry."""

    id: str
    verb: Verb | Literal["attach", "detach"]
    part: str = ""
    item: str | None = None
    payload: Frozen = EMPTY
    named: tuple[Handle, ...] = ()


@dataclass(slots=True, kw_only=True)
class Walk:
    """The walk: the world so far, who touched what last, and the steps written."""

    catalog: Catalog
    snapshot: Snapshot
    world: World
    ours: frozenset[str]
    steps: list[Step] = field(default_factory=list)
    relied: dict[str, Live] = field(default_factory=dict)
    _touched: dict[object, str] = field(default_factory=dict)
    _became: dict[str, frozenset[str]] = field(default_factory=dict)

    def go(self, drafts: Iterable[Draft]) -> None:
        """Write the steps of each draft, in this order. One that changes nothing has none."""
        for draft in drafts:
            wanted = self._wanted(draft)
            payload = self._payload(draft, wanted)
            verb = _verb(draft, payload)
            comings = tuple(self._comings(draft, wanted))
            if verb is not None:
                steps = self._switch(draft, verb, payload)
            elif payload or draft.verb != "update":
                steps = [self._write(draft, payload)]
            else:
                steps = []
            steps += [
                self._write(replace(draft, id=coming.id, after=set(draft.after)), EMPTY, coming)
                for coming in comings
            ]
            self._became[draft.id] = frozenset(steps) or self._before(draft)

    def _switch(self, draft: Draft, verb: Verb, payload: Frozen) -> list[str]:
        """Write the call of its own that switches an object, and an update for the rest."""
        verbs = draft.kind.verbs
        rest = payload.with_({verbs.field: None}) if verbs else payload
        own = _OwnCall(id=f"{verb} {draft.address}", verb=verb)
        switch = replace(draft, id=own.id, after=set(draft.after))
        comes_back = verbs is not None and verb == verbs.on
        steps = []
        if comes_back:
            steps.append(self._write(switch, EMPTY, own))
        if rest:
            steps.append(self._write(draft, rest))
        if not comes_back:
            steps.append(self._write(switch, EMPTY, own))
        return steps

    def _comings(self, draft: Draft, wanted: Frozen) -> Iterator[_OwnCall]:
        """Yield the calls that attach and detach entries, the new ones first."""
        declared = draft.kind.attached
        if declared is None or declared.items is None or draft.verb != "update":
            return
        before = self.world.body(draft.kind, draft.handle) or EMPTY
        items = declared.items
        edits = [edit for edit in diff(draft.kind.fields, before, wanted) if edit.within(declared)]
        for edit in edits:
            if edit.after is not None:
                named = edit.after[items.by]
                called = named.address if isinstance(named, Pending) else named
                yield _OwnCall(
                    id=f"attach {draft.address} {called}",
                    verb="attach",
                    part=items.call,
                    payload=Frozen({items.by: named}),
                    named=(named,),
                )
        for edit in edits:
            if edit.before is not None:
                yield _OwnCall(
                    id=f"detach {draft.address} {edit.before[items.by]}",
                    verb="detach",
                    part=items.call,
                    item=edit.before["id"],
                    named=(edit.before[items.by],),  # so that the plan knows it by its address
                )

    def _wanted(self, draft: Draft) -> Frozen:
        """Return the whole body that a draft leads to."""
        return draft.body(self.world.body(draft.kind, draft.handle) or EMPTY)

    def _payload(self, draft: Draft, wanted: Frozen) -> Frozen:
        fields = draft.kind.fields
        match draft.verb:
            case "create":
                return spoken(fields, draft.target or EMPTY)
            case "update":
                before = self.world.body(draft.kind, draft.handle) or EMPTY
                return parameters(fields, diff(fields, before, wanted), wanted)
            case "delete":
                return EMPTY

    def _write(self, draft: Draft, payload: Frozen, own: _OwnCall | None = None) -> str:
        kind = draft.kind
        relies: list[Reliance] = []
        tokens: list[object] = [draft.handle]
        stamp = stamp_of(payload)
        if draft.verb == "create" and stamp is not None:
            held = self.world.holders(kind.name, "stamp", stamp)
            relies.append(HeldBy(kind=kind.name, field="stamp", value=stamp, holders=held))
        if draft.verb != "create":
            relies.append(self._unmoved(kind, draft.handle))
        refers = set(own.named) if own else references(kind.fields, payload)
        for named in sorted(refers, key=str):
            relies += self._named(kind, named)
            tokens.append(named)
        transfers: dict[str, bool] = {}
        for key in kind.natural_keys:
            given = payload.get(key.field)
            if not given:
                continue
            value = key.compared(given)
            held = tuple(
                handle
                for handle in self.world.holders(kind.name, key.field, value)
                if handle != draft.handle
            )
            relies.append(HeldBy(kind=kind.name, field=key.field, value=value, holders=held))
            tokens += [(kind.name, key.field, value), *held]
            if key.transfer is not None and held and held[0] in self.ours:
                transfers[key.transfer] = True
                relies += [self._unmoved(kind, handle) for handle in held]
        step = Step(
            id=draft.id,
            address=draft.address,
            verb=own.verb if own else draft.verb,
            kind=kind.name,
            part=own.part if own else "",
            object=None if draft.verb == "create" else draft.handle,
            item=own.item if own else None,
            payload=own.payload if own else payload.with_(transfers),
            after=self._after(draft, tokens),
            relies_on=tuple(relies),
            otherwise=draft.otherwise,
        )
        self.world.perform({kind.name: kind}, step)
        self.steps.append(step)
        return step.id

    def _unmoved(self, kind: Kind, handle: Handle) -> Unmoved:
        live = self.snapshot.of(kind.name).get(handle) if isinstance(handle, str) else None
        if live is not None:
            self.relied[live.id] = live
        body = self.world.body(kind, handle) or EMPTY
        body = relevant(body, self.catalog.ignore_metadata)
        return Unmoved(kind=kind.name, object=handle, digest=digest(body))

    def _named(self, by: Kind, named: Handle) -> list[Reliance]:
        """Rely on the object that a parameter names, where we know it."""
        if isinstance(named, Pending):
            resource = self.catalog.resources.get(named.address)
            return [self._unmoved(resource.kind, named)] if resource else []
        live = self.snapshot.find(named, may_name(by.fields))
        return [self._unmoved(live.kind, named)] if live else []

    def _before(self, draft: Draft) -> frozenset[str]:
        """The steps that a draft comes after, seen through the drafts that have none."""
        found: set[str] = set()
        for name in draft.after:
            found |= self._became.get(name, frozenset({name}))
        return frozenset(found)

    def _after(self, draft: Draft, tokens: Iterable[object]) -> tuple[str, ...]:
        """The steps it waits for: by the graph, and because they touch the same object or key."""
        names = set(self._before(draft))
        for token in tokens:
            last = self._touched.get(token)
            if last is not None:
                names.add(last)
            self._touched[token] = draft.id
        names.discard(draft.id)
        return tuple(sorted(names))


def _verb(draft: Draft, payload: Frozen) -> Verb | None:
    """Return the call of its own that an update takes instead of a parameter, if it does."""
    verbs = draft.kind.verbs
    if draft.verb != "update" or verbs is None or verbs.field not in payload:
        return None
    return verbs.off if payload[verbs.field] is True else verbs.on
