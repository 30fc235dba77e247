"""Shapes a stored object into an answer: leaves out what must be expanded, shows what was.

It reads the resources' declarations and the store, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconciler.simulator.resource import Resource, World
from reconciler.simulator.values import Object, ParameterRefusalError

Tree = dict[str, Any]
Resources = Mapping[str, Resource]

MAX_LEVELS = 4


def tree(paths: Sequence[str]) -> Tree:
    """`["data.product", "data.tiers"]` as nested names."""
    root: Tree = {}
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_LEVELS:
            raise ParameterRefusalError(
                f"You can only expand {MAX_LEVELS} levels of properties ({path}).", param="expand"
            )
        here = root
        for part in parts:
            here = here.setdefault(part, {})
    return root


def check_one(resources: Resources, resource: Resource, wanted: Tree) -> None:
    """Refuses what cannot be expanded in an object of this kind."""
    bad = _first_bad(resources, resource, wanted, "")
    if bad is not None:
        raise ParameterRefusalError(f"This property cannot be expanded ({bad}).")


def check_list(resources: Resources, resource: Resource, wanted: Tree) -> None:
    """Refuses what cannot be expanded in a list of objects of this kind."""
    for name in wanted:
        if name != "data":
            below = {name: wanted[name]}
            path = _first_path(below)
            hint = ""
            if _first_bad(resources, resource, below, "") is None:
                hint = f" You may want to try expanding 'data.{path}' instead"
            raise ParameterRefusalError(f"This property cannot be expanded ({path}).{hint}")
    bad = _first_bad(resources, resource, wanted.get("data", {}), "")
    if bad is not None:
        raise ParameterRefusalError(f"This property cannot be expanded (data.{bad}).")


def _first_path(wanted: Tree) -> str:
    name = next(iter(wanted))
    return f"{name}.{_first_path(wanted[name])}" if wanted[name] else name


def _first_bad(resources: Resources, resource: Resource, wanted: Tree, prefix: str) -> str | None:
    kinds = {**resource.references, **resource.embeds}
    declared = [*kinds, *resource.on_demand]
    for name, below in wanted.items():
        path = prefix + name
        bad: str | None = None
        if path in kinds:
            bad = _first_bad(resources, resources[kinds[path]], below, "")
            bad = bad and f"{path}.{bad}"
        elif below and any(known.startswith(f"{path}.") for known in declared):
            bad = _first_bad(resources, resource, below, f"{path}.")
        elif path not in resource.on_demand:
            bad = path
        if bad:
            return bad
    return None


def render(
    resources: Resources, world: World, resource: Resource, stored: Object, wanted: Tree
) -> Object:
    """The object as an answer shows it."""
    shown = resource.present(world, stored)
    unasked = resource.unasked(world)
    for path in resource.on_demand:
        if path not in unasked and not _wants(wanted, path):
            _drop(shown, path.split("."))
    for path, kind in resource.embeds.items():
        other = resources[kind]

        def embed(value: Any, below: Tree, other: Resource = other, kind: str = kind) -> Any:
            found = world.get(kind, value) if isinstance(value, str) else value
            return found and render(resources, world, other, found, below)

        _replace(shown, path.split("."), wanted, embed)
    for path, kind in resource.references.items():
        if _wants(wanted, path):
            other = resources[kind]

            def follow(value: Any, below: Tree, other: Resource = other, kind: str = kind) -> Any:
                if not isinstance(value, str):
                    return value
                found = world.get(kind, value)
                if found is None:
                    return {"id": value, "object": kind, "deleted": True}
                return render(resources, world, other, found, below)

            _replace(shown, path.split("."), wanted, follow)
    return {name: value for name, value in shown.items() if not name.startswith("_")}


def _wants(wanted: Tree, path: str) -> bool:
    here: Any = wanted
    for part in path.split("."):
        if part not in here:
            return False
        here = here[part]
    return True


def _drop(shown: Any, parts: list[str]) -> None:
    for part in parts[:-1]:
        shown = shown.get(part) if isinstance(shown, dict) else None
    if isinstance(shown, dict):
        shown.pop(parts[-1], None)


def _replace(
    shown: Any, parts: list[str], wanted: Tree, change: Callable[[Any, Tree], Any]
) -> None:
    """Change the value at a path, in every element of the lists along it."""
    if isinstance(shown, list):
        for element in shown:
            _replace(element, parts, wanted, change)
        return
    name, *rest = parts
    if not isinstance(shown, dict) or name not in shown:
        return
    below = wanted.get(name, {})
    value = shown[name]
    if rest:
        _replace(value, rest, below, change)
    elif isinstance(value, list):
        shown[name] = [change(item, below) for item in value]
    else:
        shown[name] = change(value, below)
