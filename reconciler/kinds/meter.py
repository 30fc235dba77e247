"""Meter: counts usage from events, for metered prices.

A meter takes no metadata, so it is known by its event name and shared with whoever else uses it.
Its event name stays taken for ever. https://docs.stripe.com/api/billing/meter
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import ByNaturalKey, Flaw, Kind, NaturalKey, Permission, Verbs
from reconciler.model.marks import CLEAR, KEEP, REPLACE, UPDATE, UPDATE_ONLY, Body, Default
from reconciler.model.values import Frozen


class CustomerMapping(Body):
    """How an event names its customer."""

    type: Annotated[
        Literal["by_id"] | None, REPLACE, CLEAR, Field(description='Always "by_id".')
    ] = None
    event_payload_key: Annotated[
        str | None,
        REPLACE,
        CLEAR,
        Field(max_length=5000, description="The payload's key; stripe_customer_id unless given."),
    ] = None


class DefaultAggregation(Body):
    """How events are added up."""

    formula: Annotated[
        Literal["count", "last", "sum"], REPLACE, CLEAR, Field(description="sum unless given.")
    ]


class ValueSettings(Body):
    """Where an event has its value."""

    event_payload_key: Annotated[
        str, REPLACE, CLEAR, Field(max_length=5000, description="The payload's key; value.")
    ]


class MeterBody(Body):
    """The fields of a meter."""

    event_name: Annotated[
        str | None,
        REPLACE,
        KEEP,
        Field(max_length=5000, description="The name of its events; the table's key unless given."),
    ] = None
    display_name: Annotated[
        str, UPDATE, CLEAR, Field(max_length=5000, description="What you read in the Dashboard.")
    ]
    default_aggregation: Annotated[
        DefaultAggregation | None,
        REPLACE,
        CLEAR,
        Field(description='How events are added up; { formula = "sum" } unless given.'),
    ] = None
    customer_mapping: Annotated[
        CustomerMapping | None, REPLACE, CLEAR, Field(description="How events name a customer.")
    ] = None
    value_settings: Annotated[
        ValueSettings | None, REPLACE, CLEAR, Field(description="Where events have their value.")
    ] = None
    event_time_window: Annotated[
        Literal["day", "hour"] | None,
        REPLACE,
        CLEAR,
        Field(description="The window in which Stripe adds events up beforehand."),
    ] = None
    retired: Annotated[
        bool | None,
        UPDATE,
        UPDATE_ONLY,
        Default(False),
        Field(description="Deactivated: it takes no more events, and keeps its event name."),
    ] = None


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Fill in what Stripe would, and say once what can be said in one way only."""
    mapping = {"event_payload_key": "stripe_customer_id", **(body.get("customer_mapping") or {})}
    body["customer_mapping"] = {**mapping, "type": "by_id"}
    body["value_settings"] = {"event_payload_key": "value", **(body.get("value_settings") or {})}
    body["default_aggregation"] = body.get("default_aggregation") or {"formula": "sum"}
    return body


def seen(raw: Mapping[str, Any], _: int) -> Mapping[str, Any]:
    """Read Stripe's status as what the file says."""
    return {**raw, "retired": raw.get("status") == "inactive"}


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find what contradicts itself."""
    del catalog
    if resource.protect and resource.body.get("retired"):
        yield Flaw(
            path=("retired",),
            what="stands beside protect = true, which forbids it",
            mend="Remove one of the two.",
        )


def _default_event_name(resource: Resource) -> str:
    return resource.address.key


def headline(body: Mapping[str, Any]) -> str:
    """Return what it counts: `sum of api_calls`."""
    formula = (body.get("default_aggregation") or {}).get("formula", "")
    return f"{formula} of {body.get('event_name', '')}"


KIND = Kind(
    name="meter",
    table="meters",
    path="/v1/billing/meters",
    body=MeterBody,
    permission=Permission(name="billing_meter", label="Meters", labelled="guess"),
    identity=ByNaturalKey("event_name"),
    retirement=Verbs(field="retired", off="deactivate", on="reactivate"),
    # https://docs.stripe.com/api/billing/meter/deactivate: no more events are accepted for it.
    needed=True,
    id_prefixes=("mtr_",),
    scopes=(Frozen({"status": "active"}), Frozen({"status": "inactive"})),
    natural_keys=(NaturalKey(field="event_name", default=_default_event_name),),
    canonical=canonical,
    seen=seen,
    check=check,
    headline=headline,
    notes=(
        "A meter is shared: one that is there is used as it is, and one that is not in the file "
        "is left alone. `retired = true` deactivates it.",
        "A meter that differs in what Stripe never changes is an error (RC108): its event name "
        "stays taken, so there can be no other one.",
        "Another `display_name` is a note, unless `[adopt]` names the meter.",
    ),
    example="""\
[catalog]
name = "acme"

[meters.api_calls]                # its events are called api_calls
display_name = "API calls"

[meters.storage]
display_name = "Storage"
event_name = "gigabytes_stored"
default_aggregation = { formula = "last" }
value_settings = { event_payload_key = "gigabytes" }
""",
)
