"""Every resource of the simulator, one module each; a module here is all that a new one takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from reconciler.simulator.resource import Resource


@cache
def discover() -> Mapping[str, Resource]:
    """The resources by their `object` name, found by their modules."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    found: dict[str, Resource] = {m.RESOURCE.object: m.RESOURCE for m in modules}
    return found
