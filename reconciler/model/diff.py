"""The diff of two canonical bodies: which field changes, from what to what, and what that means.

There is one diff. What is shown, sent and guarded all come from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.marks import Clear, Default, Keep, Rule
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

    def within(self, field: Field) -> bool:
        """Whether it is an edit of this top-level field."""
        return self.field == field.name


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
        if old != new and not field.read_only:
            yield from _field(f"{prefix}{name}", field, old, new)


def _field(path: str, field: Field, old: Any, new: Any) -> Iterator[Edit]:
    match field.form:
        case Nested(fields=nested) if _worth_opening(field, nested, old, new):
            yield from _fields(f"{path}.", nested, old or {}, new or {})
        case Mapped(item=item):
            yield from _entries(path, field, item, old or {}, new or {})
        case Listed(item=Nested(fields=nested)) if field.items is not None:
            yield from _with_ids(path, field, nested, old or (), new or ())
        case Listed(item=item) if field.as_set and old is not None and new is not None:
            yield from _in_set(path, field, item, old, new)
        case Listed() if old is not None and new is not None:
            yield from _items(path, field, old, new)
        case _:
            yield Edit(path=path, before=old, after=new, rule=_decide(field, old, new))


def _worth_opening(field: Field, nested: Mapping[str, Field], old: Any, new: Any) -> bool:
    """An object that appears or goes is one edit, unless its fields differ in what that means."""
    if field.inside or (old is not None and new is not None):
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


def _with_ids(
    path: str, field: Field, fields: Mapping[str, Field], old: Any, new: Any
) -> Iterator[Edit]:
    """Compare entries that have ids, each with its like. Their order is no difference.

    Where one can only come as another goes, the two are told as one that changes.
    """
    by = field.items.by if field.items else ""
    place = {entry.get(by): number for number, entry in enumerate(new)}
    before = {entry.get(by): entry for entry in old}
    gone = [name for name in before if name not in place]
    come = [name for name in place if name not in before]
    pairs = [] if field.attached else list(zip(gone, come, strict=False))
    likes = [(name, name) for name in before if name in place]
    for was, name in sorted([*likes, *pairs], key=lambda pair: place[pair[1]]):
        where = f"{path}[{place[name]}]."
        yield from _fields(where, fields, before[was], new[place[name]])
    for name in gone[len(pairs) :]:
        yield Edit(path=path, before=before[name], after=None, rule=field.drop)
    for name in come[len(pairs) :]:
        where = f"{path}[{place[name]}]"
        yield Edit(path=where, before=None, after=new[place[name]], rule=field.rule)


def _in_set(path: str, field: Field, item: Form, old: Any, new: Any) -> Iterator[Edit]:
    """Name what comes and what goes. An entry that still names the same object changes inside."""
    fields = item.fields if isinstance(item, Nested) else {}
    by = next((inner.name for inner in fields.values() if inner.required and inner.ref), "")
    gone = [entry for entry in old if entry not in new]
    come = [entry for entry in new if entry not in old]
    for entry in tuple(come) if by else ():
        was = next((other for other in gone if other[by] == entry[by]), None)
        if was is not None:
            gone.remove(was)
            come.remove(entry)
            yield from _fields(f"{path}[{new.index(entry)}].", fields, was, entry)
    paired = min(len(gone), len(come))
    for was, entry in zip(gone, come, strict=False):
        yield Edit(path=f"{path}[{new.index(entry)}]", before=was, after=entry, rule=field.rule)
    for was in gone[paired:]:
        yield Edit(path=f"{path}[{old.index(was)}]", before=was, after=None, rule=field.rule)
    for entry in come[paired:]:
        yield Edit(path=f"{path}[{new.index(entry)}]", before=None, after=entry, rule=field.rule)


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
    documented for each whether Stripe merges or replaces it; but for what was and stays as Stripe
    gives it by itself, which comes to the same either way.
    https://docs.stripe.com/api/metadata
    """
    payload: dict[str, Any] = {}
    for edit in edits:
        field = fields[edit.field]
        value = after.get(field.name)
        if field.attached:
            continue
        match field.form:
            case Listed(item=Nested(fields=nested)) if field.items is not None:
                payload[field.name] = tuple(
                    _inside(nested, entry, _below(f"{field.name}[{number}]", edits))
                    for number, entry in enumerate(value or ())
                )
            case Mapped(item=Scalar()):
                entry = edit.path.partition(".")[2]
                sent = "" if edit.after is None else edit.after
                payload[field.name] = Frozen({**payload.get(field.name, {}), entry: sent})
            case Nested(fields=nested) if value is not None or field.inside:
                payload[field.name] = _inside(nested, value or {}, _below(field.name, edits))
            case _:
                payload[field.name] = _gone(field, edit.before) if value is None else value
    return Frozen(payload)


def _below(path: str, edits: Iterable[Edit]) -> tuple[str, ...]:
    """Return what is edited inside the object at a path, seen from there."""
    here = f"{path}."
    return tuple(edit.path.removeprefix(here) for edit in edits if edit.path.startswith(here))


def _inside(nested: Mapping[str, Field], value: Mapping[str, Any], paths: Iterable[str]) -> Frozen:
    """Return an object as an update names it, where these paths in it are edited."""
    edited: dict[str, list[str]] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        edited.setdefault(name.partition("[")[0], []).append(rest)
    sent: dict[str, Any] = {}
    for name, field in nested.items():
        if field.rule is Rule.REPLACE and not field.read_only:
            continue
        entry, below = value.get(name), edited.get(name)
        match field.form:
            case Nested(fields=fields) if entry is not None or (below and field.inside):
                inner = _inside(fields, entry or {}, below or ())
                if inner or not field.inside:
                    sent[name] = inner or entry
            case _ if entry is None:
                # What is required goes with the object, and what Stripe keeps cannot go.
                match field.omitted:
                    case Default(value=default) if below:
                        sent[name] = default
                    case Clear() if below and not field.required:
                        sent[name] = ""
            case _ if below or field.omitted != Default(entry):
                sent[name] = entry
    changeable = {name: nested[name] for name in value if nested[name].rule is not Rule.REPLACE}
    needed = {name: value[name] for name, field in changeable.items() if sent and field.required}
    return Frozen({name: (needed | sent)[name] for name in nested if name in needed | sent})


def _gone(field: Field, before: Any) -> Any:
    """Return the parameter that takes a field away."""
    match field.omitted, field.form:
        case Default(value=value), _:
            return value
        case Clear(inside=True), Nested(fields=nested) if isinstance(before, Mapping):
            held = {name: nested[name] for name in before}
            return Frozen(
                {
                    name: _gone(inner, before[name])
                    for name, inner in held.items()
                    if not isinstance(inner.omitted, Keep)
                }
            )
        case _:
            return ""
