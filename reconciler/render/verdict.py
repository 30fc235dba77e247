"""A plan in a sentence or two, for who must approve it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model.impact import Impact
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.model.revenue import Revenue
from reconciler.render.impact import now
from reconciler.render.ways import listed, told

WEIGHT = ("retire", "replace", "update", "create", "reactivate", "adopt", "move")
"""What becomes of other things than prices: what takes something away first."""


def verdict(plan: Plan, kinds: Kinds) -> str:
    """Return what a plan comes to: whether it may, how many prices it changes, and for whom."""
    return " ".join(sentences(plan, kinds))


def sentences(plan: Plan, kinds: Kinds) -> Iterator[str]:
    """Yield the verdict sentence by sentence, the one that matters most first."""
    codes = sorted({finding.code for finding in plan.blocked})
    if codes:
        yield f"Stopped by {listed(codes)}: this plan cannot be applied as it is."
    if not plan.changes:
        yield "No changes." if codes else "No changes: the account is as the file says."
        return
    prices = [change for change in plan.changes if kinds[change.address.kind].sellable]
    if prices:
        yield from told(prices, kinds)
    else:
        yield f"No price changes. Other changes: {_others(plan, kinds)}."
    impacts = [impact for impact in plan.impacts if impact.counted]
    if impacts:
        yield _subscribers(impacts)
    lifted = sorted({finding.code for finding in plan.findings if finding.lifted})
    if lifted:
        yield f"Guards lifted: {', '.join(lifted)}."
    others = _others(plan, kinds)
    if prices and others:
        yield f"Other changes: {others}."


def _others(plan: Plan, kinds: Kinds) -> str:
    """Return `2 to retire, 3 to update and 40 to create`, of all but prices."""
    counts = Counter(
        change.action for change in plan.changes if not kinds[change.address.kind].sellable
    )
    return listed([f"{counts[action]:,} to {action}" for action in WEIGHT if counts[action]])


def _subscribers(impacts: list[Impact]) -> str:
    again = sum(impact.counted_before for impact in impacts)
    total = sum(impact.total for impact in impacts) - again
    unknown = sum(bool(impact.unknown) for impact in impacts)
    if unknown == len(impacts):
        return "How many subscriptions that touches is unknown."
    beside = f", and on {unknown:,} of the prices their number is unknown" if unknown else ""
    if not total:
        return f"No subscription is on what goes{beside}."
    many = "1 subscription stays on its" if total == 1 else f"{total:,} subscriptions stay on their"
    return f"{many} old price{'s' if again else ''}{_brought(impacts)}{beside}."


def _brought(impacts: list[Impact]) -> str:
    """Return what they bring, and of how many that is not estimated."""
    brings = now(_added(impacts))
    paying = sum(impact.paying for impact in impacts)
    estimated = sum(
        one.subscriptions for impact in impacts for one in impact.revenue if one.now is not None
    )
    if not brings:
        return " (what they bring is not estimated)" if paying else ""
    unread = paying - estimated
    return f", at {brings}{f' ({unread:,} of them not estimated)' if unread else ''}"


def _added(impacts: Iterable[Impact]) -> list[Revenue]:
    sums: Counter[str] = Counter()
    for impact in impacts:
        for one in impact.revenue:
            if one.now is not None:
                sums[one.currency] += one.now
    return [Revenue(currency=code, subscriptions=0, now=sums[code]) for code in sorted(sums)]
