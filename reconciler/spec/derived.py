"""Resources that stand in another one's table: a plan's payment link. They have its name.

Not how such a table is made: that is the business of the kind whose key it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.address import Address
from reconciler.spec.locate import lookup
from reconciler.spec.report import Report
from reconciler.spec.tables import Table


def once(tables: Iterable[Table], tree: Mapping[str, Any], report: Report) -> dict[Address, Table]:
    """Return the tables by address; report what is made in two ways."""
    found: dict[Address, Table] = {}
    for table in tables:
        other = found.setdefault(table.address, table)
        if other is not table:
            _twice(table, other, report)
        if table.derived is not None:
            given = lookup(tree, table.at)
            names = given if isinstance(given, Mapping) else ()
            for name in table.derived.said:
                if name in names:
                    _said(table, name, report)
    return found


def _twice(table: Table, other: Table, report: Report) -> None:
    made, plain = (table, other) if table.origin is not None else (other, table)
    name = ".".join(map(str, plain.at))
    report.problem(
        made.at,
        f"{made.origin}: {made.at[-1]} makes {made.address}, and so does [{name}]",
        why="Which of the two counts would be a guess.",
        mend=f"Remove one, or give [{name}] another name.",
    )


def _said(table: Table, name: str, report: Report) -> None:
    report.problem(
        (*table.at, name),
        f"{table.origin}: {table.at[-1]} cannot have {name}",
        why=f"What {table.origin} consists of says it.",
        mend="Remove it, or write the table by itself.",
        key=True,
    )


def whole(tables: Iterable[Table], wrong: set[Address]) -> Iterator[Table]:
    """Yield the tables to read, less those in a table that is `wrong`: it would be told twice."""
    return (table for table in tables if table.origin not in wrong)


def along(
    moved: Mapping[Address, Address], found: Mapping[Address, Table]
) -> dict[Address, Address]:
    """Return the moves, with what stands in a table moving with it."""
    sources: dict[Address, list[Address]] = defaultdict(list)
    for source, target in moved.items():
        sources[target].append(source)
    together = dict(moved)
    for table in found.values():
        if table.origin is None or table.address in sources:
            continue
        for source in sources.get(table.origin, ()):
            old = Address(table.address.kind, source.keys)
            if old not in found and old not in moved:
                together[old] = table.address
    return together
