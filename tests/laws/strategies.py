"""Catalogs made at random, from the kinds: whatever fields a kind has, a strategy draws.

A drawn body is repaired until its kind finds no flaw: a field that is flawed goes, one that is
missing comes. So a new kind is drawn without a word here.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler import kinds as all_kinds
from reconciler.model.address import Address
from reconciler.model.canonical import finish
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Kind
from reconciler.model.marks import Rule
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar
from reconciler.model.values import Pending, freeze
from reconciler.spec.resource import ignorable

KINDS = all_kinds.load()

NAMES = ("pro", "basic", "team")
"""Few names, so that the same one comes back after it went."""

CHILDREN = ("monthly", "yearly", "seat")

_TEXT = st.text(string.ascii_letters + "äß日 -'&", min_size=1, max_size=9).map(str.strip)
_WORDS = _TEXT.filter(lambda text: any(letter.isalpha() for letter in text))

CURRENCIES = ("usd", "eur", "jpy", "kwd")


WORDS = {
    "currency": CURRENCIES,
    "usage_type": ("licensed",),  # a metered price needs a meter
    "tax_code": ("txcd_10000000", "txcd_20030000"),
    "url": ("https://example.com/a", "https://example.com/b"),
}
"""Fields in which Stripe takes no other text."""


def scalar(form: Scalar, name: str) -> st.SearchStrategy[Any]:
    """Draw one value, as a file would give it."""
    if name in WORDS:
        return st.sampled_from(WORDS[name])
    if form.choices and "integer" not in form.type:
        return st.sampled_from(form.choices)
    match form.type.partition("|")[0]:
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(1, 20)
        case "decimal":
            return st.integers(1, 9999).map(lambda n: f"{n // 100}.{n % 100:02}")
        case _:
            return _WORDS


def value(field: Field, form: Form) -> st.SearchStrategy[Any]:
    """Draw what a field may hold."""
    match form:
        case Scalar():
            return scalar(form, field.name)
        case Nested(fields=fields):
            return body(fields)
        case Listed(item=item):
            if field.name == "tiers":
                return tiers(value(field, item))
            return st.lists(value(field, item), min_size=1, max_size=3)
        case Mapped(item=item):
            keys = (
                st.sampled_from(CURRENCIES)
                if "currency" in field.name
                else st.sampled_from(["plan", "tier", "note"])
            )
            return st.dictionaries(keys, value(field, item), min_size=1, max_size=2)


def tiers(tier: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw tiers as Stripe wants them: ascending, the last without end."""

    def ascend(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
        limits = [10 * number for number in range(1, len(drawn))]
        return [{**one, "up_to": limit} for one, limit in zip(drawn, [*limits, "inf"], strict=True)]

    return st.lists(tier, min_size=1, max_size=3).map(ascend)


def body(fields: Mapping[str, Field]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw the fields of an object: the required ones, and some of the others.

    References are not drawn here: what they may name depends on the catalog.
    """
    plain = {name: field for name, field in fields.items() if field.ref is None}
    required = {n: value(f, f.form) for n, f in plain.items() if f.required}
    optional = {n: value(f, f.form) for n, f in plain.items() if not f.required}
    return st.fixed_dictionaries(required, optional=optional)


LEFT_OUT = frozenset({"id", "lookup_key", "active", "metadata", "trial_period_days"})
"""Drawn by the catalog's strategy itself, or (a price's own trial) legacy."""


@st.composite
def resource(
    draw: st.DrawFn, kind: Kind, address: Address, refs: Mapping[str, Any]
) -> Resource | None:
    """Draw one resource without flaws; `None` where what was drawn cannot be repaired."""
    pool = {
        name: draw(value(field, field.form))
        for name, field in kind.fields.items()
        if field.ref is None and name not in LEFT_OUT
    }
    chosen = {name for name in pool if kind.fields[name].required or draw(st.booleans())}
    given = {name: pool[name] for name in pool if name in chosen} | dict(refs)
    mended = repaired(kind, address, given, pool)
    if mended is None:
        return None
    given = mended
    if "active" in kind.fields and draw(st.integers(0, 9)) == 0:
        given["active"] = False
    if "metadata" in kind.fields and draw(st.booleans()):
        given["metadata"] = draw(st.dictionaries(st.sampled_from(["a", "b"]), _WORDS, min_size=1))
    return made(kind, address, given)


def made(kind: Kind, address: Address, given: Mapping[str, Any]) -> Resource:
    """Build a resource the way the spec does, from plain values."""
    refs = {name: item for name, item in given.items() if isinstance(item, Pending)}
    plain = {n: _tuples(item) for n, item in given.items() if n not in refs}
    names = {name: str(item) for name, item in refs.items()}
    dumped = kind.body.model_validate({**plain, **names}).model_dump(exclude_unset=True)
    return Resource(address=address, kind=kind, body=finish(kind, {**freeze(dumped), **refs}))


def _tuples(item: Any) -> Any:
    match item:
        case list():
            return tuple(_tuples(entry) for entry in item)
        case dict():
            return {key: _tuples(entry) for key, entry in item.items()}
        case _:
            return item


def repaired(
    kind: Kind, address: Address, given: dict[str, Any], pool: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Add or take away a field or two at a time until the kind finds no flaw, or give up."""
    flaws = _flaws(kind, address, given)
    while flaws:
        best = min(
            _trials(given, pool),
            key=lambda trial: (_flaws(kind, address, trial), len(trial)),
        )
        count = _flaws(kind, address, best)
        if count >= flaws:
            return None
        given, flaws = best, count
    return given


def _trials(given: dict[str, Any], pool: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every body that differs in one field or in two."""
    for name in pool:
        one = _toggled(given, name, pool)
        yield one
        for other in pool:
            if other > name:
                yield _toggled(one, other, pool)


def _toggled(given: Mapping[str, Any], name: str, pool: Mapping[str, Any]) -> dict[str, Any]:
    if name in given:
        return {key: item for key, item in given.items() if key != name}
    return {**given, name: pool[name]}


def _flaws(kind: Kind, address: Address, given: Mapping[str, Any]) -> int:
    try:
        drawn = made(kind, address, given)
    except ValidationError as error:
        return 10 * error.error_count()
    empty = Catalog(name="acme", resources={address: drawn}, moved={}, adopt={})
    return sum(1 for _ in kind.check(drawn, empty))


@st.composite
def catalogs(draw: st.DrawFn, least: int = 0) -> Catalog:
    """Draw a catalog: products with prices, a default price here and there, and plans.

    `least` is the smallest number of products, and of prices of each.
    """
    resources: dict[Address, Resource] = {}
    roots = [kind for kind in KINDS.values() if kind.stored and kind.within is None]
    for kind in roots:
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=least, max_size=3)):
            address = Address(kind.name, (name,))
            drawn = draw(resource(kind, address, {}))
            if drawn is not None:
                resources[address] = drawn
    for kind in KINDS.values():
        if kind.within is not None:
            _draw_children(draw, kind, resources, least)
    _draw_plans(draw, resources)
    _draw_words(draw, resources)
    return Catalog(name="acme", resources=resources, moved={}, adopt={})


def _draw_children(
    draw: st.DrawFn, kind: Kind, resources: dict[Address, Resource], least: int
) -> None:
    assert kind.within is not None
    for parent in [address for address in resources if address.kind == kind.within.kind]:
        names = st.lists(st.sampled_from(CHILDREN), unique=True, min_size=least, max_size=2)
        for name in draw(names):
            address = Address(kind.name, (*parent.keys, name))
            refs = {kind.within.field: Pending(parent)}
            drawn = draw(resource(kind, address, refs))
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
    for address in [a for a in resources if resources[a].kind.stored]:
        drawn = resources[address]
        if draw(st.integers(0, 4)) == 0:
            groups = {
                name: group
                for name, group in ignorable(drawn.kind).items()
                # To ignore what only a replacement changes may leave nothing to be made.
                if all(drawn.kind.fields[field].rule is not Rule.REPLACE for field in group)
            }
            picked = draw(st.frozensets(st.sampled_from(sorted(groups)), max_size=2))
            ignored = frozenset(field for name in picked for field in groups[name])
            resources[address] = replace(resources[address], ignore=ignored)
        if draw(st.integers(0, 5)) == 0:
            protect = draw(st.booleans())
            resources[address] = replace(resources[address], protect=protect)


def _draw_plans(draw: st.DrawFn, resources: dict[Address, Resource]) -> None:
    kind = KINDS["plan"]
    sellable = [
        address
        for address, drawn in resources.items()
        if address.kind == "price" and drawn.wanted_on and "recurring" in drawn.body
    ]
    names = st.lists(st.sampled_from(NAMES), unique=True, max_size=2)
    for name in draw(names) if sellable else ():
        picked = draw(st.lists(st.sampled_from(sellable), unique=True, min_size=1, max_size=2))
        items = freeze([{"price": Pending(address)} for address in picked])
        address = Address("plan", (name,))
        drawn = Resource(address=address, kind=kind, body=freeze({"items": items}))
        catalog = Catalog(name="acme", resources=resources, moved={}, adopt={})
        if not list(kind.check(drawn, catalog)):
            resources[address] = drawn
