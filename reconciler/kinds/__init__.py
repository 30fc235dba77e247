"""The kinds: one file (or folder) for each sort of Stripe object, found by its `KIND`.

Nothing is registered by hand: a module in this folder that has a `KIND` is a kind.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from reconciler.model.kind import Kind, Kinds


@cache
def load() -> Kinds:
    """Return every kind by name, parents before the kinds that live in their tables."""
    found: dict[str, Kind] = {}
    for module in iter_modules(__path__, f"{__name__}."):
        kind: Kind = import_module(module.name).KIND
        found[kind.name] = kind
    return dict(sorted(found.items(), key=lambda item: (_depth(item[1], found), item[0])))


def _depth(kind: Kind, kinds: dict[str, Kind]) -> int:
    return 0 if kind.within is None else 1 + _depth(kinds[kind.within.kind], kinds)
