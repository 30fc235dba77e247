"""Who names whom among the live objects: needed only when something goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from reconciler.model.impact import hangs
from reconciler.model.named import may_name, references
from reconciler.model.snapshot import Live, Snapshot


class Referrers:
    """The objects that name an object, strangers included. Read off the snapshot once, if ever."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def _index(self) -> Mapping[str, list[Live]]:
        index: dict[str, list[Live]] = defaultdict(list)
        for live in self._snapshot:
            for named in references(live.kind.fields, live.body):
                if isinstance(named, str):
                    index[named].append(live)
        return index

    def to(self, object_id: str) -> tuple[Live, ...]:
        """Return the objects that name this id, active and archived."""
        return tuple(self._index.get(object_id, ()))

    def of(self, live: Live) -> tuple[Live, ...]:
        """Return the objects that name this one, and not one of its id of another kind."""
        name = live.kind.name
        return tuple(other for other in self.to(live.id) if name in may_name(other.kind.fields))

    def hanging(self, live: Live) -> tuple[Live, ...]:
        """Return the objects that suffer when this one goes."""
        return tuple(other for other in self.of(live) if hangs(live, other))
