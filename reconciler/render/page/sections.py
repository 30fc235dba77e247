"""The parts of the page: what each says, in elements. How they look is in the style sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reconciler.render.calls import CallText
from reconciler.render.page.elements import Html, block, element
from reconciler.render.review import Review, Touched
from reconciler.render.safe import shorten
from reconciler.render.view import MARKS, Line, Notice

Entry = TypeVar("Entry")

_STATES = {"blocks": "Stops this plan", "lifted": "Lifted", "noted": "Noted"}

_MOST_OPEN = 24
"""How many changes have their details open: beyond that nobody reads them in a row."""

_MOST_SHOWN = 60
"""How many entries of a list stand unfolded."""

_MOST_LINES = 60
"""How many lines one entry has, so that none takes the room of all."""

_LONGEST = 1_000
"""How many characters such a line has. The plan file has all of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page, to which the contents lead by its name."""

    name: str
    head: str
    html: Html


def section(name: str, head: str, *inside: str) -> Part:
    """Return a part of the page with its heading."""
    html = block(
        "section",
        element("h2", head, id=f"{name}-head"),
        *inside,
        id=name,
        class_=name,
        aria_labelledby=f"{name}-head",
    )
    return Part(name, head, html)


def folded(summary: str, *inside: str) -> Html:
    """Return what is shown when somebody asks for it."""
    return block("details", element("summary", summary), *inside, class_="fold")


def some(
    entries: Sequence[Entry],
    most: int,
    told: Callable[[Sequence[Entry]], Html],
    noun: str,
) -> Iterator[Html]:
    """Yield the first entries, and the others folded, with their number."""
    yield told(entries[:most])
    rest = entries[most:]
    if rest:
        yield folded(f"{many(len(rest), f'more {noun}')}", told(rest))


def many(count: int, noun: str) -> str:
    """Return `1 change` or `2,000 changes`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def tag(action: str, what: str) -> Html:
    """Return what becomes of something, by a sign and a word: colour alone says nothing."""
    sign = element("span", MARKS[action], class_="sign", aria_hidden="true")
    return element("span", sign, " ", what, class_=f"tag {action}")


def notices(seen: Review) -> Iterator[Part]:
    """Yield the findings, those that stop the plan first, and the notes."""
    stops = [notice for notice in seen.view.notices if notice.state == "blocks"]
    others = [notice for notice in seen.view.notices if notice.state != "blocks"]
    if stops:
        told = some(stops, _MOST_SHOWN, _notices, "finding")
        yield section("stops", "What stops this plan", *told)
    if others or seen.view.notes:
        yield section(
            "notes",
            "Notes",
            *(some(others, _MOST_SHOWN, _notices, "finding") if others else ()),
            *(some(seen.view.notes, _MOST_SHOWN, _notes, "note") if seen.view.notes else ()),
        )


def _lines(name: str, lines: Sequence[str]) -> Iterator[Html]:
    """Yield the lines of an entry, as many as anybody reads."""
    yield from (element(name, shorten(line, _LONGEST)) for line in lines[:_MOST_LINES])
    if len(lines) > _MOST_LINES:
        yield element(name, f"… and {many(len(lines) - _MOST_LINES, 'more line')}")


def _notices(found: Sequence[Notice]) -> Html:
    return block("ul", *map(_notice, found), class_="notices")


def _notice(notice: Notice) -> Html:
    where = element("code", notice.address) if notice.address else ""
    return block(
        "li",
        block(
            "p",
            element("span", _STATES[notice.state], class_="state"),
            element("span", notice.code, class_="code"),
            where,
            class_="about",
        ),
        *_lines("p", notice.text),
        class_=f"notice {notice.state}",
    )


def _notes(found: Sequence[tuple[str, ...]]) -> Html:
    return block(
        "ul",
        *(block("li", *_lines("p", note), class_="note") for note in found),
        class_="notices",
    )


def changes(entries: Sequence[Line]) -> Part:
    """Return every change, with its details beneath."""
    is_open = len(entries) <= _MOST_OPEN

    def told(some: Sequence[Line]) -> Html:
        return block("ul", *(_change(line, is_open=is_open) for line in some), class_="lines")

    return section("changes", "Changes", *some(entries, _MOST_SHOWN, told, "change"))


def _change(line: Line, *, is_open: bool) -> Html:
    told = [element("span", part, class_=name) for name, part in _parts(line) if part]
    head = (tag(line.action, line.action), element("code", line.address), *told)
    if not line.details:
        return block("li", block("p", *head, class_="line"))
    opened = {"open": ""} if is_open else {}
    return block(
        "li",
        block(
            "details",
            block("summary", *head, class_="line"),
            block("ul", *_lines("li", line.details), class_="beneath"),
            **opened,
        ),
    )


def _parts(line: Line) -> Iterable[tuple[str, str]]:
    return (("main", line.main), ("aside", line.aside))


def touched(found: Sequence[Touched]) -> Iterator[Html]:
    """Yield what is in use and names something that goes."""
    if found:
        yield element("h3", "What names what goes")
        yield block("ul", *map(_names, found), class_="names")


def _names(one: Touched) -> Html:
    ours = [element("code", name) for name in one.ours]
    theirs = [
        Html(element("code", name) + element("span", " (not managed here)", class_="quiet"))
        for name in one.theirs
    ]
    named = [*ours, *theirs]
    return block(
        "li",
        element("p", many(len(named), one.noun)),
        *some(named, _MOST_SHOWN, lambda entries: block("p", *entries, class_="row"), "name"),
    )


def calls(seen: Review) -> Part:
    """Return the exact calls, folded."""
    head = f"{many(len(seen.calls), 'write')}, and {many(seen.reads, 'read')} to check"
    return section("calls", "The exact calls", folded(head, _calls(seen.calls)))


def _calls(entries: Iterable[CallText]) -> Html:
    return block("ol", *map(_call, entries))


def _call(call: CallText) -> Html:
    return block(
        "li",
        element("code", call.request, class_="request"),
        element("span", call.address, class_="aside"),
        element("pre", call.parameters) if call.parameters else "",
    )


def contents(parts: Iterable[Part]) -> Html:
    """Return links to the parts of the page."""
    links = (element("li", element("a", part.head, href=f"#{part.name}")) for part in parts)
    return block("nav", block("ul", *links), aria_label="On this page")


def skip() -> Html:
    """Return the link with which a keyboard gets past the head."""
    return element("a", "Skip to the plan", class_="skip", href="#plan")
