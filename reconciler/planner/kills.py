"""RC109: what would stop working for customers who hold it already.

A code that has to go before its successor comes, the URL of a payment link, what hangs on an
object that is deleted, and what others sell through an object that goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.model.address import Address
from reconciler.model.impact import vital
from reconciler.model.plan import Finding
from reconciler.model.snapshot import Live
from reconciler.planner.decide import Decision
from reconciler.planner.evidence import Evidence
from reconciler.planner.narrate import listing


def kills(evidence: Evidence) -> Iterator[Finding]:
    """Find what a plan would kill."""
    told = set()
    for decision in evidence.moving:
        old = decision.binding.predecessor
        if old is not None and old.live.on:
            before = tuple(_gone_before(evidence, decision, old.live))
            told |= {finding.address for finding in before}
            yield from before
            yield from _in_use(decision, old.live)
    for retirement in evidence.retirements:
        live, address = retirement.live, retirement.bound.address
        hanging = _hanging(evidence, live, others=retirement.reason == "replaced")
        if hanging and address not in told:
            text = f"{live.id} would be deleted{hanging}."
            yield Finding(code="RC109", address=address, text=text)
        if retirement.reason == "unlisted" and not evidence.destroy:
            yield from _closed(address, live)
        if retirement.reason != "superseded" and not evidence.destroy and address not in told:
            yield from _named(address, live)
        for text in _sold_by_others(evidence, live):
            yield Finding(code="RC109", address=address, text=text)
    for decision in evidence.moving:
        current = decision.binding.current
        if decision.turns_off and current is not None:
            hanging = _hanging(evidence, current.live)
            if hanging:
                text = f"{current.live.id} would be switched off{hanging}."
                yield Finding(code="RC109", address=decision.address, text=text)
            yield from _closed(decision.address, current.live)
            for text in _sold_by_others(evidence, current.live):
                yield Finding(code="RC109", address=decision.address, text=text)


def _gone_before(evidence: Evidence, decision: Decision, old: Live) -> Iterator[Finding]:
    """A key that cannot be transferred is nobody's between the old object and the new one."""
    for key in decision.kind.natural_keys:
        value = old.body.get(key.field)
        if key.transfer is None and value and value == decision.target.get(key.field):
            yield Finding(
                code="RC109",
                address=decision.address,
                text=f'{key.field} "{value}" can only be used again once {old.id} is '
                f"gone: between the two calls nobody can use it{_hanging(evidence, old)}. "
                f"Give it another {key.field} to have the new one first.",
            )


def _in_use(decision: Decision, old: Live) -> Iterator[Finding]:
    """What people hold of an object, and its successor cannot have."""
    noun = decision.kind.name.replace("_", " ")
    back = decision.binding.current
    for name in decision.kind.shows:
        if old.raw.get(name) and back is not None:
            text = (
                f"its {name} {old.raw[name]} would stop working, and {back.live.id} comes back "
                f"with {back.live.raw.get(name)}. Whoever has the old one has to be given that."
            )
            yield Finding(code="RC109", address=decision.address, text=text)
        elif old.raw.get(name):
            yield Finding(
                code="RC109",
                address=decision.address,
                text=f"its {name} {old.raw[name]} would stop working, and the new "
                f"{noun} gets another one, which the apply prints. Whoever has the "
                "old one has to be given the new one. To keep it, make another "
                f"{noun} beside it.",
            )


def _named(address: Address, live: Live) -> Iterator[Finding]:
    """What applications name an object by that is deleted for good."""
    for key in live.kind.natural_keys if live.kind.archive is None else ():
        value = str(live.body.get(key.field, ""))
        if value and key.by_stripe and not re.fullmatch(key.by_stripe, value):
            text = (
                f'its {key.field} "{value}" was chosen by somebody, and would be gone: '
                "applications that name it find nothing. See that none does any more."
            )
            yield Finding(code="RC109", address=address, text=text)


def _closed(address: Address, live: Live) -> Iterator[Finding]:
    """What people hold of an object that goes, and nothing takes the place of."""
    for name in live.kind.shows if live.on else ():
        if live.raw.get(name):
            text = (
                f"its {name} {live.raw[name]} would stop working for whoever has it. See that "
                "nothing leads there any more."
            )
            yield Finding(code="RC109", address=address, text=text)


def _hanging(evidence: Evidence, live: Live, *, others: bool = False) -> str:
    """Name what is in use, stays, and names an object that is deleted for good.

    With `others` only what is not ours: what is follows to the successor.
    """
    if not vital(live.kind):
        return ""
    found = [
        f"{other.kind.name} {other.raw.get('code') or other.id}"
        for other in evidence.referrers.hanging(live)
        if other.id not in evidence.going and not (others and other.id in evidence.ours)
    ]
    return f", and with it {listing(found)} would stop working" if found else ""


def _sold_by_others(evidence: Evidence, live: Live) -> Iterator[str]:
    """Tell of others' payment links and portals that sell what goes. They are never changed."""
    found = [
        f"{other.kind.name} {other.id}"
        for other in evidence.referrers.hanging(live)
        if other.kind.public and other.id not in evidence.ours
    ]
    if live.on and found:
        them = "them" if len(found) > 1 else "it"
        yield (
            f"{listing(found)}, not managed here, would go on offering {live.id}, which nobody "
            f"could buy any more. Change {them} first, or adopt {them}."
        )
