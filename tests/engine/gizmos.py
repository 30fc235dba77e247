"""Kinds that no Stripe has: gizmos, the gadgets in their tables, washers, and badges on gizmos.

With them the engine cannot know by accident what it is to do. Each mark that a kind can bear is
on some field here, or in `charms`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.charms import CHARM, STAND, HungCharms, Metadata
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Archive, Delete, Embedded, Kind, Kinds, NaturalKey, Within
from reconciler.model.marks import (
    AS_SET,
    CHOSEN,
    CLEAR,
    KEEP,
    REPLACE,
    SET_ONCE,
    UPDATE,
    Body,
    Default,
    Entries,
    Exact,
    Keep,
    Ref,
)
from reconciler.model.values import Pending


class Case(Body):
    """What a gizmo comes in: the colour changes, the size does not, the lock is set once."""

    colour: Annotated[str | None, UPDATE, CLEAR, Field(description="Painted.")] = None
    size: Annotated[int, REPLACE, CLEAR, Field(description="In inches.")]
    lock: Annotated[
        Literal["none", "key", "code"] | None,
        SET_ONCE,
        Keep(initial="none"),
        Field(description="How it shuts."),
    ] = None


class GizmoBody(Body):
    id: Annotated[str | None, REPLACE, CHOSEN, Field(description="An id of one's own.")] = None
    name: Annotated[str, UPDATE, CLEAR, Field(description="What it is called.")]
    live: Annotated[bool | None, UPDATE, Default(True), Field(description="In use.")] = None
    note: Annotated[str | None, UPDATE, CLEAR, Field(description="Cleared when left out.")] = None
    motto: Annotated[str | None, UPDATE, KEEP, Field(description="Kept when left out.")] = None
    seal: Annotated[
        Literal["open", "wax", "lead"] | None,
        SET_ONCE,
        Keep(initial="open"),
        Field(description="Set once."),
    ] = None
    serial: Annotated[
        str | None, REPLACE, CHOSEN, Field(description="Chosen at the other end.")
    ] = None
    tags: Annotated[
        tuple[str, ...] | None, UPDATE, CLEAR, AS_SET, Field(description="In any order.")
    ] = None
    steps: Annotated[tuple[str, ...] | None, UPDATE, CLEAR, Field(description="In order.")] = None
    case: Annotated[Case | None, UPDATE, CLEAR, Field(description="What it comes in.")] = None
    main: Annotated[
        str | None, UPDATE, CLEAR, Ref("gadget", late=True), Field(description="Its chief gadget.")
    ] = None
    charms: HungCharms = None
    metadata: Metadata = None


class Rate(Body):
    worth: Annotated[Exact, REPLACE, CLEAR, Field(description="Exact.")]
    mood: Annotated[
        Literal["none", "good"] | None,
        SET_ONCE,
        Keep(initial="none"),
        Field(description="Set once."),
    ] = None


class GadgetBody(Body):
    gizmo: Annotated[str, REPLACE, CLEAR, Ref("gizmo"), Field(description="Its gizmo.")]
    power: Annotated[int, REPLACE, CLEAR, Field(description="Never changes.")]
    label: Annotated[str | None, UPDATE, CLEAR, Field(description="Changes.")] = None
    code: Annotated[str | None, UPDATE, KEEP, Field(description="Held by one at a time.")] = None
    retired: Annotated[bool | None, UPDATE, Default(False), Field(description="Out of use.")] = None
    rates: Annotated[
        Mapping[str, Rate] | None,
        UPDATE,
        CLEAR,
        Entries(drop=REPLACE),
        Field(description="Come by update, go by replacement."),
    ] = None
    metadata: Metadata = None


class Spot(Body):
    gadget: Annotated[str, UPDATE, CLEAR, Ref("gadget"), Field(description="Where it sits.")]


class WasherBody(Body):
    on: Annotated[tuple[Spot, ...], UPDATE, CLEAR, Field(description="The gadgets it is on.")]
    metadata: Metadata = None


class BadgeBody(Body):
    of: Annotated[str, UPDATE, CLEAR, Ref("gadget"), Field(description="The gadget it praises.")]
    stars: Annotated[int | None, UPDATE, CLEAR, Field(description="How much.")] = None


def _host(resource: Resource, catalog: Catalog) -> Address | None:
    match resource.body["of"]:
        case Pending(address=gadget) if gadget in catalog.resources:
            return Address("gizmo", gadget.keys[:-1])
        case _:
            return None


def _write(resource: Resource, quote: Callable[[Any, str], str]) -> str:
    return json.dumps({**resource.body, "of": quote(resource.body["of"], "code")})


GIZMO = Kind(
    name="gizmo",
    table="gizmos",
    path="/v1/gizmos",
    body=GizmoBody,
    retirement=Delete(unless=("gadget",), otherwise=Archive("live", value=False)),
    id_prefixes=("giz_",),
    natural_keys=(NaturalKey(field="id"),),
)
GADGET = Kind(
    name="gadget",
    table="gadgets",
    path="/v1/gadgets",
    body=GadgetBody,
    retirement=Archive("retired", value=True),
    id_prefixes=("gad_",),
    natural_keys=(
        NaturalKey(
            field="code",
            default=lambda resource: "-".join(resource.address.keys),
            transfer="take_code",
        ),
    ),
    within=Within("gizmo", "gizmo"),
    sellable=True,
)
WASHER = Kind(
    name="washer",
    table="washers",
    path="/v1/washers",
    body=WasherBody,
    retirement=Delete(),
    id_prefixes=("was_",),
)
BADGE = Kind(
    name="badge",
    table="badges",
    body=BadgeBody,
    identity=Embedded(kind="gizmo", prefix="reconciler_badge_", host=_host, write=_write),
)

KINDS: Kinds = {kind.name: kind for kind in (BADGE, GIZMO, WASHER, CHARM, GADGET, STAND)}
