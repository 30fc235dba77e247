"""What is wanted: a catalog, as read from its files. Nothing in it comes from Stripe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Literal

from reconciler.model.address import Address
from reconciler.model.kind import Kind
from reconciler.model.values import Frozen, digest_of_parts, freeze

RESERVED = "reconciler"
"""Metadata keys that begin with this are ours; the file may not use them."""

STAMP = RESERVED
"""The metadata key that says whose an object is: `<catalog>/<address>`."""

PROTECT = "reconciler_protect"
"""The metadata key that forbids an object's replacement and retirement."""


def is_ignored(key: str, globs: Iterable[str]) -> bool:
    """Whether a metadata key is left to others. Our own keys never are."""
    return not key.startswith(RESERVED) and any(fnmatchcase(key, glob) for glob in globs)


def relevant(body: Frozen, globs: Iterable[str]) -> Frozen:
    """Return a body without the metadata keys that are left to others."""
    metadata = body.get("metadata")
    if not metadata or not globs:
        return body
    kept = {key: value for key, value in metadata.items() if not is_ignored(key, globs)}
    return body.with_({"metadata": Frozen(kept) or None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One wanted object: only the fields that the file gives, in canonical form.

    A reference to another resource is a `Pending`, a raw Stripe id is a string.
    `ignore` are fields set at creation and then left alone. `protect` is `None` where the
    file is silent: the live object's protection stays as it is.
    """

    address: Address
    kind: Kind
    body: Frozen
    ignore: frozenset[str] = frozenset()
    protect: bool | None = None

    @property
    def natural_name(self) -> str:
        """The natural key it has when the file's word, or its kind's default, is taken."""
        for key in self.kind.natural_keys:
            given = self.body.get(key.field)
            if given or key.default is not None:
                return str(given or (key.default(self) if key.default else ""))
        return ""

    @property
    def wanted_on(self) -> bool:
        """Whether it is wanted switched on."""
        return self.kind.is_on(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """An existing object to bind; `from_` is the catalog that gives it up, if one does."""

    id: str
    from_: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The limits of the guards (`docs/guards.md`), and the codes lifted for good.

    `lock` says whether an apply takes the catalog's lock, `subscribers` whether what has
    subscriptions may be replaced and retired.
    """

    max_change_ratio: Decimal = Decimal("0.3")
    max_price_change_percent: Decimal = Decimal(50)
    allow: tuple[str, ...] = ()
    lock: bool = True
    subscribers: Literal["allow", "deny"] = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """A whole catalog: its resources by address, and what the file says about binding them."""

    name: str
    resources: Mapping[Address, Resource]
    account: str | None = None
    previous_name: str | None = None
    ignore_metadata: tuple[str, ...] = ()
    moved: Mapping[Address, Address]
    adopt: Mapping[Address, Adoption]
    policy: Policy = Policy()

    def stamp(self, address: Address) -> str:
        """Return what is written on an object to say that it is ours."""
        return f"{self.name}/{address}"

    def ignores_metadata(self, key: str) -> bool:
        """Whether `[catalog] ignore_metadata` leaves this key to others."""
        return is_ignored(key, self.ignore_metadata)

    @property
    def digest(self) -> str:
        """The digest of all that the files say, whatever their layout and comments."""
        policy = self.policy
        return digest_of_parts(
            {
                "name": self.name,
                "account": self.account,
                "previous_name": self.previous_name,
                "ignore_metadata": self.ignore_metadata,
                "resources": {str(address): each for address, each in self.resources.items()},
                "moved": {str(old): str(new) for old, new in self.moved.items()},
                "adopt": {str(address): entry for address, entry in self.adopt.items()},
                "policy": {
                    "max_change_ratio": policy.max_change_ratio,
                    "max_price_change_percent": policy.max_price_change_percent,
                    "allow": policy.allow,
                    **({} if policy.lock else {"lock": False}),
                    **({} if policy.subscribers == "allow" else {"subscribers": "deny"}),
                },
            },
            _said,
        )


def _said(entry: Any) -> Any:
    """Return what is said in an entry of a catalog, as a canonical value."""
    match entry:
        case Resource(body=body, ignore=ignore, protect=protect):
            return {"body": body, "ignore": sorted(ignore), "protect": protect}
        case Adoption(id=object_id, from_=from_):
            return {"id": object_id, "from": from_}
        case _:
            return freeze(entry)


Mode = Literal["test", "live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account a key reaches. `id` is `None` when the key may not read it."""

    id: str | None
    livemode: bool

    @property
    def mode(self) -> Mode:
        """Stripe's word for it."""
        return "live" if self.livemode else "test"
