"""Catalogs made at random, from the kinds: whatever fields a kind has, a strategy draws.

References name what was drawn before, so kinds are drawn in an order in which the named come
first. So a new kind is drawn without a word here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from laws.repair import flawless, repaired
from laws.values import SHARED, TEXTS, Drawing, one_of, some_of
from reconciler import kinds as all_kinds
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Kind
from reconciler.model.marks import Rule
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested
from reconciler.model.values import Pending
from reconciler.spec.dump import dump
from reconciler.spec.resource import ignorable, settled

KINDS = all_kinds.load()

NAMES = ("pro", "basic", "team")
"""Few names, so that the same one comes back after it went."""

CHILDREN = ("monthly", "yearly", "seat")

SELDOM = 7
"""One of ten numbers that Hypothesis does not prefer, as it does the first and the last."""

MANY, SOME = (0, 1, 2, 2, 3), (0, 1, 1, 2)
"""How many objects of a kind there are: of those with others in their tables, and of the rest."""

SWITCHES = frozenset({"active", "retired", "metadata"})
"""Drawn by themselves: few objects are off, and metadata has keys of its own."""


class Drawn(Catalog):
    """A catalog that a failing law shows as the file that it could have been read from."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(f"loads('''\n{dump(self)}''', KINDS)")


@st.composite
def resource(
    draw: st.DrawFn,
    kind: Kind,
    address: Address,
    refs: Mapping[str, Any],
    others: Mapping[Address, Resource],
) -> Resource | None:
    """Draw one resource without flaws; `None` where what was drawn cannot be repaired."""
    keys = {key.field for key in kind.natural_keys}
    fixed = {
        name for name, field in kind.fields.items() if kind.shared and field.rule is Rule.REPLACE
    }
    without = frozenset({*SWITCHES, *keys, *refs, *fixed})
    most = 6 + len(kind.fields) // 5
    given = Drawing(draw, others).fields(kind.name, kind.fields, most, without)
    if given is None:
        return None
    given |= SHARED.get(kind.name, {}).get(address.key, {})
    given |= dict(refs) | _own_key(draw, kind, address)
    archive = kind.archive
    if archive is not None and archive.field in kind.fields and draw(st.integers(0, 9)) == SELDOM:
        given[archive.field] = archive.value
    if "metadata" in kind.fields and draw(st.booleans()):
        names = draw(some_of(("a", "b"), 1, 2))
        given["metadata"] = {name: draw(one_of(TEXTS)) for name in names}
    return repaired(kind, address, given, others)


def _own_key(draw: st.DrawFn, kind: Kind, address: Address) -> dict[str, str]:
    """Draw a key of its own now and then, or none where another object can take it over."""
    word = f"{address.key}-{kind.name}"
    return {
        key.field: draw(one_of((word, word.upper()) if key.transfer is None else ("",)))
        for key in kind.natural_keys
        if draw(st.integers(0, 3)) == 0
    }


def in_order() -> list[Kind]:
    """The kinds, those that others name first."""
    left = dict(KINDS)
    found: list[Kind] = []
    while left:
        ready = [kind for kind in left.values() if not (_named(kind.fields) & left.keys())]
        assert ready, "these kinds name one another in a circle"
        found += ready
        left = {name: kind for name, kind in left.items() if kind not in ready}
    return found


def _named(fields: Mapping[str, Field]) -> set[str]:
    found: set[str] = set()
    for field in fields.values():
        if field.ref is not None and not field.ref.late:
            found.add(field.ref.kind)
        found |= _inside(field.form)
    return found


def _inside(form: Form) -> set[str]:
    match form:
        case Nested(fields=inner):
            return _named(inner)
        case Listed(item=item) | Mapped(item=item):
            return _inside(item)
        case _:
            return set()


@st.composite
def catalogs(draw: st.DrawFn, least: int = 0) -> Catalog:
    """Draw a catalog: of every kind some, and a default price here and there.

    `least` is the smallest number of objects that have others in their tables, and of these.
    """
    parents = {kind.within.kind for kind in KINDS.values() if kind.within is not None}
    # Hypothesis likes what is drawn late to be small: so how many there are is drawn first.
    counts = {
        kind.name: max(least, draw(one_of(MANY)))
        if kind.name in parents or kind.within is not None
        else draw(one_of(SOME))
        for kind in in_order()
    }
    resources: dict[Address, Resource] = {}
    for kind in in_order():
        count = counts[kind.name]
        if kind.within is not None:
            _draw_children(draw, kind, count, resources)
            continue
        for name in draw(some_of(NAMES, count, count)):
            address = Address(kind.name, (name,))
            drawn = draw(resource(kind, address, {}, resources))
            if drawn is not None:
                resources[address] = drawn
    _draw_words(draw, resources)
    whole = Drawn(name="acme", resources=resources, moved={}, adopt={})
    return replace(whole, resources={at: _resolved(one, whole) for at, one in resources.items()})


def _resolved(drawn: Resource, whole: Catalog) -> Resource:
    """Say what only a file says in Stripe's own fields, as the spec does once all is read."""
    return replace(drawn, body=settled(drawn.kind, drawn.kind.resolve(drawn, whole)))


def _draw_children(
    draw: st.DrawFn, kind: Kind, count: int, resources: dict[Address, Resource]
) -> None:
    assert kind.within is not None
    for parent in [address for address in resources if address.kind == kind.within.kind]:
        some = count if draw(st.booleans()) else min(count, 1)
        for name in draw(some_of(CHILDREN, some, some)):
            address = Address(kind.name, (*parent.keys, name))
            refs = {kind.within.field: Pending(parent)}
            drawn = draw(resource(kind, address, refs, resources))
            if drawn is None:
                continue
            resources[address] = drawn
            if drawn.wanted_on and draw(st.integers(0, 2)) == 0:
                owner = resources[parent]
                default = owner.body.with_({"default_price": Pending(address)})
                resources[parent] = replace(owner, body=default)


def _draw_words(draw: st.DrawFn, resources: dict[Address, Resource]) -> None:
    """Draw what a table says beside its fields: keys of its own, `ignore`, `protect`."""
    for key in ("k1", "k2"):
        prices = [address for address in resources if address.kind == "price"]
        if prices and draw(st.integers(0, 2)) == 0:
            address = draw(st.sampled_from(prices))
            given = resources[address].body.with_({"lookup_key": key})
            resources[address] = replace(resources[address], body=given)
    for address in [
        a for a in resources if resources[a].kind.stored and not resources[a].kind.shared
    ]:
        drawn = resources[address]
        if draw(st.integers(0, 4)) == 0:
            groups = {
                name: group
                for name, group in ignorable(drawn.kind).items()
                if not any(_firm(drawn.kind, drawn.kind.fields[field]) for field in group)
            }
            picked = draw(some_of(tuple(sorted(groups)), 0, 2))
            ignored = frozenset(field for name in picked for field in groups[name])
            careless = replace(resources[address], ignore=ignored)
            if flawless(careless, resources):
                resources[address] = careless
        if draw(st.integers(0, 5)) == 0:
            protect = draw(st.booleans())
            resources[address] = replace(resources[address], protect=protect)


NAMED = frozenset(name for kind in KINDS.values() for name in _named(kind.fields))


def _firm(kind: Kind, field: Field) -> bool:
    """Whether ignoring a field may leave what Stripe refuses, and only Stripe can tell.

    Who ignores what it hangs on for good is left with it when that is deleted; and what others
    name must have the currencies and periods that the file says, or they cannot name it.
    """
    fixed = _fixed(field)
    return fixed and (kind.name in NAMED or bool(_named({field.name: field})))


def _fixed(field: Field) -> bool:
    """Whether Stripe never changes the field, or something in it."""
    if Rule.REPLACE in {field.rule, field.drop}:
        return True
    match field.form:
        case Nested(fields=inner) | Listed(item=Nested(fields=inner)):
            return any(_fixed(one) for one in inner.values())
        case _:
            return False
