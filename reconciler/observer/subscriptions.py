"""Counts the subscriptions on what a plan takes out of use. https://docs.stripe.com/api/subscriptions

Not on anything else: on a large account that would be more reading than all the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

from reconciler.errors import PermissionDeniedError
from reconciler.model.impact import ENDED, Impact
from reconciler.model.kind import Kind, Kinds
from reconciler.model.values import Frozen
from reconciler.ports import Reader

WORKERS = 8
"""On how many objects they are counted side by side."""

Counted = Callable[[int, int], None]
"""Told on how many objects they are counted, and on how many they are to be."""


def count_subscriptions(
    reader: Reader, kinds: Kinds, impacts: Sequence[Impact], progress: Counted | None = None
) -> tuple[Impact, ...]:
    """Return `impacts` with the subscriptions counted that have not ended, by status.

    Where the key may not read them the number stays unknown, with the reason.
    """
    total = sum(impact.counted for impact in impacts)
    done = count(1)
    denied: list[str] = []

    def counted(impact: Impact) -> Impact:
        if not impact.counted:
            return impact
        if denied:
            return replace(impact, unknown=denied[0])
        try:
            statuses = Counter(_statuses(reader, kinds[impact.kind], impact))
        except PermissionDeniedError as error:
            # Its last line is the mend, and names the permission.
            mend = str(error).splitlines()[-1].strip()
            denied.append(mend[:1].lower() + mend[1:])
            return replace(impact, unknown=denied[0])
        if progress is not None:
            progress(next(done), total)
        return replace(impact, subscriptions=Frozen(sorted(statuses.items())), unknown="")

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return tuple(pool.map(counted, impacts))


def _statuses(reader: Reader, kind: Kind, impact: Impact) -> Iterator[str]:
    if kind.subscribed is None:
        return
    for raw in reader.get_subscriptions({kind.subscribed.parameter: impact.object}):
        status = raw.get("status")
        if status not in ENDED:
            yield status if isinstance(status, str) else "unknown"
