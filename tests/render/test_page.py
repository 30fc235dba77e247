"""Plans as pages: what stands in them, whole, and what every one of them keeps to."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import pytest
from markdown_plans import KINDS, plans
from page_reading import contrast, read, themes
from test_render import golden

from reconciler.render.page.write import page
from reconciler.render.verdict import verdict
from reconciler.render.view import view

PLANS = plans()
PAGES = {name: page(plan, KINDS) for name, plan in PLANS.items()}
READ = {name: read(told) for name, told in PAGES.items()}
GOLDEN = (
    "nothing",
    "as_the_design_shows_it",
    "findings_and_notes",
    "subscriptions_stay",
    "world_wide",
)
SHEET = files("reconciler.render.page").joinpath("page.css").read_text(encoding="ascii")


def part(html, name):
    """The entries of a part of a page."""
    return [
        line
        for section in html.all("section")
        if section.attributes["id"] == name
        for entries in section.all("ul", "ol")
        if entries.attributes.get("class") != "beneath"
        for line in entries.inside
        if not isinstance(line, str)
    ]


each = pytest.mark.parametrize("name", PLANS)


@pytest.mark.parametrize("name", GOLDEN)
def test_a_plan_is_this_page(name, update):
    golden(f"{name}.html", PAGES[name].partition("</head>\n")[2], update)


class TestContent:
    @each
    def test_the_verdict_comes_first(self, name):
        html = READ[name]
        head = next(html.all("header"))
        said = " ".join(
            one.text
            for one in head.all("h1", "p")
            if one.name == "h1" or one.attributes.get("class") == "lead"
        )
        assert verdict(PLANS[name], KINDS) == said

    @each
    def test_every_change_is_there_with_its_details(self, name):
        told = []
        for line in part(READ[name], "changes"):
            found = [one.text for one in line.all("code")]
            found += [one.text for below in line.all("ul") for one in below.all("li")]
            told.append(found)
        assert told == [
            [line.address, *(" ".join(detail.split()) for detail in line.details)]
            for line in view(PLANS[name], KINDS, limit=240).lines
        ]

    @each
    def test_every_call_is_there(self, name):
        found = part(READ[name], "calls")
        assert PLANS[name].writes == len(found)
        assert all(next(one.all("code")).text.startswith(("POST ", "DELETE ")) for one in found)

    @each
    def test_every_finding_says_what_it_does(self, name):
        html = READ[name]
        words = {(True, False): "Stops this plan", (False, True): "Lifted"}
        expected = sorted(
            (words.get((finding.blocks, finding.lifted), "Noted"), finding.code)
            for finding in PLANS[name].findings
        )
        states = [one.text for one in html.all("span") if one.attributes.get("class") == "state"]
        codes = [one.text for one in html.all("span") if one.attributes.get("class") == "code"]
        assert expected == sorted(zip(states, codes, strict=True))

    def test_a_price_stands_in_its_card_before_and_after(self):
        (card,) = READ["subscriptions_stay"].all("article")
        rows = [tuple(cell.text for cell in row.all("th", "td")) for row in card.all("tr")]
        assert rows == [
            ("Price", "Before", "After"),
            (
                "monthly ± replaced",
                "29.00 USD / month 3 subscriptions stay on it",
                "32.00 USD / month +10.3 %",
            ),
            ("yearly unchanged", "290.00 USD / year", "290.00 USD / year"),
            ("setup unchanged", "50.00 USD once", "50.00 USD once"),
        ]

    def test_two_thousand_changes_are_folded(self):
        html = READ["two_thousand_changes"]
        folds = [
            next(one.all("summary")).text
            for one in html.all("details")
            if one.attributes.get("class") == "fold"
        ]
        assert folds == [
            "980 more products",
            "1,940 more changes",
            "959 more prices",
            "1,000 writes, and 4 reads to check",
        ]
        assert not any("open" in one.attributes for one in html.all("details"))
        assert len(PAGES["two_thousand_changes"]) < 2_500_000

    def test_who_is_on_a_price_stands_where_it_was_sold(self):
        (card,) = READ["another_currency"].all("article")
        rows = [tuple(cell.text for cell in row.all("td")) for row in card.all("tr")]
        assert rows[1:] == [
            ("not sold yet", "27.00 EUR / month"),
            ("29.00 USD / month no subscription is on it", "no longer sold"),
        ]

    def test_prices_that_the_plan_does_not_hold_are_counted(self):
        plan = PLANS["subscriptions_stay"]
        beside = tuple(replace(one, more=3) for one in plan.beside)
        (card,) = read(page(replace(plan, beside=beside), KINDS)).all("article")
        assert [one.text for one in card.all("p")] == ["3 more prices, unchanged."]

    def test_what_is_switched_off_is_not_shown_as_sold(self):
        cards = [
            [tuple(cell.text for cell in row.all("td")) for row in card.all("tr")][1:]
            for card in READ["switches"].all("article")
        ]
        assert cards == [
            [
                ("not there yet", "Pro switched off"),
                ("29.00 USD / month", "39.00 USD / month +34.5 % switched off"),
            ],
            [("Old For teams", "no longer sold")],
        ]

    def test_prices_on_which_nobody_is_are_counted(self):
        told = [
            one.text
            for name in ("everything_goes", "two_thousand_changes", "world_wide")
            for one in READ[name].all("p")
            if one.attributes.get("class") == "free"
        ]
        assert told == [
            "No subscription is on what goes.",
            "No subscription is on 1 other price that goes.",
        ]

    def test_a_live_account_says_so(self):
        live = read(page(replace(PLANS["nothing"], livemode=True), KINDS))
        modes = [one.text for one in live.all("span") if "mode" in one.attributes["class"].split()]
        assert modes == ["live mode"]


class TestClosedness:
    @each
    def test_it_fetches_and_runs_nothing(self, name):
        html = READ[name]
        names = {one.name for one in html.all()}
        attributes = {attribute for one in html.all() for attribute in one.attributes}
        assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
        assert attributes <= {
            "lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope",
            "colspan", "tabindex", "open", "aria-label", "aria-labelledby", "aria-hidden",
        }  # fmt: skip
        links = {one.attributes["href"] for one in html.all("a")}
        assert links <= {f"#{one.attributes['id']}" for one in html.all() if "id" in one.attributes}

    @each
    def test_its_policy_allows_its_own_style_and_nothing_else(self, name):
        html = READ[name]
        (sheet,) = html.all("style")
        assert sheet.inside == [SHEET]
        digest = base64.b64encode(hashlib.sha256(SHEET.encode()).digest()).decode()
        policies = [
            one.attributes["content"] for one in html.all("meta") if "http-equiv" in one.attributes
        ]
        assert policies == [
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        ]

    def test_its_style_fetches_nothing(self):
        assert not re.search(r"url\(|@import|https?:|<|\\", SHEET)

    @each
    def test_it_is_ascii(self, name):
        assert PAGES[name].isascii()


class TestAccess:
    @each
    def test_headings_go_down_one_at_a_time(self, name):
        levels = [int(one.name[1]) for one in READ[name].all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    @each
    def test_it_has_landmarks_and_a_way_past_the_head(self, name):
        html = READ[name]
        (body,) = html.all("body")
        assert html.attributes == {"lang": "en"}
        marks = [one.name for one in body.inside if not isinstance(one, str) and one.name != "nav"]
        assert marks == ["a", "header", "main", "footer"]
        first = next(body.all("a"))
        assert (first.text, first.attributes["href"]) == ("Skip to the plan", "#plan")
        assert all(one.attributes.get("aria-label") for one in html.all("nav"))

    @each
    def test_every_table_is_named_and_has_heads(self, name):
        for table in READ[name].all("table"):
            (caption,) = table.all("caption")
            assert caption.text
            assert {head.attributes["scope"] for head in table.all("th")} <= {
                "col",
                "row",
                "rowgroup",
            }
            assert all(head.text for head in table.all("th"))

    @each
    def test_ids_are_there_once(self, name):
        ids = [one.attributes["id"] for one in READ[name].all() if "id" in one.attributes]
        assert len(set(ids)) == len(ids)

    @each
    def test_what_becomes_of_something_is_said_by_a_sign_and_a_word(self, name):
        tags = [
            one.text
            for one in READ[name].all("span")
            if one.attributes.get("class", "").startswith("tag ")
        ]
        assert all(re.fullmatch(r"[+~±^@>-] [a-z, ]+", told) for told in tags)

    @pytest.mark.parametrize("theme", ["light", "dark", "print"])
    def test_texts_stand_out_from_what_is_behind_them(self, theme):
        colours = themes(SHEET)[theme]
        behind = ("paper", "card", "sunk")
        pairs = [
            *((ink, paper) for ink in ("ink", "quiet", "accent") for paper in behind),
            *((tone, "card") for tone in ("new", "gone", "changed", "other")),
            *((tone, f"{tone}-paper") for tone in ("new", "gone", "changed", "other")),
        ]
        weak = {
            pair: contrast(colours[pair[0]], colours[pair[1]])
            for pair in pairs
            if contrast(colours[pair[0]], colours[pair[1]]) < 4.5
        }
        assert weak == {}

    def test_every_colour_has_a_name(self):
        stray = re.findall(r"^(?!\s*--).*#[0-9a-f]{3,8}\b", SHEET, re.MULTILINE)
        assert stray == []

    def test_contrast_is_measured_as_the_standard_says(self):
        assert (21.0, 1.0) == (contrast("#000000", "#ffffff"), contrast("#777777", "#777777"))
        assert round(contrast("#777777", "#ffffff"), 2) == 4.48
