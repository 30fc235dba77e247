"""What a plan's text says is enough: two changes that differ never read the same."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plan_parts import plan

from laws.strategies import resource
from reconciler import kinds
from reconciler.model.address import Address
from reconciler.model.canonical import finish
from reconciler.model.diff import diff
from reconciler.model.plan import Replace, Update
from reconciler.model.settle import settle
from reconciler.model.values import Frozen
from reconciler.render.text import text

KINDS = kinds.load()
PRICE, PRODUCT = KINDS["price"], KINDS["product"]
WIDE = 10_000
FOLLOWING = {"billing_scheme"}  # never differs alone: it says whether there are tiers
laws = settings(max_examples=60, deadline=None)


def told(change, *, width=WIDE):
    return text(plan(change), KINDS, width=width)


def settled(kind, body):
    return finish(kind, settle(kind.fields, body, None))


def replaced(before, after):
    return Replace(
        address=Address("price", ("pro", "monthly")),
        object="price_1",
        before=before,
        after=after,
        edits=diff(PRICE.fields, before, after),
    )


def updated(before, after):
    return Update(
        address=Address("product", ("pro",)),
        object="prod_1",
        before=before,
        after=after,
        edits=diff(PRODUCT.fields, before, after),
    )


products = resource(PRODUCT, Address("product", ("pro",)), {}, {}).map(
    lambda drawn: settled(PRODUCT, drawn.body) if drawn else Frozen({"name": "Pro"})
)
prices = resource(PRICE, Address("price", ("pro", "monthly")), {"product": "prod_1"}, {}).map(
    lambda drawn: settled(PRICE, drawn.body) if drawn else None
)


WAYS = (("unit_amount", "unit_amount_decimal"), ("tiers",), ("custom_unit_amount",))
"""The ways in which a price charges."""


@st.composite
def triples(draw, bodies, kind):
    """Draw a body before, one after, and one that differs from that in a single field."""
    before, after, third = draw(bodies), draw(bodies), draw(bodies)
    assume(None not in (before, after, third))
    name = draw(st.sampled_from(sorted({*after, *third} - FOLLOWING)))
    other = finish(kind, after.with_({name: third.get(name)}))
    assume(diff(kind.fields, after, other) and before not in (after, other))
    # No price charges in two ways, or has a mode of tiers without them: nothing is said of that.
    assume(sum(any(other.get(name) for name in way) for way in WAYS) <= 1)
    assume(("tiers" in other) == ("tiers_mode" in other))
    return before, after, other


class TestNothingIsLeftOut:
    @laws
    @given(triples(products, PRODUCT))
    def test_two_updates_of_a_product_read_differently(self, bodies):
        before, one, other = bodies
        first, second = updated(before, one), updated(before, other)
        assume(max(len(first.edits), len(second.edits)) <= 12)
        assert told(first) != told(second)

    @laws
    @given(triples(prices, PRICE))
    def test_two_replacements_of_a_price_read_differently(self, bodies):
        before, one, other = bodies
        first, second = replaced(before, one), replaced(before, other)
        assume(max(len(first.edits), len(second.edits)) <= 12)
        assert told(first) != told(second)

    @laws
    @given(prices, prices)
    def test_a_replacement_fits_its_lines(self, before, after):
        assume(None not in (before, after) and before != after)
        lines = told(replaced(before, after), width=100).splitlines()
        assert len(lines) <= 20
