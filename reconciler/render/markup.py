"""Texts of others in Markdown and HTML: they are shown as they are, and mean nothing there.

Whatever may come from elsewhere stands in a code span, where neither GitHub nor GitLab looks for
mentions, references, links, emoji or commands. The one place that escapes Markdown.
https://github.github.com/gfm/
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from reconciler.errors import UsageError

_PLAIN_SPAN = re.compile(r"[^`|\\<&\s](?:[^`|\\<&\n]*[^`|\\<&\s])?")
"""What a code span of backticks holds as it is, in a table too."""

_TOKEN = re.compile(r"(?P<head>[\"'(]*)(?P<core>.*?)(?P<tail>[\"'),.;:?!]{0,3})", re.DOTALL)
_PART = r"(?![0-9a-fA-F]{7,}(?![A-Za-z]))[A-Za-z]+"
_WORD = re.compile(
    rf"{_PART}(?:['\u2019-]{_PART})*"
    r"|[+-]?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]{1,4})?%?"
)
"""What stands in prose as it is. Not `GH-12`, nor what might be a commit."""

_FENCE = re.compile(r"^(\s*)(```|~~~)", re.MULTILINE)

_SIGNS = {"->": "→", "=": "=", "+": "+", "-": "-", "%": "%", "\u2026": "\u2026"}
"""What stands there between blanks."""

_BEGINS_A_LIST = re.compile(r"[=%+-].*|[0-9]+[.)].*", re.DOTALL)
_SAFE_IN_HTML = re.compile(r"[A-Za-z0-9 ]")
_SAFE_IN_URL = "/:?#[]@!$&'*+,;=%~-._"


def code(text: str) -> str:
    """Return a text as a code span, for a paragraph, a list or a table."""
    if _PLAIN_SPAN.fullmatch(text):
        return f"`{text}`"
    escaped = "".join(map(_entity, text)) or '""'
    return f"<code>{escaped}</code>"


def _entity(character: str) -> str:
    if _SAFE_IN_HTML.fullmatch(character) or (ord(character) > 127 and character.isalnum()):
        return character
    return f"&#{ord(character)};"


def prose(text: str) -> str:
    """Return sentences of our own that may quote others: every word that is not plain as code."""
    first, *rest = text.split() or ['""']
    begun = code(first) if _BEGINS_A_LIST.fullmatch(first) else _word(first)
    # No span of backticks holds one: between two of them there is nothing but a blank.
    return " ".join((begun, *map(_word, rest))).replace("` `", " ")


def _word(word: str) -> str:
    if word in _SIGNS:
        return _SIGNS[word]
    match = _TOKEN.fullmatch(word)
    if match is None:  # never: the pattern takes everything
        return code(word)
    core = match["core"]
    told = core if _WORD.fullmatch(core) else code(core)
    return f"{match['head']}{told}{match['tail']}"


def fenced(text: str) -> str:
    """Return a line for a fenced block: it may not end it, nor look like a marker of ours."""
    return _FENCE.sub(r"\1\\\2", text).replace("<!--", "<\\x21--")


def link(url: str, text: str) -> str:
    """Return a link to a page; raise `UsageError` where it is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isprintable():
        raise UsageError(
            f'"{url[:80]}" is no address of a page.\n  Give one such as https://example.com/plan'
        )
    return f"[{text}](<{quote(url, safe=_SAFE_IN_URL)}>)"
