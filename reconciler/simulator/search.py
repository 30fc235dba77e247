"""Answers a search: the query's clauses, asked of every object of a kind.

A subset of the language: `:` (equal, whatever the case), `~` (contains), `-` (not), `null`, and
AND or OR, never both. Results are not ranked: newest first. https://docs.stripe.com/search
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.simulator.resource import Params, Resource, at, text
from reconciler.simulator.store import Store
from reconciler.simulator.values import Object, RefusalError
from reconciler.simulator.world import StoredWorld

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_CLAUSES = 10

LAGS = {"current": 0, "minute_late": 60, "hour_late": 3600}

_CLAUSE = re.compile(
    r"""\s*(?P<no>-?)
    (?P<field>\w+)(?:\[(?P<q>["'])(?P<key>(?:\\.|(?!(?P=q)).)*)(?P=q)\])?
    (?P<by>[:~])
    (?:(?P<null>null)|(?P<v>["'])(?P<value>(?:\\.|(?!(?P=v)).)*)(?P=v)|(?P<word>[\w.-]+))
    \s*(?:(?P<join>AND|OR)\b)?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One test of an object. `value` is None for `null`."""

    path: tuple[str, ...]
    value: str | None
    contains: bool = False
    negated: bool = False

    def fits(self, obj: Object) -> bool:
        """Whether the object passes it."""
        found: Any = at(obj, self.path[0])
        for key in self.path[1:]:
            found = found.get(key) if isinstance(found, Mapping) else None
        if self.value is None:
            passes = found is None
        elif found is None:
            passes = False
        elif self.contains:
            passes = self.value.lower() in text(found).lower()
        else:
            passes = self.value.lower() == text(found).lower()
        return passes != self.negated


def search(
    store: Store, world: StoredWorld, resource: Resource, params: Params
) -> tuple[list[Object], str | None]:
    """The objects of the page asked for, and the name of the next page if there is one."""
    if world.switches.search == "refused":
        raise RefusalError("Search is not available in this account's region.")
    clauses, any_of = parse(params["query"], resource.searched)
    until = world.now - LAGS[world.switches.search]
    every = any if any_of else all
    found = [
        obj
        for obj in store.everything(world.scope(resource.object))
        if obj["object"] == resource.object
        # What was made a moment ago is not in the index yet.
        and obj["created"] <= until
        and every(clause.fits(obj) for clause in clauses)
    ]
    found.reverse()
    limit = min(max(params.get("limit", DEFAULT_LIMIT), 1), MAX_LIMIT)
    start = _start(params.get("page"))
    more = len(found) > start + limit
    return found[start : start + limit], f"p{start + limit}" if more else None


def _start(page: str | None) -> int:
    if page is None:
        return 0
    if not re.fullmatch(r"p[0-9]{1,9}", page):
        raise RefusalError("The page that you gave is not one of this search.", param="page")
    return int(page[1:])


def parse(query: str, fields: tuple[str, ...]) -> tuple[list[Clause], bool]:
    """The clauses of a query, and whether any of them is enough."""
    clauses: list[Clause] = []
    joins: list[str] = []
    place = 0
    while place < len(query.rstrip()):
        match = _CLAUSE.match(query, place)
        if match is None or match["field"] not in fields:
            what = match["field"] if match else query[place:]
            raise _unreadable(f"We were unable to parse your search query: `{what}`.")
        if (match["field"] == "metadata") != (match["key"] is not None):
            raise _unreadable("Metadata is searched by a key: metadata['key']:'value'.")
        clauses.append(_clause(match))
        place = match.end()
        if place < len(query.rstrip()):
            joins.append((match["join"] or "AND").upper())
        elif match["join"]:
            raise _unreadable("Your search query ends in AND or OR.")
    if not clauses:
        raise _unreadable("Your search query is empty.")
    if len(clauses) > MAX_CLAUSES:
        raise _unreadable(f"A search query has at most {MAX_CLAUSES} clauses.")
    if len(set(joins)) > 1:
        raise _unreadable("AND and OR cannot be combined in one search query.")
    return clauses, "OR" in joins


def _clause(match: re.Match[str]) -> Clause:
    key = match["key"]
    path = (match["field"],) if key is None else (match["field"], _plain(key))
    value = None if match["null"] else _plain(match["value"] or match["word"] or "")
    return Clause(path=path, value=value, contains=match["by"] == "~", negated=match["no"] == "-")


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


def _unreadable(message: str) -> RefusalError:
    return RefusalError(message, param="query")
