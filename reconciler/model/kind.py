"""A kind: all that the engine knows of one sort of Stripe object.

Kinds are declared in `reconciler.kinds`, one file each. What stands here has no Stripe object's
name in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from reconciler.model.late import LateBody
from reconciler.model.revenue import Monthly
from reconciler.model.shape import Field, Shape, listed, shape
from reconciler.model.values import EMPTY, Frozen

if TYPE_CHECKING:
    from reconciler.model.catalog import Catalog, Resource


@dataclass(frozen=True, slots=True)
class ByMetadata:
    """A live object is recognised by the stamp in its metadata."""


@dataclass(frozen=True, slots=True)
class ByNaturalKey:
    """A live object takes no metadata; it is recognised by this field, and shared."""

    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """There is no such object in Stripe: it is one metadata entry on a host of another kind.

    `host` gives the resource that carries it; `write` gives the entry's text, where
    `quote(address, field)` is the value that a field of another resource will have.
    """

    kind: str
    prefix: str
    host: Callable[[Resource, Catalog], Any]
    write: Callable[[Resource, Callable[[Any, str], str]], str]


Identity: TypeAlias = ByMetadata | ByNaturalKey | Embedded


@dataclass(frozen=True, slots=True)
class Archive:
    """Retired by an update that gives `field` this value; it can come back."""

    field: str
    value: bool


@dataclass(frozen=True, slots=True)
class Delete:
    """Retired by a delete. `unless` names a kind whose objects make Stripe refuse it.

    Then, or when Stripe refuses all the same, `otherwise` is done.
    """

    unless: tuple[str, ...] = ()
    otherwise: Archive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """Retired, and brought back, by calls of their own: `POST …/deactivate`.

    `field` is the boolean field that tells; it is no parameter of any call.
    """

    field: str
    off: Verb
    on: Verb


Verb: TypeAlias = Literal["deactivate", "reactivate"]
Retirement: TypeAlias = Archive | Delete | Verbs


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalKey:
    """A field whose value only one object may hold.

    `default` is what a new object gets when the file is silent. `transfer` is the parameter
    by which Stripe takes the value from its holder in the same call; without one, a successor
    can only be made when the holder is gone. `active_only`: archived objects do not hold it.
    `any_case`: "A" and "a" are the same value. `by_stripe` is how a value looks that Stripe chose
    (a regular expression): any other is named by applications.
    """

    field: str
    default: Callable[[Resource], str] | None = None
    transfer: str | None = None
    active_only: bool = False
    any_case: bool = False
    by_stripe: str = ""

    def held(self, kind: Kind, body: Mapping[str, Any]) -> str | None:
        """Return the value that an object with this body holds, as it compares."""
        value = body.get(self.field)
        if not isinstance(value, str) or not value:
            return None
        if self.active_only and not kind.is_on(body):
            return None
        return self.compared(value)

    def compared(self, value: str) -> str:
        """Return a value as it compares with others."""
        return value.casefold() if self.any_case else value


@dataclass(frozen=True, slots=True)
class Within:
    """The kind's tables stand inside its parent's: `[products.pro.prices.monthly]`.

    `kind` is the parent's, `field` is the field that refers to it.
    """

    kind: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """Customers subscribe to it. `parameter` is what Stripe lists the subscriptions on one by.

    Their items hold it under the same name. `when` tells by its body whether there can be any,
    `monthly` what some units of it bring.
    """

    parameter: str
    when: Callable[[Mapping[str, Any]], bool]
    monthly: Monthly


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What a restricted key has to be granted, to read objects or to write them.

    `name` is the stem of Stripe's own names, `plan` in `plan_read` and `plan_write`; `label` is
    what the Dashboard calls it. `labelled` is who says so: Stripe itself, in its errors; guides of
    others to the Dashboard; or nobody, and it is a guess. `writes` is whether Stripe publishes a
    name for writing: without one it is not known what a write needs.
    https://docs.stripe.com/stripe-apps/reference/permissions
    """

    name: str
    label: str
    labelled: Literal["stripe", "guides", "guess"]
    writes: bool = True

    def text(self, *, write: bool) -> str:
        """Return it as people find it: `Prices: Write (plan_write)`."""
        level = "Write" if write else "Read"
        return f"{self.label}: {level} ({self.name}_{level.lower()})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What a kind finds wrong with a resource; `path` leads to the field in its table."""

    path: tuple[str | int, ...]
    what: str
    why: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A list parameter by which Stripe finds objects by a field's value, among however many.

    `most` is how many values one call takes; a parameter that takes one is no list.
    """

    field: str
    parameter: str
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A key of a kind's table that stands for a resource of another kind, of the same name.

    `make` gives that resource's table, from what stands at the key and from the whole table.
    `said` are the fields that the whole table says, so that they may not stand at the key.
    """

    key: str
    kind: str
    said: tuple[str, ...]
    make: Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
    description: str


def _same(body: dict[str, Any]) -> dict[str, Any]:
    return body


def _as_answered(raw: Mapping[str, Any], _: int) -> Mapping[str, Any]:
    return raw


def _never_spent(_: Mapping[str, Any], __: int) -> bool:
    return False


def _no_flaws(_: Resource, __: Catalog) -> Iterable[Flaw]:
    return ()


def _as_given(resource: Resource, _: Catalog) -> Mapping[str, Any]:
    return resource.body


def _never_kept(_: Mapping[str, Any]) -> str:
    return ""


def _no_live_flaws(_: Mapping[str, Any]) -> Iterable[str]:
    return ()


def _no_amounts(_: Mapping[str, Any]) -> Mapping[str, Decimal]:
    return {}


def _unscaled(_: Mapping[str, Any]) -> Decimal:
    return Decimal(1)


def _name(body: Mapping[str, Any]) -> str:
    text = body.get("name") or body.get("display_name")
    return f'"{text}"' if text else ""


def _called(body: Mapping[str, Any]) -> Iterable[str]:
    return [str(body[name]) for name in ("name", "display_name", "nickname") if body.get(name)]


def _switched_off(retirement: Retirement) -> Archive | None:
    match retirement:
        case Archive() as archive:
            return archive
        case Delete(otherwise=otherwise):
            return otherwise
        case Verbs(field=field):
            return Archive(field, value=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Kind:
    """One sort of Stripe object. See `docs/architecture.md`."""

    name: str
    """What addresses begin with: `price`."""
    table: str
    """What its tables are called in the file: `prices`."""
    body: LateBody = LateBody()  # noqa: RUF009 - a descriptor, and no value
    """The fields, with their marks: a class, or a function that imports it."""
    identity: Identity = ByMetadata()
    retirement: Retirement = Archive("active", value=False)
    path: str = ""
    """Stripe's endpoint, `/v1/prices`; empty for an embedded kind."""
    permission: Permission | None = None
    """What a restricted key needs for its objects; an embedded kind needs what its host does:
    `Permission(name="plan", label="Prices", labelled="stripe")`."""
    id_prefixes: tuple[str, ...] = ()
    """What its ids begin with, so that a raw id in the file is known for one."""
    scopes: tuple[Frozen, ...] = (EMPTY,)
    """The list calls that together show every object: `({"active": True}, {"active": False})`."""
    dated: bool = False
    """Whether Stripe lists them by `created`, so that a long list is read in windows of time."""
    natural_keys: tuple[NaturalKey, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    """How single objects are found without listing all: a kind without one is listed whole."""
    searchable: bool = False
    """Whether Stripe searches them by metadata: `GET …/search`. What it finds may be old."""
    within: Within | None = None
    inherits: Mapping[str, Callable[[Mapping[str, Any]], bool]] = field(default_factory=dict)
    """Fields that `[defaults]` may fill, and when: `{"currency": lambda given: True}`."""
    canonical: Callable[[dict[str, Any]], dict[str, Any]] = _same
    """Brings a body, from the file or from Stripe, into the one form in which they compare."""
    seen: Callable[[Mapping[str, Any], int], Mapping[str, Any]] = _as_answered
    """Reads an answer, at a moment of Stripe's time in Unix seconds, as the file would say it:
    a status as the field that sets it."""
    spent: Callable[[Mapping[str, Any], int], bool] = _never_spent
    """Whether an object, by its answer at a moment, is off by itself and for good: a code that
    expired. Nobody switched it off, and nobody can switch it on."""
    check: Callable[[Resource, Catalog], Iterable[Flaw]] = _no_flaws
    """What Stripe would refuse and a type cannot say."""
    derives: tuple[Derived, ...] = ()
    """Keys of its tables that stand for whole resources of other kinds."""
    resolve: Callable[[Resource, Catalog], Mapping[str, Any]] = _as_given
    """Says a resource's `FILE_ONLY` fields in Stripe's own, once the whole catalog is read."""
    kept: Callable[[Mapping[str, Any]], str] = _never_kept
    """Why an object, by its answer, cannot be retired, with the mend; empty if it can."""
    freezes: bool = False
    """Whether Stripe may refuse to change an archived one: it says neither that it does nor not."""
    shows: tuple[str, ...] = ()
    """What of an answer people use, and a successor has another of: a payment link's URL."""
    public: bool = False
    """Whether customers come to it by themselves, and find what it names: a link, a portal."""
    needed: bool = False
    """Whether what names it stops working when it is retired, not only when it is deleted."""
    headline: Callable[[Mapping[str, Any]], str] = _name
    """The object in a few words: `29.00 USD / month`."""
    suggests: Callable[[Mapping[str, Any]], Iterable[str]] = _called
    """What a person might call the object in a file, the best first: `monthly`."""
    amounts: Callable[[Mapping[str, Any]], Mapping[str, Decimal]] = _no_amounts
    """Every amount it charges, in minor units, by a name that begins with the currency:
    `{"usd": Decimal(2900), "usd tier to 10 flat_amount": Decimal(500)}`."""
    scale: Callable[[Mapping[str, Any]], Decimal] = _unscaled
    """What its amounts are multiplied by to compare with another body's: per unit and month."""
    secrets: tuple[str, ...] = ()
    """What only the answer to a create has, and nobody should read in a log: `("secret",)`."""
    live_flaws: Callable[[Mapping[str, Any]], Iterable[str]] = _no_live_flaws
    """What an object with this body must not have on a live account (RC110), in sentences."""
    subscribed: Subscribed | None = None
    """How the subscriptions on one are found, where there can be any."""
    sellable: bool = False
    """Whether its parent is off sale without an active one."""
    max_key: int | None = None
    """How many characters its table key may have, where Stripe's limits reach that far."""
    notes: tuple[str, ...] = field(default=())
    """What a user of the kind should know, for the docs."""
    example: str = ""
    """A catalog of its own, in TOML, that shows what is special about the kind, for the docs."""
    archive: Archive | None = field(init=False)
    """How it is switched off, if it can be: its retirement says it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "archive", _switched_off(self.retirement))

    def __repr__(self) -> str:
        return f"<kind {self.name}>"

    @cached_property
    def fields(self) -> Shape:
        """The compiled fields of its body."""
        return shape(self.body)

    @cached_property
    def listed(self) -> Mapping[str, Field]:
        """The fields whose entries are objects with ids."""
        return listed(self.body)

    @cached_property
    def attached(self) -> Field | None:
        """The field whose entries come and go by calls of their own, if there is one."""
        return next((field for field in self.listed.values() if field.attached), None)

    def is_on(self, body: Mapping[str, Any]) -> bool:
        """Whether an object with this body is in use, as opposed to archived."""
        archive = self.archive
        return archive is None or body.get(archive.field) != archive.value

    def lookup(self, field: str) -> Lookup | None:
        """Return how its objects are found by a field's value, if they can be."""
        return next((lookup for lookup in self.lookups if lookup.field == field), None)

    @cached_property
    def verbs(self) -> Verbs | None:
        """The calls of their own that retire it and bring it back, if there are any."""
        return self.retirement if isinstance(self.retirement, Verbs) else None

    @cached_property
    def shared(self) -> bool:
        """Whether it takes no stamp, and is used together with whoever else uses it."""
        return isinstance(self.identity, ByNaturalKey)

    @cached_property
    def stored(self) -> bool:
        """Whether Stripe has such an object."""
        return not isinstance(self.identity, Embedded)


Kinds: TypeAlias = Mapping[str, Kind]
"""Every kind there is, by name, parents before children."""
