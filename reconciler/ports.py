"""The two seams to Stripe: what may be read through, and what may be written through.

`plan` is given a `Reader` and so cannot write. `apply --dry-run` is given a `Writer` that sends
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from reconciler.model.catalog import Account
from reconciler.model.kind import Kind, Lookup
from reconciler.model.marks import Items
from reconciler.model.plan import Step
from reconciler.model.values import Frozen

PAGE = 100
"""How many objects Stripe lists in one answer, at most. https://docs.stripe.com/api/pagination"""


class Reader(Protocol):
    """Reads Stripe. Every method raises `StripeError` where Stripe refuses."""

    def now(self) -> int:
        """Return the time by Stripe's own clock, in Unix seconds."""
        ...

    def get_account(self) -> Account:
        """Return the account that the key reaches."""
        ...

    def get_objects(self, kind: Kind) -> Iterable[Mapping[str, Any]]:
        """Return every object of a kind, archived ones included, each once."""
        ...

    def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
        """Return one object, or `None` if there is none with this id."""
        ...

    def find_objects(
        self, kind: Kind, lookup: Lookup, values: Sequence[str]
    ) -> Iterable[Mapping[str, Any]]:
        """Return the objects that hold one of these values in a field, archived ones included.

        No more values than the lookup takes in one call.
        """
        ...

    def search_ids(self, kind: Kind, query: str) -> Iterable[str]:
        """Return the ids of the objects that a search finds.

        It may lack what is new and hold what was. https://docs.stripe.com/search#data-freshness
        """
        ...

    def get_items(self, kind: Kind, object_id: str, items: Items) -> Iterable[Mapping[str, Any]]:
        """Return every entry of a list below an object: a product's features."""
        ...

    def get_subscriptions(self, on: Mapping[str, str]) -> Iterable[Mapping[str, Any]]:
        """Return the subscriptions on an object that are not canceled: `{"price": "price_1"}`.

        https://docs.stripe.com/api/subscriptions/list
        """
        ...


MayGo = Callable[[], bool]
"""Whether a call may still leave: asked before each attempt, and while a repetition waits."""


def always() -> bool:
    """Let every call go."""
    return True


class Writer(Protocol):
    """Writes Stripe."""

    def send(
        self,
        kind: Kind,
        step: Step,
        object_id: str | None,
        payload: Frozen,
        *,
        key: str,
        may_go: MayGo = always,
    ) -> Mapping[str, Any] | None:
        """Make the call of `step` and return the whole answer; `None` if nothing was sent.

        `object_id` and `payload` are the step's with every pending id filled in; `key` is the
        idempotency key. An attach is answered with the entry, not with the object. Raises
        `RefusedError` where Stripe refuses the parameters, and `ConnectionLostError` where the
        outcome is unknown. Once `may_go` says no, nothing more leaves: a call that has not
        been carried out is refused, as far as is known.
        """
        ...
