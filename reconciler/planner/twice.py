"""RC111: two objects in use that would be one address, and only one of them can."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Finding
from reconciler.planner.bind import Binding
from reconciler.planner.evidence import Evidence
from reconciler.planner.narrate import listing


def two_with_one_stamp(evidence: Evidence) -> Iterator[Finding]:
    """Several objects in use that bear one stamp, and the file cannot tell which is meant."""
    for decision in evidence.moving:
        if decision.binding.ambiguous and decision.address not in evidence.taken:
            yield _ambiguous(decision.binding)


def taken_targets(evidence: Evidence) -> Iterator[Finding]:
    """A move to an address that another object in use has, or moves to."""
    for target, found in sorted(evidence.taken.items()):
        comers = [f"{name} (now {was})" for name, was in found.items() if was != target]
        holders = [name for name, was in found.items() if was == target]
        already = f", and {listing(holders)} is it already" if holders else ""
        sources = sorted({str(was) for was in found.values() if was != target})
        yield Finding(
            code="RC111",
            address=target,
            text=f"[moved] makes {target} of {listing(comers)}{already}: only one object can be "
            f"it. Take {listing(sources)} out of [moved] (an object without a table is retired), "
            "or give it another address.",
        )


def _ambiguous(binding: Binding) -> Finding:
    address = binding.resource.address
    found = [b.live.id for b in (binding.current, binding.predecessor) if b is not None]
    found += [bound.live.id for bound in binding.superseded]
    equal = "more than one of them equals" if binding.predecessor is None else "none of them equals"
    return Finding(
        code="RC111",
        address=address,
        text=f"{listing(found)} bear the stamp of {address}, and {equal} the file. "
        "Archive those that are not meant in the Dashboard, or make the "
        f"file equal to the one that is.",
    )
