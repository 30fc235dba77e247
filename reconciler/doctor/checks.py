"""Every check there is, in the order in which its findings are told. To add one, add it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.doctor import access, selling, stamps, standing
from reconciler.doctor.finding import Finding
from reconciler.doctor.seen import Seen


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, what it found in a few words, and how it looks."""

    name: str
    title: str
    find: Callable[[Seen], Iterator[Finding]]


CHECKS = (
    Check("account", "The key reaches another account than the file's", access.other_account),
    Check("unread", "The key may not read what every plan needs", access.unread_kinds),
    Check("locks", "An apply holds the lock of its catalog, or left it", access.locks),
    Check("double", "Several objects in use bear one stamp", stamps.double_stamps),
    Check("stamp", "A stamp that no apply would write", stamps.odd_stamps),
    Check("unstamped", "The stamp of an object that ours stand on is gone", standing.on_unstamped),
    Check("renamed", "Two catalogs have the same addresses", stamps.renamed_catalogs),
    Check("entry", "A plan names a price that cannot be sold", selling.entries_without),
    Check("unsold", "On sale without an active price", selling.off_sale),
    Check("retired", "In use, and hangs on what is retired", selling.on_retired),
    Check("keys", "A lookup key is held by an archived price", selling.held_keys),
    Check("subscriptions", "Subscriptions cannot be counted", access.uncounted_subscriptions),
)


def examine(seen: Seen) -> tuple[Finding, ...]:
    """Return all that the checks find: problems first, then notes."""
    found = [finding for check in CHECKS for finding in check.find(seen)]
    return tuple(sorted(found, key=lambda finding: finding.level != "problem"))
