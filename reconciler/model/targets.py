"""What a targeted look is to read: the objects that somebody names, and not the whole account.

The planner names what the catalog does, the executor what a plan relies on; the observer reads it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot

CLAUSES = 10
"""How many clauses a query may have. https://docs.stripe.com/search#search-query-language"""

LONGEST = 4000
"""How many characters of values go into one call: Stripe's limit for a URL is not published."""


@dataclass(slots=True, kw_only=True)
class Targets:
    """What is to be read, gathered bit by bit.

    `whole` are kinds to list whole; `ids` single objects, by kind; `held` the values to look
    objects up by, by kind and field; `stamps` those to search for, by kind. `strangers`: what the
    found ones live in is read also where nobody manages them.
    """

    whole: set[str] = field(default_factory=set)
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    held: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    stamps: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    strangers: bool = False


Family = tuple[str, str]
"""A kind, and the id of an object all of whose children of that kind are to be listed."""

Families = Callable[[Snapshot], Iterable[Family]]
"""Says, from what was found so far, which families are to be listed."""


def batches(values: Iterable[str], most: int) -> Iterator[Sequence[str]]:
    """Yield values, sorted, in parts of so many at the most, and not too long ones."""
    some: list[str] = []
    length = 0
    for value in sorted(values):
        if some and (len(some) == most or length + len(value) > LONGEST):
            yield some
            some, length = [], 0
        some.append(value)
        length += len(value)
    if some:
        yield some


def cost(
    targets: Targets, families: Iterable[Family], kinds: Kinds, pages: Mapping[str, int]
) -> int:
    """Return how many requests it takes to read them; `pages` is what listing a kind takes."""
    calls = sum(pages.get(name, len(kinds[name].scopes)) for name in targets.whole)
    for name, ids in targets.ids.items():
        kind = kinds[name]
        lookup = kind.lookup("id")
        if name in targets.whole:
            continue
        calls += len(ids) if lookup is None else len(kind.scopes) * _batches(ids, lookup.most)
    for (name, field_name), values in targets.held.items():
        lookup = kinds[name].lookup(field_name)
        if lookup is not None and name not in targets.whole:
            calls += len(kinds[name].scopes) * _batches(values, lookup.most)
    for name, stamps in targets.stamps.items():
        calls += _batches(stamps, CLAUSES) if kinds[name].searchable else 0
    return calls + sum(len(kinds[name].scopes) for name, _ in set(families))


def _batches(values: Iterable[str], most: int) -> int:
    return sum(1 for _ in batches(values, most))
