"""What a plan would change though it is archived, where nobody knows whether Stripe allows that.

Not for what Stripe surely refuses: `refuse` stops that before anything is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.model.address import Address
from reconciler.model.kind import Kind
from reconciler.planner.decide import Decision
from reconciler.planner.match import Origin, few


def may_be_refused(moving: Iterable[Decision]) -> Iterator[str]:
    """Yield the notes: what might stop the apply half-way, and how to do without it."""
    found: dict[tuple[Kind, bool], list[Address]] = defaultdict(list)
    for decision in moving:
        if not decision.kind.freezes:
            continue
        arrivals = [bound for bound in decision.binding.arrivals if not bound.live.on]
        current = decision.binding.current
        changed = current is not None and not current.live.on and bool(decision.edits)
        if arrivals or changed:
            adopted = any(bound.origin is Origin.ADOPTED for bound in arrivals)
            found[decision.kind, adopted].append(decision.address)
    for (kind, adopted), addresses in found.items():
        one = len(addresses) == 1
        out = f"take {'it' if one else 'them'} out of [adopt] and of the file"
        anew = (
            "give its table another name: then a new one is made"
            if one
            else "give their tables other names: then new ones are made"
        )
        yield (
            f"{few(addresses)} {'is' if one else 'are'} archived, and Stripe may refuse to change "
            f"an archived {kind.name}: then the apply stops there. To be sure, "
            f"{out if adopted else anew}."
        )
