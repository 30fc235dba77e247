"""Whose an object is, what it is called, and who holds which code."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.bench import applied, become, calls, only, planned
from engine.shop import Sent, Shop
from reconciler.errors import PlanError
from reconciler.model.address import Address
from reconciler.model.values import Pending


def pro(gadgets: str, fields: str = "") -> str:
    return f'[gizmos.pro]\nname = "Pro"\n{fields}\n{gadgets}'


def gadget(name: str, fields: str = "", power: int = 5) -> str:
    return f"[gizmos.pro.gadgets.{name}]\npower = {power}\n{fields}\n"


def codes(shop: Shop) -> dict[str, str | None]:
    return {
        one["metadata"]["reconciler"].rpartition(".")[2]: one["code"]
        for one in shop.objects["gadget"].values()
        if not one["retired"]
    }


class TestCodes:
    def test_two_swap_theirs(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a", 'code = "x"') + gadget("b", 'code = "y"')))
        made = become(shop, pro(gadget("a", 'code = "y"') + gadget("b", 'code = "x"')))
        assert [sent for _, sent in calls(made)] == [
            {"code": "y", "take_code": True},
            {"code": "x"},
        ]
        assert codes(shop) == {"a": "y", "b": "x"}

    def test_three_hand_them_round(self) -> None:
        shop = Shop()
        become(shop, pro("".join(gadget(n, f'code = "{c}"') for n, c in ("ax", "by", "cz"))))
        become(shop, pro("".join(gadget(n, f'code = "{c}"') for n, c in ("ay", "bz", "cx"))))
        assert codes(shop) == {"a": "y", "b": "z", "c": "x"}

    def test_one_that_is_handed_on_is_held_all_the_while(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a", 'code = "x"') + gadget("b", 'code = "y"')))
        held: list[bool] = []

        def look(_: Sent) -> None:
            held.append(any(one["code"] == "x" for one in shop.objects["gadget"].values()))

        shop.watch = look
        become(shop, pro(gadget("a", 'code = "z"') + gadget("b", 'code = "x"')))
        assert held == [True, True]

    def test_a_kept_one_yields_to_whom_the_file_gives_it(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a", 'code = "x"')))
        become(shop, pro(gadget("a") + gadget("b", 'code = "x"')))
        assert codes(shop) == {"a": "pro-a", "b": "x"}

    def test_two_cannot_come_to_one(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a", 'code = "pro-b"')))
        become(shop, pro(gadget("a") + gadget("b", 'code = "q"')))
        assert codes(shop) == {"a": "pro-b", "b": "q"}

    def test_a_replacement_inherits_it(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a", 'code = "x"')))
        become(shop, pro(gadget("a", power=6)))
        assert codes(shop) == {"a": "x"}

    @pytest.mark.parametrize(
        ("kind", "held", "text", "what"),
        ids=["with transfer", "without"],
        argvalues=[
            ("gadget", {"power": 1, "code": "pro-a"}, pro(gadget("a")), 'code "pro-a"'),
            ("gizmo", {"name": "x", "id": "own"}, pro("", 'id = "own"'), 'id "own"'),
        ],
    )
    def test_a_strangers_is_never_taken(
        self, kind: str, held: dict[str, Any], text: str, what: str
    ) -> None:
        shop = Shop()
        home = shop.write("create", "gizmo", None, {"name": "theirs"})["id"]
        given = {"gizmo": home, **held} if kind == "gadget" else held
        stranger = shop.write("create", kind, None, given)["id"]
        made = planned(shop, text)
        assert [(f.code, f.blocks) for f in made.findings] == [("RC108", True)]
        assert f"{what} is held by {kind} {stranger} " in made.findings[0].text
        assert not any("take_code" in step.payload for step in made.steps)


class TestStrangers:
    @pytest.mark.parametrize(
        "metadata",
        [{}, {"reconciler": "other/gizmo.pro"}, {"reconciler": "rubbish"}, {"reconciler": "acme/"}],
    )
    def test_they_are_counted_and_left_alone(self, metadata: dict[str, str]) -> None:
        shop = Shop()
        theirs = shop.write("create", "gizmo", None, {"name": "Pro", "metadata": metadata})["id"]
        before = copy.deepcopy(shop.objects["gizmo"][theirs])
        become(shop, pro(gadget("a")))
        made = become(shop, "")
        assert [(each.kind, each.count) for each in made.strangers] == [("gizmo", 1)]
        assert shop.objects["gizmo"][theirs] == before

    def test_one_is_adopted(self) -> None:
        shop = Shop()
        theirs = shop.write("create", "gizmo", None, {"name": "Pro", "note": "n"})["id"]
        text = pro("", 'note = "n"') + f'[adopt]\n"gizmo.pro" = "{theirs}"\n'
        made = become(shop, text)
        assert [(change.action, change.object) for change in made.changes] == [("adopt", theirs)]
        assert [(step.id, step.payload) for step in made.steps] == [
            ("adopt gizmo.pro", {"metadata": {"reconciler": "acme/gizmo.pro"}})
        ]

    def test_one_that_there_is_not_cannot_be(self) -> None:
        with pytest.raises(PlanError, match="there is no gizmo giz_9"):
            planned(Shop(), pro("") + '[adopt]\n"gizmo.pro" = "giz_9"\n')


class TestMoving:
    def test_what_stands_in_its_tables_comes_along(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a") + '[badges.gold]\nof = "pro.a"\n', 'main = "a"'))
        before = {one["id"] for objects in shop.objects.values() for one in objects.values()}
        text = pro(gadget("a") + '[badges.gold]\nof = "pro.a"\n', 'main = "a"')
        moved = text.replace("gizmos.pro", "gizmos.team").replace("pro.a", "team.a")
        made = become(shop, moved + '[moved]\n"gizmo.pro" = "gizmo.team"\n')
        assert [(change.action, str(change.address)) for change in made.changes] == [
            ("move", "gizmo.team"),
            ("move", "gadget.team.a"),
        ]
        after = {one["id"] for objects in shop.objects.values() for one in objects.values()}
        assert before == after
        assert codes(shop) == {"a": "pro-a"}

    def test_grandfathering_stamps_the_old_one_anew_first(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a"), 'main = "a"'))
        old = only(shop, "gadget")["id"]
        text = pro(gadget("a", power=6) + gadget("a_2024"), 'main = "a"')
        made = become(shop, text + '[moved]\n"gadget.pro.a" = "gadget.pro.a_2024"\n')
        assert calls(made) == [
            ("move gadget.pro.a_2024", {}),
            (
                "create gadget.pro.a",
                {"gizmo": "giz_1", "power": 6, "code": "pro-a", "take_code": True},
            ),
            ("update gizmo.pro", {"main": Pending(Address("gadget", ("pro", "a")))}),
            ("update gadget.pro.a_2024", {"code": "pro-a_2024"}),
        ]
        assert "move gadget.pro.a_2024" in made.steps[1].after
        assert shop.objects["gadget"][old]["retired"] is False

    def test_a_stamp_is_given_up_before_another_bears_it(self) -> None:
        shop = Shop()
        become(shop, pro(""))
        text = pro("") + '[gizmos.old]\nname = "Pro"\n[moved]\n"gizmo.pro" = "gizmo.old"\n'
        made = become(shop, text)
        assert [(step.id, step.after) for step in made.steps] == [
            ("move gizmo.old", ()),
            ("create gizmo.pro", ("move gizmo.old",)),
        ]


class TestTwoWithOneStamp:
    def double(self, power: int) -> tuple[Shop, str, str]:
        shop = Shop()
        become(shop, pro(gadget("a")))
        first = only(shop, "gadget")
        given = {"gizmo": first["gizmo"], "power": power, "metadata": first["metadata"]}
        return shop, first["id"], shop.write("create", "gadget", None, given)["id"]

    def test_the_one_that_fits_the_file_stays(self) -> None:
        shop, first, second = self.double(power=6)
        made = become(shop, pro(gadget("a")))
        assert [(step.id, step.payload) for step in made.steps] == [
            (f"retire gadget.pro.a {second}", {"retired": True})
        ]
        assert shop.objects["gadget"][first]["retired"] is False

    def test_where_both_do_nobody_chooses(self) -> None:
        shop, first, second = self.double(power=5)
        made = planned(shop, pro(gadget("a")), allow=())
        assert [f.code for f in made.blocked] == ["RC111"]
        assert first in made.blocked[0].text
        assert second in made.blocked[0].text
        assert shop.objects["gadget"][second]["retired"] is False


class TestBadges:
    """A kind that has no object: an entry on a gizmo."""

    GOLD = '[badges.gold]\nof = "pro.a"\n'

    def entry(self, shop: Shop) -> str | None:
        text: str | None = only(shop, "gizmo")["metadata"].get("reconciler_badge_gold")
        return text

    def test_it_quotes_what_the_gadget_will_be_called(self) -> None:
        shop = Shop()
        made = become(shop, pro(gadget("a")) + self.GOLD)
        assert self.entry(shop) == '{"of": "pro-a"}'
        assert made.steps[-1].id == "update gizmo.pro"
        assert "create gadget.pro.a" in made.steps[-1].after

    def test_it_follows_a_changed_code_after_the_gadget_has_it(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a")) + self.GOLD)
        made = become(shop, pro(gadget("a", 'code = "x"')) + self.GOLD)
        assert [step.id for step in made.steps] == ["update gadget.pro.a", "update gizmo.pro"]
        assert self.entry(shop) == '{"of": "x"}'

    def test_it_is_taken_off(self) -> None:
        shop = Shop()
        become(shop, pro(gadget("a")) + self.GOLD)
        made = become(shop, pro(gadget("a")))
        assert calls(made) == [
            ("update gizmo.pro", {"metadata": {"reconciler_badge_gold": ""}}),
        ]
        assert [(change.action, str(change.address)) for change in made.changes] == [
            ("retire", "badge.gold")
        ]

    def test_it_needs_a_code_to_quote(self) -> None:
        with pytest.raises(PlanError, match="has no code to be quoted by"):
            planned(Shop(), pro(gadget("a", 'code = ""')) + self.GOLD)


def test_what_comes_back_is_the_newest_that_fits() -> None:
    shop = Shop()
    for power in (5, 6, 7, 6):
        become(shop, pro(gadget("a", power=power)))
    assert [one["power"] for one in shop.objects["gadget"].values()] == [5, 6, 7]
    made = planned(shop, pro(gadget("a", power=7)))
    applied(shop, made)
    assert [(step.id, step.payload) for step in made.steps] == [
        ("update gadget.pro.a", {"code": "pro-a", "retired": False, "take_code": True}),
        ("retire gadget.pro.a", {"retired": True}),
    ]
