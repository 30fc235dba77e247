"""Checks of the key and of who is at work: permissions, the account, locks that are held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from reconciler.doctor.finding import Finding
from reconciler.doctor.seen import Seen
from reconciler.model import lock
from reconciler.model.lock import MARGIN, Lock


def unread_kinds(seen: Seen) -> Iterator[Finding]:
    """Yield the kinds that the key may not read."""
    for name, told in seen.refused.items():
        yield Finding(
            check="unread",
            level="problem",
            place=seen.kinds[name].table,
            text=told.splitlines()[-1].strip(),
            mend="A key for plans reads every kind (docs/permissions.md). What could not be read "
            "is left out of all that is said here.",
        )


def uncounted_subscriptions(seen: Seen) -> Iterator[Finding]:
    """Yield a note where no plan can say who is subscribed to what."""
    if not seen.reach.subscriptions:
        yield Finding(
            check="subscriptions",
            level="note",
            place="subscriptions",
            mend="Give the restricted key the permission Subscriptions: Read (subscription_read), "
            'or leave it: plans then say "unknown".',
        )


def other_account(seen: Seen) -> Iterator[Finding]:
    """Yield an account that is not the file's, or that cannot be told."""
    reached = seen.reach.account.id
    wanted = seen.catalog.account if seen.catalog else None
    if wanted is not None and reached != wanted:
        yield Finding(
            check="account",
            level="problem",
            place=f"[catalog] account = {wanted}",
            text=f"the key reaches {reached}" if reached else "the key may not name its account",
            mend="Use a key of that account, or correct [catalog] account (RC105).",
        )


def locks(seen: Seen) -> Iterator[Finding]:
    """Yield the locks that are held, and those that were never given up."""
    found: dict[str, list[Lock]] = defaultdict(list)
    for raw in seen.locks:
        object_id = str(raw["id"])
        catalog = lock.catalog_of(object_id)
        one = lock.read(catalog, raw)
        if one is not None:
            found[catalog].append(one)
            continue
        yield Finding(
            check="locks",
            level="problem",
            place=f"catalog {catalog or 'unknown'}",
            objects=(object_id,),
            text="is called as a lock is, and no apply made it",
            mend="Delete that product in the Dashboard.",
        )
    for catalog, some in sorted(found.items()):
        highest = max(some, key=lambda one: one.number)
        if highest.until:
            yield _held(catalog, highest, seen.now)


def _held(catalog: str, held: Lock, now: int) -> Finding:
    since = datetime.fromtimestamp(held.since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    who = f"run {held.run} by {held.by or 'unknown'}, since {since}"
    left = held.until + MARGIN - now
    if held.held_at(now):
        return Finding(
            check="locks",
            level="note",
            place=f"catalog {catalog}",
            objects=(held.id,),
            text=f"{who}; it ends in {left} seconds unless it is renewed",
            mend="Wait for that apply. If it crashed: reconciler apply --resume with its journal.",
        )
    return Finding(
        check="locks",
        level="problem",
        place=f"catalog {catalog}",
        objects=(held.id,),
        text=f"{who}; it ended without being given up, so that apply did not finish",
        mend="reconciler apply --resume with its journal, or reconciler plan, then apply.",
    )
