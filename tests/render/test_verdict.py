"""What a plan comes to, in the words of who must approve it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_plans import KINDS
from plan_parts import edit, monthly, plan, price, product

from reconciler.model.impact import Impact
from reconciler.model.marks import Rule
from reconciler.model.plan import Create, Finding, Replace, Retire, Update
from reconciler.model.revenue import Revenue
from reconciler.model.values import Frozen
from reconciler.render.markdown import markdown
from reconciler.render.verdict import verdict

YEAR = Frozen({"interval": "year"})
TEN, FIVE = (Frozen({"divide_by": count, "round": "up"}) for count in (10, 5))
TIERS = (Frozen({"up_to": "inf", "unit_amount": 100}),)


def replaced(before, after, name="monthly"):
    return Replace(address=price("pro", name), object=name, before=before, after=after)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            monthly(1000),
            monthly(1200),
            "The price pro.monthly goes from 10.00 to 12.00 USD a month for new customers: "
            "20 per cent more.",
        ),
        (
            monthly(1000),
            monthly(9600, recurring=YEAR),
            "The price pro.monthly goes from 10.00 USD a month to 96.00 USD a year for new "
            "customers: 20 per cent less.",
        ),
        (
            monthly(1000),
            monthly(0),
            "The price pro.monthly goes from 10.00 to 0.00 USD a month for new customers.",
        ),
        (
            monthly(1000, currency_options=Frozen({"eur": Frozen({"unit_amount": 900})})),
            monthly(1200, currency_options=Frozen({"eur": Frozen({"unit_amount": 800})})),
            "The price pro.monthly goes from 10.00 to 12.00 USD a month for new customers: "
            "20 per cent more. It changes in 1 other currency too.",
        ),
        (
            monthly(1000, transform_quantity=TEN),
            monthly(1000, transform_quantity=FIVE),
            "Replaces 1 price. 1 price goes up, by 100 per cent.",
        ),
        (monthly(1000), monthly(1000, tax_behavior="inclusive"), "Replaces 1 price."),
        (monthly(None, tiers=TIERS), monthly(1000), "Replaces 1 price."),
    ],
)
def test_one_price_that_changes_is_told_in_full(before, after, expected):
    assert expected == verdict(plan(replaced(before, after)), KINDS)


def test_several_are_told_by_their_range():
    changes = (
        replaced(monthly(1000), monthly(1050), "a"),
        replaced(monthly(900), monthly(1200), "b"),
        replaced(monthly(0), monthly(1200), "c"),
        replaced(monthly(1000), monthly(900), "d"),
        Create(address=price("pro", "new"), after=monthly(500)),
        Retire(address=product("old"), object="prod_1"),
        Update(address=product("pro"), object="prod_2", edits=(edit("name", "a", "b"),)),
    )
    lifted = Finding(code="RC103", address=price("pro", "b"), text="b", blocks=False, lifted=True)
    expected = (
        "Replaces 4 prices and creates 1 price. "
        "3 prices go up, by 5 to 33.3 per cent; 1 goes down, by 10 per cent. "
        "Guards lifted: RC103. Other changes: 1 to retire and 1 to update."
    )
    assert expected == verdict(plan(*changes, findings=(lifted,)), KINDS)


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [
        (
            (Revenue(currency="usd", subscriptions=1, now=1000),),
            ", at 10.00 USD a month (58 of them not estimated)",
        ),
        (
            (Revenue(currency="usd", subscriptions=59, now_why="metered"),),
            " (what they bring is not estimated)",
        ),
        ((Revenue(currency="usd", subscriptions=59, now=59000),), ", at 590.00 USD a month"),
    ],
)
def test_a_sum_says_how_many_it_leaves_out(revenue, expected):
    impact = Impact(
        address=price("pro", "monthly"),
        kind="price",
        object="price_1",
        subscriptions=Frozen({"active": 59, "trialing": 2}),
        revenue=revenue,
    )
    gone = Retire(address=price("pro", "monthly"), object="price_1", before=monthly(1000))
    assert verdict(plan(gone, impacts=(impact,)), KINDS) == (
        f"Retires 1 price. 61 subscriptions stay on their old price{expected}."
    )


def test_a_name_that_wants_to_be_more_stands_in_code():
    change = replaced(monthly(1000), monthly(1200), "_x_")
    first = markdown(plan(change), KINDS).split("\n", maxsplit=1)[0]
    expected = "**The price `pro._x_` goes from 10.00 to 12.00 USD a month for new customers: "
    assert f"{expected}20 per cent more.**" == first


@pytest.mark.parametrize(
    ("before", "after", "path", "expected"),
    [
        (monthly(1000), monthly(1200), "unit_amount", "+20.0 %"),
        (monthly(1000), monthly(9600, recurring=YEAR), "recurring.interval", "-20.0 %"),
        (monthly(1000), monthly(0), "unit_amount", "free"),
        (monthly(0), monthly(1000), "unit_amount", "from free"),
        (
            monthly(1000, transform_quantity=TEN),
            monthly(1000, transform_quantity=FIVE),
            "transform_quantity.divide_by",
            "+100.0 %",
        ),
        (monthly(1000), monthly(1000, tax_behavior="inclusive"), "tax_behavior", "`tax_behavior`"),
    ],
)
def test_the_table_says_what_changes(before, after, path, expected):
    edits = (edit(path, "a", "b", Rule.REPLACE),)
    comment = markdown(plan(replace(replaced(before, after), edits=edits)), KINDS)
    (row,) = [line for line in comment.split("\n") if line.startswith("| `pro.monthly`")]
    assert expected == row.split(" | ")[4].removesuffix(" |")


def test_what_is_said_of_many_prices_is_said_once():
    impacts = [
        Impact(
            address=price("pro", f"p{number:02}"),
            kind="price",
            object=f"price_{number}",
            subscriptions=Frozen({"active": 1}),
            revenue=(Revenue(currency="usd", subscriptions=1, now_why="metered"),),
        )
        for number in range(10)
    ]
    gone = [
        Retire(address=impact.address, object=impact.object, before=monthly(1000))
        for impact in impacts
    ]
    comment = markdown(plan(*gone, impacts=tuple(impacts)), KINDS)
    named = ", ".join(f"`price.pro.p{number:02}`" for number in range(8))
    expected = [f"- {named} and 2 more: not estimated: 1 charged by usage"]
    assert expected == [line for line in comment.split("\n") if line.startswith("- `price")]
