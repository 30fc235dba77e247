"""What is seen: the objects of an account, as they were when they were read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reconciler.model.address import Address
from reconciler.model.canonical import read
from reconciler.model.catalog import PROTECT, STAMP, Account
from reconciler.model.kind import Kind
from reconciler.model.values import EMPTY, MAPPINGS, Frozen

Key: TypeAlias = tuple[str, str]
"""Kind and id: one that people choose may be that of a product and of a coupon."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose an object is: what its metadata says, parsed."""

    catalog: str
    address: Address

    @classmethod
    def parse(cls, text: str) -> Stamp | None:
        """Return the stamp written as `text`, or `None` if that is no stamp of ours."""
        catalog, slash, rest = text.partition("/")
        if not slash:
            return None
        try:
            return cls(catalog, Address.parse(rest))
        except ValueError:
            return None


@dataclass(slots=True)
class Live:
    """One object at Stripe. Its canonical body is read off the answer when first asked for.

    Most objects of a large account are never asked: they are strangers, or the diff needs
    only their ids. `at` is when it was read, in Unix seconds by Stripe's clock. Treat it as
    frozen; the one slot that changes is a cache.
    """

    kind: Kind
    raw: Mapping[str, Any]
    at: int = 0
    id: str = field(init=False, compare=False, repr=False)
    """Stripe's id."""
    on: bool = field(init=False, compare=False, repr=False)
    """Whether it is in use, as opposed to archived."""
    metadata: Mapping[str, str] = field(init=False, compare=False, repr=False)
    """All of its metadata, ours included."""
    stamp_text: str | None = field(init=False, compare=False, repr=False)
    """What its metadata says of whose it is, as it stands there."""
    _body: Frozen | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.raw = self.kind.seen(self.raw, self.at)
        self.id = str(self.raw["id"])
        self.on = self.kind.is_on(self.raw)
        metadata = self.raw.get("metadata")
        self.metadata = metadata if isinstance(metadata, MAPPINGS) else EMPTY
        text = self.metadata.get(STAMP)
        self.stamp_text = text if isinstance(text, str) else None

    @property
    def key(self) -> Key:
        """Its kind and its id."""
        return (self.kind.name, self.id)

    @property
    def created(self) -> int:
        """Unix time in seconds; 0 for the objects that Stripe gives no time."""
        created = self.raw.get("created")
        return created if isinstance(created, int) else 0

    @property
    def body(self) -> Frozen:
        """The canonical body."""
        if self._body is None:
            self._body = read(self.kind, self.raw)
        return self._body

    @property
    def stamp(self) -> Stamp | None:
        """Whose it is, if anybody's."""
        return None if self.stamp_text is None else Stamp.parse(self.stamp_text)

    @property
    def protected(self) -> bool:
        """Whether its metadata forbids replacing or retiring it."""
        return self.metadata.get(PROTECT) == "true"

    @property
    def spent(self) -> bool:
        """Whether it went off by itself, for good."""
        return not self.on and self.kind.spent(self.raw, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How far a look reached that did not list everything: what is not there is known of this.

    `whole` are the kinds that were listed whole, `searched` those that were searched for stamps.
    `families` are the kinds and the ids of the objects all of whose children of that kind were
    listed, and `ids` the objects that were asked for.
    """

    whole: frozenset[str] = frozenset()
    searched: frozenset[str] = frozenset()
    families: frozenset[tuple[str, str]] = frozenset()
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The objects of one account by kind and id, and what reading them cost in requests.

    `extra` are those for the entries attached to single objects. `sight` is `None` where every
    object was read.
    """

    account: Account
    objects: Mapping[str, Mapping[str, Live]]
    requests: Mapping[str, int]
    extra: int = 0
    sight: Sight | None = None

    def of(self, kind: str) -> Mapping[str, Live]:
        """Return the objects of one kind by id."""
        return self.objects.get(kind, {})

    def find(self, object_id: str, among: Collection[str] | None = None) -> Live | None:
        """Return the object with this id, of whatever kind, or of one of these.

        Ids that people choose, of products and coupons, need not be of one object only.
        """
        for name, objects in self.objects.items():
            if object_id in objects and (among is None or name in among):
                return objects[object_id]
        return None

    def __iter__(self) -> Iterator[Live]:
        for objects in self.objects.values():
            yield from objects.values()
