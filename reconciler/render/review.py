"""All that a page for reviewers shows, whatever its format: Markdown, HTML, a comment.

Every string in it is safe to print; a format with a syntax of its own escapes that besides.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.impact import Hanging
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.render.calls import CallText, calls
from reconciler.render.prices import PriceChange, price_changes
from reconciler.render.safe import shown
from reconciler.render.verdict import WEIGHT, verdict
from reconciler.render.view import Line, View, view
from reconciler.render.ways import subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What is in use and names something that goes, of one kind: `payment link`.

    `ours` are addresses, `theirs` the ids of what is not managed here.
    """

    noun: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A plan for who must approve it.

    `subject` is the price that the verdict names, if it is about one alone.

    `prices` are the price changes, by what is paid, who pays and how much changes; `others` every
    other change, of what goes before what comes. `view` has all changes with their details, the
    findings and the notes.
    """

    verdict: str
    subject: str
    view: View
    prices: tuple[PriceChange, ...]
    others: tuple[Line, ...]
    touched: tuple[Touched, ...]
    calls: tuple[CallText, ...]
    reads: int


def review(plan: Plan, kinds: Kinds, *, limit: int = 120) -> Review:
    """Return a plan as a reviewer sees it; values longer than `limit` are shortened."""
    seen = view(plan, kinds, limit=limit)
    prices = price_changes(plan, kinds)
    return Review(
        verdict=verdict(plan, kinds),
        subject=subject([one for one in plan.changes if kinds[one.address.kind].sellable]),
        view=seen,
        prices=tuple(sorted(prices.values(), key=lambda price: price.weight)),
        others=tuple(
            sorted(
                (line for place, line in enumerate(seen.lines) if place not in prices),
                key=lambda line: WEIGHT.index(line.action),
            )
        ),
        touched=_touched(plan),
        calls=calls(plan, kinds),
        reads=plan.reads,
    )


def _touched(plan: Plan) -> tuple[Touched, ...]:
    found: dict[str, dict[str, Hanging]] = {}
    for impact in plan.impacts:
        for other in impact.hanging:
            found.setdefault(other.kind, {})[other.object] = other
    return tuple(
        Touched(
            noun=kind.replace("_", " "),
            ours=tuple(sorted(str(other.address) for other in others.values() if other.address)),
            theirs=tuple(
                sorted(shown(other.object) for other in others.values() if not other.address)
            ),
        )
        for kind, others in sorted(found.items())
    )
