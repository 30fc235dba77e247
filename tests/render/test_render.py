"""Plans and outcomes as text, whole."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered_plans import PLANS as RENDERED
from told_plans import TOLD

from reconciler import kinds
from reconciler.executor.outcome import Done, Outcome
from reconciler.model.diff import Edit
from reconciler.model.marks import Rule
from reconciler.render.names import names
from reconciler.render.outcome import outcome
from reconciler.render.safe import columns, lines, shorten, shown
from reconciler.render.text import text
from reconciler.render.values import Teller

KINDS = kinds.load()
PLANS = {**RENDERED, **TOLD}
GOLDEN = Path(__file__).parent / "golden"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def golden(name, content, update):
    path = GOLDEN / name
    if update:
        path.write_text(content, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_is_this_text(name, update):
    golden(f"{name}.txt", text(PLANS[name], KINDS), update)


def test_colour_is_by_action(update):
    golden("colour.ansi", text(PLANS["every_other_action"], KINDS, colour=True), update)


@pytest.mark.parametrize(
    "name", ["as_the_design_shows_it", "text_that_wants_to_break_out", "many_tiers", "lists"]
)
def test_in_full_it_is_this_text(name, update):
    golden(f"{name}.full.txt", text(PLANS[name], KINDS, full=True), update)


@pytest.mark.parametrize("name", PLANS)
def test_in_full_nothing_is_shortened(name):
    told = text(PLANS[name], KINDS, full=True)
    assert "[…" not in told
    assert not re.search(r"^ +and \d+ more changes$", told, re.MULTILINE)


@pytest.mark.parametrize("name", PLANS)
def test_colour_adds_nothing_but_colour(name):
    assert text(PLANS[name], KINDS) == ANSI.sub("", text(PLANS[name], KINDS, colour=True))


@pytest.mark.parametrize("name", PLANS)
def test_no_line_steers_a_terminal(name):
    assert all(
        line.isprintable() for line in text(PLANS[name], KINDS).replace("\u200d", "").split("\n")
    )


def test_an_outcome_lists_what_became_of_each_address(update):
    plan = PLANS["as_the_design_shows_it"]
    first, second, _, replaced, _, gone = plan.changes
    done = (
        Done(step="1", address=first.address, call="create_product", object="prod_New"),
        Done(step="2", address=second.address, call="create_price", object="price_New"),
        Done(step="3", address=replaced.address, call="create_price", object="price_1New"),
        Done(step="4", address=replaced.address, call="update_price", object="price_1Old"),
        Done(step="5", address=gone.address, call="delete_product", object="prod_2", instead=True),
    )
    result = Outcome(run="r", done=done, verified=True, writes=6)
    golden("outcome.txt", outcome(plan, result, reads=4), update)


def test_an_outcome_gives_each_line_its_own_object():
    plan = PLANS["two_objects_of_one_address"]
    address = plan.changes[0].address
    done = (
        Done(step="1", address=address, call="create_price", object="price_new"),
        Done(step="2", address=address, call="update_price", object="price_old"),
        Done(step="3", address=address, call="update_price", object="price_other"),
    )
    assert outcome(plan, Outcome(run="r", done=done, verified=None, writes=3), reads=1) == (
        "  ± price.pro.monthly  price_new (was price_old)\n"
        "  - price.pro.monthly  price_other\n"
        "\n"
        "Applied. 3 writes, 1 read. Not verified.\n"
    )


def test_an_outcome_says_when_nobody_looked():
    done = Outcome(run="r", done=(), verified=None, writes=1)
    assert outcome(PLANS["nothing"], done, reads=1) == "Applied. 1 write, 1 read. Not verified.\n"


class TestSafety:
    @given(st.text())
    def test_what_is_shown_is_seen_or_a_space(self, given):
        seen = shown(given).replace("\u200d", "")
        assert all(sign.isprintable() or unicodedata.category(sign) == "Zs" for sign in seen)

    # Some letters and signs are blank: the fillers of Hangul, the empty pattern of Braille.
    @given(
        st.text(
            st.characters(
                categories=["L", "N", "P", "S"],
                exclude_characters="\\\u115f\u1160\u3164\uffa0\u2800",
            )
        )
    )
    def test_what_is_harmless_is_shown_as_it_is(self, given):
        assert given == shown(given)

    @given(st.text())
    def test_a_line_stays_a_line(self, given):
        assert [shown(given)] == lines(shown(given))

    @given(st.text(min_size=101), st.integers(24, 100))
    def test_what_is_shortened_says_by_how_much(self, given, limit):
        short = shorten(given, limit)
        head, left_out, tail = re.fullmatch(
            r"(.*)\[… ([0-9,]+) characters …\](.*)", short, re.DOTALL
        ).groups()
        assert given.startswith(head)
        assert given.endswith(tail)
        assert len(given) == len(head) + int(left_out.replace(",", "")) + len(tail)

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("abc", 3),
            ("日本", 4),
            ("e\u0301", 1),
            ("\uff37", 2),
            ("", 0),
            ("👩\u200d💻", 2),
            ("👩🏽\u200d💻", 2),
            ("❤\ufe0f", 2),
            ("☎", 1),
            ("🇩🇪", 2),
            ("👍🏽!", 3),
            ("a\u200db", 2),
        ],
    )
    def test_width_is_counted_in_columns(self, given, expected):
        assert expected == columns(given)

    @given(st.text("ab", max_size=300), st.text("ab", max_size=300))
    def test_two_texts_that_differ_are_shown_differently(self, before, after):
        if before != after:
            entry = Edit(path="x", before=before, after=after, rule=Rule.UPDATE)
            teller = Teller(kind=KINDS["product"], names=names(PLANS["nothing"], KINDS), limit=60)
            left, right = teller.edit(entry).removeprefix("x ").split(" -> ")
            assert left != right
