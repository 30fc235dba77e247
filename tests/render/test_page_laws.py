"""Hostile texts in a page: a parser finds the elements that it finds with harmless ones."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_plans import KINDS
from page_reading import read
from test_markdown_laws import LONG, PIECES, shop
from test_markdown_laws import TEXTS as COMMENT_TEXTS

from reconciler.render.page.elements import block, element, style
from reconciler.render.page.write import page

HOSTILE = [
    *PIECES,
    '"', "'", "'\"", '" onclick="alert(1)', "' autofocus onfocus=alert(1) x='", "`", "=", "/>", ">",
    "</style>", "</title>", "</p>", "</td></tr></table>", "</main>", "</html>", "<!DOCTYPE html>",
    "<style>*{display:none}</style>", "<base href=//evil.test>", "<meta http-equiv=refresh content=0>",
    "<svg onload=alert(1)>", "<plaintext>", "<textarea>", "<template>", "<!--", "--!>", "<![CDATA[", "]]>",
    "<?php", "&", "&amp;", "&#x3c;script&#x3e;", "&lt;script&gt;", "&lt", "javascript:alert(1)",
    "\x00<b>", "<\x00b>", "\ufeff", "\x0c", "\u2028</p>", "+ADw-script+AD4-", "\ud83d", "\U0010ffff",
]  # fmt: skip
MIXED = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), min_size=1, max_size=6).map(
    "".join
)
TEXTS = (COMMENT_TEXTS | MIXED).map(lambda text: f"hostile {text}")


def told(text):
    return read(page(shop(text), KINDS))


@cache
def harmless(count):
    """The structure with a harmless text of so many lines: findings and notes have lines."""
    return told("\n".join(["harmless"] * count)).structure


def lines(text):
    """How many lines a text has, of those that are told: beyond that their number is."""
    return min(1 + text.count("\n"), 100)


@given(TEXTS)
def test_a_hostile_text_changes_no_structure(text):
    assert harmless(lines(text)) == told(text).structure


@pytest.mark.parametrize(
    "text", [*HOSTILE, *(text[:20_000] for text in LONG.values())], ids=[*HOSTILE, *LONG]
)
def test_each_of_them_alone_changes_none(text):
    assert harmless(lines(text)) == told(text).structure


@given(TEXTS)
def test_nothing_in_it_steers_what_shows_it(text):
    shown = page(shop(text), KINDS)
    assert shown.isascii()
    references = {chr(int(code)) for code in re.findall(r"&#(\d+);", shown)}
    assert not references & set("\u202e\u200b\u2028\u2066\ufeff\u00ad")


@given(TEXTS)
def test_a_text_is_read_as_it_was_written(text):
    from reconciler.render.safe import shown  # noqa: PLC0415 - what all texts have gone through

    html = read(f"<!DOCTYPE html>\n{element('html', element('p', text))}")
    assert next(html.all("p")).inside == ([shown(text)])


class TestElements:
    def test_what_is_joined_to_an_element_is_a_text_again(self):
        joined = element("b", "x") + "<i>"
        assert element("p", joined) == "<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>"

    def test_an_attribute_cannot_be_left(self):
        assert element("p", class_='"><b>') == '<p class="&quot;&gt;&lt;b&gt;"></p>'

    def test_a_block_has_its_parts_on_lines(self):
        assert block("ul", element("li", "&"), "") == "<ul>\n<li>&amp;</li>\n</ul>"

    def test_a_style_sheet_cannot_end_itself(self):
        with pytest.raises(ValueError, match="no <"):
            style("</style>")


def test_the_harmless_one_has_every_part():
    assert [one.text for one in told("harmless").all("h2")] == [
        "What stops this plan",
        "Notes",
        "Before and after",
        "Changes",
        "Who is on what goes",
        "The exact calls",
    ]
