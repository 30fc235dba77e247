"""What stands as entries in other objects' metadata: kinds that Stripe has no object for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.address import Address
from reconciler.model.catalog import Resource
from reconciler.model.kind import Embedded, Kind, Kinds
from reconciler.model.named import may_name, renamed
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Pending
from reconciler.planner.embed import decode
from reconciler.spec.resource import settled


def entries(
    lives: Iterable[Live], kinds: Kinds, snapshot: Snapshot, names: Mapping[str, Pending]
) -> Iterator[tuple[Live, Resource]]:
    """Yield the entries on objects, as the resources that they say; `names` are addresses by id.

    Entries quote natural keys; what bears a quoted one is named by its address.
    """
    hosts = list(lives)
    for kind in kinds.values():
        match kind.identity:
            case Embedded(kind=host, prefix=prefix):
                quoted = _quoted(kind, kinds, snapshot, names)
                for live in hosts:
                    if live.kind.name != host:
                        continue
                    for key, text in sorted(live.metadata.items()):
                        short = key.removeprefix(prefix)
                        if key.startswith(prefix):
                            body = renamed(kind.fields, decode(kind, text), quoted)
                            address = Address(kind.name, (short,))
                            yield (
                                live,
                                Resource(address=address, kind=kind, body=settled(kind, body)),
                            )
            case _:
                continue


def _quoted(
    kind: Kind, kinds: Kinds, snapshot: Snapshot, names: Mapping[str, Pending]
) -> Mapping[str, Pending | str]:
    found: dict[str, Pending | str] = {}
    for named in may_name(kind.fields):
        for live in snapshot.of(named).values():
            for key in kinds[named].natural_keys:
                value = live.body.get(key.field)
                if isinstance(value, str) and (live.on or value not in found):
                    found[value] = names.get(live.id, live.id)
    return found
