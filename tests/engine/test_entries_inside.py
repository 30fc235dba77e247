"""Entries with ids that stand in the object itself: the slots of a stand."""

from __future__ import annotations

import pytest

from engine.bench import applied, become, calls, only, planned
from engine.shop import Shop
from reconciler.errors import StalePlanError

GADGETS = "".join(
    f"[gizmos.p.gadgets.{name}]\npower = {number}\n" for number, name in enumerate("xyz")
)


def stand(*slots: str, fields: str = "") -> str:
    shown = ", ".join(slots)
    return f'[gizmos.p]\nname = "P"\n{GADGETS}[stands.s]\nslots = [{shown}]\n{fields}\n'


class TestInTheObject:
    """Three slots: the last stands on a page of its own."""

    BEFORE = stand('"p.x"', '{ gadget = "p.y", label = "l" }', '{ gadget = "p.z", count = 3 }')

    @pytest.fixture
    def shop(self) -> Shop:
        made = Shop()
        become(made, self.BEFORE)
        return made

    def slots(self, shop: Shop) -> dict[str, tuple[int, str | None]]:
        gadgets = shop.objects["gadget"]
        (one,) = [each for each in shop.objects["stand"].values() if not each["closed"]]
        return {
            gadgets[slot["gadget"]]["code"]: (slot["count"], slot["label"]) for slot in one["slots"]
        }

    def test_their_order_is_no_difference(self, shop: Shop) -> None:
        text = stand('{ gadget = "p.z", count = 3 }', '{ gadget = "p.y", label = "l" }', '"p.x"')
        assert become(shop, text).steps == ()

    def test_one_is_changed_by_its_id(self, shop: Shop) -> None:
        text = self.BEFORE.replace("count = 3", 'count = 4, label = "m"')
        made = become(shop, text)
        assert calls(made) == [
            (
                "update stand.s",
                {
                    "slots": (
                        {"id": "slot_5_0"},
                        {"id": "slot_5_1", "label": "l"},
                        {"id": "slot_5_2", "count": 4, "label": "m"},
                    )
                },
            )
        ]
        assert self.slots(shop) == {"p-x": (1, None), "p-y": (1, "l"), "p-z": (4, "m")}

    def test_what_is_left_out_of_one_goes(self, shop: Shop) -> None:
        made = become(shop, stand('"p.z"', '"p.y"', '"p.x"'))
        assert [step.call for step in made.steps] == ["update_stand"]
        assert self.slots(shop) == {"p-x": (1, None), "p-y": (1, None), "p-z": (1, None)}

    @pytest.mark.parametrize(
        "slots",
        [('"p.x"', '"p.y"'), ('"p.x"',)],
        ids=["one goes", "two go"],
    )
    def test_where_one_cannot_go_the_object_is_replaced(
        self, shop: Shop, slots: tuple[str, ...]
    ) -> None:
        made = become(shop, stand(*slots))
        assert [step.call for step in made.steps] == ["create_stand", "update_stand"]
        assert self.slots(shop).keys() == {slot.strip('"').replace(".", "-") for slot in slots}

    def test_where_one_cannot_come_the_object_is_replaced(self) -> None:
        shop = Shop()
        become(shop, stand('"p.x"', '"p.y"'))
        made = become(shop, stand('"p.x"', '"p.y"', '"p.z"'))
        assert [step.call for step in made.steps] == ["create_stand", "update_stand"]

    def test_an_old_one_comes_back_and_its_entries_are_brought_in_line(self, shop: Shop) -> None:
        become(shop, stand('"p.x"'))
        made = become(shop, stand('"p.z"', '"p.x"', '{ gadget = "p.y", count = 2 }'))
        assert [step.object for step in made.steps] == ["sta_5", "sta_6"]
        assert self.slots(shop) == {"p-x": (1, None), "p-y": (2, None), "p-z": (1, None)}

    def test_somebody_has_changed_one_on_the_second_page(self, shop: Shop) -> None:
        made = planned(shop, self.BEFORE + 'sign = "S"\n')
        only(shop, "stand")["slots"][2]["count"] = 9
        with pytest.raises(StalePlanError, match="stand sta_5: slots is "):
            applied(shop, made)
