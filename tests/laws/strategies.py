"""Catalogs made at random, from the kinds: whatever fields a kind has, a strategy draws.

A drawn body is repaired until its kind finds no flaw: a field that is flawed goes, one that is
missing comes. References name what was drawn before, so kinds are drawn in an order in which the
named come first. So a new kind is drawn without a word here.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler import kinds as all_kinds
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Kind
from reconciler.model.marks import Rule
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar
from reconciler.model.values import Pending, freeze, substitute
from reconciler.spec.resource import ignorable, settled

KINDS = all_kinds.load()

NAMES = ("pro", "basic", "team")
"""Few names, so that the same one comes back after it went."""

CHILDREN = ("monthly", "yearly", "seat")

_TEXT = st.text(string.ascii_letters + "äß日 -'&", min_size=1, max_size=9).map(str.strip)
_WORDS = _TEXT.filter(lambda text: any(letter.isalpha() for letter in text))

CURRENCIES = ("usd", "eur", "jpy", "kwd")


WORDS: Mapping[str, tuple[Any, ...]] = {
    "currency": CURRENCIES,
    "minimum_amount_currency": CURRENCIES,
    "usage_type": ("licensed",),  # a metered price needs a meter
    "tax_code": ("txcd_10000000", "txcd_20030000"),
    "url": ("https://example.com/a", "https://example.com/b"),
    "country": ("DE", "US"),
    "state": ("CA", "NY"),
    "redeem_by": (1_790_000_000, 1_795_000_000),
    "expires_at": (1_785_000_000, 1_790_000_000),
}
"""Fields in which Stripe takes no other text, and moments within five years of the clock."""

Known = Mapping[str, Sequence[Address]]
"""What a reference may name, by kind."""

Draws = st.SearchStrategy[Any]


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


def value(field: Field, form: Form, known: Known) -> Draws | None:
    """Draw what a field may hold; `None` if it needs what there is nothing of."""
    if field.ref is not None:
        return reference(field, form, known)
    match form:
        case Scalar():
            return scalar(form, field.name)
        case Nested(fields=fields):
            return body(fields, known)
        case Listed(item=item):
            entry = value(field, item, known)
            if entry is None:
                return None
            return (
                tiers(entry) if field.name == "tiers" else st.lists(entry, min_size=1, max_size=3)
            )
        case Mapped(item=item):
            keys = CURRENCIES if "currency" in field.name else ("plan", "tier", "note")
            entry = value(field, item, known)
            if entry is None:
                return None
            return st.dictionaries(st.sampled_from(keys), entry, min_size=1, max_size=2)


def reference(field: Field, form: Form, known: Known) -> Draws | None:
    """Draw the name of something drawn before. A late one comes when what it names is there."""
    assert field.ref is not None
    targets = known.get(field.ref.kind, ())
    if field.ref.late or not targets:
        return None
    if isinstance(form, Listed):
        return None  # golden cases have these
    return st.sampled_from([Pending(address) for address in targets])


def tiers(tier: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw tiers as Stripe wants them: ascending, the last without end."""

    def ascend(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
        limits = [10 * number for number in range(1, len(drawn))]
        return [{**one, "up_to": limit} for one, limit in zip(drawn, [*limits, "inf"], strict=True)]

    return st.lists(tier, min_size=1, max_size=3).map(ascend)


def body(fields: Mapping[str, Field], known: Known) -> Draws | None:
    """Draw the fields of an object: the required ones, and some of the others."""
    drawn = {name: value(field, field.form, known) for name, field in fields.items()}
    if any(drawn[name] is None for name, field in fields.items() if field.required):
        return None
    there = {name: one for name, one in drawn.items() if one is not None}
    required = {name: one for name, one in there.items() if fields[name].required}
    optional = {name: one for name, one in there.items() if not fields[name].required}
    return st.fixed_dictionaries(required, optional=optional)


LEFT_OUT = frozenset({"active", "metadata", "trial_period_days", "customer"})
"""Drawn by the catalog's strategy itself; legacy (a price's own trial); or not of a catalog."""


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
    drawn = {
        name: value(field, field.form, known(others))
        for name, field in kind.fields.items()
        if name not in LEFT_OUT | keys | refs.keys()
    }
    if any(one is None and kind.fields[name].required for name, one in drawn.items()):
        return None
    pool = {name: draw(one) for name, one in drawn.items() if one is not None}
    chosen = {name for name in pool if kind.fields[name].required or draw(st.booleans())}
    given = {name: pool[name] for name in pool if name in chosen} | dict(refs)
    mended = repaired(kind, address, given, pool, others)
    if mended is None:
        return None
    given = mended | _own_key(draw, kind, address)
    if "active" in kind.fields and draw(st.integers(0, 9)) == 0:
        given["active"] = False
    if "metadata" in kind.fields and draw(st.booleans()):
        given["metadata"] = draw(st.dictionaries(st.sampled_from(["a", "b"]), _WORDS, min_size=1))
    return made(kind, address, given)


def known(resources: Iterable[Address]) -> Known:
    """What there is to name, by kind."""
    found: dict[str, list[Address]] = {}
    for address in resources:
        found.setdefault(address.kind, []).append(address)
    return found


def _own_key(draw: st.DrawFn, kind: Kind, address: Address) -> dict[str, str]:
    """Draw a key of its own now and then, where no other object can take it over."""
    word = f"{address.key}-{kind.name}"
    return {
        key.field: draw(st.sampled_from([word, word.upper()]))
        for key in kind.natural_keys
        if key.transfer is None and draw(st.integers(0, 3)) == 0
    }


def made(kind: Kind, address: Address, given: Mapping[str, Any]) -> Resource:
    """Build a resource the way the spec does, from plain values: pydantic sees names as texts."""
    names: dict[str, Pending] = {}

    def plain(item: Any) -> Any:
        match item:
            case Pending():
                names[str(item)] = item
                return str(item)
            case list():
                return tuple(plain(entry) for entry in item)
            case dict():
                return {key: plain(entry) for key, entry in item.items()}
            case _:
                return item

    checked = kind.body.model_validate(plain(dict(given))).model_dump(exclude_unset=True)
    linked = substitute(freeze(checked), lambda leaf: names.get(leaf, leaf))
    return Resource(address=address, kind=kind, body=settled(kind, linked))


def repaired(
    kind: Kind,
    address: Address,
    given: dict[str, Any],
    pool: Mapping[str, Any],
    others: Mapping[Address, Resource],
) -> dict[str, Any] | None:
    """Add or take away a field or two at a time until the kind finds no flaw, or give up."""
    flaws = _flaws(kind, address, given, others)
    while flaws:
        best = min(
            _trials(given, pool),
            key=lambda trial: (_flaws(kind, address, trial, others), len(trial)),
        )
        count = _flaws(kind, address, best, others)
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


def _flaws(
    kind: Kind, address: Address, given: Mapping[str, Any], others: Mapping[Address, Resource]
) -> int:
    try:
        drawn = made(kind, address, given)
    except ValidationError as error:
        return 10 * error.error_count()
    catalog = Catalog(name="acme", resources={**others, address: drawn}, moved={}, adopt={})
    return sum(1 for _ in kind.check(drawn, catalog))


def in_order() -> list[Kind]:
    """The kinds that Stripe has objects of, those that others name first.

    Shared ones are not drawn: they are never ours alone, and the laws are about what is ours.
    """
    left = {kind.name: kind for kind in KINDS.values() if kind.stored and not kind.shared}
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
        match field.form:
            case Nested(fields=inner) | Listed(item=Nested(fields=inner)):
                found |= _named(inner)
            case Mapped(item=Nested(fields=inner)):
                found |= _named(inner)
            case _:
                pass
    return found


@st.composite
def catalogs(draw: st.DrawFn, least: int = 0) -> Catalog:
    """Draw a catalog: of every kind some, a default price here and there, and plans.

    `least` is the smallest number of objects that have others in their tables, and of these.
    """
    resources: dict[Address, Resource] = {}
    parents = {kind.within.kind for kind in KINDS.values() if kind.within is not None}
    for kind in in_order():
        if kind.within is not None:
            _draw_children(draw, kind, resources, least)
            continue
        few = least if kind.name in parents else 0
        most = 3 if kind.name in parents else 2
        names = st.lists(st.sampled_from(NAMES), unique=True, min_size=few, max_size=most)
        for name in draw(names):
            address = Address(kind.name, (name,))
            drawn = draw(resource(kind, address, {}, resources))
            if drawn is not None:
                resources[address] = drawn
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
