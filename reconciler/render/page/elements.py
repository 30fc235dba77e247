"""HTML elements. The one place that escapes HTML: a text is never more than a text.

What is not `Html` is escaped, and only the functions here make `Html`; joined or cut, it is a text
again. Names of elements and attributes are written in the code; values are escaped all the same.
"""

from __future__ import annotations

from html import escape

from reconciler.render.safe import shown

VOID = frozenset({"meta"})


class Html(str):
    """HTML that was made here."""

    __slots__ = ()


def text(content: str) -> Html:
    """Return a text as HTML that shows it as it is."""
    return content if isinstance(content, Html) else Html(escape(shown(content), quote=True))


def element(name: str, /, *inside: str, **attributes: str) -> Html:
    """Return an element on one line. An attribute is named as in Python: `class_`, `aria_label`."""
    return _element(name, "".join(map(text, inside)), attributes)


def block(name: str, /, *inside: str, **attributes: str) -> Html:
    """Return an element with each of its parts on lines of their own."""
    parts = "".join(f"{text(part)}\n" for part in inside if part)
    return _element(name, f"\n{parts}", attributes)


def style(sheet: str) -> Html:
    """Return a style sheet of our own, which may not hold what ends it."""
    if "<" in sheet:
        raise ValueError("a style sheet needs no <")
    return Html(f"<style>{sheet}</style>")


def _element(name: str, inside: str, attributes: dict[str, str]) -> Html:
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(shown(value), quote=True)}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{told}>" if name in VOID else f"<{name}{told}>{inside}</{name}>")
