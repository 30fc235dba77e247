"""From a method and a path to an endpoint. The table is built from the resources' declarations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reconciler.simulator.contract import operations
from reconciler.simulator.resource import Resource
from reconciler.simulator.values import RefusalError, segments

Action = Literal["create", "list", "search", "retrieve", "update", "delete", "verb", "singleton"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation of one resource."""

    method: str
    template: str
    resource: Resource
    action: Action
    verb: str = ""

    @property
    def operation(self) -> str:
        return f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An endpoint and what the path's placeholders held."""

    endpoint: Endpoint
    id: str | None = None
    parents: Mapping[str, str] = field(default_factory=dict)


class Router:
    """The routing table."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._by_shape: dict[tuple[str, int], list[tuple[list[str], Endpoint]]] = {}
        for resource in resources.values():
            for endpoint in _endpoints(resource):
                parts = endpoint.template.split("/")
                shape = (endpoint.method, len(parts))
                self._by_shape.setdefault(shape, []).append((parts, endpoint))

    def find(self, method: str, path: str) -> Route:
        given = segments(path)
        for parts, endpoint in self._by_shape.get((method, len(given)), ()):
            held = _match(parts, given)
            if held is not None:
                last = None
                if endpoint.action in {"retrieve", "update", "delete", "verb"}:
                    last = list(held)[-1]
                return Route(
                    endpoint=endpoint,
                    id=held[last] if last else None,
                    parents={name: value for name, value in held.items() if name != last},
                )
        raise RefusalError(
            f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, "
            "remove the trailing slash. If you are trying to retrieve an object, make sure you "
            "passed a valid (non-empty) identifier in your code. Please see "
            "https://stripe.com/docs or we can help at https://support.stripe.com/.",
            status=404,
        )


def _match(parts: list[str], given: list[str]) -> dict[str, str] | None:
    held: dict[str, str] = {}
    for part, value in zip(parts, given, strict=True):
        if part.startswith("{"):
            if not value:
                return None
            held[part[1:-1]] = value
        elif part != value:
            return None
    return held


def _endpoints(resource: Resource) -> list[Endpoint]:
    """What a resource offers, each under the template that the contract knows it by."""
    wanted: list[tuple[str, str, Action, str]] = []
    if resource.singleton:
        return [
            Endpoint(method="GET", template=resource.path, resource=resource, action="singleton")
        ]
    if resource.create:
        wanted.append(("POST", resource.path, "create", ""))
    if resource.listed:
        wanted.append(("GET", resource.path, "list", ""))
    if resource.searched:  # before the members, whose ids would match it
        wanted.append(("GET", f"{resource.path}/search", "search", ""))
    if resource.retrieve:
        wanted += _of_members(resource)
    return [
        Endpoint(method=method, template=path, resource=resource, action=action, verb=verb)
        for method, path, action, verb in wanted
    ]


def _of_members(resource: Resource) -> list[tuple[str, str, Action, str]]:
    member = _member(resource.path)
    wanted: list[tuple[str, str, Action, str]] = [("GET", member, "retrieve", "")]
    if resource.update:
        wanted.append(("POST", member, "update", ""))
    if resource.delete:
        wanted.append(("DELETE", member, "delete", ""))
    return wanted + [("POST", f"{member}/{verb}", "verb", verb) for verb in resource.verbs]


def _member(path: str) -> str:
    pattern = re.compile(re.escape(path) + r"/\{\w+\}")
    templates = {operation.partition(" ")[2] for operation in operations()}
    return next(template for template in sorted(templates) if pattern.fullmatch(template))
