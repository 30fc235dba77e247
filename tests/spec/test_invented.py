"""The spec with kinds that Stripe does not have: nothing in it knows a kind by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import pytest
from pydantic import Field

from reconciler.errors import SpecError
from reconciler.model.address import Address
from reconciler.model.kind import ByNaturalKey, Kind, Kinds, NaturalKey, Within
from reconciler.model.marks import CLEAR, REPLACE, UPDATE, Body, Entries, Lift, Major, Ref
from reconciler.model.values import Frozen, Pending
from reconciler.spec.dump import dump
from reconciler.spec.load import loads


class Cog(Body):
    teeth: Annotated[int, REPLACE, CLEAR, Field(ge=3, description="How many.")]


class GizmoBody(Body):
    LIFTS = (Lift("teeth", "cog.teeth", "How many."),)
    MAJORS = (Major(name="worth", minor="worth_minor", description="In major units."),)

    cog: Annotated[Cog | None, REPLACE, CLEAR, Field(description="What turns.")] = None
    worth_minor: Annotated[int | None, UPDATE, CLEAR, Field(description="In minor units.")] = None
    currency: Annotated[str | None, UPDATE, CLEAR, Field(description="Of what it is worth.")] = None
    metadata: Annotated[
        Mapping[str, str] | None, UPDATE, CLEAR, Entries(drop=UPDATE), Field(description="Notes.")
    ] = None


class PartBody(Body):
    gizmo: Annotated[str, REPLACE, CLEAR, Ref("gizmo"), Field(description="Its whole.")]
    beside: Annotated[str | None, UPDATE, CLEAR, Ref("part"), Field(description="Near.")] = None


class ScrewBody(Body):
    part: Annotated[str, REPLACE, CLEAR, Ref("part"), Field(description="Where it sits.")]
    turns: Annotated[int | None, UPDATE, CLEAR, Field(description="How far.")] = None


class SignalBody(Body):
    code: Annotated[str | None, REPLACE, CLEAR, Field(max_length=5, description="Known by.")] = None


KINDS: Kinds = {
    kind.name: kind
    for kind in (
        Kind(name="gizmo", table="gizmos", body=GizmoBody, id_prefixes=("giz_",)),
        Kind(
            name="signal",
            table="signals",
            body=SignalBody,
            identity=ByNaturalKey("code"),
            natural_keys=(NaturalKey(field="code", default=lambda item: item.address.key),),
        ),
        Kind(name="part", table="parts", body=PartBody, within=Within("gizmo", "gizmo")),
        Kind(name="screw", table="screws", body=ScrewBody, within=Within("part", "part")),
    )
}
TEXT = """
[catalog]
name = "shed"
[gizmos.big]
teeth = 5
worth = 1.50
currency = "usd"
[gizmos.big.parts.left]
beside = "right"
[gizmos.big.parts.left.screws.a]
turns = 3
[gizmos.big.parts.right]
[signals.stop]
"""


def problems(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        loads(text, KINDS)
    return [problem.what for problem in caught.value.problems]


def test_tables_within_tables_within_tables() -> None:
    bodies = {str(key): item.body for key, item in loads(TEXT, KINDS).resources.items()}
    big, left = Address("gizmo", ("big",)), Address("part", ("big", "left"))

    assert {
        "gizmo.big": Frozen(cog=Frozen(teeth=5), worth_minor=150, currency="usd"),
        "part.big.left": Frozen(
            gizmo=Pending(big), beside=Pending(Address("part", ("big", "right")))
        ),
        "part.big.right": Frozen(gizmo=Pending(big)),
        "screw.big.left.a": Frozen(part=Pending(left), turns=3),
        "signal.stop": Frozen(),
    } == bodies


def test_they_come_back() -> None:
    catalog = loads(TEXT, KINDS)

    assert catalog == loads(dump(catalog), KINDS)


def test_a_thing_known_by_its_natural_key_is_not_moved() -> None:
    assert problems(TEXT + '[moved]\n"signal.go" = "signal.stop"\n') == [
        "[moved] a signal cannot be moved"
    ]


def test_an_amount_needs_a_currency_where_the_field_is_optional() -> None:
    assert problems(TEXT.replace('currency = "usd"', "")) == ["gizmo.big: worth needs a currency"]


def test_a_key_that_is_too_long_by_default() -> None:
    assert (problems(TEXT.replace("signals.stop", "signals.stopping"))) == [
        "signal.stopping: its code would have 8 characters; Stripe takes at most 5"
    ]


def test_the_limits_of_a_nested_field_reach_its_shorthand() -> None:
    assert problems(TEXT.replace("teeth = 5", "teeth = 2")) == [
        "gizmo.big: teeth must be at least 3, not 2"
    ]
