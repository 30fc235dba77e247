"""Entries that are attached by calls of their own: the charms that hang on a gizmo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.bench import applied, become, calls, only, planned, resumed
from engine.shop import Sent, Shop
from reconciler.errors import IncompleteError, StalePlanError
from reconciler.model.address import Address
from reconciler.model.values import Pending

CHARMS = "".join(f'[charms.{name}]\nname = "{name.upper()}"\n' for name in "abc")


def gizmo(fields: str, more: str = CHARMS) -> str:
    return f'[gizmos.pro]\nname = "Pro"\n{fields}\n{more}'


def hanging(shop: Shop, gizmo_id: str = "") -> list[str]:
    """The words of the charms on the gizmo, in the order in which they came."""
    home = gizmo_id or only(shop, "gizmo")["id"]
    return [shop.objects["charm"][hung["charm"]]["word"] for hung in shop.hung(home)]


def hung(shop: Shop, word: str) -> str:
    """The id by which a charm hangs there."""
    charms = shop.objects["charm"]
    (found,) = [
        each["id"]
        for each in shop.objects["gizmo_charm"].values()
        if charms[each["charm"]]["word"] == word
    ]
    return str(found)


def theirs(shop: Shop, word: str) -> str:
    """A charm that nobody manages here."""
    return str(shop.write("create", "charm", None, {"name": "Theirs", "word": word})["id"])


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    become(made, gizmo('charms = ["a", "b"]'))
    made.sent.clear()
    made.reads.clear()
    return made


class TestAttached:
    def test_they_come_after_the_object_and_what_they_name(self) -> None:
        shop = Shop()
        made = become(shop, gizmo('charms = ["a", "b"]'))
        tail = [(step.id, step.call, step.payload) for step in made.steps[-2:]]
        assert tail == [
            (f"attach gizmo.pro charm.{key}", "attach_gizmo_charm", {"charm": _charm(key)})
            for key in "ab"
        ]
        for step in made.steps[-2:]:
            assert {"create gizmo.pro", f"create {step.payload['charm'].address}"} <= {*step.after}
        assert hanging(shop) == ["a", "b"]

    def test_only_what_comes_and_goes_is_called(self, shop: Shop) -> None:
        gone = hung(shop, "a")
        made = become(shop, gizmo('charms = ["c", "b"]'))
        assert [(step.call, step.object, step.item, step.payload) for step in made.steps] == [
            ("attach_gizmo_charm", "giz_3", None, {"charm": "cha_4"}),
            ("detach_gizmo_charm", "giz_3", gone, {}),
        ]
        assert hanging(shop) == ["b", "c"]

    def test_their_order_is_no_difference(self, shop: Shop) -> None:
        assert become(shop, gizmo('charms = ["b", "a"]')).steps == ()

    def test_left_out_they_cost_nothing_and_stay(self, shop: Shop) -> None:
        made = become(shop, gizmo(""))
        assert (made.changes, made.steps, shop.sent) == ((), (), [])
        assert [name for name in shop.reads if "/" in name] == []
        assert hanging(shop) == ["a", "b"]

    def test_left_out_they_stay_while_the_rest_changes(self, shop: Shop) -> None:
        made = become(shop, gizmo('note = "n"'))
        assert calls(made) == [("update gizmo.pro", {"note": "n"})]
        assert [name for name in shop.reads if "/" in name] == []
        assert hanging(shop) == ["a", "b"]

    def test_an_empty_list_takes_all_away(self, shop: Shop) -> None:
        made = become(shop, gizmo("charms = []"))
        assert [step.call for step in made.steps] == ["detach_gizmo_charm"] * 2
        assert hanging(shop) == []

    def test_an_empty_list_on_a_new_object_is_nothing_to_do(self) -> None:
        made = become(Shop(), gizmo("charms = []", more=""))
        assert [step.call for step in made.steps] == ["create_gizmo"]

    def test_the_list_is_complete_whoever_hung_them_there(self, shop: Shop) -> None:
        strange = theirs(shop, "theirs")
        shop.write("attach", "gizmo", "giz_3", {"charm": strange})
        made = become(shop, gizmo('charms = ["a", "b"]'))
        assert [(step.call, step.item) for step in made.steps] == [
            ("detach_gizmo_charm", shop.sent[-1].item)
        ]
        assert hanging(shop) == ["a", "b"]
        assert shop.objects["charm"][strange]["idle"] is False

    def test_nothing_of_others_is_touched(self, shop: Shop) -> None:
        other = shop.write("create", "gizmo", None, {"name": "Theirs"})["id"]
        shop.write("attach", "gizmo", other, {"charm": "cha_1"})
        become(shop, gizmo('charms = ["b"]'))
        assert hanging(shop, other) == ["a"]
        assert f"{other}/charms" not in shop.reads

    def test_one_may_be_named_by_its_id(self, shop: Shop) -> None:
        strange = theirs(shop, "theirs")
        made = become(shop, gizmo(f'charms = ["a", "{strange}", "b"]'))
        assert calls(made) == [(f"attach gizmo.pro {strange}", {"charm": strange})]

    def test_what_names_another_one_now_is_changed_before_the_old_one_goes(
        self, shop: Shop
    ) -> None:
        more = CHARMS.replace('"B"', '"B"\nword = "bee"')
        made = become(shop, gizmo('charms = ["a", "b"]', more))
        assert [step.id for step in made.steps] == [
            "create charm.b",
            "attach gizmo.pro charm.b",
            "detach gizmo.pro cha_2",
            "retire charm.b",
        ]
        assert "detach gizmo.pro cha_2" in made.steps[-1].after
        assert hanging(shop) == ["a", "bee"]

    def test_one_that_leaves_the_file_is_detached_first(self, shop: Shop) -> None:
        more = CHARMS.replace('[charms.b]\nname = "B"\n', "")
        made = become(shop, gizmo('charms = ["a"]', more))
        assert [step.id for step in made.steps] == ["detach gizmo.pro cha_2", "retire charm.b"]
        assert "detach gizmo.pro cha_2" in made.steps[1].after

    def test_an_object_that_goes_takes_them_along(self, shop: Shop) -> None:
        made = become(shop, CHARMS)
        assert [step.call for step in made.steps] == ["delete_gizmo"]
        assert shop.objects["gizmo_charm"] == {}

    def test_ignored_they_are_hung_once_and_left_alone(self) -> None:
        shop = Shop()
        become(shop, gizmo('charms = ["a"]\nignore = ["charms"]'))
        shop.write("attach", "gizmo", only(shop, "gizmo")["id"], {"charm": "cha_3"})
        made = become(shop, gizmo('charms = ["b"]\nignore = ["charms"]'))
        assert (made.steps, hanging(shop)) == ((), ["a", "b"])

    def test_ignored_they_are_carried_over_as_they_are(self) -> None:
        shop = Shop()
        become(shop, gizmo('charms = ["a"]\nignore = ["charms"]\nseal = "wax"'))
        become(shop, gizmo('charms = ["b"]\nignore = ["charms"]\nseal = "lead"'))
        assert hanging(shop) == ["a"]

    def test_an_adopted_object_is_brought_in_line(self, shop: Shop) -> None:
        home = shop.write("create", "gizmo", None, {"name": "Team"})["id"]
        for charm in ("cha_1", "cha_2"):
            shop.write("attach", "gizmo", home, {"charm": charm})
        team = '[gizmos.team]\nname = "Team"\ncharms = ["b", "c"]\n'
        text = gizmo('charms = ["a", "b"]') + team + f'[adopt]\n"gizmo.team" = "{home}"\n'
        made = become(shop, text)
        assert [step.call for step in made.steps] == [
            "update_gizmo",
            "attach_gizmo_charm",
            "detach_gizmo_charm",
        ]
        assert hanging(shop, home) == ["b", "c"]


class TestAnObjectInAnothersPlace:
    BOTH = 'charms = ["a", "b"]\n[gizmos.pro.gadgets.x]\npower = 1'

    def lived(self, *ids: str) -> Shop:
        shop = Shop()
        for own in ids:
            become(shop, gizmo(f'id = "{own}"\n{self.BOTH}'))
        return shop

    def test_a_new_one_gets_them(self) -> None:
        shop = self.lived("one", "two")
        assert (hanging(shop, "one"), hanging(shop, "two")) == (["a", "b"], ["a", "b"])

    def test_one_that_comes_back_has_them_still(self) -> None:
        shop = self.lived("one", "two")
        made = become(shop, gizmo(f'id = "one"\n{self.BOTH}'))
        assert {step.call for step in made.steps} == {"update_gizmo", "update_gadget"}
        assert hanging(shop, "one") == ["a", "b"]

    def test_one_that_comes_back_is_brought_in_line(self) -> None:
        shop = self.lived("one", "two")
        shop.write("detach", "gizmo", "one", {}, shop.hung("one")[0]["id"])
        shop.write("attach", "gizmo", "one", {"charm": theirs(shop, "theirs")})
        become(shop, gizmo(f'id = "one"\n{self.BOTH}'))
        assert sorted(hanging(shop, "one")) == ["a", "b"]

    def test_what_was_hung_on_it_later_does_not_keep_it_from_coming_back(self) -> None:
        """A charm that is younger than its gizmo says nothing of another gizmo."""
        shop = Shop()
        gadget = "\n[gizmos.pro.gadgets.x]\npower = 1"
        become(shop, gizmo(gadget, more=""))
        first = only(shop, "gizmo")["id"]
        become(shop, gizmo(self.BOTH))
        become(shop, CHARMS)
        become(shop, gizmo(self.BOTH))
        assert (only(shop, "gizmo")["id"], hanging(shop)) == (first, ["a", "b"])

    def test_the_proof_looks_at_the_new_one(self) -> None:
        """Somebody takes off what was just hung on the successor."""
        shop = self.lived("one")
        made = planned(shop, gizmo(f'id = "two"\n{self.BOTH}'))

        def look(sent: Sent) -> None:
            if sent.payload == {"live": False}:
                shop.write("detach", "gizmo", "two", {}, shop.hung("two")[0]["id"])

        shop.watch = look
        with pytest.raises(Exception, match=r"gizmo two: charms is .*cha_2.*, not .*cha_1"):
            applied(shop, made)


class TestNothingHasMoved:
    ADD = gizmo('charms = ["a", "b", "c"]')

    def stopped(self, shop: Shop, made: Any, what: str) -> None:
        with pytest.raises(StalePlanError, match=what) as caught:
            applied(shop, made)
        assert "Nothing was sent" in str(caught.value)
        assert shop.sent == []

    def test_somebody_has_attached_the_same(self, shop: Shop) -> None:
        made = planned(shop, self.ADD)
        shop.write("attach", "gizmo", "giz_3", {"charm": "cha_4"})
        self.stopped(shop, made, "gizmo giz_3: charms is ")

    def test_somebody_has_attached_another(self, shop: Shop) -> None:
        strange = theirs(shop, "theirs")
        made = planned(shop, self.ADD)
        shop.write("attach", "gizmo", "giz_3", {"charm": strange})
        self.stopped(shop, made, "gizmo giz_3: charms is ")

    def test_somebody_has_detached_one_that_stays(self, shop: Shop) -> None:
        made = planned(shop, self.ADD)
        shop.write("detach", "gizmo", "giz_3", {}, hung(shop, "a"))
        self.stopped(shop, made, "gizmo giz_3: charms is ")

    def test_somebody_has_taken_one_off_and_hung_it_up_again(self, shop: Shop) -> None:
        """What the plan detaches by its id is there no more."""
        made = planned(shop, gizmo('charms = ["b"]'))
        shop.write("detach", "gizmo", "giz_3", {}, hung(shop, "a"))
        shop.write("attach", "gizmo", "giz_3", {"charm": "cha_1"})
        self.stopped(shop, made, "gizmo giz_3: charms is ")

    def test_a_charm_that_is_attached_has_changed(self, shop: Shop) -> None:
        made = planned(shop, self.ADD)
        shop.objects["charm"]["cha_4"]["name"] = "Mine"
        self.stopped(shop, made, "charm cha_4: name is Mine, not C")

    def test_their_order_may_change(self, shop: Shop) -> None:
        made = planned(shop, self.ADD)
        entries = dict(reversed(shop.objects["gizmo_charm"].items()))
        shop.objects["gizmo_charm"] = entries
        applied(shop, made)
        assert sorted(hanging(shop)) == ["a", "b", "c"]

    def test_a_list_that_the_file_leaves_out_may_change(self, shop: Shop) -> None:
        made = planned(shop, gizmo('note = "n"'))
        shop.write("attach", "gizmo", "giz_3", {"charm": "cha_4"})
        applied(shop, made)
        assert hanging(shop) == ["a", "b", "c"]

    def test_what_was_read_long_ago_is_read_again_with_its_entries(self, shop: Shop) -> None:
        made = planned(shop, gizmo('charms = ["c"]'))

        def look(sent: Sent) -> None:
            shop.time += 31.0
            if sent.call == "attach_gizmo_charm":
                shop.write("detach", "gizmo", "giz_3", {}, hung(shop, "b"))

        shop.watch = look
        with pytest.raises(StalePlanError, match="gizmo giz_3: charms is "):
            applied(shop, made)
        assert [sent.call for sent in shop.sent] == ["attach_gizmo_charm"]

    def test_a_plan_is_applied_once(self, shop: Shop) -> None:
        made = planned(shop, gizmo('charms = ["c"]'))
        applied(shop, made)
        shop.sent.clear()
        self.stopped(shop, made, "gizmo giz_3: charms is ")

    def test_neither_as_before_nor_as_after_stops_a_resume(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        made = planned(shop, self.ADD)
        shop.lose = {0: "before"}
        with pytest.raises(IncompleteError):
            applied(shop, made, journal=tmp_path / "j")
        shop.write("detach", "gizmo", "giz_3", {}, hung(shop, "a"))
        with pytest.raises(StalePlanError, match="neither as before nor as after"):
            resumed(shop, tmp_path / "j")
        assert hanging(shop) == ["b"]


def _charm(key: str) -> Pending:
    return Pending(Address("charm", (key,)))
