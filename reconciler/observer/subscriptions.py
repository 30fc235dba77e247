"""Counts the subscriptions on what a plan takes out of use. https://docs.stripe.com/api/subscriptions

Not on anything else: on a large account that would be more reading than all the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from reconciler.errors import PermissionDeniedError
from reconciler.model.impact import ENDED, Impact
from reconciler.model.kind import Kinds, Subscribed
from reconciler.model.plan import Change, Replace, Retire
from reconciler.model.revenue import PAYING, Held, revenue
from reconciler.model.values import EMPTY, Frozen
from reconciler.ports import PAGE, Reader

WORKERS = 8
"""On how many objects they are counted side by side."""

Counted = Callable[[int, int, int], None]
"""Told on how many objects they are counted, on how many they are to be, and how many there are."""

_CURRENCY = re.compile("[a-z]{3}")


def count_subscriptions(
    reader: Reader,
    kinds: Kinds,
    impacts: Sequence[Impact],
    changes: Iterable[Change] = (),
    progress: Counted | None = None,
) -> tuple[Impact, ...]:
    """Return `impacts` with the subscriptions counted that have not ended, by status.

    By `changes` it is known what they bring a month, and would at what follows. Where the key
    may not read them the number stays unknown, with the reason.
    """
    told = _Told(sum(impact.counted for impact in impacts), progress)
    denied: list[str] = []
    going = {change.object: change for change in changes if isinstance(change, Replace | Retire)}

    def counted(impact: Impact) -> tuple[Impact, frozenset[str]]:
        subscribed = kinds[impact.kind].subscribed
        if not impact.counted or subscribed is None:
            return impact, _NONE
        if denied:
            return replace(impact, unknown=denied[0]), _NONE
        try:
            tally = _tally(reader, subscribed, impact.object, told)
        except PermissionDeniedError as error:
            # Its last line is the mend, and names the permission.
            mend = str(error).splitlines()[-1].strip()
            denied.append(mend[:1].lower() + mend[1:])
            return replace(impact, unknown=denied[0]), _NONE
        told.more(objects=1)
        weighed = _weighed(impact, tally, subscribed, going.get(impact.object))
        return weighed, frozenset(tally.ids)

    if told.total:
        told.more()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return tuple(_each_once(pool.map(counted, impacts)))


_NONE: frozenset[str] = frozenset()


def _each_once(found: Iterable[tuple[Impact, frozenset[str]]]) -> Iterator[Impact]:
    """Yield the impacts, each with how many of its subscriptions are on one before it too."""
    known: set[str] = set()
    for impact, ids in found:
        yield replace(impact, counted_before=len(ids & known))
        known |= ids


@dataclass(slots=True)
class _Told:
    """How far the counting is, told to whoever waits."""

    total: int
    progress: Counted | None
    objects: int = 0
    seen: int = 0
    lock: Lock = field(default_factory=Lock)

    def more(self, *, objects: int = 0, seen: int = 0) -> None:
        with self.lock:
            self.objects += objects
            self.seen += seen
            if self.progress is not None:
                self.progress(self.objects, self.total, self.seen)


@dataclass(slots=True)
class _Tally:
    statuses: Counter[str] = field(default_factory=Counter)
    held: Counter[Held] = field(default_factory=Counter)
    discounted: int = 0
    ids: set[str] = field(default_factory=set)


def _tally(reader: Reader, subscribed: Subscribed, object_id: str, told: _Told) -> _Tally:
    tally = _Tally()
    for number, raw in enumerate(reader.get_subscriptions({subscribed.parameter: object_id}), 1):
        if number % PAGE == 0:
            told.more(seen=PAGE)
        status = raw.get("status")
        if status in ENDED:
            continue
        tally.statuses[status if isinstance(status, str) else "unknown"] += 1
        tally.ids.update(one for one in (raw.get("id"),) if isinstance(one, str))
        if status in PAYING:
            items = list(_items(raw, subscribed.parameter, object_id))
            quantity = sum(_quantity(item) for item in items)
            currency = raw.get("currency")
            if items and isinstance(currency, str) and _CURRENCY.fullmatch(currency):
                tally.held[Held(currency=currency, quantity=quantity)] += 1
            tally.discounted += any(_is_discounted(one) for one in (raw, *items))
    return tally


def _items(raw: Mapping[str, Any], name: str, object_id: str) -> Iterable[Mapping[str, Any]]:
    items = raw.get("items")
    data = items.get("data") if isinstance(items, Mapping) else None
    for item in data if isinstance(data, list) else ():
        held = item.get(name) if isinstance(item, Mapping) else None
        if object_id == (held.get("id") if isinstance(held, Mapping) else held):
            yield item


def _quantity(item: Mapping[str, Any]) -> int:
    """Return how many units it has: what is metered has none, and one is one."""
    quantity = item.get("quantity")
    return quantity if isinstance(quantity, int) and not isinstance(quantity, bool) else 1


def _is_discounted(one: Mapping[str, Any]) -> bool:
    return bool(one.get("discounts") or one.get("discount"))


def _weighed(
    impact: Impact, tally: _Tally, subscribed: Subscribed, change: Replace | Retire | None
) -> Impact:
    before = change.before if change is not None else EMPTY
    after = change.after if isinstance(change, Replace) else EMPTY
    sums = revenue(tally.held.items(), subscribed.monthly, before, after) if before else ()
    return replace(
        impact,
        subscriptions=Frozen(sorted(tally.statuses.items())),
        unknown="",
        revenue=sums,
        discounted=tally.discounted,
    )
