"""Hostile texts in a comment: a parser finds in it what it finds with harmless ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_plans import KINDS
from markdown_reading import is_harmless, read
from plan_parts import edit, monthly, plan, price, product

from reconciler.model.address import Address
from reconciler.model.impact import Hanging, Impact
from reconciler.model.marks import Rule
from reconciler.model.plan import Adopt, Create, Finding, Move, Replace, Step, Strangers, Update
from reconciler.model.values import Frozen
from reconciler.render.markdown import MOST, markdown
from reconciler.render.markup import code, prose
from reconciler.render.room import size

PIECES = [
    "**bold** __b__ ~~s~~",
    "`", "``", "```", "````text", "~~~",
    "| a | b |", "\\|", "\\", "\n| --- |\n",
    "\n\n# Heading\n\n", "\n\n---\n\n", "\n> quote", "\n- item", "\n1. one", "\n    code",
    "[link](https://evil.test)", "![image](https://evil.test/x.png)", "[a]: https://evil.test",
    "<https://evil.test>", "https://evil.test", "www.evil.test", "evil@evil.test", "mailto:a@b.test",
    "@everyone", "@acme/admins", "#123", "GH-123", "acme/shop#1", "!45", "~bug", "%1", "$1", "&2",
    "0123456789abcdef0123456789abcdef01234567", ":tada:", "$x$", "$`x`$", "[[_TOC_]]", "[x]",
    "/close", "\n/approve\n", "<!-- reconciler:acme -->", "-->", "<!--", "<b>", "</code>", "<code>",
    "</details>", "</summary>", "<details open>", "<script>alert(1)</script>", "<img src=x>", "&lt;",
    "&#64;everyone", "\u202egnp", "\u200b@\u200beveryone", "\u2028# x", "\r# x", "\x00", "\ud800",
    "::error::x", "e\u0301" * 9, "日本語", "  ", "\t", "\u3000", "(", ")", '"', "'", "“", "->", "… and 9 more",
]  # fmt: skip
LONG = {
    "long": "x" * 100_000,
    "wide": "日" * 50_000,
    "astral": "\U0001f600" * 30_000,
    "ticks": "`" * 100_000,
    "lines": "\n" * 100_000,
    "pipes": "|" * 100_000,
    "mentions": "@everyone " * 10_000,
    "brackets": "[" * 100_000,
    "tags": "<details>" * 10_000,
}
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), min_size=1, max_size=6).map("".join)


def shop(text):
    """A plan that has a text of others wherever a plan can have one."""
    named = Frozen({"name": text, "description": text, "metadata": Frozen({text: text})})
    return plan(
        Create(address=product("new"), after=named, notes=(text, f"it says {text}")),
        Update(
            address=product("pro"),
            object="prod_1",
            before=Frozen({"name": "Pro"}),
            after=named,
            edits=(edit("name", "Pro", text), edit(f"metadata.{text}", None, text)),
        ),
        Adopt(address=product("found"), object=text, from_=text, before=named, after=named),
        Move(address=product("moved"), object="prod_3", source=text, before=named, after=named),
        Replace(
            address=price("pro", "monthly"),
            object=text,
            before=monthly(2900, nickname=text, lookup_key=text),
            after=monthly(3500, nickname=text, lookup_key=text),
            edits=(edit("unit_amount", 2900, 3500, Rule.REPLACE), edit("nickname", text, "x")),
            notes=(text,),
        ),
        steps=(
            Step(
                id=text,
                address=product("new"),
                verb="create",
                kind="product",
                payload=Frozen({"name": text, "metadata": Frozen({text: text})}),
            ),
            Step(id="2", address=price("a", "b"), verb="update", kind="price", object=text),
        ),
        findings=(
            Finding(code="RC103", address=product("pro"), text=text),
            Finding(code="RC109", address=None, text=f'"{text}" is in the way.', blocks=False),
        ),
        notes=(text, f"Catalog {text} holds it."),
        strangers=(Strangers(kind="product", catalog=text, count=3),),
        impacts=(
            Impact(
                address=price("pro", "monthly"),
                kind="price",
                object=text,
                hanging=(
                    Hanging(kind="payment_link", object=text),
                    Hanging(
                        kind="payment_link",
                        object="plink_1",
                        address=Address("payment_link", ("pro",)),
                    ),
                ),
                subscriptions=Frozen({"active": 3, text: 1}),
                unknown=f"not known: {text}",
            ),
        ),
    )


def told(text):
    return read(markdown(shop(text), KINDS))


HARMLESS = told("Pro")


@given(TEXTS)
@settings(deadline=None)
def test_a_hostile_text_changes_no_structure(text):
    seen = told(text)
    assert is_harmless(seen)
    assert (seen.blocks, seen.headings) == (HARMLESS.blocks, HARMLESS.headings)


@pytest.mark.parametrize("text", [*PIECES, *LONG.values()], ids=[*PIECES, *LONG])
def test_each_of_them_alone_changes_none(text):
    comment = markdown(shop(text), KINDS)
    seen = read(comment)
    assert is_harmless(seen)
    assert (seen.blocks, seen.headings) == (HARMLESS.blocks, HARMLESS.headings)
    assert size(comment) <= MOST
    assert "<!--" not in comment


@given(TEXTS, st.integers(4_000, 9_000))
@settings(deadline=None)
def test_a_comment_never_grows_beyond_its_bounds(text, most):
    comment = markdown(shop(text * 20), KINDS, most=most)
    assert size(comment) <= most
    assert is_harmless(read(comment))


@given(TEXTS)
@settings(deadline=None)
def test_a_span_is_one_span_in_a_table(text):
    from reconciler.render.safe import shown  # noqa: PLC0415 - what all texts have gone through

    table = f"| a | b |\n| --- | --- |\n| {code(shown(text))} | {prose(shown(text))} |\n"
    seen = read(table)
    assert is_harmless(seen)
    assert seen.blocks.count("td_open td ") == 2
    assert seen.blocks.count("tr_open tr ") == 2


def test_the_harmless_one_has_every_part():
    assert HARMLESS.headings == (
        "What stops this plan",
        "Noted",
        "Notes",
        "Prices",
        "What names them",
        "Other changes",
    )
    assert 2 == HARMLESS.html.count("</details>")
