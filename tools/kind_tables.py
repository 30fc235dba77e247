"""The table of a kind's fields, in Markdown: every field that the file may hold, nested ones too.

Read off the marks. A field inside another stands below it, indented; words that are too many for
a cell stand below the table. What else is told of a kind is in `kinds_page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, get_args

from annotated_types import Ge, Le, MaxLen

from reconciler.model.kind import Kind, Kinds
from reconciler.model.marks import Body, Clear, Default, Keep, Lift, Major, Rule, Timestamp
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar, shape
from reconciler.spec.shorthand import (
    bare_amount,
    bare_field,
    minor_form,
    names,
    shorthands_only,
    stands_for,
)

Row = tuple[str, str, str, str, str]

HEAD: Row = ("field", "what it is", "what it takes", "left out", "a change")

_FEW = 6
"""How many words stand in a cell; more stand below the table."""

_RULES = {
    Rule.UPDATE: "in place",
    Rule.REPLACE: "replacement",
    Rule.SET_ONCE: "in place once, then replacement",
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(head)
    lines: list[Iterable[str]] = [heads, ["---"] * len(heads)]
    lines += [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@dataclass(slots=True)
class FieldTable:
    """Walks a kind's fields; `told` says where the fields of a body stand already."""

    kind: Kind
    kinds: Kinds
    told: dict[type[Body], str] = field(default_factory=dict)
    words: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def text(self) -> str:
        """The whole table, and the words that had no room in it."""
        rows = [*self._rows(self.kind.body, "", 0), *self._derived()]
        return "\n\n".join([table(HEAD, rows), *self._lists()])

    def _derived(self) -> Iterator[Row]:
        for derived in self.kind.derives:
            tables = self.kinds[derived.kind].table
            noun = f"[{_noun(derived.kind)}](#{tables.replace('_', '-')})"
            takes = f"true, or a table of the fields of a {noun}"
            if derived.said:
                takes += f", less {', '.join(f'`{name}`' for name in derived.said)}"
            yield (f"`{derived.key}`", derived.description, takes, "none", "as told there")

    def _lists(self) -> Iterator[str]:
        for choices, paths in self.words.items():
            where = ", ".join(f"`{path}`" for path in paths)
            listed = ", ".join(f"`{choice}`" for choice in choices)
            summary = f"The {len(choices)} words of {where.replace('`', '')}"
            yield f"<details><summary>{summary}</summary>\n\n{listed}\n\n</details>"

    def _rows(self, body: type[Body], path: str, deep: int) -> Iterator[Row]:
        self.told[body] = path
        majors = {major.minor: major for major in body.MAJORS}
        for name, one in shape(body).items():
            if one.read_only:
                continue
            if name in shorthands_only(body):
                yield from self._spread(body, path, one, deep)
                continue
            if name in majors:
                yield self._amount(path, majors[name], one, deep)
                if minor_form(majors[name]) is None:
                    continue
            for lift in body.LIFTS:
                if lift.field.startswith(f"{name}."):
                    yield self._lift(body, path, lift, deep)
            yield self._row(body, path, name, one, deep)
            for row in self._below(one.form, f"{path}{name}", deep):
                yield (*row[:4], "as a whole") if one.attached else row

    def _below(self, form: Form, path: str, deep: int) -> Iterator[Row]:
        """What is in a field, indented below it."""
        inner, step = _inside(form)
        if inner is None:
            return
        here = f"{path}{step}."
        if inner.body not in self.told:
            yield from self._rows(inner.body, here, deep + 1)
        elif self.told[inner.body] != here:
            like = self.told[inner.body].removesuffix(".")
            outer, _, last = like.rpartition(".")
            # In one word, a long path would make the table wide.
            like = f"`{last}` in `{outer}`" if outer and last != "*" else f"`{like}`"
            yield (_name(f"{here}…", deep + 1), f"The fields of {like}.", "", "", "")

    def _spread(self, body: type[Body], path: str, one: Field, deep: int) -> Iterator[Row]:
        """What is in a field that tables give by shorthands alone."""
        fields = one.form.fields if isinstance(one.form, Nested) else {}
        for major in body.MAJORS:
            outer, _, inner = major.minor.partition(".")
            if outer == one.name:
                yield self._amount(path, major, fields[inner], deep)
        for lift in body.LIFTS:
            if lift.field.partition(".")[0] == one.name:
                home, name = stands_for(body, lift.name)
                yield self._row(home, path, lift.name, shape(home)[name], deep)
                yield from self._below(shape(home)[name].form, f"{path}{lift.name}", deep)

    def _amount(self, path: str, major: Major, one: Field, deep: int) -> Row:
        both = " or ".join(f"`{one}`" for one in names(major)[1:])
        text = f"{major.description} Or {both}." if both else major.description
        alone = _left_out(one) if one.required and not both else ""
        return (_name(f"{path}{major.name}", deep), text, "amount", alone, _RULES[one.rule])

    def _lift(self, body: type[Body], path: str, lift: Lift, deep: int) -> Row:
        home, name = stands_for(body, lift.name)
        _, _, *row = self._row(home, path, lift.name, shape(home)[name], deep)
        text = f"{lift.description} Short for `{lift.field}`."
        return (_name(f"{path}{lift.name}", deep), text, row[0], "", row[2])

    def _row(self, body: type[Body], path: str, name: str, one: Field, deep: int) -> Row:
        """The row of a field that the file calls `name`."""
        within = self.kind.within
        if not path and within is not None and within.field == one.name:
            text = f"{one.description} Where the table stands says it."
            return (f"`{one.name}`", text, "", "", _RULES[one.rule])
        info = body.model_fields[one.name]
        takes = self._takes(one, f"{path}{name}") + _limits(info.metadata, one.form)
        takes = "moment" if Timestamp in get_args(info.annotation) else takes
        alone = _left_out(one)
        if body is self.kind.body and name in self.kind.inherits:
            alone = f"that of `[defaults]`, else {alone}"
        return (_name(f"{path}{name}", deep), one.description, takes, alone, _change(one))

    def _takes(self, one: Field, path: str) -> str:
        item = one.form.item if isinstance(one.form, Listed) else None
        bare = bare_field(item) if item is not None else None
        ref = one.ref or (bare.ref if bare is not None else None)
        if ref is None:
            return self._form(one.form, path)
        target = self.kinds.get(ref.kind)
        # An id that may look like anything cannot be told from a misspelt name.
        ways = ["name"] if target else []
        ways += ["id"] if target is None or target.id_prefixes else []
        if item is None:
            return f"the {' or '.join(ways)} of a {_noun(ref.kind)}"
        tables = ", or of tables" if bare is not None else ""
        return f"list of {' or '.join(f'{way}s' for way in ways)} of {_noun(ref.kind)}s{tables}"

    def _form(self, form: Form, path: str) -> str:
        match form:
            case Scalar(type=kind, choices=choices):
                words = {"string": "text", "integer": "whole number"}
                words |= {"boolean": "true or false", "decimal": "number"}
                arms = [words[arm] for arm in kind.split("|") if arm != "string" or not choices]
                return ", ".join([*arms, *self._choices(choices, path)])
            case Nested():
                return "table"
            case Listed(item=Nested()):
                return "list of tables"
            case Listed(item=Scalar(type="string", choices=()) as item):
                return f"list of {self._form(item, path)}s"
            case Listed(item=item):
                return f"list of: {self._form(item, path)}"
            case Mapped(item=Nested() as item):
                bare = bare_amount(item)
                return "table of tables" if bare is None else "table of amounts, or of tables"
            case Mapped(item=item):
                return f"table of {self._form(item, path)}s"

    def _choices(self, choices: tuple[str, ...], path: str) -> list[str]:
        if len(choices) <= _FEW:
            return [f'`"{choice}"`' for choice in choices]
        self.words.setdefault(choices, []).append(path)
        return [f"one of {len(choices)} words, below"]


def _noun(name: str) -> str:
    return name.replace("_", " ")


def _name(path: str, deep: int) -> str:
    """A field's name as its row has it: what follows the name of the field that it is in."""
    if not deep:
        return f"`{path}`"
    *_, outer, last = path.split(".")
    step = ".*." if outer == "*" else "[]." if outer.endswith("[]") else "."
    return f"{'&emsp;' * deep}`{step}{last}`"


def _change(one: Field) -> str:
    if one.attached:
        return "each entry by a call of its own"
    if one.items is not None:
        return f"an entry added or dropped: {_RULES[one.rule]}"
    if one.drop is not one.rule:
        return f"an entry added: {_RULES[one.rule]}; dropped: {_RULES[one.drop]}"
    if isinstance(one.form, Nested) and one.rule is Rule.UPDATE:
        return "field by field"
    return _RULES[one.rule]


def _left_out(one: Field) -> str:
    match one.omitted:
        case _ if one.required:
            return "an error"
        case Clear(inside=True):
            return "each field in it"
        case Clear():
            return "removed"
        case Default(value=value):
            return f"`{_toml(value)}`"
        case Keep(carried=False):
            return "Stripe chooses"
        case Keep(initial=None):
            return "kept"
        case Keep(initial=initial):
            return f"kept; at first `{_toml(initial)}`"


def _toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')


def _limits(marks: Iterable[Any], form: Form) -> str:
    most = [mark.max_length for mark in marks if isinstance(mark, MaxLen)]
    low = [mark.ge for mark in marks if isinstance(mark, Ge)]
    high = [mark.le for mark in marks if isinstance(mark, Le)]
    if most:
        unit = "characters" if isinstance(form, Scalar) else "entries"
        return f", at most {most[0]:,} {unit}"
    if low and high:
        return f", {low[0]} to {high[0]:,}"
    return f", {low[0]} or more" if low else ""


def _inside(form: Form) -> tuple[Nested | None, str]:
    match form:
        case Nested():
            return form, ""
        case Listed(item=Nested() as item):
            return item, "[]"
        case Mapped(item=Nested() as item):
            return item, ".*"
        case _:
            return None, ""
