"""A comparison: what would change on one side for it to be as the other. Nobody can apply it."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`first` and `second` are what the sides are called.

    `plan` would make the second as the first is. Its ids are those of the second side; objects of
    a file are called by their addresses.
    """

    first: str
    second: str
    plan: Plan

    @property
    def differ(self) -> bool:
        """Whether there is a difference."""
        return bool(self.plan.changes)
