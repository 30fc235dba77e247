"""What can happen between the first call and the proof at the end."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine.bench import ALL, applied, become, only, planned
from engine.gizmos import KINDS
from engine.shop import Sent, Shop
from reconciler.errors import (
    ConnectionLostError,
    IncompleteError,
    ReconcilerError,
    RefusedError,
    StalePlanError,
    VerificationError,
)
from reconciler.executor.journal import Journal, load
from reconciler.executor.rehearse import Rehearsal
from reconciler.executor.run import apply
from reconciler.model.kind import Kind
from reconciler.model.plan import Plan, Step

TEXT = """
[gizmos.pro]
name = "Pro"
note = "a"
main = "big"
[gizmos.pro.gadgets.big]
power = 5
[washers.w]
on = ["pro.big"]
"""
REPLACED = TEXT.replace("power = 5", "power = 6")


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    become(made, TEXT)
    made.sent.clear()
    return made


def gadget(shop: Shop, power: int) -> dict[str, Any]:
    return next(one for one in shop.objects["gadget"].values() if one["power"] == power)


class TestWhileItRuns:
    def meddle(self, shop: Shop, at: int, change: Callable[[], Any]) -> None:
        def look(_: Sent) -> None:
            if len(shop.sent) == at:
                change()

        shop.watch = look

    def test_an_answer_that_is_not_what_was_planned_stops_it(self, shop: Shop) -> None:
        """Somebody changes the gizmo just before it is written."""
        made = planned(shop, REPLACED)
        at = [step.id for step in made.steps].index("update gizmo.pro")
        self.meddle(shop, at, lambda: only(shop, "gizmo").update(note="mine"))
        with pytest.raises(StalePlanError) as caught:
            applied(shop, made)
        assert "gizmo giz_1: note is mine, not a" in str(caught.value)
        assert 'answered "update gizmo.pro" with something else' in str(caught.value)
        assert len(shop.sent) == at + 1

    def test_what_was_read_half_a_minute_ago_is_taken_for_what_it_is(self, shop: Shop) -> None:
        made = planned(shop, REPLACED)
        shop.watch = lambda _: setattr(shop, "time", shop.time + 7.0)
        shop.reads.clear()
        applied(shop, made, proof=False)
        assert set(shop.reads) <= {"account", *shop.objects}

    def test_what_was_read_before_that_is_read_again(self, shop: Shop) -> None:
        made = planned(shop, REPLACED)
        old = gadget(shop, 5)

        def look(_: Sent) -> None:
            shop.time += 31.0
            if len(shop.sent) == 2:
                old["label"] = "mine"

        shop.watch = look
        with pytest.raises(StalePlanError, match="label is mine, not unset"):
            applied(shop, made)
        assert old["retired"] is False
        assert len(shop.sent) == 3


def test_a_stop_after_a_refusal_says_that_something_is_done(shop: Shop) -> None:
    made = planned(shop, REPLACED)
    shop.watch = lambda sent: (
        shop.objects["washer"].clear() if sent.call == "update_washer" else None
    )
    with pytest.raises(IncompleteError, match="2 of 4 calls are done; the journal has them"):
        applied(shop, made)


class TestADeleteThatIsRefused:
    """The other end knows of a gadget that the plan could not."""

    GIZMO = '[gizmos.pro]\nname = "Pro"\n[gizmos.team]\nname = "Team"\n'

    def doomed(self) -> tuple[Shop, Any]:
        shop = Shop()
        become(shop, self.GIZMO)
        made = planned(shop, self.GIZMO.partition("[gizmos.team]")[0], allow=ALL)
        assert [(step.call, step.otherwise) for step in made.steps] == [
            ("delete_gizmo", {"live": False})
        ]
        home = next(one for one in shop.objects["gizmo"].values() if one["name"] == "Team")
        shop.write("create", "gadget", None, {"gizmo": home["id"], "power": 1})
        shop.sent.clear()
        return shop, made

    def test_it_is_archived_instead_and_said_so(self) -> None:
        shop, made = self.doomed()
        outcome = applied(shop, made)
        assert [(done.call, done.instead) for done in outcome.done] == [("delete_gizmo", True)]
        assert (outcome.writes, outcome.verified) == (2, True)
        assert [(sent.call, sent.payload) for sent in shop.sent] == [
            ("delete_gizmo", {}),
            ("update_gizmo", {"live": False}),
        ]
        assert shop.sent[1].key == f"{shop.sent[0].key}-otherwise"

    def test_one_that_is_not_refused_is_deleted(self) -> None:
        shop, made = self.doomed()
        shop.objects["gadget"].clear()
        outcome = applied(shop, made)
        assert [(done.call, done.instead) for done in outcome.done] == [("delete_gizmo", False)]
        assert only(shop, "gizmo")["name"] == "Pro"

    def test_a_gizmo_with_a_gadget_is_not_tried(self, shop: Shop) -> None:
        made = planned(shop, "")
        assert [step.call for step in made.steps if step.verb == "delete"] == ["delete_washer"]

    def test_where_there_is_no_other_way_it_stops(self, shop: Shop) -> None:
        made = planned(shop, TEXT.partition("[washers.w]")[0])

        def refuse(_: Sent) -> None:
            shop.objects["washer"].clear()

        shop.watch = refuse
        with pytest.raises(RefusedError, match="no such washer"):
            applied(shop, made)


class Forgetful(Shop):
    """Answers as if it had written a note, and has not."""

    def write(
        self,
        verb: str,
        kind: str,
        object_id: str | None,
        payload: Mapping[str, Any],
        item: str | None = None,
    ) -> dict[str, Any]:
        answer = dict(super().write(verb, kind, object_id, payload, item))
        if object_id in self.objects[kind] and "note" in payload:
            self.objects[kind][object_id]["note"] = "a"
        return answer


class TestTheProof:
    def test_a_write_that_did_not_stick(self) -> None:
        shop = Forgetful()
        become(shop, TEXT)
        with pytest.raises(VerificationError) as caught:
            applied(shop, planned(shop, TEXT.replace('"a"', '"b"')))
        assert "gizmo giz_1: note is a, not b" in str(caught.value)

    def test_nobody_looks_unless_asked(self) -> None:
        shop = Forgetful()
        become(shop, TEXT)
        outcome = applied(shop, planned(shop, TEXT.replace('"a"', '"b"')), proof=False)
        assert outcome.verified is None

    def test_another_that_was_made_meanwhile_with_our_stamp(self, shop: Shop) -> None:
        made = planned(shop, TEXT + '[gizmos.team]\nname = "Team"\n')

        def look(_: Sent) -> None:
            stamp = {"reconciler": "acme/gizmo.team"}
            shop.write("create", "gizmo", None, {"name": "x", "metadata": stamp})

        shop.watch = look
        with pytest.raises(VerificationError, match=r"bears the stamp of gizmo\.team too"):
            applied(shop, made)


def test_a_rehearsal_tells_every_step_and_sends_nothing(shop: Shop, tmp_path: Path) -> None:
    made = planned(shop, REPLACED)
    told: list[Step] = []
    before = str(shop.objects)
    outcome = apply(
        made,
        KINDS,
        shop,
        Rehearsal(told.append),
        journal=Journal.none("rehearsal"),
        clock=shop.clock,
        workers=1,
        proof=False,
    )
    assert tuple(told) == made.steps
    assert [done.step for done in outcome.done] == [step.id for step in made.steps]
    assert (shop.sent, str(shop.objects), list(tmp_path.iterdir())) == ([], before, [])


class TestSideBySide:
    TWO = '[gizmos.a]\nname = "a"\n[gizmos.b]\nname = "b"\n'

    def test_what_may_go_together_does(self) -> None:
        shop = Shop()
        together = threading.Barrier(2, timeout=20)

        def wait(_: Sent) -> None:
            together.wait()

        shop.watch = wait
        outcome = applied(shop, planned(shop, self.TWO), workers=2)
        assert len(outcome.done) == 2

    def test_what_must_wait_waits(self, shop: Shop) -> None:
        made = planned(shop, REPLACED)
        before = {step.id: set(step.after) for step in made.steps}
        names = {(step.call, str(step.object)): step.id for step in made.steps}
        begun: list[str] = []

        def look(sent: Sent) -> None:
            begun.append(names.get((sent.call, str(sent.object)), "create gadget.pro.big"))

        shop.watch = look
        applied(shop, made, workers=8)
        for number, step in enumerate(begun):
            assert before[step] <= set(begun[:number])

    def test_one_at_a_time_they_go_in_the_order_of_the_plan(self) -> None:
        shop = Shop()
        made = planned(shop, self.TWO + "[gizmos.a.gadgets.x]\npower = 1\n")
        outcome = applied(shop, made, workers=1)
        assert [sent.payload["metadata"]["reconciler"] for sent in shop.sent] == [
            f"acme/{step.address}" for step in made.steps
        ]
        assert [done.step for done in outcome.done] == [step.id for step in made.steps]


class TestLooksBeforeCalls:
    """Every look at the clock after the first one is a minute later, so all that is known is old."""

    THREE = "".join(f'[gizmos.g{number}]\nname = "{{}} {number}"\n' for number in range(3))

    def changed(self) -> tuple[Shop, Plan]:
        shop = Shop()
        become(shop, self.THREE.replace("{}", "One"))
        made = planned(shop, self.THREE.replace("{}", "Two"))
        shop.sent.clear()
        return shop, made

    def test_they_go_side_by_side(self) -> None:
        shop, made = self.changed()
        crowd = threading.Barrier(3)

        class Slow(Shop):
            def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
                crowd.wait(timeout=20)  # broken, and an error, if they came one by one
                return super().get_object(kind, object_id)

        far = Slow(objects=shop.objects)
        clock = map(float, itertools.count(0, 60))
        apply(
            made,
            KINDS,
            far,
            far,
            journal=Journal.none("run1"),
            clock=lambda: next(clock),
            workers=3,
            proof=False,
        )
        assert sorted(one["name"] for one in far.objects["gizmo"].values()) == [
            "Two 0",
            "Two 1",
            "Two 2",
        ]

    def test_one_that_fails_is_no_call_of_unknown_outcome(self, tmp_path: Path) -> None:
        shop, made = self.changed()

        class Broken(Shop):
            def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
                raise ConnectionLostError("the line broke")

        far = Broken(objects=shop.objects)
        clock = map(float, itertools.count(0, 60))
        path = tmp_path / "journal"
        with (
            closing(Journal.create(path, "run1", made)) as journal,
            pytest.raises(ReconcilerError, match="the line broke"),
        ):
            apply(made, KINDS, far, far, journal=journal, clock=lambda: next(clock))
        assert far.sent == []
        assert not load(path, KINDS).unknown
