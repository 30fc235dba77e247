"""An overlay over a catalog: tables merge, values and arrays replace, `unset` removes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from reconciler.model.kind import Kind, Kinds
from reconciler.model.marks import Body
from reconciler.model.shape import Form, Mapped, Nested, shape
from reconciler.spec import tables
from reconciler.spec.locate import Steps
from reconciler.spec.report import Report
from reconciler.spec.shorthand import stands_for
from reconciler.spec.source import Source
from reconciler.spec.words import show, suggest

UNSET = "unset"
"""The key by which an overlay's table names what it removes from the table below it."""


def lay(tree: Mapping[str, Any], source: Source, kinds: Kinds, report: Report) -> dict[str, Any]:
    """Return the tree with one overlay laid over it."""
    return _Laying(source, kinds, report).document(tree)


class _Laying:
    def __init__(self, source: Source, kinds: Kinds, report: Report) -> None:
        self._source = source
        self._kinds = kinds
        self._report = report

    def document(self, tree: Mapping[str, Any]) -> dict[str, Any]:
        self._same_name(tree)
        merged = dict(tree)
        roots = tables.roots(self._kinds)
        for name, over in self._source.data.items():
            below = merged.get(name)
            if not isinstance(over, dict) or not isinstance(below, dict | None):
                merged[name] = over
            elif name in roots:
                merged[name] = self._group(roots[name], below or {}, over, (name,))
            else:
                merged[name] = self._merge(below or {}, over, (name,), None)
        return merged

    def _same_name(self, tree: Mapping[str, Any]) -> None:
        catalog, over = tree.get("catalog"), self._source.data.get("catalog")
        if not isinstance(catalog, dict) or not isinstance(over, dict):
            return
        old, new = catalog.get("name"), over.get("name")
        if old is not None and new is not None and old != new:
            self._problem(
                ("catalog", "name"),
                f"an overlay cannot rename the catalog from {show(old)} to {show(new)}",
                why="Its objects would be another catalog's, and all would be created anew.",
                mend="Take the name out of the overlay.",
            )

    def _group(
        self, kind: Kind, below: Mapping[str, Any], over: Mapping[str, Any], at: Steps
    ) -> dict[str, Any]:
        """Merge the tables of one kind, and those of the kinds inside it."""
        merged = self._unset(below, over, at, None)
        inner = tables.children(kind, self._kinds)
        for key, content in over.items():
            old = merged.get(key)
            if key == UNSET and isinstance(content, list):
                continue
            if not isinstance(content, dict):
                merged[key] = content
                continue
            base = old if isinstance(old, dict) else {}
            own = {name: value for name, value in content.items() if name not in inner}
            table = self._merge(base, own, (*at, key), kind.body)
            for name, child in inner.items():
                value = content.get(name)
                if isinstance(value, dict):
                    group = base.get(name)
                    table[name] = self._group(
                        child, group if isinstance(group, dict) else {}, value, (*at, key, name)
                    )
                elif value is not None:
                    table[name] = value
            merged[key] = table
        return merged

    def _merge(
        self,
        below: Mapping[str, Any],
        over: Mapping[str, Any],
        at: Steps,
        body: type[Body] | None,
    ) -> dict[str, Any]:
        merged = self._unset(below, over, at, body)
        for name in over:
            for path in _displaced(body, name, over):
                _remove(merged, path)
        for name, value in over.items():
            if name == UNSET and isinstance(value, list):
                continue
            old = merged.get(name)
            form = _form(body, name)
            old, new = _both_tables(form, old, value)
            if isinstance(old, dict) and isinstance(new, dict):
                if isinstance(form, Mapped):
                    merged[name] = self._entries(form.item, old, new, (*at, name))
                else:
                    inner = form.body if isinstance(form, Nested) else None
                    merged[name] = self._merge(old, new, (*at, name), inner)
            else:
                merged[name] = self._fresh(value, (*at, name))
        return merged

    def _entries(
        self, item: Form, below: Mapping[str, Any], over: Mapping[str, Any], at: Steps
    ) -> dict[str, Any]:
        merged = self._unset(below, over, at, None)
        body = item.body if isinstance(item, Nested) else None
        for key, value in over.items():
            if key == UNSET and isinstance(value, list):
                continue
            old, new = _both_tables(item, merged.get(key), value)
            if isinstance(old, dict) and isinstance(new, dict):
                merged[key] = self._merge(old, new, (*at, key), body)
            else:
                merged[key] = self._fresh(value, (*at, key))
        return merged

    def _fresh(self, value: Any, at: Steps) -> Any:
        """Return a value that has nothing below it; an `unset` in it names nothing."""
        return self._merge({}, value, at, None) if isinstance(value, dict) else value

    def _unset(
        self,
        below: Mapping[str, Any],
        over: Mapping[str, Any],
        at: Steps,
        body: type[Body] | None,
    ) -> dict[str, Any]:
        merged = dict(below)
        names = over.get(UNSET)
        if not isinstance(names, list):
            return merged
        for number, name in enumerate(names):
            here = (*at, UNSET, number)
            if not isinstance(name, str):
                self._problem(here, f"unset lists names, not {show(name)}")
                continue
            paths = [(name,), *_aliases(body, name)]
            if not any(_remove(merged, path) for path in paths) and name not in below:
                self._problem(
                    here,
                    f'unset names "{name}", which is not there to be removed',
                    why="The overlay would change nothing here.",
                    mend=suggest(name, list(below)),
                )
        return merged

    def _problem(self, at: Steps, what: str, *, why: str = "", mend: str = "") -> None:
        self._report.problem(at, what, why=why, mend=mend, source=self._source)


def _form(body: type[Body] | None, name: str) -> Form | None:
    if body is None:
        return None
    home, last = stands_for(body, name)
    field = shape(home).get(last)
    return field.form if field is not None else None


def _displaced(
    body: type[Body] | None, name: str, over: Mapping[str, Any]
) -> Iterator[tuple[str, ...]]:
    """Yield the other spellings of what an overlay's key says."""
    if body is None:
        return
    value = over[name]
    yield from _aliases(body, name)
    for lift in body.LIFTS:
        first, *rest = lift.field.split(".")
        if first == name and rest and isinstance(value, dict) and rest[0] in value:
            yield (lift.name,)


def _aliases(body: type[Body] | None, name: str) -> Iterator[tuple[str, ...]]:
    if body is None:
        return
    for lift in body.LIFTS:
        if lift.name == name:
            yield tuple(lift.field.split("."))
    for major in body.MAJORS:
        group = (major.name, major.minor, major.decimal)
        if name in group:
            yield from ((other,) for other in group if other is not None and other != name)


def _remove(table: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Take the entry at `path` away, and what it leaves empty; say whether it was there."""
    name, *rest = path
    if name not in table:
        return False
    if not rest:
        del table[name]
        return True
    inner = table[name]
    if not isinstance(inner, dict):
        return False
    copy = dict(inner)
    found = _remove(copy, tuple(rest))
    if copy:
        table[name] = copy
    else:
        del table[name]
    return found


def _both_tables(form: Form | None, old: Any, new: Any) -> tuple[Any, Any]:
    """Write out a bare number for a table of it, where the other side is a table."""
    if isinstance(form, Nested) and any(major.name == "amount" for major in form.body.MAJORS):
        if isinstance(new, dict) and isinstance(old, int | Decimal):
            return {"amount": old}, new
        if isinstance(old, dict) and isinstance(new, int | Decimal):
            return old, {"amount": new}
    return old, new
