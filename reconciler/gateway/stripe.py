"""The gateway: `Reader` and `Writer` over the official SDK.

It goes through the SDK's `raw_request`: typed objects cost twenty times as much and hold the
interpreter's lock meanwhile.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import stripe
from stripe import _util as _sdk

from reconciler.errors import (
    PermissionDeniedError,
    RefusedError,
    UnexpectedAnswerError,
    UsageError,
)
from reconciler.gateway import failure as failures
from reconciler.gateway.credentials import STRIPE, Key, check_account, check_base
from reconciler.gateway.form import encode
from reconciler.gateway.pacing import Pacer, Timing, reason_in
from reconciler.gateway.retry import Policy, Tries
from reconciler.gateway.translate import account_in, to_error
from reconciler.gateway.transport import default_transport
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind, Permission
from reconciler.model.marks import Items
from reconciler.model.plan import Step
from reconciler.model.shape import expansions
from reconciler.model.values import Frozen

API_VERSION = "2026-10-28.endive"
"""Sent with every request: an account's own default may be years old, and answer other shapes."""

PAGE = 100
"""As many as Stripe puts on a page."""

_LONGEST_ID = 500
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""A half of a character, or one of a pair that makes a whole one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call, retries and all. `endpoint` is what Stripe counts it under."""

    what: str
    method: str
    path: str
    endpoint: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    permission: Permission | None = None

    @property
    def writing(self) -> bool:
        return self.method != "get"


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
        self._stripe_account = stripe_account
        self._policy = policy or Policy()
        self._timing = timing or Timing()
        pacer = Pacer.of_mode(livemode=key.livemode, timing=self._timing)
        self._pacer = pacer if paced else None
        self._requests = 0
        self._here = threading.local()
        self._ahead = time.time() - self._timing.clock()
        self._lock = threading.Lock()

    @property
    def requests(self) -> int:
        """How many requests have been sent so far, repeated ones included."""
        return self._requests

    def sent_here(self) -> int:
        """Return how many requests this thread has sent so far."""
        count: int = getattr(self._here, "count", 0)
        return count

    @property
    def livemode(self) -> bool:
        """Whether the key acts on live data."""
        return self._livemode

    def now(self) -> int:
        """Return the time by Stripe's own clock, in Unix seconds: this machine's may be wrong.

        It is told by the `Date` of each answer; before the first one it is this machine's.
        """
        with self._lock:
            ahead = self._ahead
        return int(self._timing.clock() + ahead)

    def get_account(self) -> Account:
        """Return the account that the key reaches.

        A restricted key may lack the permission to ask; then the refusal often names it.
        """
        what = "reading the account"
        path = "/v1/account"
        try:
            answer = self._ask(_Call(what=what, method="get", path=path, endpoint=f"get {path}"))
        except PermissionDeniedError as error:
            # With a Stripe-Account header every call acts on that account, or is refused.
            named = self._stripe_account or account_in(str(error))
            return Account(id=named, livemode=self._livemode)
        return Account(id=_id_of(answer, what), livemode=self._livemode)

    def get_objects(self, kind: Kind) -> Iterator[Mapping[str, Any]]:
        """Return every object of a kind, archived ones included, each once."""
        seen: set[str] = set()
        for scope in kind.scopes if kind.stored else ():
            fixed = {**encode(scope), **_expand(kind, "data.")}
            what, path = f"listing {kind.table}", kind.path
            for item in self._pages(what, path, path, fixed, kind.permission):
                if item["id"] not in seen:
                    seen.add(item["id"])
                    yield item

    def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
        """Return one object, or `None` if there is none with this id."""
        call = _Call(
            what=f"reading {kind.name} {object_id}",
            method="get",
            path=_path(kind, object_id),
            endpoint=f"get {kind.path}/id",
            parameters=_expand(kind),
            permission=kind.permission,
        )
        try:
            answer = self._ask(call)
        except RefusedError as error:
            if error.status == 404 and error.code == "resource_missing":
                return None
            raise
        self._check(answer, call.what)
        return None if answer.get("deleted") is True else answer

    def list(self, path: str, scope: Mapping[str, Any], what: str) -> Iterator[Mapping[str, Any]]:
        """Return all that a list at `path` has; `what` says for whom, in errors."""
        yield from self._pages(what, path, path, encode(scope))

    def post(self, path: str, payload: Frozen, what: str, *, key: str) -> Mapping[str, Any]:
        """Make a call that no kind declares, under an idempotency key."""
        call = _Call(
            what=what,
            method="post",
            path=path,
            endpoint=f"post {path}",
            parameters=encode(payload),
            key=key,
        )
        return self._ask(call)

    def delete(self, path: str, what: str) -> Mapping[str, Any]:
        """Delete what no kind declares."""
        return self._ask(_Call(what=what, method="delete", path=path, endpoint=f"delete {path}"))

    def get_items(self, kind: Kind, object_id: str, items: Items) -> Iterator[Mapping[str, Any]]:
        """Return every entry of a list below an object: a product's features."""
        what = f"listing the {items.path} of {kind.name} {object_id}"
        path, endpoint = f"{_path(kind, object_id)}/{items.path}", f"{kind.path}/id/{items.path}"
        yield from self._pages(what, path, endpoint, {}, kind.permission)

    def get_subscriptions(self, on: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Return the subscriptions on an object that are not canceled."""
        what = f"listing the subscriptions on {', '.join(on.values())}"
        yield from self._pages(what, "/v1/subscriptions", "/v1/subscriptions", on)

    def send(
        self, kind: Kind, step: Step, object_id: str | None, payload: Frozen, *, key: str
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
        call = _Call(
            what=f"{step.call} for {step.address}",
            method=method,
            path=path,
            endpoint=f"{method} {endpoint}",
            parameters={} if deleting else {**encode(payload), **expand},
            # Stripe ignores the key of a delete; deleting twice is harmless.
            key=None if deleting else key,
            permission=kind.permission,
        )
        answer = self._ask(call, gone={"id": step.item or object_id, "deleted": True})
        self._check(answer, call.what)
        return answer

    def _pages(
        self,
        what: str,
        path: str,
        endpoint: str,
        fixed: Mapping[str, str],
        permission: Permission | None = None,
    ) -> Iterator[Mapping[str, Any]]:
        cursor: dict[str, str] = {}
        while True:
            page = self._ask(
                _Call(
                    what=what,
                    method="get",
                    path=path,
                    endpoint=f"get {endpoint}",
                    parameters={"limit": str(PAGE), **fixed, **cursor},
                    permission=permission,
                )
            )
            items = page.get("data")
            if not isinstance(items, list):
                raise _unexpected(what, "a list without data")
            for item in items:
                self._check(item, what)
            yield from items
            if not page.get("has_more"):
                return
            if not items or items[-1]["id"] == cursor.get("starting_after"):
                raise _unexpected(what, "a page that leads nowhere")
            cursor = {"starting_after": items[-1]["id"]}

    def _ask(self, call: _Call, *, gone: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Make a call until it is answered, or giving up is right; return the answer's JSON.

        `gone` is the answer where a delete finds nothing left after an attempt of unknown outcome.
        """
        tries, unknown = Tries(began=self._timing.clock()), False
        while True:
            leave = self._pacer.wait(call.endpoint) if self._pacer else None
            try:
                return self._send(call)
            except stripe.StripeError as error:
                failure, reason = failures.of(error), reason_in(error.headers)
            finally:
                if self._pacer and leave:
                    self._pacer.answered(leave)
            passed = None
            if self._pacer and leave and failure.limited:
                passed = self._pacer.refused(leave, reason, failure.retry_after)
            if unknown and gone and call.method == "delete" and failure.status == 404:
                return gone
            # A refusal at the door says nothing about an earlier attempt that went in.
            at_the_door = failure.status in {401, 403, 429}
            unknown = failure.unknown or (unknown and at_the_door)
            tries.note(failure, passed=passed)
            now = self._timing.clock()
            delay = self._policy.wait(failure, tries, now=now, jitter=self._timing.jitter())
            if delay is None:
                what = call.what
                if self._policy.spent(tries, now):
                    what += f" (tried {tries.all} times in {now - tries.began:.0f} seconds)"
                needs = call.permission
                raise to_error(
                    what, failure, writing=call.writing, unknown=unknown, permission=needs
                )
            self._timing.sleep(delay)

    def _send(self, call: _Call) -> Mapping[str, Any]:
        with self._lock:
            self._requests += 1
        self._here.count = self.sent_here() + 1
        options = {} if call.key is None else {"idempotency_key": call.key}
        try:
            response = self._client.raw_request(
                call.method, call.path, **call.parameters, **options
            )
        except (AttributeError, TypeError, ValueError, RecursionError) as error:
            # The SDK stumbles over an error of another shape than Stripe's own.
            what = f"an answer that is not Stripe's: {error}"
            raise stripe.APIConnectionError(what) from None  # type: ignore[no-untyped-call]
        self._tell_time(response.headers)
        answer = response.data
        if _HALF.search(response.body):
            answer = _whole(answer)
        # A write that is answered without an id may have been done: like any unreadable answer.
        if isinstance(answer, dict) and (not call.writing or isinstance(answer.get("id"), str)):
            return answer
        raise stripe.APIError(
            "The answer is no object", http_body=response.body, http_status=response.code
        )

    def _tell_time(self, headers: Mapping[str, str] | None) -> None:
        """Learn from an answer what time it is at Stripe."""
        date = next((text for name, text in (headers or {}).items() if name.lower() == "date"), "")
        try:
            told = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return
        with self._lock:
            self._ahead = told - self._timing.clock()

    def _check(self, item: Any, what: str) -> None:
        """Refuse what is no object of ours to read: without an id, or of the other mode."""
        _id_of(item, what)
        livemode = item.get("livemode")
        if isinstance(livemode, bool) and livemode is not self._livemode:
            modes = ("live", "test") if livemode else ("test", "live")
            raise UnexpectedAnswerError(
                f"{what}: Stripe answered {item['id']} of {modes[0]} mode to a {modes[1]} key.\n"
                "  Nothing can be trusted to stay in one mode then, so this stops here.\n"
                "  Check the API key and --api-base."
            )


def _path(kind: Kind, object_id: str) -> str:
    if not object_id.strip("."):  # HTTP clients take dots for folders, quoted or not
        raise UsageError(f'"{object_id}" is not an id of Stripe.')
    return f"{kind.path}/{quote(object_id, safe='')}"


def _expand(kind: Kind, prefix: str = "") -> dict[str, str]:
    paths = expansions(kind.body)
    return {f"expand[{number}]": f"{prefix}{path}" for number, path in enumerate(paths)}


def _id_of(item: Any, what: str) -> str:
    found = item.get("id") if isinstance(item, Mapping) else None
    if not isinstance(found, str) or not found:
        raise _unexpected(what, "an object without an id")
    if len(found) > _LONGEST_ID or not found.isprintable():
        raise _unexpected(what, "an object with an id that cannot be one")
    return found


def _whole(value: Any) -> Any:
    """Return JSON with halves of characters replaced: no encoding can carry them any further."""
    match value:
        case str():
            return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value)
        case Mapping():
            return {_whole(name): _whole(item) for name, item in value.items()}
        case list():
            return [_whole(item) for item in value]
        case _:
            return value


def _unexpected(what: str, content: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"{what}: Stripe answered {content}.\n"
        "  Its reference does not allow that. Check --api-base, and what stands in between."
    )
