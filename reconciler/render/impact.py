"""What hangs on an object that goes, in words: who is subscribed to it, and what offers it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from reconciler.model import money
from reconciler.model.impact import Hanging, Impact
from reconciler.model.revenue import Revenue, Why
from reconciler.model.values import EMPTY
from reconciler.render.safe import shown

_MOST_NAMED = 8
"""How many names in a row a line has; the plan file has them all."""

_WHYS: dict[Why, str] = {
    "metered": "charged by usage",
    "tiered": "charged in tiers",
    "one_time": "charged once",
    "not_sold": "in a currency without an amount",
}


def subscribers(impact: Impact) -> Iterator[str]:
    """Yield how many subscriptions are on it; nothing where there can be none."""
    it = shown(impact.object)
    if impact.unknown:
        yield f"how many subscriptions are on {it} is unknown: {shown(impact.unknown)}"
    elif impact.subscriptions is not None:
        parts = [by_status(impact), now(impact.revenue), then(impact.revenue)]
        told = "; ".join(filter(None, parts))
        yield f"{counted(impact)} on {it}{f' ({told})' if told else ''}"
        left_out = "; ".join(caveats(impact))
        if left_out:
            yield left_out


def counted(impact: Impact) -> str:
    """Return `132 subscriptions stay`."""
    match impact.total:
        case 0:
            return "no subscription is"
        case 1:
            return "1 subscription stays"
        case total:
            return f"{total:,} subscriptions stay"


def by_status(impact: Impact) -> str:
    """Return `120 active, 12 past_due`; nothing where all are active."""
    counts = impact.subscriptions or EMPTY
    if not counts.keys() - {"active"}:
        return ""
    return ", ".join(f"{count:,} {shown(name)}" for name, count in counts.items())


def amount(minor: int, currency: str) -> str:
    """Return a sum as a person reads it."""
    return money.text(Decimal(minor), currency)


def now(sums: Sequence[Revenue]) -> str:
    """Return `1,188.00 USD + 240.00 EUR a month`, or nothing where nothing is known."""
    told = [amount(one.now, one.currency) for one in sums if one.now is not None]
    return f"{' + '.join(told)} a month" if told else ""


def then(sums: Sequence[Revenue]) -> str:
    """Return `1,584.00 USD at the new price`, or nothing where there is none."""
    told = [amount(one.then, one.currency) for one in sums if one.then is not None]
    return f"{' + '.join(told)} at the new price" if told else ""


def caveats(impact: Impact) -> Iterator[str]:
    """Yield what the sums leave out."""
    out: Counter[str] = Counter()
    for one in impact.revenue:
        if one.now_why is not None:
            out[_WHYS[one.now_why]] += one.subscriptions
    unread = impact.paying - sum(one.subscriptions for one in impact.revenue)
    if unread and impact.revenue:
        out["that Stripe does not show whole"] += unread
    if out:
        told = ", ".join(f"{count:,} {why}" for why, count in out.items())
        yield f"not estimated: {told}"
    for one in impact.revenue:
        known = one.now is not None or one.then_why == "not_sold"
        if one.then_why is not None and known:
            code = one.currency.upper()
            yield (
                f"the new price is not sold in {code}"
                if one.then_why == "not_sold"
                else f"what the new price brings in {code} is not estimated: it is "
                f"{_WHYS[one.then_why]}"
            )
    if impact.discounted and any(one.now is not None for one in impact.revenue):
        yield f"discounts are not taken off: {impact.discounted:,} have one"


def named_by(impact: Impact) -> Iterator[str]:
    """Yield what is in use and names it, a line for each kind."""
    kinds = dict.fromkeys(other.kind for other in impact.hanging)
    for kind in kinds:
        named = [other for other in impact.hanging if other.kind == kind]
        noun = kind.replace("_", " ")
        told = [_name(other) for other in named[:_MOST_NAMED]]
        if len(named) > _MOST_NAMED:
            told.append(f"{len(named) - _MOST_NAMED:,} more")
        many = f"1 {noun} names" if len(named) == 1 else f"{len(named):,} {noun}s name"
        yield f"{many} it: {', '.join(told)}"


def _name(other: Hanging) -> str:
    return f"{shown(other.object)} (not ours)" if other.address is None else str(other.address)
