"""Webhook endpoint: where Stripe sends events, and which.

Its signing secret is answered once, at creation. Whether it listens to connected accounts is
never answered, so that is noted in the endpoint's metadata.
https://docs.stripe.com/api/webhook_endpoints
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

from pydantic import Field

from reconciler.model.catalog import RESERVED, Catalog, Resource
from reconciler.model.common import Metadata
from reconciler.model.kind import Delete, Flaw, Kind, Permission
from reconciler.model.marks import (
    AS_SET,
    CLEAR,
    KEEP,
    REPLACE,
    UPDATE,
    UPDATE_ONLY,
    Body,
    Default,
)

CONNECT = f"{RESERVED}_connect"
"""The metadata key that says what Stripe does not: the endpoint was created with `connect`."""

_MAX_METADATA = 50


class WebhookEndpointBody(Body):
    """The fields of a webhook endpoint."""

    url: Annotated[str, UPDATE, CLEAR, Field(description="Where events go; https when live.")]
    enabled_events: Annotated[
        tuple[str, ...],
        UPDATE,
        CLEAR,
        AS_SET,
        Field(
            min_length=1,
            description='Which events: "invoice.paid". ["*"] means all that need no naming.',
        ),
    ]
    description: Annotated[
        str | None, UPDATE, CLEAR, Field(max_length=5000, description="What it is for.")
    ] = None
    disabled: Annotated[
        bool | None,
        UPDATE,
        UPDATE_ONLY,
        Default(False),
        Field(description="Wanted, and switched off: Stripe sends it nothing."),
    ] = None
    api_version: Annotated[
        str | None,
        REPLACE,
        KEEP,
        Field(
            pattern=r"^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$",
            description="The API version of its events; the account's own unless given.",
        ),
    ] = None
    connect: Annotated[
        bool | None,
        REPLACE,
        Default(False),
        Field(description="Whether it is sent events of connected accounts, not your own."),
    ] = None
    metadata: Metadata = None


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Name each event once, and note `connect` where it can be read again."""
    body["enabled_events"] = tuple(dict.fromkeys(body.get("enabled_events") or ()))
    if body.get("connect"):
        body["metadata"] = {**(body.get("metadata") or {}), CONNECT: "true"}
    return body


def seen(raw: Mapping[str, Any], _: int) -> Mapping[str, Any]:
    """Read Stripe's status as what the file says, and `connect` where it was noted."""
    return {
        **raw,
        "disabled": raw.get("status") == "disabled",
        "connect": (raw.get("metadata") or {}).get(CONNECT) == "true",
    }


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find what Stripe would refuse. https://docs.stripe.com/api/webhook_endpoints/create"""
    del catalog
    body = resource.body
    if not _is_web_address(body["url"]):
        yield Flaw(
            path=("url",),
            what="is not the address of a web server",
            why="Stripe sends each event there, as an HTTP request.",
            mend='Write it whole: "https://example.com/stripe".',
        )
    known = _events()
    for event in body["enabled_events"]:
        if known and event not in known:
            near = get_close_matches(event.lower(), known, n=1, cutoff=0.7)
            yield Flaw(
                path=("enabled_events",),
                what=f'names "{event}", which is no event of Stripe\'s',
                why="Stripe would refuse the endpoint.",
                mend=f'Did you mean "{near[0]}"?'
                if near
                else "Is it newer than the installed `stripe` package? Then update that.",
            )
    if "connect" in resource.ignore:
        yield Flaw(
            path=("connect",),
            what="cannot be left alone",
            why="Stripe does not answer it, so nobody could say what it is.",
            mend="Take it out of ignore.",
        )
    beside = 1 + bool(resource.protect)
    if body.get("connect") and len(body["metadata"]) + beside == _MAX_METADATA + 1:
        yield Flaw(
            path=("metadata",),
            what="has no room for the note that says connect = true",
            why=f"Stripe keeps at most {_MAX_METADATA} entries on an object.",
            mend="Remove one.",
        )


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # a bracket too many
        return False


@cache
def _events() -> frozenset[str]:
    """Return every event that the installed SDK knows; none where it keeps them elsewhere.

    They come with the SDK, so that a new event needs a new SDK and nothing of ours. Loading that
    costs 150 ms, which only a file with an endpoint pays.
    """
    try:
        from stripe.params import WebhookEndpointCreateParams  # noqa: PLC0415
    except ImportError:
        return frozenset()
    return frozenset(_words(WebhookEndpointCreateParams.__annotations__.get("enabled_events")))


def _words(annotation: Any) -> Iterator[str]:
    for inner in get_args(annotation):
        if isinstance(inner, str):
            yield inner
        else:
            yield from _words(inner)


def headline(body: Mapping[str, Any]) -> str:
    """Return where it sends what: `https://example.com/stripe, 3 events`."""
    events = body.get("enabled_events") or ()
    some = f"{len(events)} event{'s' if len(events) != 1 else ''}"
    return f"{body.get('url', '')}, {'all events' if '*' in events else some}"


def suggests(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the host it sends to, and that with the path."""
    url = urlsplit(str(body.get("url", "")))
    yield url.hostname or ""
    yield f"{url.hostname} {url.path}"


def live_flaws(body: Mapping[str, Any]) -> Iterator[str]:
    """Find what must not be on a live account. https://docs.stripe.com/webhooks#verify-events"""
    if urlsplit(body["url"]).scheme.lower() != "https":
        yield (
            f"{body['url']} is not https: whoever is on the way could read what customers buy and "
            "pay. Give it an https address"
        )


KIND = Kind(
    name="webhook_endpoint",
    table="webhook_endpoints",
    path="/v1/webhook_endpoints",
    body=WebhookEndpointBody,
    permission=Permission(name="webhook", label="Webhook Endpoints", labelled="guides"),
    retirement=Delete(),
    id_prefixes=("we_",),
    canonical=canonical,
    seen=seen,
    check=check,
    headline=headline,
    suggests=suggests,
    secrets=("secret",),
    live_flaws=live_flaws,
    notes=(
        "The signing secret is answered once, when the endpoint is made: `apply --secrets-out "
        "FILE` keeps it. An endpoint that is replaced has a new one.",
        "`disabled = true` switches an endpoint off and keeps it. Without its table it is deleted.",
        f"Stripe never answers `connect`, so it is noted in the metadata as `{CONNECT}`. To adopt "
        f"an endpoint that has it, give it the metadata `{CONNECT}` = `true` in the Dashboard "
        "first: without that, `connect = true` in the file makes a new endpoint.",
        "Left out, `api_version` stays as it is. To go back to the account's own, make the "
        "endpoint anew under another name.",
    ),
    example="""\
[catalog]
name = "acme"

[webhook_endpoints.shop]
url = "https://example.com/stripe"
enabled_events = ["checkout.session.completed", "invoice.paid"]
description = "The shop"

[webhook_endpoints.audit]
url = "https://audit.example.com/stripe"
enabled_events = ["*"]
disabled = true                   # kept, and sent nothing
""",
)
