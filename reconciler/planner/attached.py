"""Which objects' attached entries the plan needs: those of which the file names any.

Reading them costs a request for each object, so nobody else's are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from reconciler.model.address import Address
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Live, Snapshot
from reconciler.planner.match import match
from reconciler.planner.matching import adopting

Attached: TypeAlias = Callable[[Snapshot], Iterator[Live]]
"""Says of which of the objects seen the attached entries are to be read."""


def naming_attached(catalog: Catalog) -> Iterator[Address]:
    """Yield the addresses of which the file names attached entries."""
    for resource in catalog.resources.values():
        declared = resource.kind.attached
        if declared is not None and declared.name in resource.body:
            yield resource.address


def attached(catalog: Catalog, kinds: Kinds, *, adopt_matching: bool = False) -> Attached:
    """Return what says of which of the objects seen the attached entries are to be read."""
    naming = list(naming_attached(catalog))

    def choose(snapshot: Snapshot) -> Iterator[Live]:
        if not naming:
            return
        wanted = adopting(catalog, snapshot, kinds) if adopt_matching else catalog
        bound = match(wanted, snapshot, kinds).bound
        for address in naming:
            # Archived ones too: one of them may come back, with what is attached to it still.
            yield from (candidate.live for candidate in bound.get(address, ()))

    return choose
