"""Several files as parts of one catalog: nothing may be defined twice. Not overlays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.model.address import Address
from reconciler.model.kind import Kind, Kinds
from reconciler.spec import tables
from reconciler.spec.locate import Steps
from reconciler.spec.report import Report
from reconciler.spec.source import Source


def join(parts: Sequence[Source], kinds: Kinds, report: Report) -> dict[str, Any]:
    """Return all tables of the parts in one tree; report what is in two of them."""
    if len(parts) == 1:  # nothing stands twice in one, and nobody changes it
        return parts[0].data
    joining = _Joining(kinds, report)
    for part in parts:
        joining.take(part)
    return joining.tree


class _Joining:
    def __init__(self, kinds: Kinds, report: Report) -> None:
        self.tree: dict[str, Any] = {}
        self._roots = tables.roots(kinds)
        self._inner = {kind: tables.children(kind, kinds) for kind in kinds.values()}
        self._report = report
        self._homes: dict[Steps, Source] = {}

    def take(self, part: Source) -> None:
        for name, value in part.data.items():
            if not isinstance(value, dict):
                self._once((name,), part, self.tree, value, f'"{name}"')
            elif name in self._roots:
                group = self.tree.setdefault(name, {})
                if isinstance(group, dict):
                    self._resources(self._roots[name], part, (name,), (), group, value)
            elif name in (*tables.SETTINGS, *tables.BINDINGS):
                self._entries(name, part, value)
            else:
                self.tree.setdefault(name, value)

    def _entries(self, name: str, part: Source, entries: dict[str, Any]) -> None:
        group = self.tree.setdefault(name, {})
        if not isinstance(group, dict):
            return
        for key, value in entries.items():
            agreed = name in tables.SETTINGS and group.get(key) == value
            if not agreed:
                self._once((name, key), part, group, value, f"[{name}] {key}")

    def _resources(
        self,
        kind: Kind,
        part: Source,
        at: Steps,
        keys: tuple[str, ...],
        group: dict[str, Any],
        found: dict[str, Any],
    ) -> None:
        inner = self._inner[kind]
        for key, content in found.items():
            here = (*at, key)
            name = Address(kind.name, (*keys, key))
            if not isinstance(content, dict):
                self._once(here, part, group, content, name)
                continue
            below = {
                child: value
                for child, value in (content.items() if inner else ())
                if child in inner and isinstance(value, dict)
            }
            own = content
            if below:
                own = {field: value for field, value in content.items() if field not in below}
            table = group.setdefault(key, {})
            if not isinstance(table, dict):
                self._once(here, part, group, content, name)
                continue
            # A table that has only its children's tables defines nothing itself: prices may
            # stand in another file than their product.
            if (own or not below) and self._first(here, part, name):
                table.update(own)
            for child, value in below.items():
                into = table.setdefault(child, {})
                if isinstance(into, dict):
                    self._resources(inner[child], part, (*here, child), (*keys, key), into, value)

    def _once(
        self, at: Steps, part: Source, group: dict[str, Any], value: Any, name: object
    ) -> None:
        if self._first(at, part, name):
            group.setdefault(str(at[-1]), value)

    def _first(self, at: Steps, part: Source, name: object) -> bool:
        home = self._homes.setdefault(at, part)
        if home is part:
            return True
        self._report.problem(
            at,
            f"{name} is defined twice; the first is at {home.place(at)}",
            why="Files given together are parts of one catalog, and one of the two would be lost.",
            mend="Remove one, or give a file that changes others as an overlay.",
            key=True,
            source=part,
        )
        return False
