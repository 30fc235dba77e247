"""What is shown, public, kept, and given by the far end alone: a stand has all of it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bench import applied, become, only, planned
from engine.shop import Shop
from reconciler.errors import PlanError, SpecError, StalePlanError

GADGETS = """
[gizmos.p]
name = "P"
[gizmos.p.gadgets.x]
power = 1
[gizmos.p.gadgets.y]
power = 2
"""
STAND = GADGETS + '[stands.s]\nslots = ["p.x"]\n'
REPLACED = STAND.replace('["p.x"]', '["p.y"]')


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    become(made, STAND)
    made.sent.clear()
    return made


def found(shop: Shop, text: str) -> list[tuple[str, str | None, str]]:
    """What the guards find, the ones of ratio apart."""
    made = planned(shop, text, allow=())
    return [
        (each.code, str(each.address), each.text) for each in made.findings if each.code != "RC101"
    ]


class TestShown:
    def test_the_outcome_tells_it_of_what_was_made(self) -> None:
        shop = Shop()
        outcome = applied(shop, planned(shop, STAND))
        assert outcome.shown == {"sta_3": {"place": "place 3"}}

    def test_the_outcome_tells_it_of_the_old_one_and_the_new_one(self, shop: Shop) -> None:
        outcome = applied(shop, planned(shop, REPLACED))
        assert outcome.shown == {"sta_3": {"place": "place 3"}, "sta_5": {"place": "place 5"}}

    def test_a_replacement_is_stopped_for_whoever_holds_it(self, shop: Shop) -> None:
        ((code, address, text),) = found(shop, REPLACED)
        assert (code, address) == ("RC109", "stand.s")
        assert text.startswith("its place place 3 would stop working, and the new stand gets ")

    def test_a_change_in_place_is_not(self, shop: Shop) -> None:
        assert found(shop, STAND + 'sign = "S"\n') == []

    def test_a_retirement_says_it(self, shop: Shop) -> None:
        (change,) = planned(shop, GADGETS).changes
        assert (change.action, change.notes) == ("retire", ("its place stops working: place 3",))


class TestPublic:
    def theirs(self, shop: Shop, **fields: Any) -> str:
        slots = [{"gadget": "gad_2"}]
        one = shop.write("create", "stand", None, {"slots": slots})
        one_id = str(one["id"])
        shop.objects["stand"][one_id].update(fields)
        return one_id

    @pytest.mark.parametrize("after", ["", "retired = true\n", "replaced"])
    def test_what_a_strangers_stand_shows_does_not_go_unseen(self, shop: Shop, after: str) -> None:
        become(shop, GADGETS)
        stranger = self.theirs(shop)
        old = "[gizmos.p.gadgets.x]\npower = 1\n"
        new = {"": "", "replaced": old.replace("1", "9")}.get(after, old + after)
        findings = found(shop, GADGETS.replace(old, new))
        assert findings == [
            (
                "RC109",
                "gadget.p.x",
                f"stand {stranger}, not managed here, would go on offering gad_2, which nobody "
                "could buy any more. Change it first, or adopt it. To go on all the same: --allow "
                "RC109:gadget.p.x",
            )
        ]

    def test_a_closed_one_shows_nothing(self, shop: Shop) -> None:
        become(shop, GADGETS)
        self.theirs(shop, closed=True)
        assert found(shop, GADGETS.replace("[gizmos.p.gadgets.x]\npower = 1\n", "")) == []

    def test_one_of_ours_is_replaced_with_what_it_shows(self, shop: Shop) -> None:
        made = become(shop, STAND.replace("power = 1", "power = 9"))
        assert [step.id for step in made.steps] == [
            "create gadget.p.x",
            "create stand.s",
            "retire stand.s",
            "retire gadget.p.x",
        ]


class TestKept:
    WHY = "the house has no other way in. Build one first."

    @pytest.fixture
    def shop(self, shop: Shop) -> Shop:
        only(shop, "stand")["door"] = True
        return shop

    def test_what_leaves_the_file_stays_and_that_is_said(self, shop: Shop) -> None:
        made = become(shop, GADGETS)
        assert (made.steps, made.notes) == ((), (f"stand.s (sta_3) stays as it is: {self.WHY}",))

    def test_it_cannot_be_switched_off(self, shop: Shop) -> None:
        with pytest.raises(PlanError) as caught:
            planned(shop, STAND + "closed = true\n")
        assert str(caught.value) == f"stand.s cannot be switched off: {self.WHY}"

    def test_what_takes_its_place_does_not_close_it(self, shop: Shop) -> None:
        made = planned(shop, REPLACED)
        applied(shop, made)
        assert [step.call for step in made.steps] == ["create_stand"]
        assert [each["closed"] for each in shop.objects["stand"].values()] == [False, False]
        again = planned(shop, REPLACED)
        assert (again.changes, again.steps) == ((), ())

    def test_it_is_updated_as_ever(self, shop: Shop) -> None:
        made = become(shop, STAND + 'sign = "S"\n')
        assert [step.payload for step in made.steps] == [{"sign": "S"}]


class TestReadOnly:
    def test_no_table_may_have_it(self) -> None:
        with pytest.raises(SpecError) as caught:
            planned(Shop(), STAND + "visits = 3\n")
        (problem,) = caught.value.problems
        assert problem.what == 'stand.s: unknown field "visits"'

    def test_it_is_no_difference(self, shop: Shop) -> None:
        only(shop, "stand")["visits"] = 7
        assert become(shop, STAND).steps == ()

    def test_it_may_change_between_the_plan_and_the_apply(self, shop: Shop) -> None:
        made = planned(shop, STAND + 'sign = "S"\n')
        only(shop, "stand")["visits"] = 7
        applied(shop, made)
        assert (only(shop, "stand")["sign"], only(shop, "stand")["visits"]) == ("S", 7)

    def test_it_may_change_while_the_apply_runs(self, shop: Shop) -> None:
        made = planned(shop, STAND + 'sign = "S"\n')
        shop.watch = lambda _: only(shop, "stand").update(visits=7)
        applied(shop, made)
        assert only(shop, "stand")["sign"] == "S"

    def test_what_a_table_may_have_may_not(self, shop: Shop) -> None:
        made = planned(shop, STAND + 'sign = "S"\n')
        only(shop, "stand").update(visits=7, sign="T")
        with pytest.raises(StalePlanError, match="stand sta_3: sign is T, not unset"):
            applied(shop, made)
