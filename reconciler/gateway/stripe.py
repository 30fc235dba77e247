"""The gateway: `Reader` and `Writer` over the official SDK. How a call is made is in `line`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import stripe
from stripe import _util as _sdk

from reconciler.errors import (
    PermissionDeniedError,
    RefusedError,
    UsageError,
)
from reconciler.gateway.answers import check, id_of, lacks_item, page_of
from reconciler.gateway.credentials import STRIPE, Key, check_account, check_base
from reconciler.gateway.form import encode
from reconciler.gateway.line import Call, Line
from reconciler.gateway.listing import Ask, Page, listing, plainly
from reconciler.gateway.pacing import Pacer, Timing
from reconciler.gateway.retry import Policy
from reconciler.gateway.searching import searching
from reconciler.gateway.translate import account_in
from reconciler.gateway.transport import default_transport
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind, Lookup, Permission
from reconciler.model.marks import Items
from reconciler.model.plan import Step
from reconciler.model.shape import expansions
from reconciler.model.values import Frozen
from reconciler.ports import MayGo, always

API_VERSION = "2026-10-28.endive"
"""Sent with every request: an account's own default may be years old, and answer other shapes."""


_PRODUCTS = "/v1/products"
_PRODUCT = Permission(name="product", label="Products", labelled="stripe")
SUBSCRIPTIONS = Permission(name="subscription", label="Subscriptions", labelled="guides")
"""What counting subscribers needs; no kind is under it."""


class Gateway:
    """Reads and writes one account. Safe to share between threads."""

    def __init__(
        self,
        api_key: str,
        *,
        stripe_account: str | None = None,
        api_base: str | None = None,
        transport: stripe.HTTPClient | None = None,
        policy: Policy | None = None,
        timing: Timing | None = None,
        paced: bool = True,
    ) -> None:
        """Take a key, and where it is sent.

        `transport` is the far end, the SDK's own unless given; `paced=False` is for a far end
        without limits.
        """
        key = Key(api_key)
        base = check_base(api_base or STRIPE, key)
        # Else the SDK writes a telemetry id below the user's configuration folder.
        stripe.enable_telemetry = False
        # STRIPE_LOG=debug prints every answer whole, signing secrets included.
        stripe.log = None
        _sdk.STRIPE_LOG = None
        self._client = stripe.StripeClient(
            key.secret,
            stripe_version=API_VERSION,
            stripe_account=check_account(stripe_account) if stripe_account else None,
            base_addresses={"api": base},
            http_client=transport or default_transport(),
            max_network_retries=0,
        )
        self._livemode = key.livemode
        self._restricted = key.restricted
        self._stripe_account = stripe_account
        timing = timing or Timing()
        pacer = Pacer.of_mode(livemode=key.livemode, timing=timing) if paced else None
        self._line = Line(self._client, policy=policy or Policy(), timing=timing, pacer=pacer)

    @property
    def requests(self) -> int:
        """How many requests have been sent so far, repeated ones included."""
        return self._line.requests

    def sent_here(self) -> int:
        """Return how many requests this thread has sent so far."""
        return self._line.sent_here()

    @property
    def livemode(self) -> bool:
        """Whether the key acts on live data."""
        return self._livemode

    @property
    def restricted(self) -> bool:
        """Whether the key may do only what it was granted."""
        return self._restricted

    def now(self) -> int:
        """Return the time by Stripe's own clock, in Unix seconds: this machine's may be wrong.

        It is told by the `Date` of each answer; before the first one it is this machine's.
        """
        return self._line.now()

    def get_account(self) -> Account:
        """Return the account that the key reaches.

        A restricted key may lack the permission to ask; then the refusal often names it.
        """
        what = "reading the account"
        path = "/v1/account"
        try:
            answer = self._line.ask(
                Call(what=what, method="get", path=path, endpoint=f"get {path}")
            )
        except PermissionDeniedError as error:
            # With a Stripe-Account header every call acts on that account, or is refused.
            named = self._stripe_account or account_in(str(error))
            return Account(id=named, livemode=self._livemode)
        return Account(id=id_of(answer, what), livemode=self._livemode)

    def get_objects(self, kind: Kind) -> Iterator[Mapping[str, Any]]:
        """Return every object of a kind, archived ones included, each once."""
        if not kind.stored:
            return
        ask = self._asking(f"listing {kind.table}", kind.path, kind.path, kind.permission)
        lists = [{**encode(scope), **_expand(kind, "data.")} for scope in kind.scopes]
        seen: set[str] = set()
        for item in listing(ask, lists, dated=kind.dated):
            if item["id"] not in seen:  # one that is switched meanwhile may be in both
                seen.add(item["id"])
                yield item

    def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
        """Return one object, or `None` if there is none with this id."""
        call = Call(
            what=f"reading {kind.name} {object_id}",
            method="get",
            path=_path(kind, object_id),
            endpoint=f"get {kind.path}/id",
            parameters=_expand(kind),
            permission=kind.permission,
        )
        try:
            answer = self._line.ask(call)
        except RefusedError as error:
            if error.status == 404 and error.code == "resource_missing":
                return None
            raise
        check(answer, call.what, livemode=self._livemode)
        return None if answer.get("deleted") is True else answer

    def find_objects(
        self, kind: Kind, lookup: Lookup, values: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        """Return the objects that hold one of these values in a field, archived ones included."""
        what = f"looking {kind.table} up by {lookup.parameter}"
        ask = self._asking(what, kind.path, kind.path, kind.permission)
        given = {lookup.parameter: tuple(values) if lookup.most > 1 else values[0]}
        # Without `active` Stripe may leave archived ones out: each is asked for.
        lists = [{**encode({**scope, **given}), **_expand(kind, "data.")} for scope in kind.scopes]
        yield from listing(ask, lists, dated=False)

    def search_ids(self, kind: Kind, query: str) -> Iterator[str]:
        """Return the ids of the objects that a search finds; it may lack what is new."""
        what, path = f"searching for {kind.table}", f"{kind.path}/search"

        def ask(parameters: Mapping[str, str]) -> Mapping[str, Any]:
            return self._line.ask(
                Call(
                    what=what,
                    method="get",
                    path=path,
                    endpoint=f"get {path}",
                    parameters=parameters,
                    permission=kind.permission,
                )
            )

        for item in searching(ask, query, what):
            check(item, what, livemode=self._livemode)
            yield item["id"]

    def get_archived_products(self, what: str) -> Iterator[Mapping[str, Any]]:
        """Return the inactive products, newest first, as far as they are wanted."""
        ask = self._asking(what, _PRODUCTS, _PRODUCTS, _PRODUCT)
        yield from listing(ask, [{"active": "false"}], dated=True)

    def write_product(
        self, object_id: str | None, payload: Frozen, what: str, *, key: str
    ) -> Mapping[str, Any]:
        """Create a product that is of no catalog, or update it."""
        below = "" if object_id is None else f"/{quote(object_id, safe='')}"
        call = Call(
            what=what,
            method="post",
            path=f"{_PRODUCTS}{below}",
            endpoint=f"post {_PRODUCTS}{'/id' if below else ''}",
            parameters=encode(payload),
            key=key,
            permission=_PRODUCT,
        )
        return self._line.ask(call)

    def delete_product(self, object_id: str, what: str) -> Mapping[str, Any]:
        """Delete a product that is of no catalog."""
        call = Call(
            what=what,
            method="delete",
            path=f"{_PRODUCTS}/{quote(object_id, safe='')}",
            endpoint=f"delete {_PRODUCTS}/id",
            permission=_PRODUCT,
        )
        return self._line.ask(call)

    def get_items(self, kind: Kind, object_id: str, items: Items) -> Iterator[Mapping[str, Any]]:
        """Return every entry of a list below an object: a product's features."""
        what = f"listing the {items.path} of {kind.name} {object_id}"
        path, endpoint = f"{_path(kind, object_id)}/{items.path}", f"{kind.path}/id/{items.path}"
        yield from plainly(self._asking(what, path, endpoint, kind.permission), {})

    def get_subscriptions(self, on: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Return the subscriptions on an object that are not canceled, with the items on it."""
        what = f"listing the subscriptions on {', '.join(on.values())}"
        ask = self._asking(what, "/v1/subscriptions", "/v1/subscriptions", SUBSCRIPTIONS)
        for raw in listing(ask, [on], dated=True):
            yield self._whole(raw) if lacks_item(raw, on) else raw

    def _whole(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a subscription with all its items; not each stands in the answer itself."""
        path = "/v1/subscription_items"
        what = f"listing the items of subscription {raw['id']}"
        ask = self._asking(what, path, path, SUBSCRIPTIONS)
        items = list(listing(ask, [{"subscription": str(raw["id"])}], dated=False))
        return {**raw, "items": {"object": "list", "data": items, "has_more": False}}

    def may_read_subscriptions(self) -> bool:
        """Return whether the key may read subscriptions, for which one is asked for."""
        path = "/v1/subscriptions"
        call = Call(
            what="reading a subscription",
            method="get",
            path=path,
            endpoint=f"get {path}",
            parameters={"limit": "1"},
            permission=SUBSCRIPTIONS,
        )
        try:
            self._line.ask(call)
        except PermissionDeniedError:
            return False
        return True

    def send(
        self,
        kind: Kind,
        step: Step,
        object_id: str | None,
        payload: Frozen,
        *,
        key: str,
        may_go: MayGo = always,
    ) -> Mapping[str, Any]:
        """Make the call of `step` and return the whole answer."""
        path, endpoint = kind.path, kind.path
        if object_id is not None:
            path, endpoint = _path(kind, object_id), f"{path}/id"
        if kind.verbs is not None and step.verb in (kind.verbs.off, kind.verbs.on):
            path, endpoint = f"{path}/{step.verb}", f"{endpoint}/{step.verb}"
        attaching = step.verb in ("attach", "detach")
        if attaching and kind.attached is not None and kind.attached.items is not None:
            below = kind.attached.items.path
            path, endpoint = f"{path}/{below}", f"{endpoint}/{below}"
            if step.item is not None:
                path, endpoint = f"{path}/{quote(step.item, safe='')}", f"{endpoint}/id"
        deleting = step.verb in ("delete", "detach")
        method = "delete" if deleting else "post"
        expand = {} if attaching else _expand(kind)
        call = Call(
            what=f"{step.call} for {step.address}",
            method=method,
            path=path,
            endpoint=f"{method} {endpoint}",
            parameters={} if deleting else {**encode(payload), **expand},
            # Stripe ignores the key of a delete; deleting twice is harmless.
            key=None if deleting else key,
            permission=kind.permission,
        )
        gone = {"id": step.item or object_id, "deleted": True}
        answer = self._line.ask(call, gone=gone, may_go=may_go)
        check(answer, call.what, livemode=self._livemode)
        return answer

    def _asking(
        self, what: str, path: str, endpoint: str, permission: Permission | None = None
    ) -> Ask:
        """Return what asks for one page of the list at `path`."""

        def ask(parameters: Mapping[str, str]) -> Page:
            call = Call(
                what=what,
                method="get",
                path=path,
                endpoint=f"get {endpoint}",
                parameters=parameters,
                permission=permission,
            )
            page = page_of(self._line.ask(call), what, after=parameters.get("starting_after"))
            for item in page.items:
                check(item, what, livemode=self._livemode)
            return page

        return ask


def _path(kind: Kind, object_id: str) -> str:
    if not object_id.strip("."):  # HTTP clients take dots for folders, quoted or not
        raise UsageError(f'"{object_id}" is not an id of Stripe.')
    return f"{kind.path}/{quote(object_id, safe='')}"


def _expand(kind: Kind, prefix: str = "") -> dict[str, str]:
    paths = expansions(kind.body)
    return {f"expand[{number}]": f"{prefix}{path}" for number, path in enumerate(paths)}
