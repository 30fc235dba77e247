"""Pages in a real Chromium: that nothing is fetched or run, and that everybody can use them.

Not part of `make test`, which needs nothing but Python: `make browser` runs it. axe looks for what
keeps people out: https://github.com/dequelabs/axe-core
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import zlib
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from markdown_plans import KINDS, plans
from playwright.sync_api import sync_playwright
from test_markdown_laws import shop

from reconciler.render.page.write import page

HOSTILE = (
    "</title></style></main><script>document.title = 'hostile'; alert(1)</script>"
    "<img src=x onerror=alert(1)>\u202e" + "wide" * 200
)
PLANS = {**plans(), "hostile": shop(HOSTILE)}
SIZES = {"wide": (1180, 900), "narrow": (360, 800)}
EXAMPLE = Path(__file__).parents[2] / "examples" / "pull-request" / "page.html"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "no Chromium: install one (Debian: apt-get install chromium), or say CHROMIUM=path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("pages")
    for name, plan in PLANS.items():
        (where / f"{name}.html").write_text(page(plan, KINDS), encoding="ascii")
    return where


@pytest.fixture
def opened(chromium, folder):
    """Opens a page, and says in the end whether anything was fetched, run or complained of."""
    contexts, heard = [], []

    def open_page(name, *, size="wide", **options):
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        seen = context.new_page()
        url = (folder / f"{name}.html").as_uri()
        seen.on("console", lambda message: heard.append(message.text))
        seen.on("pageerror", lambda error: heard.append(str(error)))
        seen.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
        seen.on("request", lambda asked: asked.url == url or heard.append(asked.url))
        seen.goto(url)
        return seen

    yield open_page
    for context in contexts:
        context.close()
    assert heard == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [name for name in PLANS if name != "two_thousand_changes"])
def test_it_keeps_nobody_out_and_fits(name, theme, size, opened):
    seen = opened(name, size=size, color_scheme=theme)
    _keep(seen, f"{name}-{theme}-{size}")
    seen.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    width = seen.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["nothing", "world_wide", "as_the_design_shows_it", "hostile"])
def test_axe_finds_nothing(name, theme, chromium, folder):
    context = chromium.new_context(color_scheme=theme, bypass_csp=True)  # axe is a script
    seen = context.new_page()
    seen.goto((folder / f"{name}.html").as_uri())
    seen.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(seen).response
    context.close()
    assert "color-contrast" in {one["id"] for one in found["passes"]}
    assert [] == [
        (one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]
    ]


def test_a_keyboard_gets_everywhere(opened):
    seen = opened("world_wide")
    seen.keyboard.press("Tab")
    skip = seen.locator(".skip")
    assert skip.evaluate("one => one === document.activeElement")
    assert skip.bounding_box()["y"] >= 0
    seen.keyboard.press("Enter")
    seen.keyboard.press("Tab")
    first = seen.locator("#changes summary").first
    assert first.evaluate("one => one === document.activeElement")
    assert first.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    assert first.evaluate("one => one.parentElement.open")
    seen.keyboard.press("Enter")
    assert not first.evaluate("one => one.parentElement.open")


def test_it_is_read_without_scripts(opened):
    with_scripts = opened("world_wide").inner_text("body")
    without = opened("world_wide", java_script_enabled=False).inner_text("body")
    assert with_scripts == without


def test_on_paper_nothing_of_the_changes_is_folded(opened):
    seen = opened("two_thousand_changes")
    seen.emulate_media(media="print")
    _keep(seen, "two_thousand_changes-print", whole=False)
    hidden = seen.evaluate(
        "[...document.querySelectorAll('main section:not(.calls) :is(code, li)')]"
        ".filter(one => !one.checkVisibility({contentVisibilityAuto: true})).length"
    )
    assert hidden == 0
    assert not seen.locator("#calls pre").first.is_visible()


def test_two_thousand_changes_are_there_at_once(opened):
    seen = opened("two_thousand_changes")
    _keep(seen, "two_thousand_changes", whole=False)
    took = seen.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert took < 10_000
    assert seen.evaluate("document.documentElement.scrollHeight") < 30_000


def test_the_picture_of_the_example_is_of_its_page(chromium, update):
    """A picture says which page it is of; `--update` takes it anew. Look at it then."""
    picture = EXAMPLE.with_suffix(".png")
    of = _chunk(b"Source\0" + hashlib.sha256(EXAMPLE.read_bytes()).hexdigest().encode())
    if update:
        seen = chromium.new_page(viewport={"width": 900, "height": 900}, color_scheme="light")
        seen.goto(EXAMPLE.as_uri())
        height = seen.locator("#changes").bounding_box()["y"]
        taken = seen.screenshot(
            full_page=True, clip={"x": 0, "y": 0, "width": 900, "height": height}
        )
        seen.close()
        picture.write_bytes(taken[:_HEAD] + of + taken[_HEAD:])
    content = picture.read_bytes()
    assert of == content[_HEAD : _HEAD + len(of)]
    assert len(content) < 200_000


_HEAD = 8 + 25
"""Of a PNG file: what it is, and its size. https://www.w3.org/TR/png-3/#5Chunk-layout"""


def _chunk(text):
    body = b"tEXt" + text
    return struct.pack(">I", len(text)) + body + struct.pack(">I", zlib.crc32(body))


def _keep(seen, name, *, whole=True):
    """Keep a picture where SHOTS says, for somebody to look at."""
    where = os.environ.get("SHOTS")
    if where:
        Path(where).mkdir(parents=True, exist_ok=True)
        seen.screenshot(path=Path(where) / f"{name}.png", full_page=whole)
