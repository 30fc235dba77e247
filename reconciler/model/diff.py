"""The diff of two canonical bodies: which field changes, from what to what, and what that means.

There is one diff. What is shown, sent and guarded all come from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.marks import Rule
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar
from reconciler.model.values import Frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One field that changes. `rule` is what the change means, decided for these two values."""

    path: str
    before: Any
    after: Any
    rule: Rule

    @property
    def field(self) -> str:
        """The top-level field it belongs to: `recurring` of `recurring.interval`."""
        return self.path.partition(".")[0].partition("[")[0]


def diff(
    fields: Mapping[str, Field], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Edit, ...]:
    """Return the edits that lead from one body to the other, in the order of the fields."""
    if before == after:
        return ()
    return tuple(_fields("", fields, before, after))


def _fields(
    prefix: str, fields: Mapping[str, Field], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Edit]:
    for name, field in fields.items():
        old, new = before.get(name), after.get(name)
        if old != new:
            yield from _field(f"{prefix}{name}", field, old, new)


def _field(path: str, field: Field, old: Any, new: Any) -> Iterator[Edit]:
    match field.form:
        case Nested(fields=nested) if _worth_opening(field, nested, old, new):
            yield from _fields(f"{path}.", nested, old or {}, new or {})
        case Mapped(item=item):
            yield from _entries(path, field, item, old or {}, new or {})
        case Listed() if old is not None and new is not None:
            yield from _items(path, field, old, new)
        case _:
            yield Edit(path=path, before=old, after=new, rule=_decide(field, old, new))


def _worth_opening(field: Field, nested: Mapping[str, Field], old: Any, new: Any) -> bool:
    """An object that appears or goes is one edit, unless its fields differ in what that means."""
    if old is not None and new is not None:
        return True
    return any(inner.rule != field.rule for inner in nested.values())


def _decide(field: Field, old: Any, new: Any) -> Rule:
    if field.rule is not Rule.SET_ONCE:
        return field.rule
    unset = old is None or old == field.default
    return Rule.SET_ONCE if unset and new is not None else Rule.REPLACE


def _entries(
    path: str, field: Field, item: Form, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Edit]:
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if before is None:
            yield Edit(path=f"{path}.{key}", before=None, after=after, rule=field.rule)
        elif after is None:
            yield Edit(path=f"{path}.{key}", before=before, after=None, rule=field.drop)
        elif isinstance(item, Nested):
            yield from _fields(f"{path}.{key}.", item.fields, before, after)
        else:
            yield Edit(path=f"{path}.{key}", before=before, after=after, rule=field.rule)


def _items(path: str, field: Field, old: Any, new: Any) -> Iterator[Edit]:
    """Name what differs within two lists. They change as a whole all the same."""
    # DeepDiff costs a millisecond a pair and 150 ms to import: only lists that differ get here.
    from deepdiff import DeepDiff  # noqa: PLC0415

    found = DeepDiff(_plain(old), _plain(new), view="tree", threshold_to_diff_deeper=0)
    levels = sorted(
        (level for group in found.values() for level in group), key=lambda level: level.path()
    )
    for level in levels:
        before, after = _found(level.t1), _found(level.t2)
        where = _path(level.path(output_format="list"))
        yield Edit(path=f"{path}{where}", before=before, after=after, rule=field.rule)


def _plain(value: Any) -> Any:
    match value:
        case tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case _:
            return value


def _found(value: Any) -> Any:
    from deepdiff.helper import NotPresent  # noqa: PLC0415

    if value is NotPresent or isinstance(value, NotPresent):
        return None
    match value:
        case list():
            return tuple(_found(item) for item in value)
        case dict():
            return Frozen({key: _found(item) for key, item in value.items()})
        case _:
            return value


def _path(steps: list[Any]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def parameters(
    fields: Mapping[str, Field], edits: tuple[Edit, ...], after: Mapping[str, Any]
) -> Frozen:
    """Return the parameters of the update that makes these edits, and no more than these.

    An empty string clears. A mapping of plain values is merged by key at Stripe, so only the
    keys that change are sent. Any other mapping or object is sent whole, because it is not
    documented for each whether Stripe merges or replaces it.
    https://docs.stripe.com/api/metadata
    """
    payload: dict[str, Any] = {}
    for edit in edits:
        field = fields[edit.field]
        value = after.get(field.name)
        match field.form:
            case Mapped(item=Scalar()):
                entry = edit.path.partition(".")[2]
                sent = "" if edit.after is None else edit.after
                payload[field.name] = Frozen({**payload.get(field.name, {}), entry: sent})
            case Nested(fields=nested) if value is not None:
                payload[field.name] = _nested_parameters(nested, value, edit, payload)
            case _:
                payload[field.name] = "" if value is None else value
    return Frozen(payload)


def _nested_parameters(
    nested: Mapping[str, Field], value: Mapping[str, Any], edit: Edit, payload: Mapping[str, Any]
) -> Frozen:
    sent = {name: entry for name, entry in value.items() if nested[name].rule is not Rule.REPLACE}
    inner = edit.path.partition(".")[2].partition(".")[0]
    cleared = {inner: ""} if inner and inner not in value else {}
    return Frozen({**payload.get(edit.field, {}), **sent, **cleared})
