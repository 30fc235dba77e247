"""A plan is applied to the account it was made from, or not at all: by object, and by absence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.bench import applied, become, only, planned
from engine.shop import Shop
from reconciler.errors import StalePlanError
from reconciler.model.plan import HeldBy, Unmoved
from reconciler.model.values import Frozen, digest

TEXT = """
[gizmos.pro]
name = "Pro"
note = "a"
main = "big"
[gizmos.pro.gadgets.big]
power = 5
[gizmos.pro.gadgets.small]
power = 1
label = "s"
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


def stopped(shop: Shop, made: Any, *lines: str) -> None:
    """Apply a plan that must stop before the first write, and say why."""
    with pytest.raises(StalePlanError) as caught:
        applied(shop, made)
    told = [line.strip() for line in str(caught.value).splitlines()]
    assert told == [
        "The account is not what the plan was made from:",
        *lines,
        "Nothing was sent. Make a new plan, look at it, and apply that.",
    ]
    assert shop.sent == []


def gadget(shop: Shop, power: int) -> dict[str, Any]:
    return next(one for one in shop.objects["gadget"].values() if one["power"] == power)


class TestAnObject:
    def test_that_is_updated_has_changed(self, shop: Shop) -> None:
        made = planned(shop, TEXT.replace('"a"', '"b"'))
        only(shop, "gizmo")["note"] = "mine"
        stopped(shop, made, "gizmo giz_1: note is mine, not a")

    def test_has_changed_in_a_field_that_the_step_leaves_alone(self, shop: Shop) -> None:
        made = planned(shop, TEXT.replace('"a"', '"b"'))
        only(shop, "gizmo")["tags"] = ["x"]
        stopped(shop, made, "gizmo giz_1: tags is ('x',), not unset")

    def test_has_got_what_it_did_not_have(self, shop: Shop) -> None:
        """A kept field that the plan saw without a value."""
        made = planned(shop, TEXT.replace('"a"', '"b"'))
        only(shop, "gizmo")["motto"] = "mine"
        stopped(shop, made, "gizmo giz_1: motto is mine, not unset")

    def test_that_is_retired_has_changed(self, shop: Shop) -> None:
        made = planned(shop, REPLACED)
        old = gadget(shop, 5)
        old["label"] = "mine"
        stopped(shop, made, f"gadget {old['id']}: label is mine, not unset")

    def test_that_is_only_named_has_changed(self, shop: Shop) -> None:
        made = planned(shop, TEXT.replace('"pro.big"', '"pro.small"'))
        small = gadget(shop, 1)
        small["label"] = "mine"
        stopped(shop, made, f"gadget {small['id']}: label is mine, not s")

    def test_is_gone(self, shop: Shop) -> None:
        made = planned(shop, TEXT.replace("[washers.w]", "[washers.v]"))
        gone = only(shop, "washer")["id"]
        shop.objects["washer"].clear()
        with pytest.raises(StalePlanError, match=f"washer {gone} is gone"):
            applied(shop, made)
        assert shop.sent == []

    def test_that_no_step_relies_on_may_change(self, shop: Shop) -> None:
        made = planned(shop, TEXT.replace('label = "s"', 'label = "t"'))
        only(shop, "gizmo")["note"] = "mine"
        gadget(shop, 5)["label"] = "mine"
        applied(shop, made)
        assert gadget(shop, 1)["label"] == "t"

    def test_metadata_that_is_left_to_others_may_change(self, shop: Shop) -> None:
        head = '[catalog]\nname = "acme"\nignore_metadata = ["crm_*"]\n'
        made = planned(shop, head + TEXT.replace('"a"', '"b"'))
        only(shop, "gizmo")["metadata"]["crm_id"] = "7"
        applied(shop, made)
        assert only(shop, "gizmo")["note"] == "b"

    def test_other_metadata_may_not(self, shop: Shop) -> None:
        made = planned(shop, TEXT.replace('"a"', '"b"'))
        only(shop, "gizmo")["metadata"]["crm_id"] = "7"
        stamp = "{'reconciler': 'acme/gizmo.pro'"
        stopped(shop, made, f"gizmo giz_1: metadata is {stamp}, 'crm_id': '7'}}, not {stamp}}}")


class TestAName:
    NEW = TEXT + '[gizmos.team]\nname = "Team"\nid = "team"\n[gizmos.team.gadgets.one]\npower = 1\n'

    def test_somebody_has_made_an_object_with_the_stamp(self, shop: Shop) -> None:
        made = planned(shop, self.NEW)
        other = shop.write("create", "gizmo", None, {"name": "x", "metadata": _stamp("gizmo.team")})
        stopped(
            shop,
            made,
            f'the gizmo stamp "acme/gizmo.team" is held by {other["id"]}; '
            "when the plan was made, nobody did",
        )

    def test_somebody_has_taken_the_chosen_id(self, shop: Shop) -> None:
        made = planned(shop, self.NEW)
        shop.write("create", "gizmo", None, {"name": "x", "id": "team"})
        stopped(
            shop, made, 'the gizmo id "team" is held by team; when the plan was made, nobody did'
        )

    def test_somebody_has_taken_the_code(self, shop: Shop) -> None:
        made = planned(shop, self.NEW)
        home = only(shop, "gizmo")["id"]
        other = shop.write(
            "create", "gadget", None, {"gizmo": home, "power": 1, "code": "team-one"}
        )
        stopped(
            shop,
            made,
            f'the gadget code "team-one" is held by {other["id"]}; '
            "when the plan was made, nobody did",
        )

    def test_the_holder_of_a_code_has_lost_it(self, shop: Shop) -> None:
        made = planned(shop, REPLACED)
        old = gadget(shop, 5)
        old["code"] = None
        stopped(
            shop,
            made,
            f"gadget {old['id']}: code is unset, not pro-big",
            'the gadget code "pro-big" is held by nobody; '
            f"when the plan was made, {old['id']} held it",
        )


def _stamp(address: str) -> dict[str, str]:
    return {"reconciler": f"acme/{address}"}


class TestTwice:
    @pytest.mark.parametrize(
        "text",
        [
            TEXT.replace('"a"', '"b"'),
            REPLACED,
            TEXT + '[gizmos.team]\nname = "Team"\n',
            TEXT.replace("[washers.w]", "[washers.v]"),
            "",
        ],
    )
    def test_a_plan_is_applied_once(self, shop: Shop, text: str) -> None:
        made = planned(shop, text)
        applied(shop, made)
        before, sent = str(shop.objects), len(shop.sent)
        with pytest.raises(StalePlanError, match="Nothing was sent"):
            applied(shop, made, run="run2")
        assert (str(shop.objects), len(shop.sent)) == (before, sent)

    def test_a_plan_without_steps_reads_nothing(self, shop: Shop) -> None:
        made = planned(shop, TEXT)
        shop.reads.clear()
        outcome = applied(shop, made)
        assert (outcome.done, outcome.writes, shop.reads) == ((), 0, [])


def test_a_step_relies_on_what_it_is_at_that_step(shop: Shop) -> None:
    """The retirement relies on the gadget as it is after its code was taken."""
    made = planned(shop, REPLACED)
    old = gadget(shop, 5)["id"]
    body = made.seen["gadget"][old]
    create, retire = made.steps[0], made.steps[-1]
    assert Unmoved(kind="gadget", object=old, digest=digest(body)) in create.relies_on
    assert HeldBy(kind="gadget", field="code", value="pro-big", holders=(old,)) in create.relies_on
    later = digest(body.with_({"code": None}))
    assert retire.relies_on == (Unmoved(kind="gadget", object=old, digest=later),)


def test_a_digest_that_was_tampered_with_stops_it(shop: Shop) -> None:
    made = planned(shop, TEXT.replace('"a"', '"b"'))
    (step,) = made.steps
    wrong = Unmoved(kind="gizmo", object="giz_1", digest=digest(Frozen()))
    doctored = replace(made, steps=(replace(step, relies_on=(wrong,)),))
    stopped(shop, doctored, 'gizmo giz_1 is not what the step "update gizmo.pro" relies on')


@pytest.mark.parametrize(("account", "livemode"), [("acct_other", False), ("acct_1Shop", True)])
def test_another_account(shop: Shop, account: str, livemode: bool) -> None:
    made = planned(shop, REPLACED)
    with pytest.raises(StalePlanError, match="The plan is for"):
        applied(shop, replace(made, account=account, livemode=livemode))
    assert shop.sent == []
