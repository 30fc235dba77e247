"""What a plan does to prices, in sentences: how many it changes, which way, and by how much.

Who is on them is said beside it, in `verdict`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Change, Replace
from reconciler.render.amounts import currency
from reconciler.render.headline import headline
from reconciler.render.rises import FROM_FREE, TO_FREE, bare, plainly, rises
from reconciler.render.safe import shorten

_VERBS = {
    "replace": "replaces",
    "retire": "retires",
    "update": "updates",
    "create": "creates",
    "reactivate": "brings back",
    "adopt": "takes over",
    "move": "renames",
}

_LIMIT = 60
_AMOUNT = re.compile(r"(?P<sum>[0-9][0-9,]*(?:\.[0-9]+)?) (?P<code>[A-Z]{3})(?P<period> / [a-z]+)?")
"""An amount that a sentence can hold: no tiers, no package, no usage."""


def told(prices: Sequence[Change], kinds: Kinds) -> Iterator[str]:
    """Yield what becomes of prices; of the one that is replaced, from what to what it goes."""
    replaced = [change for change in prices if isinstance(change, Replace)]
    rest = [change for change in prices if not isinstance(change, Replace)]
    single = _single(replaced[0], kinds[replaced[0].address.kind]) if len(replaced) == 1 else ""
    if single:
        yield single
        if rest:
            yield f"Besides, the plan {listed(list(_counts(rest)))}."
        return
    counted = listed(list(_counts(prices)))
    yield f"{counted[:1].upper()}{counted[1:]}."
    ways = _ways(prices, kinds)
    if ways:
        yield f"{ways}."


def subject(prices: Sequence[Change]) -> str:
    """Return how the one price that is replaced is named, if it is one."""
    replaced = [change for change in prices if isinstance(change, Replace)]
    return shorten(replaced[0].address.short, _LIMIT) if len(replaced) == 1 else ""


def listed(parts: list[str]) -> str:
    """Return `a, b and c`."""
    *most, last = parts or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _counts(prices: Sequence[Change]) -> Iterator[str]:
    counts = Counter(change.action for change in prices)
    for action, verb in _VERBS.items():
        if counts[action]:
            yield f"{verb} {counts[action]:,} price{'' if counts[action] == 1 else 's'}"


def _single(change: Change, kind: Kind) -> str:
    """Return `The price pro.monthly goes from 10.00 to 12.00 USD a month for new customers`."""
    if not isinstance(change, Replace) or not kind.is_on(change.after):
        return ""
    before = _AMOUNT.fullmatch(headline(kind, change.before, _LIMIT).text.removesuffix(" once"))
    after = _AMOUNT.fullmatch(headline(kind, change.after, _LIMIT).text.removesuffix(" once"))
    own = currency(kind, change.after)
    if before is None or after is None or own is None or before["code"] != after["code"]:
        return ""
    found = rises(kind, change)
    more = listed([_more(rise) for rise in found.get(own, ())])
    same = before["period"] == after["period"]
    was = before["sum"] if same else f"{before['sum']} {before['code']}{_period(before['period'])}"
    now = f"{after['sum']} {after['code']}{_period(after['period'])}"
    if same and before["sum"] == after["sum"]:
        return ""
    others = len(found.keys() - {own})
    beside = "other currency" if others == 1 else "other currencies"
    also = f" It changes in {others:,} {beside} too." if others else ""
    name = subject([change])
    return f"The price {name} goes from {was} to {now} for new customers{more}.{also}"


def _period(told: str | None) -> str:
    return f" a {told.removeprefix(' / ')}" if told else ""


def _more(rise: Decimal) -> str:
    if abs(rise) == FROM_FREE or rise == TO_FREE:
        return ""
    return f": {plainly(rise)} {'more' if rise > 0 else 'less'}"


def _ways(prices: Sequence[Change], kinds: Kinds) -> str:
    """Return `3 prices go up, by 5 to 33.3 per cent; 1 goes down, by 10 per cent`."""
    up: list[tuple[Decimal, ...]] = []
    down: list[tuple[Decimal, ...]] = []
    both = 0
    for change in prices:
        found = [rise for one in rises(kinds[change.address.kind], change).values() for rise in one]
        if found and min(found) > 0:
            up.append(tuple(found))
        elif found and max(found) < 0:
            down.append(tuple(found))
        elif found:
            both += 1
    parts = [
        _way(up, "up"),
        _way(down, "down"),
        _count(both, "up in one amount and down in another"),
    ]
    first, *rest = [part for part in parts if part] or [""]
    number, _, verb = first.partition(" ")
    noun = "price" if number == "1" else "prices"
    return "; ".join((f"{number} {noun} {verb}", *rest)) if first else ""


def _way(found: Sequence[Sequence[Decimal]], way: str) -> str:
    known = sorted({abs(rise) for one in found for rise in one} - {FROM_FREE})
    if not known:
        return _count(len(found), f"{way}, from free") if found else ""
    low, high = known[0], known[-1]
    by = plainly(high) if low == high else f"{bare(low)} to {plainly(high)}"
    return _count(len(found), f"{way}, by {by}")


def _count(count: int, way: str) -> str:
    if not count:
        return ""
    return f"{count:,} {'goes' if count == 1 else 'go'} {way}"
