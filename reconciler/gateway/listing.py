"""Lists page by page, several pages at once where a list is long and can be cut by time.

One page names where the next begins, so a plain listing waits for each. Objects come newest
first, so the time between the first and the last of a page tells how long a page lasts: windows
of about that length are asked for side by side, and one open end after them, so that no gap in
time stops the listing. A window that holds more than a page is cut again; what fell into one
second is read by cursor.

The result is that of a plain listing, object for object and in its order. Like a plain one it can
miss an object that is switched from one list to another while both are read. Not for what an object
means, nor for how fast requests may leave: that is `pacing`.
https://docs.stripe.com/api/pagination
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from reconciler.ports import PAGE

SIDE_BY_SIDE = 8
"""Windows in flight: with 25 a second allowed and 250 ms for each, no more than 7 could be."""

_PLAIN = 2
"""Pages read one after the other first: most lists end within them, and windows would be waste."""

_FILL = 0.9
"""How full a window is meant to be. A fuller one runs over, and costs a request more."""

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: objects, newest first, and whether there are more behind the last."""

    items: Sequence[Item]
    more: bool


Ask = Callable[[Mapping[str, str]], Page]
"""Asks for the page that these parameters describe."""


@dataclass(slots=True, eq=False)
class _Span:
    """A part of a list, its first page, and the parts behind that.

    From `until` (exclusive, newest) or behind the object `after`, down to `since` (inclusive).
    """

    of: _Scope
    since: int | None = None
    until: int | None = None
    after: str | None = None
    items: Sequence[Item] = ()
    rest: tuple[_Span, ...] = ()
    done: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        named = {
            "created[gte]": self.since,
            "created[lt]": self.until,
            "starting_after": self.after,
        }
        given = {name: str(value) for name, value in named.items() if value is not None}
        return {**self.of.fixed, **given}


@dataclass(slots=True, eq=False)
class _Scope:
    """One of the lists that are read together, and what was learnt about it."""

    fixed: Mapping[str, str]
    pages: int = 0
    fills: deque[float] = field(default_factory=lambda: deque(maxlen=SIDE_BY_SIDE))

    def windows(self) -> int:
        """Return how many windows to ask for at once.

        More the longer the list turned out to be; fewer when they come back empty, as in an
        account that was filled in bursts.
        """
        if self.pages < _PLAIN:
            return 0
        most = min(SIDE_BY_SIDE, max(3, self.pages // 3))
        return int(most * min(1.0, 1.5 * sum(self.fills) / len(self.fills)))


def listing(ask: Ask, lists: Sequence[Mapping[str, str]], *, dated: bool) -> Iterator[Item]:
    """Yield all that the lists hold, each in its order, one list after the other.

    `lists` are their fixed parameters. `dated` says whether Stripe takes `created` for them; those
    that it does not are read page by page, side by side with the others.
    """
    roots = [_Span(_Scope({"limit": str(PAGE), **fixed})) for fixed in lists]
    flying: dict[Future[Page], _Span] = {}
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE + 1) as pool:

        def send(spans: Sequence[_Span]) -> None:
            for span in reversed(spans):  # the open end first: what follows hangs on it
                flying[pool.submit(ask, span.parameters)] = span

        send(roots)
        waiting = list(reversed(roots))
        try:
            while waiting:
                span = waiting.pop()
                while not span.done:
                    for future in wait(flying, return_when=FIRST_COMPLETED).done:
                        landed = flying.pop(future)
                        _land(landed, future.result(), dated=dated)
                        send(landed.rest)
                yield from span.items
                span.items = ()
                waiting.extend(reversed(span.rest))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def plainly(ask: Ask, fixed: Mapping[str, str]) -> Iterator[Item]:
    """Yield all that one list holds, page by page, in this thread: for what is short."""
    after: dict[str, str] = {}
    while True:
        page = ask({"limit": str(PAGE), **fixed, **after})
        yield from page.items
        if not page.more:
            return
        after = {"starting_after": str(page.items[-1]["id"])}


def _land(span: _Span, page: Page, *, dated: bool) -> None:
    scope = span.of
    scope.pages += 1
    scope.fills.append(min(1.0, len(page.items) / PAGE))
    span.items, span.done = page.items, True
    if page.more:
        first, last = (page.items[end].get("created") for end in (0, -1))
        cuts: list[int] = []
        if dated and isinstance(first, int) and isinstance(last, int):
            cuts = _cuts(span, first, last)
        span.rest = tuple(_parts(span, str(page.items[-1]["id"]), cuts))


def _parts(span: _Span, after: str, cuts: Sequence[int]) -> Iterator[_Span]:
    """Yield what is behind a page: up to the first cut by cursor, then window by window."""
    bounds = [*cuts, span.since]
    yield _Span(span.of, since=bounds[0], after=after)
    for until, since in pairwise(bounds):
        yield _Span(span.of, since=since, until=until)


def _cuts(span: _Span, first: int, last: int) -> list[int]:
    """Return the moments, newest first, at which to cut what is behind a page.

    `first` and `last` are when its first and last object were created.
    """
    count = span.of.windows()
    if first == last:  # more than a page in one second: by cursor, and what is older beside it
        return [last] if count and (span.since is None or span.since < last) else []
    length = max(1, round((first - last) * _FILL))
    if span.since is not None:
        count = min(count, (last - span.since) // length)
        # Cut evenly, so that no sliver is left at the end.
        length = max(length, -(-(last - span.since) // (count + 1)))
    cuts = [last - length * number for number in range(1, count + 1)]
    return [cut for cut in cuts if cut > (span.since or 0)]
