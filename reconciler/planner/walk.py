"""Walks through the ordered drafts with the account as it will be by then, and writes the steps.

Each step gets exactly the parameters that lead from what the object is at that step to what it
is to be, and says what it relies on at that step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reconciler.model.catalog import Catalog, relevant
from reconciler.model.diff import diff, parameters
from reconciler.model.kind import Kind, Verb
from reconciler.model.named import references
from reconciler.model.plan import HeldBy, Reliance, Step, Unmoved
from reconciler.model.settle import spoken
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import EMPTY, Frozen, Pending, digest
from reconciler.model.world import Handle, World, stamp_of
from reconciler.planner.draft import Draft


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
    _dropped: dict[str, frozenset[str]] = field(default_factory=dict)

    def go(self, drafts: Iterable[Draft]) -> None:
        """Write the step of each draft, in this order. One that changes nothing is no step."""
        for draft in drafts:
            payload = self._payload(draft)
            verb = _verb(draft, payload)
            if verb is None and (payload or draft.verb != "update"):
                self._write(draft, payload)
            elif verb is None:
                self._dropped[draft.id] = self._before(draft)
            else:
                self._switch(draft, verb, payload)

    def _switch(self, draft: Draft, verb: Verb, payload: Frozen) -> None:
        """Write the call of its own that switches an object, and an update for the rest."""
        verbs = draft.kind.verbs
        rest = payload.with_({verbs.field: None}) if verbs else payload
        switch = replace(draft, id=f"{verb} {draft.address}", after=set(draft.after))
        comes_back = verbs is not None and verb == verbs.on
        if comes_back:
            self._write(switch, EMPTY, verb)
        if rest:
            self._write(draft, rest)
        if not comes_back:
            self._write(switch, EMPTY, verb)
        self._dropped[draft.id] = frozenset({switch.id, *((draft.id,) if rest else ())})

    def _payload(self, draft: Draft) -> Frozen:
        fields = draft.kind.fields
        match draft.verb:
            case "create":
                return spoken(fields, draft.target or EMPTY)
            case "update":
                before = self.world.body(draft.kind, draft.handle) or EMPTY
                wanted = draft.body(before)
                return parameters(fields, diff(fields, before, wanted), wanted)
            case "delete":
                return EMPTY

    def _write(self, draft: Draft, payload: Frozen, verb: Verb | None = None) -> None:
        kind = draft.kind
        relies: list[Reliance] = []
        tokens: list[object] = [draft.handle]
        stamp = stamp_of(payload)
        if draft.verb == "create" and stamp is not None:
            held = self.world.holders(kind.name, "stamp", stamp)
            relies.append(HeldBy(kind=kind.name, field="stamp", value=stamp, holders=held))
        if draft.verb != "create":
            relies.append(self._unmoved(kind, draft.handle))
        for named in sorted(references(kind.fields, payload), key=str):
            relies += self._named(named)
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
            verb=verb or draft.verb,
            kind=kind.name,
            object=None if draft.verb == "create" else draft.handle,
            payload=payload.with_(transfers),
            after=self._after(draft, tokens),
            relies_on=tuple(relies),
            otherwise=draft.otherwise,
        )
        self.world.perform({kind.name: kind}, step)
        self.steps.append(step)

    def _unmoved(self, kind: Kind, handle: Handle) -> Unmoved:
        live = self.snapshot.of(kind.name).get(handle) if isinstance(handle, str) else None
        if live is not None:
            self.relied[live.id] = live
        body = self.world.body(kind, handle) or EMPTY
        body = relevant(body, self.catalog.ignore_metadata)
        return Unmoved(kind=kind.name, object=handle, digest=digest(body))

    def _named(self, named: Handle) -> list[Reliance]:
        """Rely on the object that a parameter names, where we know it."""
        if isinstance(named, Pending):
            resource = self.catalog.resources.get(named.address)
            return [self._unmoved(resource.kind, named)] if resource else []
        live = self.snapshot.find(named)
        return [self._unmoved(live.kind, named)] if live else []

    def _before(self, draft: Draft) -> frozenset[str]:
        """The steps that a draft comes after, seen through the drafts that are none."""
        found: set[str] = set()
        for name in draft.after:
            found |= self._dropped.get(name, frozenset({name}))
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
