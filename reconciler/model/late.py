"""A kind's body that is imported when it is first asked for. Not a cache of anything else.

Pydantic takes half a millisecond for each class, and the bodies of two kinds are sixty classes. A
file that has no table of such a kind never asks for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from reconciler.model.marks import Body

if TYPE_CHECKING:
    from reconciler.model.kind import Kind

Given: TypeAlias = type[Body] | Callable[[], type[Body]]
"""A class, or what imports it."""


class LateBody:
    """The descriptor of `Kind.body`: it takes what is given, and answers the class."""

    def __set__(self, kind: Kind, value: Given) -> None:
        vars(kind)["body"] = value

    def __get__(self, kind: Kind | None, _: type[Kind]) -> type[Body]:
        if kind is None:
            raise AttributeError("body")  # so that a kind without one cannot be made
        found: Given = vars(kind)["body"]
        if not isinstance(found, type):
            vars(kind)["body"] = found = found()
        return found
