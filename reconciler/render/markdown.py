"""A plan as Markdown for a comment on GitHub or GitLab: the verdict first, then what it rests on.

It never grows beyond what a comment may have. What does not fit is counted, entry by entry;
nothing is cut in its middle. It holds no time and no number of a run, so it changes only where
the plan does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.render.calls import CallText
from reconciler.render.markup import code, fenced, link, prose
from reconciler.render.prices import PriceChange, PriceRow
from reconciler.render.review import Review, Touched, review
from reconciler.render.rises import extent
from reconciler.render.room import Room, size
from reconciler.render.safe import pad, shorten
from reconciler.render.verdict import WEIGHT
from reconciler.render.view import Line, Notice

MOST = 60_000
"""GitHub takes 65,536 characters; what is left of them is for who posts it."""

_RESERVED = 2_500
"""For headings, table heads and counts, which stand whatever else does."""

_MOST_PRICES = 60
_MOST_OTHERS = 30
_MOST_LINES = 40
"""How many lines of one change are shown, so that none takes the room of all."""

_LONGEST = 600
"""How many characters of a sentence are shown."""

_LONGEST_NAME = 200
"""How many of what stands in a row or a list."""

_MOST_NAMED = 8
"""How many names in a row a line has; the plan file has them all."""

_HEADS = {"blocks": "What stops this plan", "lifted": "Guards lifted", "noted": "Noted"}


def markdown(plan: Plan, kinds: Kinds, *, details_url: str | None = None, most: int = MOST) -> str:
    """Return the comment, of at most `most` characters, if that is 4,000 or more.

    `details_url` leads to the whole plan, for what does not fit.
    """
    seen = review(plan, kinds)
    foot = [] if details_url is None else [f"See {link(details_url, 'the whole plan')}."]
    room = Room(most - _RESERVED - sum(map(size, foot)))
    blocks = [
        room.spend(f"**{_verdict(seen)}**"),
        room.spend(f"{prose(seen.view.title)}."),
        *_notices(seen, room),
        *_prices(seen.prices, room),
        *_touched(seen.touched, room),
        *_others(seen, room),
        *_details(seen, room),
        *_calls(seen, room),
        *foot,
    ]
    return "\n\n".join(blocks) + "\n"


def _verdict(seen: Review) -> str:
    """Return the verdict. What it names is the one thing in it that others wrote."""
    named = f"The price {seen.subject} "
    if not seen.subject:
        return seen.verdict
    return seen.verdict.replace(named, f"The price {code(seen.subject)} ", 1)


def _text(text: str) -> str:
    return prose(shorten(text, _LONGEST))


def _span(text: str) -> str:
    return code(shorten(text, _LONGEST_NAME))


def _more(
    entries: Sequence[object], fitted: Sequence[object], what: str, told: str = ""
) -> Iterator[str]:
    """Yield how many entries are left out; `told` says what they come to."""
    count = len(entries) - len(fitted)
    if count:
        beside = f" ({told})" if told else ""
        yield f"… and {count:,} more {what}{'' if count == 1 else 's'}{beside}: see the whole plan."


def _list(items: Iterable[str]) -> Iterator[str]:
    """Yield a list, if there is anything in it."""
    told = "\n".join(items)
    if told:
        yield told


def _notices(seen: Review, room: Room) -> Iterator[str]:
    for state, head in _HEADS.items():
        notices = [notice for notice in seen.view.notices if notice.state == state]
        if notices:
            yield f"### {head}"
            fitted = room.fitting(map(_notice, notices), 15_000)
            yield from _list(fitted)
            yield from _more(notices, fitted, "finding")
    if seen.view.notes:
        yield "### Notes"
        fitted = room.fitting((f"- {_text(' '.join(note))}" for note in seen.view.notes), 8_000)
        yield from _list(fitted)
        yield from _more(seen.view.notes, fitted, "note")


def _notice(notice: Notice) -> str:
    where = f" {_span(notice.address)}" if notice.address else ""
    return f"- **{notice.code}**{where}: {_text(' '.join(notice.text))}"


def _prices(prices: Sequence[PriceChange], room: Room) -> Iterator[str]:
    if not prices:
        return
    counted = any(price.total is not None or price.unknown for price in prices)
    yield "### Prices"
    rows = room.fitting(
        ("\n".join(_rows(price, counted=counted)) for price in islice(prices, _MOST_PRICES)),
        20_000,
    )
    yield "\n".join((*_table_head(counted=counted), *rows))
    yield from _more(prices, rows, "price", _left_out(prices[len(rows) :]))
    caveats = list(_caveats(prices))
    fitted = room.fitting(caveats, 4_000)
    yield from _list(fitted)
    yield from _more(caveats, fitted, "remark")


def _left_out(prices: Sequence[PriceChange]) -> str:
    """Return `300 subscriptions, up to 49.5 per cent more`."""
    total = sum(price.total or 0 for price in prices)
    unknown = sum(bool(price.unknown) for price in prices)
    most = "up to " if any(price.again for price in prices) else ""
    parts = (
        f"{most}{total:,} subscription{'' if total == 1 else 's'}" if total else "",
        f"on {unknown:,} their number is unknown" if unknown else "",
        extent(rise for price in prices for rise in price.rises),
    )
    return ", ".join(filter(None, parts))


def _table_head(*, counted: bool) -> Iterator[str]:
    yield f"| Price | | Before | After | Change |{_COUNTED_HEAD if counted else ''}"
    yield f"| --- | --- | ---: | ---: | ---: |{' ---: | ---: | ---: |' if counted else ''}"


_COUNTED_HEAD = " Subscriptions | A month now | At the new price |"


def _rows(price: PriceChange, *, counted: bool) -> Iterator[str]:
    """Yield the rows of one price, the first of which names it."""
    name = _span(price.address.partition(".")[2])
    for number, row in enumerate(price.rows):
        first = number == 0
        cells = [name if first else "", price.what if first else "", *_asked(row)]
        if counted:
            cells += [_subscribed(price) if first else "", row.now, row.then]
        yield f"| {' | '.join(cells)} |"


def _asked(row: PriceRow) -> Iterator[str]:
    yield code(row.before) if row.before else "-"
    yield code(row.after) if row.after else "-"
    yield prose(row.percent) if row.percent and row.percent[0] not in "+-" else row.percent


def _subscribed(price: PriceChange) -> str:
    if price.unknown:
        return "unknown"
    if price.total is None:
        return ""
    return f"{price.total:,}{f' ({prose(price.statuses)})' if price.statuses else ''}"


def _caveats(prices: Iterable[PriceChange]) -> Iterator[str]:
    """Yield what the sums leave out, once for all prices of which it says the same."""
    found: dict[str, list[PriceChange]] = {}
    for price in prices:
        told = "; ".join(price.caveats)
        if price.unknown:
            told = f"how many subscriptions are on it is unknown: {price.unknown}"
        if told:
            found.setdefault(told, []).append(price)
    for told, same in found.items():
        named = ", ".join(_span(price.address) for price in same[:_MOST_NAMED])
        more = f" and {len(same) - _MOST_NAMED:,} more" if len(same) > _MOST_NAMED else ""
        yield f"- {named}{more}: {_text(told)}"


def _touched(touched: Sequence[Touched], room: Room) -> Iterator[str]:
    """Yield what names the objects that go, ours and others'."""
    if not touched:
        return
    yield "### What names them"
    fitted = room.fitting(map(_names, touched), 4_000)
    yield from _list(fitted)
    yield from _more(touched, fitted, "kind")


def _names(one: Touched) -> str:
    count = len(one.ours) + len(one.theirs)
    named = [_span(name) for name in one.ours]
    named += [f"{_span(name)} (not managed here)" for name in one.theirs]
    told = ", ".join(named[:_MOST_NAMED])
    more = f" and {count - _MOST_NAMED:,} more" if count > _MOST_NAMED else ""
    return f"- {count:,} {one.noun}{'' if count == 1 else 's'}: {told}{more}"


def _others(seen: Review, room: Room) -> Iterator[str]:
    if not seen.others:
        return
    yield "### Other changes" if seen.prices else "### Changes"
    fitted = room.fitting(map(_other, seen.others[:_MOST_OTHERS]), 10_000)
    yield from _list(fitted)
    left_out = Counter(line.action for line in seen.others[len(fitted) :])
    told = ", ".join(f"{left_out[action]:,} to {action}" for action in WEIGHT if left_out[action])
    yield from _more(seen.others, fitted, "change", told)


def _other(line: Line) -> str:
    told = [_span(part) for part in (line.main, line.aside) if part]
    return f"- {line.action} {_span(line.address)}{': ' if told else ''}{', '.join(told)}"


def _details(seen: Review, room: Room) -> Iterator[str]:
    """Yield every change as the text format tells it, folded."""
    if seen.view.lines:
        fitted = room.fitting(map(_detail, seen.view.lines), room.left * 6 // 10)
        count = len(seen.view.lines)
        yield from _folded(
            "The change in detail" if count == 1 else f"All {count:,} changes in detail",
            fitted,
            _more(seen.view.lines, fitted, "change"),
        )


def _detail(line: Line) -> str:
    head = "  ".join(filter(None, (f"{line.mark} {line.address}", line.main, line.aside)))
    told = [head, *(f"    {detail}" for detail in line.details[:_MOST_LINES])]
    if len(line.details) > _MOST_LINES:
        told.append(f"    … and {len(line.details) - _MOST_LINES:,} more lines")
    return "\n".join(_block(told))


def _block(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines for a fenced block; what stands before each keeps it from closing the fence."""
    return (f"  {fenced(shorten(line, 2 * _LONGEST))}" for line in lines)


def _calls(seen: Review, room: Room) -> Iterator[str]:
    if seen.calls:
        count = len(seen.calls)
        width = min(max(len(call.request) for call in seen.calls), 60)
        fitted = room.fitting((_call(call, width) for call in seen.calls), room.left)
        reads = f"{seen.reads:,} read{'' if seen.reads == 1 else 's'}"
        yield from _folded(
            f"The exact calls: {count:,} write{'' if count == 1 else 's'}, and {reads} to check",
            fitted,
            _more(seen.calls, fitted, "call"),
        )


def _call(call: CallText, width: int) -> str:
    """Return a call; parameters beyond any reading are left to the plan file, whole."""
    told = [shorten(f"{pad(call.request, width)}  {call.address}", 2 * _LONGEST)]
    if len(call.parameters) > 10 * _LONGEST:
        told.append(f"    {len(call.parameters):,} characters of parameters: see the whole plan")
    elif call.parameters:
        told.append(f"    {call.parameters}")
    return "\n".join(f"  {fenced(line)}" for line in told)


def _folded(summary: str, entries: Sequence[str], more: Iterable[str]) -> Iterator[str]:
    """Yield a folded part. The blank lines make GitHub and GitLab read Markdown inside."""
    yield f"<details><summary>{summary}</summary>"
    if entries:
        yield "\n".join(("```text", *entries, "```"))
    yield from more
    yield "</details>"
