"""The door: TOML files in, a `Catalog` out, or all that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.errors import Problem, SpecError, UsageError
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Kinds
from reconciler.spec import derived, limits, resource, source, tables
from reconciler.spec.bindings import BindingsReader
from reconciler.spec.join import join
from reconciler.spec.overlay import lay
from reconciler.spec.refs import References
from reconciler.spec.report import Report
from reconciler.spec.settings import SettingsReader
from reconciler.spec.source import Source
from reconciler.spec.words import show


def load(
    paths: Sequence[Path],
    kinds: Kinds,
    *,
    overlays: Sequence[Path] = (),
) -> Catalog:
    """Return the catalog that files and folders say together, with overlays over it.

    Raises `SpecError` with every mistake in them.
    """
    if not paths:
        raise UsageError("no catalog file was given")
    report = Report()
    parts, over = _sources(paths, overlays, report)
    # A file that cannot be read would make everything that names its tables look wrong.
    report.raise_if_any()
    return _catalog(parts, over, kinds, report)


def loads(text: str, kinds: Kinds, *, name: str = "catalog.toml") -> Catalog:
    """Return the catalog that one text says."""
    report = Report()
    parsed = source.parse(Path(name), text)
    match parsed:
        case Source():
            report.add_source(parsed)
            return _catalog([parsed], [], kinds, report)
        case Problem():
            raise SpecError([parsed])


def defaults(paths: Sequence[Path]) -> Mapping[str, Any]:
    """Return what `[defaults]` says in files that `load` reads."""
    parts, _ = _sources(paths, (), Report())
    found: dict[str, Any] = {}
    for part in parts:
        found |= part.data.get("defaults", {})
    return found


def _sources(
    paths: Sequence[Path], overlays: Sequence[Path], report: Report
) -> tuple[list[Source], list[Source]]:
    parts: list[Source] = []
    over: list[Source] = []
    found = [(item, False) for item in source.find(paths, overlays)]
    found += [(item, True) for path in overlays for item in source.find([path])]
    for order, (item, overlay) in enumerate(found):
        read = item if isinstance(item, Problem) else source.read(item, overlay=overlay)
        if isinstance(read, Problem):
            report.file_problem(order, read)
        else:
            report.add_source(read)
            (over if overlay else parts).append(read)
    return parts, over


def _catalog(
    parts: Sequence[Source],
    overlays: Sequence[Source],
    kinds: Kinds,
    report: Report,
) -> Catalog:
    for part in (*parts, *overlays):
        if not limits.is_plain(part.text):
            limits.plain_text(part.data, report)
    tree = join(parts, kinds, report)
    for overlay in overlays:
        tree = lay(tree, overlay, kinds, report)
    _groups(tree, kinds, report)
    found = derived.once(tables.resources(tree, kinds), tree, report)
    settings = SettingsReader(tree, kinds, report, found).read()
    references = References(kinds, found.keys())
    reader = resource.ResourceReader(references, settings.defaults, report)
    reads: list[resource.Read] = []
    wrong: set[Address] = set()
    for table in derived.whole(found.values(), wrong):
        read = reader.read(table)
        reads += [] if read is None else [read]
        if read is None or read.resource is None:
            wrong.add(table.address)
    bindings = BindingsReader(tree, kinds, found.keys(), report)
    catalog = Catalog(
        name=settings.name,
        resources={
            read.table.address: read.resource for read in reads if read.resource is not None
        },
        account=settings.account,
        previous_name=settings.previous_name,
        ignore_metadata=settings.ignore_metadata,
        moved=derived.along(bindings.moved(), found),
        adopt=bindings.adopt(settings.name),
        policy=settings.policy,
    )
    resource.check(reads, catalog, report)
    limits.natural_keys(reads, report)
    limits.metadata(reads, catalog, report)
    report.raise_if_any()
    return replace(
        catalog,
        resources={
            address: _resolved(item, catalog) for address, item in catalog.resources.items()
        },
    )


def _resolved(item: Resource, catalog: Catalog) -> Resource:
    """Say what only the file says in Stripe's own fields, now that all is read."""
    body = item.kind.resolve(item, catalog)
    return item if body is item.body else replace(item, body=resource.settled(item.kind, body))


def _groups(tree: Mapping[str, Any], kinds: Kinds, report: Report) -> None:
    """Report a table of tables that is something else, such as `products = 5`."""
    for at, kind, group in tables.groups(tree, kinds):
        if not isinstance(group, dict):
            name = ".".join(map(str, at))
            report.problem(
                at,
                f"{name} must be a table of tables, not {show(group)}",
                mend=f"Write [{name}.<{kind.name}>] and its fields below.",
            )
