"""What hangs on the objects that a plan takes out of use: subscriptions, and what names them.

Not what becomes of the objects themselves; that is in `changes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.kind import Kind, Kinds
from reconciler.model.named import may_name
from reconciler.model.revenue import PAYING, Revenue
from reconciler.model.snapshot import Live
from reconciler.model.values import EMPTY, Frozen

ENDED = frozenset({"canceled", "incomplete_expired"})
"""Statuses of subscriptions that are over. https://docs.stripe.com/api/subscriptions/object"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """An object in use that names one that goes. Without an `address` it is not ours."""

    kind: str
    object: str
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What hangs on one object that goes: is replaced, retired or switched off.

    `hanging` are the objects in use, ours and others', that would stop working with it or go on
    offering it. `subscriptions` counts by status those that have not ended; it is `None` where
    there can be none, and where the number is not known: then `unknown` says why. `revenue` is
    what the paying ones bring a month, by currency; `discounted` of them have a discount, which
    is not in these sums. `counted_before` are those that are on an object before this one in the
    plan as well: one subscription may have several prices that go.
    """

    address: Address
    kind: str
    object: str
    hanging: tuple[Hanging, ...] = ()
    subscriptions: Frozen | None = None
    unknown: str = ""
    revenue: tuple[Revenue, ...] = ()
    discounted: int = 0
    counted_before: int = 0

    @property
    def counted(self) -> bool:
        """Whether there can be subscriptions on it."""
        return self.subscriptions is not None or bool(self.unknown)

    @property
    def total(self) -> int:
        """How many subscriptions are on it, as far as known."""
        return sum((self.subscriptions or {}).values())

    @property
    def paying(self) -> int:
        """How many of them pay: what Stripe counts as recurring revenue."""
        return sum((self.subscriptions or EMPTY).get(status, 0) for status in PAYING)


def hangs(on: Live, other: Live) -> bool:
    """Whether `other`, which names an object, suffers when that goes.

    What names a deleted object stops working, and so does a price whose meter is off; a payment
    link or a portal goes on offering what nobody can buy. Whatever else names an archived object
    goes on with it as before.
    """
    return other.on and (vital(on.kind) or other.kind.public)


def vital(kind: Kind) -> bool:
    """Whether what names an object of this kind stops working when that goes."""
    return kind.archive is None or kind.needed


def hanging_kinds(going: Iterable[str], kinds: Kinds) -> frozenset[str]:
    """Return the kinds whose objects may hang on objects of the kinds that go."""
    names = {name for name in going if kinds[name].stored}
    deleted = {name for name in names if vital(kinds[name])}
    return frozenset(
        kind.name
        for kind in kinds.values()
        if kind.stored and may_name(kind.fields) & (names if kind.public else deleted)
    )
