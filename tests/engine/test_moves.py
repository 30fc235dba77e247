"""Moves by the hundred, in chains, and to an address that is taken."""

from __future__ import annotations

from typing import Any

from engine.bench import applied, become, planned
from engine.gizmos import KINDS
from engine.shop import Shop
from reconciler.render.text import text as rendered

MANY = 300


def shop_of(count: int) -> Shop:
    """A shop with so many gizmos of ours, called `old…`, each with a gadget."""
    shop = Shop()
    for number in range(count):
        stamp = {"reconciler": f"acme/gizmo.old{number}"}
        given: dict[str, Any] = {"name": f"G{number}", "metadata": stamp}
        home = shop.write("create", "gizmo", None, given)["id"]
        stamp = {"reconciler": f"acme/gadget.old{number}.a"}
        given = {"gizmo": home, "power": 5, "code": f"old{number}-a", "metadata": stamp}
        shop.write("create", "gadget", None, given)
    shop.sent.clear()
    return shop


def catalog(count: int, note: str = "") -> str:
    """The same gizmos called `new…`, after two renamings."""
    tables = "".join(
        f'[gizmos.new{number}]\nname = "G{number}"\n{note}[gizmos.new{number}.gadgets.a]\npower = 5\n'
        for number in range(count)
    )
    first = "".join(f'"gizmo.old{number}" = "gizmo.mid{number}"\n' for number in range(count))
    second = "".join(f'"gizmo.mid{number}" = "gizmo.new{number}"\n' for number in range(count))
    return f"{tables}[moved]\n{second}{first}"


class TestMany:
    def test_each_is_one_write_of_its_stamp_and_no_other(self) -> None:
        shop = shop_of(MANY)
        made = planned(shop, catalog(MANY))
        applied(shop, made)
        again = planned(shop, catalog(MANY))
        stamps = {
            f"acme/{name}"
            for number in range(MANY)
            for name in (f"gizmo.new{number}", f"gadget.new{number}.a")
        }
        assert {"move"} == {change.action for change in made.changes}
        assert (2 * MANY, 2 * MANY) == (len(made.changes), len(shop.sent))
        assert stamps == {step.payload["metadata"]["reconciler"] for step in made.steps}
        assert {frozenset({"metadata"})} == {frozenset(step.payload) for step in made.steps}
        assert {1} == {len(step.payload["metadata"]) for step in made.steps}
        assert ((), ()) == (again.changes, again.steps)

    def test_each_is_shown_as_a_move(self) -> None:
        lines = rendered(planned(shop_of(MANY), catalog(MANY)), KINDS).splitlines()
        told = [line.split() for line in lines if line.startswith("  > ")]
        assert 2 * MANY == len(told)
        assert [[">", "gizmo.new7", "was", "gizmo.old7", '"G7"']] == [
            words for words in told if words[1] == "gizmo.new7"
        ]
        assert f"Plan: {2 * MANY} to move. {2 * MANY} writes, 13 reads." == lines[-1]

    def test_what_changes_at_once_goes_with_its_move(self) -> None:
        shop = shop_of(MANY)
        made = planned(shop, catalog(MANY, 'note = "new"\n'))
        applied(shop, made)
        again = planned(shop, catalog(MANY, 'note = "new"\n'))
        assert 2 * MANY == len(made.steps) == len(shop.sent)
        assert {("acme/gizmo.new7", "new")} == {
            (step.payload["metadata"]["reconciler"], step.payload["note"])
            for step in made.steps
            if str(step.address) == "gizmo.new7"
        }
        assert ((), ()) == (again.changes, again.steps)


TEAM = '[gizmos.team]\nname = "Team"\n'
MOVED = TEAM + '[moved]\n"gizmo.pro" = "gizmo.team"\n'


class TestATargetThatIsTaken:
    def test_it_stops_the_plan(self) -> None:
        shop = Shop()
        become(shop, '[gizmos.pro]\nname = "Pro"\n' + TEAM)
        pro, team = shop.objects["gizmo"]
        made = planned(shop, MOVED, allow=())
        assert [
            (
                "RC111",
                f"[moved] makes gizmo.team of {pro} (now gizmo.pro), and {team} is it already: "
                "only one object can be it. Take gizmo.pro out of [moved] (an object without a "
                "table is retired), or give it another address. To go on all the same: --allow "
                "RC111:gizmo.team",
            )
        ] == [(finding.code, finding.text) for finding in made.findings if finding.blocks]

    def test_with_leave_the_one_that_has_it_stays(self) -> None:
        shop = Shop()
        become(shop, '[gizmos.pro]\nname = "Pro"\n' + TEAM)
        pro, _ = shop.objects["gizmo"]
        made = become(shop, MOVED)
        assert [("retire", pro)] == [(change.action, change.object) for change in made.changes]

    def test_a_move_whose_source_stays_in_the_file_is_done(self) -> None:
        shop = Shop()
        both = '[gizmos.pro]\nname = "Pro"\n' + TEAM
        become(shop, both)
        made = planned(shop, both + '[moved]\n"gizmo.pro" = "gizmo.team"\n', allow=())
        assert ((), ()) == (made.changes, made.findings)
        assert ("[moved] gizmo.pro is gizmo.team already; the entry can go.",) == made.notes
