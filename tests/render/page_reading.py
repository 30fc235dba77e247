"""Reads pages as a browser does, as far as a parser that is not ours can."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta"}
COLOUR = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")


@dataclass
class Element:
    """An element, with what is in it in order."""

    name: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    def all(self, *names):
        """Every element of these names below it, in order."""
        for part in self.inside:
            if isinstance(part, Element):
                if not names or part.name in names:
                    yield part
                yield from part.all(*names)

    @property
    def text(self):
        """All that is read of it, its blanks as one."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self):
        for part in self.inside:
            if isinstance(part, str):
                yield part
            else:
                yield from part._texts()

    @property
    def structure(self):
        """Its elements with their attributes, without the texts."""
        inside = tuple(part.structure for part in self.inside if isinstance(part, Element))
        return (self.name, tuple(self.attributes.items()), inside)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.top = Element("", {})
        self.open = [self.top]

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), "an attribute stands once"
        found = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(found)
        if tag not in VOID:
            self.open.append(found)

    def handle_endtag(self, tag):
        assert tag == self.open.pop().name, "what is opened last is closed first"

    def handle_data(self, data):
        self.open[-1].inside.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data}")

    def unknown_decl(self, data):
        raise AssertionError(f"a declaration: {data}")


def read(page):
    """Return what a page is made of: its `html` element."""
    doctype, _, rest = page.partition("\n")
    assert doctype == "<!DOCTYPE html>"
    reader = _Reader()
    reader.feed(rest)
    reader.close()
    assert [reader.top] == reader.open, "every element is closed"
    (html,) = reader.top.all("html")
    return html


def themes(sheet):
    """Return the colours of each theme by name: light, dark, and on paper."""
    light, _, rest = sheet.partition("@media (prefers-color-scheme: dark)")
    dark, _, rest = rest.partition("* { box-sizing")
    _, _, printed = rest.partition("@media print")
    base = dict(COLOUR.findall(light))
    return {
        "light": base,
        "dark": base | dict(COLOUR.findall(dark)),
        "print": base | dict(COLOUR.findall(printed)),
    }


def contrast(one, other):
    """Return the contrast of two colours. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
