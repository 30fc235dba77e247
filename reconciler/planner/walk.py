"""Walks through the ordered drafts with the account as it will be by then, and writes the steps.

Each step gets exactly the parameters that lead from what the object is at that step to what it
is to be, and says what it relies on at that step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.model.catalog import Catalog, relevant
from reconciler.model.diff import diff, parameters
from reconciler.model.kind import Kind
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
            if draft.verb == "update" and not payload:
                self._dropped[draft.id] = self._before(draft)
            else:
                self._write(draft, payload)

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

    def _write(self, draft: Draft, payload: Frozen) -> None:
        kind = draft.kind
        relies: list[Reliance] = []
        tokens: list[object] = [draft.handle]
        if draft.verb == "create":
            stamp = stamp_of(payload) or ""
            held = self.world.holders(kind.name, "stamp", stamp)
            relies.append(HeldBy(kind=kind.name, field="stamp", value=stamp, holders=held))
        else:
            relies.append(self._unmoved(kind, draft.handle))
        for named in sorted(references(kind.fields, payload), key=str):
            relies += self._named(named)
            tokens.append(named)
        transfers: dict[str, bool] = {}
        for key in kind.natural_keys:
            value = payload.get(key.field)
            if not value:
                continue
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
            verb=draft.verb,
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
