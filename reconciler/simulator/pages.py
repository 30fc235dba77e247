"""A page of a list as an SQL statement over the store's tags. It runs nothing.

Every listed object has a row in `tags` for each of its filterable values, in the order of lists,
so that a page is a walk along an index and not over the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LISTED = ""
"""The tag that every listed object carries; one without it is found by id alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What to list: objects that bear a value of every filter, from a cursor on, newest first."""

    scope: str
    filters: Sequence[tuple[str, Sequence[str]]] = ()
    created: Mapping[str, int] | None = None
    ids: Sequence[str] | None = None
    limit: int
    after: str | None = None
    before: str | None = None
    ties: str = "seq"


def statement(page: Page, position: tuple[int, int | str] | None) -> tuple[str, list[Any]]:
    """Walk the index of the first filter in order and ask the others of each object it meets.

    So a page costs the page as long as the filters after the first are not much narrower than it;
    resources name their narrowest filter first.
    """
    first, *rest = page.filters or [(LISTED, [""])]
    where = [f"t.scope = ? AND t.name = ? AND t.value IN ({_marks(first[1])})"]
    values: list[Any] = [page.scope, first[0], *first[1]]
    for name, accepted in rest:
        where.append(
            "EXISTS (SELECT 1 FROM tags f "  # noqa: S608 - marks only; values are bound
            "WHERE f.scope = t.scope AND f.name = ? "
            f"AND f.value IN ({_marks(accepted)}) AND f.created = t.created AND f.seq = t.seq)"
        )
        values += [name, *accepted]
    for operator, bound in (page.created or {}).items():
        where.append(f"t.created {_COMPARE[operator]} ?")
        values.append(bound)
    if page.ids is not None:
        where.append(f"o.id IN ({_marks(page.ids)})")
        values += page.ids
    tie = "o.id" if page.ties == "id" else "t.seq"
    backwards = page.before is not None
    if position is not None:
        where.append(f"(t.created, {tie}) {'>' if backwards else '<'} (?, ?)")
        values += position
    order = "ASC" if backwards else "DESC"
    sql = (
        "SELECT o.body FROM tags t "  # noqa: S608 - the parts are above; values are bound
        "CROSS JOIN objects o ON o.seq = t.seq "
        f"WHERE {' AND '.join(where)} ORDER BY t.created {order}, {tie} {order} LIMIT ?"
    )
    return sql, [*values, page.limit + 1]


_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
