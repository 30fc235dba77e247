"""What the checks look at: the account as far as the key may read it, and the key's reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from reconciler.model.catalog import Account, Catalog
from reconciler.model.kind import Kind, Kinds
from reconciler.model.snapshot import Live, Snapshot, Stamp
from reconciler.planner.match import could_be


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a key reaches, as far as it can be known without writing.

    `subscriptions` is whether it may read them. `connected` is the account that was asked for with
    `--stripe-account`. A secret key may do everything.
    """

    account: Account
    api_version: str
    sort: Literal["secret", "restricted"]
    subscriptions: bool
    connected: str | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The account at `now`, by Stripe's clock.

    `refused` are the kinds that the key may not read, each with Stripe's words and the mend.
    `locks` are the products that are locks, as answered. `catalog` is what the file says, if there
    is one that can be read.
    """

    reach: Reach
    snapshot: Snapshot
    kinds: Kinds
    now: int
    refused: Mapping[str, str]
    locks: tuple[Mapping[str, Any], ...] = ()
    catalog: Catalog | None = None

    def read(self, *names: str) -> bool:
        """Whether all of these kinds could be read."""
        return not any(name in self.refused for name in names)

    def of(self, kind: Kind, *, on: bool) -> Iterator[Live]:
        """Yield the objects of a kind that are in use, or those that are archived, by id."""
        for _, live in sorted(self.snapshot.of(kind.name).items()):
            if live.on is on:
                yield live

    @property
    def stored(self) -> Iterator[Kind]:
        """The kinds that Stripe has objects of."""
        return (kind for kind in self.kinds.values() if kind.stored)

    @cached_property
    def stamps(self) -> Mapping[str, Stamp]:
        """The stamps that an apply would have written, by the id of the object that bears each."""
        return {
            live.id: stamp
            for kind in self.stored
            if not kind.shared
            for live in self.snapshot.of(kind.name).values()
            if (stamp := live.stamp) is not None and could_be(stamp.address, kind, self.kinds)
        }
