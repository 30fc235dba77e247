"""Reads what a search finds, page by page: its pages have names, and no cursors.

Not for what to search for. https://docs.stripe.com/api/pagination/search
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.gateway.answers import unexpected

Ask = Callable[[Mapping[str, str]], Mapping[str, Any]]
"""Asks for the page that these parameters describe."""


def searching(ask: Ask, query: str, what: str) -> Iterator[Any]:
    """Yield all that a search finds; `what` says for whom, in errors."""
    named: dict[str, str] = {}
    while True:
        page = ask({"limit": "100", "query": query, **named})
        items, following = page.get("data"), page.get("next_page")
        if not isinstance(items, list):
            raise unexpected(what, "a list without data")
        yield from items
        if not page.get("has_more"):
            return
        if not isinstance(following, str) or following == named.get("page"):
            raise unexpected(what, "a page that leads nowhere")
        named = {"page": following}
