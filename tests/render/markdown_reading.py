"""Reads comments as GitHub and GitLab do, with a Markdown parser that is not ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HTML = {
    "</details>",
    "<code>",
    "</code>",
}
_DETAILS = re.compile(r"<details><summary>[^<>&@#]*</summary>")

# What GitHub and GitLab make something of in plain text: mentions, references, commits, links,
# mail addresses, emoji, labels, milestones, mathematics.
_MEANS_SOMETHING = re.compile(
    r"[@#!~$%&^*_\[\]<>{}|\\`]\S|\bGH-\d|\b[0-9a-f]{7,}\b|://|www\.|\S@|:\w+:|\[\[|^/\w",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a parser sees. `blocks` is the structure without its texts."""

    blocks: tuple[str, ...]
    headings: tuple[str, ...]
    links: tuple[str, ...]
    plain: tuple[str, ...]
    html: tuple[str, ...]


def read(comment):
    """Return what a comment is made of."""
    tokens = PARSER.parse(comment)
    blocks, headings, links, plain, html = [], [], [], [], []
    for place, token in enumerate(tokens):
        match token.type:
            case "inline":
                blocks.append(_inline(token, links, plain, html))
                if tokens[place - 1].type == "heading_open":
                    headings.append(token.content)
            case "html_block":
                blocks.append("html")
                html.extend(token.content.splitlines())
            case _:
                blocks.append(f"{token.type} {token.tag} {token.markup}")
    return Read(
        blocks=tuple(blocks),
        headings=tuple(headings),
        links=tuple(links),
        plain=tuple(plain),
        html=tuple(html),
    )


def _inline(token, links, plain, html):
    """Note what is inside; how many words and spans there are is not structure."""
    coded, found = False, set()
    for child in token.children:
        match child.type:
            case "html_inline":
                html.append(child.content)
                coded = child.content == "<code>"
            case "text" if coded:
                pass
            case "text":
                plain.append(child.content)
            case "code_inline":
                pass
            case "link_open":
                links.append(child.attrs["href"])
                found.add("link")
            case other:
                found.add(other)
    assert not coded, "every code span is closed"
    return f"inline {sorted(found)}"


def is_harmless(seen, *, links=()):
    """Whether nothing but our own marks means anything."""
    own = all(line in HTML or _DETAILS.fullmatch(line) for line in seen.html)
    # A span of code parts a text: what touches it stands alone there.
    quiet = not any(_MEANS_SOMETHING.search(text.strip(" ()\"',.;:?!")) for text in seen.plain)
    return own and quiet and seen.links == tuple(links)
