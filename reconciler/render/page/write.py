"""A plan as one HTML page: no script, no network, no address but those within it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.render.page import catalog, sections
from reconciler.render.page.elements import Html, block, element, style
from reconciler.render.page.pricing import cards
from reconciler.render.review import Review, review
from reconciler.render.safe import shown
from reconciler.render.verdict import sentences

_LIMIT = 240
"""How many characters of a value are shown: a page has more room than a line."""


def page(plan: Plan, kinds: Kinds) -> str:
    """Return the page, in ASCII: no encoding of a terminal or a server can spoil it."""
    seen = review(plan, kinds, limit=_LIMIT)
    parts = tuple(_parts(plan, kinds, seen))
    body = block(
        "body",
        sections.skip(),
        _head(plan, kinds, seen),
        sections.contents(parts) if len(parts) > 1 else "",
        block("main", *(part.html for part in parts), id="plan", tabindex="-1"),
        _foot(plan, seen),
    )
    document = block("html", _about(plan), body, lang="en")
    ascii_only = document.encode("ascii", "xmlcharrefreplace").decode("ascii")
    return f"<!DOCTYPE html>\n{ascii_only}\n"


def _about(plan: Plan) -> Html:
    """Return what a browser needs to know. The policy lets it fetch and run nothing at all."""
    sheet = files(__package__).joinpath("page.css").read_text(encoding="ascii")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return block(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"Plan for {plan.catalog}"),
        style(sheet),
    )


def _head(plan: Plan, kinds: Kinds, seen: Review) -> Html:
    first, *rest = sentences(plan, kinds)
    mode = "live" if plan.livemode else "test"
    account = shown(plan.account) if plan.account else "an account that the key may not name"
    return block(
        "header",
        block(
            "p",
            element("span", plan.catalog, class_="catalog-name"),
            element("span", f"{mode} mode", class_=f"mode {mode}"),
            element("code", account),
            class_="whose",
        ),
        element("h1", first),
        *(element("p", sentence, class_="lead") for sentence in rest),
        element("p", seen.view.summary, class_="summary"),
        class_=f"top {_tone(seen)}",
    )


def _tone(seen: Review) -> str:
    if seen.view.blocked:
        return "stopped"
    return "changing" if seen.view.lines else "still"


def _parts(plan: Plan, kinds: Kinds, seen: Review) -> Iterator[sections.Part]:
    yield from sections.notices(seen)
    found = cards(plan, kinds)
    if found:
        yield catalog.catalog(found)
    if seen.view.lines:
        yield sections.changes(seen.view.lines)
    yield from catalog.impact(seen)
    if seen.calls:
        yield sections.calls(seen)


def _foot(plan: Plan, seen: Review) -> Html:
    strangers = seen.view.strangers
    return block(
        "footer",
        element("p", f"{strangers[:1].upper()}{strangers[1:]}.") if strangers else "",
        element("p", f"{seen.view.title}."),
        element("p", "Made from the files with the digest ", element("code", plan.spec_digest)),
    )
