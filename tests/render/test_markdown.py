"""Plans as comments, whole."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_plans import KINDS, plans
from markdown_reading import is_harmless, read
from test_render import golden

from reconciler.errors import UsageError
from reconciler.render.markdown import MOST, markdown
from reconciler.render.room import size

PLANS = plans()
URL = "https://github.com/acme/shop/actions/runs/1/artifacts/2"


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_is_this_comment(name, update):
    golden(f"{name}.md", markdown(PLANS[name], KINDS), update)


def test_there_are_fifteen():
    assert len(PLANS) >= 15


@pytest.mark.parametrize("name", PLANS)
def test_a_parser_sees_only_our_own_marks(name):
    assert is_harmless(read(markdown(PLANS[name], KINDS)))


@pytest.mark.parametrize("name", PLANS)
def test_the_verdict_comes_first(name):
    first = markdown(PLANS[name], KINDS).split("\n", maxsplit=1)[0]
    assert re.fullmatch(r"\*\*[A-Z].*\.\*\*", first)


@pytest.mark.parametrize("most", [4_000, 6_000, 10_000, 30_000, MOST])
@pytest.mark.parametrize("name", PLANS)
def test_what_fits_is_whole_and_what_does_not_is_counted(name, most):
    whole = markdown(PLANS[name], KINDS, most=10**9)
    comment = markdown(PLANS[name], KINDS, most=most)
    assert size(comment) <= most
    lines = [line for line in comment.split("\n") if not line.startswith("… and ")]
    assert set(lines) <= set(whole.split("\n"))
    assert read(comment).headings == read(whole).headings


def test_subscriptions_that_are_on_several_of_what_is_left_out_are_not_counted_too_surely():
    plan = PLANS["two_thousand_changes"]
    again = (replace(impact, counted_before=min(1, impact.total)) for impact in plan.impacts)
    comment = markdown(replace(plan, impacts=tuple(again)), KINDS)

    assert "940 more prices (up to 441,330 subscriptions, up to 33.3 per cent more)" in comment
    assert "498,501 subscriptions stay on their old prices" in comment


def test_two_thousand_changes_are_all_counted():
    comment = markdown(PLANS["two_thousand_changes"], KINDS)
    prices = len(re.findall(r"^\| `p\d", comment, re.MULTILINE))
    others = len(re.findall(r"^- update", comment, re.MULTILINE))
    details = len(re.findall(r"^  [~±] p", comment, re.MULTILINE))
    calls = len(re.findall(r"^  POST ", comment, re.MULTILINE))
    left_out = re.findall(
        r"^… and ([\d,]+) more (\w+)(?: \((.*)\))?: see the whole plan\.$", comment, re.MULTILINE
    )
    counts = [(int(count.replace(",", "")), what, told) for count, what, told in left_out]
    subscriptions = sum(range(1000 - prices))  # of the cheapest, on which the fewest are
    assert counts == [
        (1000 - prices, "prices", f"{subscriptions:,} subscriptions, up to 33.3 per cent more"),
        (1000 - others, "changes", f"{1000 - others} to update"),
        (2000 - details, "changes", ""),
        (1000 - calls, "calls", ""),
    ]


class TestDetails:
    def test_a_link_leads_to_the_whole_plan(self):
        comment = markdown(PLANS["nothing"], KINDS, details_url=URL)
        assert comment == markdown(PLANS["nothing"], KINDS) + f"\nSee [the whole plan](<{URL}>).\n"
        assert is_harmless(read(comment), links=[URL])

    @pytest.mark.parametrize(
        ("url", "href"),
        [
            (
                "https://a.test/x>)[evil](http://b.test",
                "https://a.test/x%3E%29[evil]%28http://b.test",
            ),
            ("https://a.test/`<b>|", "https://a.test/%60%3Cb%3E%7C"),
        ],
    )
    def test_it_stays_one_link(self, url, href):
        seen = read(markdown(PLANS["nothing"], KINDS, details_url=url))
        assert seen.links == (href.replace("[", "%5B").replace("]", "%5D"),)

    @pytest.mark.parametrize(
        "url", ["", "javascript:alert(1)", "ftp://a.test", "https://", "https://a.test/\nx", "x"]
    )
    def test_what_is_no_page_is_refused(self, url):
        with pytest.raises(UsageError, match="no address of a page"):
            markdown(PLANS["nothing"], KINDS, details_url=url)


def test_another_catalog_says_its_name():
    other = markdown(replace(PLANS["nothing"], catalog="other"), KINDS)
    assert "Catalog other on" in other
