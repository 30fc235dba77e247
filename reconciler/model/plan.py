"""The changes a plan makes, as its reader sees them: one for each address and action.

A change says what becomes of a resource. How that is done, in which calls, is in the steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from reconciler.model.address import Address
from reconciler.model.diff import Edit
from reconciler.model.impact import Impact
from reconciler.model.kind import Verb
from reconciler.model.values import EMPTY, Frozen, Pending


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What every change has.

    `object` is Stripe's id of the object it is about, `None` where there is none yet (or, for
    a plan, at all). `before` and `after` are its canonical bodies. `notes` say in words what
    the reader should know.
    """

    action: ClassVar[str]

    address: Address
    object: str | None = None
    edits: tuple[Edit, ...] = ()
    before: Frozen = EMPTY
    after: Frozen = EMPTY
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(_Change):
    """Wanted, and not there."""

    action = "create"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(_Change):
    """Changes that Stripe makes in place."""

    action = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace(_Change):
    """A new object takes the place of `object`, which is retired after.

    `successor` is the id of the archived object that comes back for it, if one does.
    """

    action = "replace"
    successor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retire(_Change):
    """Ours, and not wanted.

    `how` is what is done; `otherwise` is what is done instead when Stripe refuses.
    `reason` is why: the file does not have it, switches it off, or another object bears its
    stamp too.
    """

    action = "retire"
    how: Literal["archive", "delete", "remove"] = "archive"
    otherwise: Literal["archive"] | None = None
    reason: Literal["unlisted", "switched off", "superseded"] = "unlisted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactivate(_Change):
    """An archived object of ours comes back."""

    action = "reactivate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt(_Change):
    """An existing object becomes ours. `from_` is the catalog that gives it up, if one does."""

    action = "adopt"
    from_: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(_Change):
    """One of ours is called something else now. `source` is what it was called, stamp and all."""

    action = "move"
    source: str = ""


Change: TypeAlias = Create | Update | Replace | Retire | Reactivate | Adopt | Move

ACTIONS: tuple[type[Change], ...] = (Create, Update, Replace, Retire, Reactivate, Adopt, Move)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmoved:
    """A step relies on an object being, at that step, exactly what was projected.

    `object` is its id, or `Pending` for one that the plan itself creates.
    """

    kind: str
    object: str | Pending
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBy:
    """A step relies on a name being held, at that step, by exactly these objects.

    `field` is `stamp` or a natural key's field, `value` the name. No holders: nobody may.
    """

    kind: str
    field: str
    value: str
    holders: tuple[str | Pending, ...] = ()


Reliance: TypeAlias = Unmoved | HeldBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call. `payload` is exactly its parameters.

    `object` is what an update or a delete acts on. `after` names the steps that must be done
    before. `otherwise` are the parameters of the update that is made when Stripe refuses a
    delete. `part` is what an attach or a detach is about, `product_feature` on a product, and
    `item` the id of what is detached.
    """

    id: str
    address: Address
    verb: Literal["create", "update", "delete", "attach", "detach"] | Verb
    kind: str
    part: str = ""
    object: str | Pending | None = None
    item: str | None = None
    payload: Frozen = EMPTY
    after: tuple[str, ...] = ()
    relies_on: tuple[Reliance, ...] = ()
    otherwise: Frozen | None = None

    @property
    def call(self) -> str:
        """What the call is named everywhere: `create_price`."""
        return f"{self.verb}_{self.part or self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a guard found. `blocks` unless it was lifted; `text` says the mend."""

    code: str
    address: Address | None
    text: str
    blocks: bool = True
    lifted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """How many objects of a kind are not ours, by the catalog whose stamp they bear, if any."""

    kind: str
    catalog: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is sold of a product beside what changes, and stays as it is: for readers alone.

    `address` is the product's. `bodies` are those of its prices, by address, without metadata;
    `more` is how many it has besides.
    """

    address: Address
    bodies: Frozen
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would change, why it may, and every call it takes. Closed data, no secret in it.

    `seen` are the bodies, by kind and id, of the objects that the steps rely on; metadata keys
    that match a glob of `ignore_metadata` are left out of them, and may change at any time.
    `names` are the addresses, by id, of objects of ours that the changes name and no step touches.
    `reads` is the number of requests that checking before and after will take. `unchanged`
    counts the resources that are as wanted. `lock` says whether an apply takes the catalog's lock.
    `impacts` are what hangs on the objects that go; with `subscribers` "deny" those with
    subscriptions may not.
    `beside` is what is sold of the products it touches, and stays.
    `refresh` says whether the whole account was read for it, or only what the file names.
    `lifted` are the guards that were lifted by name:
    `RC103`, or `RC103:price.pro.monthly`.
    """

    catalog: str
    account: str | None
    livemode: bool
    api_version: str
    spec_digest: str
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    strangers: tuple[Strangers, ...] = ()
    seen: Frozen = EMPTY
    names: Frozen = EMPTY
    ignore_metadata: tuple[str, ...] = ()
    reads: int = 0
    unchanged: int = 0
    lifted: tuple[str, ...] = ()
    lock: bool = True
    impacts: tuple[Impact, ...] = ()
    subscribers: Literal["allow", "deny"] = "allow"
    refresh: Literal["full", "targeted"] = "full"
    beside: tuple[Beside, ...] = ()

    @property
    def blocked(self) -> tuple[Finding, ...]:
        """The findings that stop it."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def summary(self) -> dict[str, int]:
        """How many changes there are of each action, in a fixed order."""
        counts = {cls.action: 0 for cls in ACTIONS}
        for change in self.changes:
            counts[change.action] += 1
        return counts

    @property
    def writes(self) -> int:
        """How many writing requests it takes."""
        return len(self.steps)
