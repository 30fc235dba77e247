"""The journal: on disk before each call, whole but for secrets, and trusted only when sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.bench import applied, planned, resumed
from engine.gizmos import KINDS
from engine.shop import Sent, Shop
from reconciler.errors import IncompleteError, PlanFileError, StalePlanError
from reconciler.executor.journal import load

TEXT = """
[gizmos.pro]
name = "Pro"
main = "big"
[gizmos.pro.gadgets.big]
power = 5
"""
STEPS = ["create gizmo.pro", "create gadget.pro.big", "update gizmo.pro"]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "journal"


class TestWriting:
    def test_what_is_meant_is_on_disk_before_the_call(self, path: Path) -> None:
        shop = Shop()
        seen: list[tuple[dict[str, Any], Sent]] = []
        shop.watch = lambda sent: seen.append((lines(path)[-1], sent))
        applied(shop, planned(shop, TEXT), journal=path)
        assert [entry for entry, _ in seen] == [
            {
                "step": step,
                "attempt": 1,
                "key": sent.key,
                "call": sent.call,
                "object": sent.object,
                "payload": sent.payload,
            }
            for step, (_, sent) in zip(STEPS, seen, strict=True)
        ]

    def test_it_is_a_head_two_lines_for_each_call_and_an_end(self, path: Path) -> None:
        shop = Shop()
        applied(shop, planned(shop, TEXT), journal=path)
        head, *calls, end = lines(path)
        assert (head["journal"], head["run"]) == (1, "run1")
        assert [entry["step"] for entry in calls] == [step for step in STEPS for _ in range(2)]
        assert [entry["done"] for entry in calls[1::2]] == ["giz_1", "gad_2", "giz_1"]
        assert end == {"end": "verified"}

    def test_the_whole_answer_is_kept_but_for_secrets(self, path: Path) -> None:
        shop = Shop()
        applied(shop, planned(shop, TEXT), journal=path)
        answer = lines(path)[2]["answer"]
        assert answer["serial"] == "serial 1"
        assert answer.keys() == shop.objects["gizmo"]["giz_1"].keys() - {"case", "main"}
        assert "whsec" not in path.read_text(encoding="utf-8")

    def test_what_is_detached_is_named(self, path: Path) -> None:
        shop = Shop()
        luck = '[charms.luck]\nname = "Luck"\n'
        applied(shop, planned(shop, luck + '[gizmos.pro]\nname = "Pro"\ncharms = ["luck"]\n'))
        made = planned(shop, luck + '[gizmos.pro]\nname = "Pro"\ncharms = []\n')
        applied(shop, made, run="run2", journal=path)
        intent, outcome = lines(path)[1:3]
        assert intent == {
            "step": "detach gizmo.pro cha_1",
            "attempt": 1,
            "key": shop.sent[-1].key,
            "call": "detach_gizmo_charm",
            "object": "giz_2",
            "payload": {},
            "item": "hung_3",
        }
        assert outcome["answer"] == {"id": "hung_3", "deleted": True}

    def test_a_run_that_stops_before_its_first_call_leaves_none(self, path: Path) -> None:
        shop = Shop()
        made = planned(shop, TEXT)
        applied(shop, made)
        with pytest.raises(StalePlanError):
            applied(shop, made, run="run2", journal=path)
        assert not path.exists()

    def test_it_is_for_its_owner_alone_and_never_written_over(self, path: Path) -> None:
        shop = Shop()
        made = planned(shop, TEXT)
        path.parent.mkdir()
        path.write_text("mine")
        with pytest.raises(PlanFileError, match="exists already"):
            applied(shop, made, journal=path)
        assert (path.read_text(), shop.sent) == ("mine", [])
        other = path.with_name("other")
        applied(shop, made, journal=other)
        assert other.stat().st_mode & 0o777 == 0o600

    def test_keys_hold_the_run_the_step_and_the_attempt(self, path: Path) -> None:
        shop = Shop(lose={1: "before", 2: "before"})
        made = planned(shop, TEXT)
        with pytest.raises(IncompleteError):
            applied(shop, made, journal=path)
        with pytest.raises(IncompleteError):
            resumed(shop, path)
        resumed(shop, path)
        keys = [sent.key.rpartition("-") for sent in shop.sent]
        # Repeated under its own key first: the call may still be on its way.
        assert [attempt for _, _, attempt in keys] == ["1", "1", "1", "2", "1"]
        stems = [stem for stem, _, _ in keys]
        assert stems[1] == stems[2] == stems[3]
        assert len(set(stems)) == len(STEPS)
        assert all(stem.startswith("reconciler-run1-") for stem in stems)


@pytest.fixture
def broken(path: Path) -> Shop:
    """A shop, and the journal of a run whose line broke after the second call."""
    shop = Shop(lose={1: "after"})
    with pytest.raises(IncompleteError):
        applied(shop, planned(shop, TEXT), journal=path)
    return shop


class TestReading:
    def test_what_is_known_of_each_step(self, broken: Shop, path: Path) -> None:
        record = load(path, KINDS)
        assert (record.run, record.plan) == ("run1", planned(Shop(), TEXT))
        assert record.done == {STEPS[0]: "giz_1"}
        assert record.unknown == {STEPS[1]}
        assert record.attempts == {STEPS[0]: 1, STEPS[1]: 1}
        assert record.ended is None

    def test_after_its_resume(self, broken: Shop, path: Path) -> None:
        resumed(broken, path)
        record = load(path, KINDS)
        assert record.done == {STEPS[0]: "giz_1", STEPS[1]: "gad_2", STEPS[2]: "giz_1"}
        assert (record.unknown, record.ended) == (set(), "verified")
        assert {"resume": "run1"} in lines(path)

    @pytest.mark.parametrize("cut", [1, 20, 60])
    def test_a_torn_last_line_is_no_damage(self, path: Path, cut: int) -> None:
        """The call it would have told of was not made: it waits for its line to be whole."""
        shop = Shop(lose={1: "before"})
        with pytest.raises(IncompleteError):
            applied(shop, planned(shop, TEXT), journal=path)
        path.write_text(path.read_text(encoding="utf-8")[:-cut], encoding="utf-8")
        resumed(shop, path)
        assert len(shop.objects["gadget"]) == 1
        assert planned(shop, TEXT).changes == ()
        assert load(path, KINDS).ended == "verified"

    @pytest.mark.parametrize(
        ("number", "line", "told"),
        [
            (1, "{", ":1: this line of the journal is damaged"),
            (3, '{"step": "cre', ":3: this line of the journal is damaged"),
            (3, "[]", ":3: not a line of a journal"),
            (3, '{"step": "create gizmo.other", "done": "x"}', ":3: not a line of this plan's"),
            (3, '{"resume": "run2"}', ":3: not a line of this plan's"),
            (1, '{"journal": 99, "run": "run1"}', "is not a journal of this version"),
        ],
    )
    def test_any_other_damage_is_refused(
        self, broken: Shop, path: Path, number: int, line: str, told: str
    ) -> None:
        whole = path.read_text(encoding="utf-8").splitlines()
        whole[number - 1] = line
        path.write_text("\n".join(whole) + "\n", encoding="utf-8")
        sent = len(broken.sent)
        with pytest.raises(PlanFileError, match=told):
            load(path, KINDS)
        assert len(broken.sent) == sent

    def test_a_plan_in_it_that_was_edited_is_refused(self, broken: Shop, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        head, _, rest = text.partition("\n")
        assert head.count('"power": 5') >= 1
        path.write_text(head.replace('"power": 5', '"power": 6') + "\n" + rest, encoding="utf-8")
        with pytest.raises(PlanFileError):
            load(path, KINDS)

    def test_an_ended_run_can_be_resumed_to_no_effect(self, path: Path) -> None:
        shop = Shop()
        applied(shop, planned(shop, TEXT), journal=path)
        outcome = resumed(shop, path)
        assert (len(shop.sent), outcome.writes, len(outcome.done)) == (3, 0, 3)

    def test_resuming_after_others_have_changed_what_was_made_stops(
        self, broken: Shop, path: Path
    ) -> None:
        broken.objects["gizmo"]["giz_1"]["note"] = "mine"
        with pytest.raises(StalePlanError, match="gizmo giz_1: note is mine, not unset"):
            resumed(broken, path)
        assert len(broken.sent) == 2
