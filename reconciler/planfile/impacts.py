"""What hangs on the objects that go, out of a checked document."""

from __future__ import annotations

from reconciler.model.impact import Hanging, Impact
from reconciler.model.kind import Kinds
from reconciler.model.revenue import WHYS, Revenue, Why
from reconciler.model.values import Frozen
from reconciler.planfile.checked import Node
from reconciler.planfile.layout import REVENUE

_IMPACT = (
    "address",
    "kind",
    "object",
    "hanging",
    "subscriptions",
    "unknown",
    "revenue",
    "discounted",
    "counted_before",
)


def impact(node: Node, kinds: Kinds) -> Impact:
    """Return what hangs on one object that goes."""
    entries = node.record(_IMPACT)
    counts = entries["subscriptions"]
    statuses = {
        entry.at_text(status).matching("[a-z_]{1,40}"): entry.count()
        for status, entry in (counts.entries() if counts.value is not None else {}).items()
    }
    if entries["counted_before"].count() > sum(statuses.values()):
        raise entries["counted_before"].fail("is more than all of them")
    return Impact(
        address=entries["address"].address(kinds),
        kind=entries["kind"].kind(kinds).name,
        object=entries["object"].object_id(),
        hanging=tuple(_hanging(entry, kinds) for entry in entries["hanging"].items()),
        subscriptions=None if counts.value is None else Frozen(statuses),
        unknown=entries["unknown"].text(),
        revenue=tuple(_revenue(entry) for entry in entries["revenue"].items()),
        discounted=entries["discounted"].count(),
        counted_before=entries["counted_before"].count(),
    )


def _hanging(node: Node, kinds: Kinds) -> Hanging:
    entries = node.record(("kind", "object", "address"))
    address = entries["address"]
    return Hanging(
        kind=entries["kind"].kind(kinds).name,
        object=entries["object"].object_id(),
        address=None if address.value is None else address.address(kinds),
    )


def _revenue(node: Node) -> Revenue:
    entries = node.record(REVENUE)
    return Revenue(
        currency=entries["currency"].matching("[a-z]{3}"),
        subscriptions=entries["subscriptions"].count(),
        now=_sum(entries["now"]),
        now_why=_why(entries["now_why"]),
        then=_sum(entries["then"]),
        then_why=_why(entries["then_why"]),
    )


def _sum(node: Node) -> int | None:
    return None if node.value is None else node.count()


def _why(node: Node) -> Why | None:
    return None if node.value is None else next(why for why in WHYS if why == node.choice(WHYS))
