"""More kinds that no Stripe has: charms, which hang on gizmos, and stands, which show gadgets.

They have what the others lack: entries with ids, attached by calls of their own or standing in
the object itself, and what is shown, public, kept or given by the far end alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.model.kind import Archive, Kind, NaturalKey
from reconciler.model.marks import (
    CHOSEN,
    CLEAR,
    KEEP,
    READ_ONLY,
    REPLACE,
    UPDATE,
    UPDATE_ONLY,
    Body,
    Default,
    Entries,
    Items,
    Ref,
)

Metadata = Annotated[
    Mapping[str, str] | None, UPDATE, CLEAR, Entries(drop=UPDATE), Field(description="Notes.")
]
EntryId = Annotated[str | None, REPLACE, CHOSEN, READ_ONLY, Field(description="The far end's own.")]


class HungCharm(Body):
    id: EntryId = None
    charm: Annotated[str, REPLACE, CLEAR, Ref("charm"), Field(description="What hangs there.")]


HungCharms = Annotated[
    tuple[HungCharm, ...] | None,
    UPDATE,
    KEEP,
    Items(by="charm", path="charms", call="gizmo_charm"),
    Field(description="All that hangs on it."),
]


class CharmBody(Body):
    name: Annotated[str, UPDATE, CLEAR, Field(description="What it is called.")]
    word: Annotated[str | None, REPLACE, KEEP, Field(description="One charm in use has it.")] = None
    idle: Annotated[
        bool | None, UPDATE, UPDATE_ONLY, Default(False), Field(description="Out of use.")
    ] = None
    metadata: Metadata = None


class Slot(Body):
    id: EntryId = None
    gadget: Annotated[str, REPLACE, CLEAR, Ref("gadget"), Field(description="What is in it.")]
    count: Annotated[int | None, UPDATE, Default(1), Field(description="How many.")] = None
    label: Annotated[str | None, UPDATE, CLEAR, Field(description="What is written.")] = None


class StandBody(Body):
    slots: Annotated[
        tuple[Slot, ...],
        REPLACE,
        CLEAR,
        Items(by="gadget", path="slots"),
        Field(description="What it shows."),
    ]
    sign: Annotated[str | None, UPDATE, CLEAR, Field(description="Above it.")] = None
    closed: Annotated[
        bool | None, UPDATE, UPDATE_ONLY, Default(False), Field(description="Out of use.")
    ] = None
    visits: Annotated[
        int | None, REPLACE, CHOSEN, READ_ONLY, Field(description="Counted by the far end.")
    ] = None
    metadata: Metadata = None


def _kept(raw: Mapping[str, Any]) -> str:
    return "the house has no other way in. Build one first." if raw.get("door") else ""


CHARM = Kind(
    name="charm",
    table="charms",
    path="/v1/charms",
    body=CharmBody,
    retirement=Archive("idle", value=True),
    id_prefixes=("cha_",),
    natural_keys=(
        NaturalKey(field="word", default=lambda resource: resource.address.key, active_only=True),
    ),
)
STAND = Kind(
    name="stand",
    table="stands",
    path="/v1/stands",
    body=StandBody,
    retirement=Archive("closed", value=True),
    id_prefixes=("sta_",),
    kept=_kept,
    shows=("place",),
    public=True,
)
