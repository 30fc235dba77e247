"""What a change to a field means follows from its marks, whatever the kind."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bench import become, calls, only, planned
from engine.shop import Shop
from reconciler.model.address import Address
from reconciler.model.values import Pending

GIZMO = Pending(Address("gizmo", ("pro",)))


def gizmo(fields: str) -> str:
    return f'[gizmos.pro]\nname = "Pro"\n{fields}\n'


def gadget(fields: str, power: int = 5) -> str:
    return f'[gizmos.pro]\nname = "Pro"\n[gizmos.pro.gadgets.big]\npower = {power}\n{fields}\n'


UPDATES: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "UPDATE: only what changes is sent": (
        gizmo('note = "a"\nmotto = "m"'),
        gizmo('note = "b"\nmotto = "m"'),
        {"note": "b"},
    ),
    "CLEAR: left out, it goes": (gizmo('note = "a"'), gizmo(""), {"note": ""}),
    "KEEP: left out, it stays": (gizmo('motto = "a"'), gizmo(""), None),
    "KEEP: given, it changes": (gizmo('motto = "a"'), gizmo('motto = "b"'), {"motto": "b"}),
    "Default: said or not, the same": (gizmo("live = true"), gizmo(""), None),
    "SET_ONCE: the first time, in place": (gizmo(""), gizmo('seal = "wax"'), {"seal": "wax"}),
    "SET_ONCE: left out, it stays": (gizmo('seal = "wax"'), gizmo(""), None),
    "AS_SET: another order is no change": (
        gizmo('tags = ["a", "b", "c"]'),
        gizmo('tags = ["c", "a", "b"]'),
        None,
    ),
    "a set changes as a whole": (
        gizmo('tags = ["a", "c"]'),
        gizmo('tags = ["c", "b", "a"]'),
        {"tags": ("a", "b", "c")},
    ),
    "a list has an order": (
        gizmo('steps = ["a", "b"]'),
        gizmo('steps = ["b", "a"]'),
        {"steps": ("b", "a")},
    ),
    "a list goes": (gizmo('steps = ["a"]'), gizmo(""), {"steps": ""}),
    "nested: without what never changes": (
        gizmo('case = { size = 3, colour = "red" }'),
        gizmo('case = { size = 3, colour = "blue" }'),
        {"case": {"colour": "blue", "lock": "none"}},
    ),
    "nested: cleared by itself": (
        gizmo('case = { size = 3, colour = "red" }'),
        gizmo("case = { size = 3 }"),
        {"case": {"colour": "", "lock": "none"}},
    ),
    "nested: set once": (
        gizmo("case = { size = 3 }"),
        gizmo('case = { size = 3, lock = "key" }'),
        {"case": {"lock": "key"}},
    ),
    "nested: kept": (
        gizmo('case = { size = 3, lock = "key" }'),
        gizmo('case = { size = 3, colour = "red" }'),
        {"case": {"lock": "key", "colour": "red"}},
    ),
    "metadata: key by key": (
        gizmo('metadata = { a = "1", b = "2", c = "3" }'),
        gizmo('metadata = { a = "1", b = "4", d = "5" }'),
        {"metadata": {"b": "4", "c": "", "d": "5"}},
    ),
    "metadata: all of it goes, the stamp stays": (
        gizmo('metadata = { a = "1" }'),
        gizmo(""),
        {"metadata": {"a": ""}},
    ),
    "entries: a new one is an update": (
        gadget("rates = { a = { worth = 1.5 } }"),
        gadget("rates = { a = { worth = 1.50 }, b = { worth = 2 } }"),
        {"rates": {"a": {"worth": "1.5", "mood": "none"}, "b": {"worth": "2", "mood": "none"}}},
    ),
    "entries: set once in one of them": (
        gadget("rates = { a = { worth = 1.5 } }"),
        gadget('rates = { a = { worth = 1.5, mood = "good" } }'),
        {"rates": {"a": {"worth": "1.5", "mood": "good"}}},
    ),
    "exact numbers: 2.0 is 2": (
        gadget("rates = { a = { worth = 2.0 } }"),
        gadget('rates = { a = { worth = "2.000" } }'),
        None,
    ),
    "natural key: given anew": (gadget(""), gadget('code = "x"'), {"code": "x"}),
    "natural key: left out, it stays": (gadget('code = "x"'), gadget(""), None),
    "natural key: none": (gadget('code = "x"'), gadget('code = ""'), {"code": ""}),
}
"""From one file to another, by one update with these parameters, or by nothing."""


@pytest.mark.parametrize(("before", "after", "payload"), UPDATES.values(), ids=UPDATES)
def test_a_change_in_place(before: str, after: str, payload: dict[str, Any] | None) -> None:
    shop = Shop()
    become(shop, before)
    made = become(shop, after)
    assert [sent for _, sent in calls(made)] == ([] if payload is None else [payload])
    assert all(step.verb == "update" for step in made.steps)


REPLACEMENTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "REPLACE": (gadget("", power=5), gadget("", power=6), {"power": 6}),
    "REPLACE takes along what is wanted": (
        gadget('label = "a"', power=5),
        gadget('label = "b"', power=6),
        {"power": 6, "label": "b"},
    ),
    "entries: one that goes": (
        gadget("rates = { a = { worth = 1.5 }, b = { worth = 2 } }"),
        gadget("rates = { b = { worth = 2 } }"),
        {"power": 5, "rates": {"b": {"worth": "2"}}},
    ),
    "entries: one that changes": (
        gadget("rates = { a = { worth = 1.5 } }"),
        gadget("rates = { a = { worth = 1.6 } }"),
        {"power": 5, "rates": {"a": {"worth": "1.6"}}},
    ),
    "entries: set once, and now otherwise": (
        gadget('rates = { a = { worth = 1.5, mood = "good" } }'),
        gadget('rates = { a = { worth = 1.5, mood = "none" } }'),
        {"power": 5, "rates": {"a": {"worth": "1.5"}}},
    ),
    "KEEP is carried over": (
        gadget('rates = { a = { worth = 1.5, mood = "good" } }', power=5),
        gadget("rates = { a = { worth = 1.5 } }", power=6),
        {"power": 6, "rates": {"a": {"worth": "1.5", "mood": "good"}}},
    ),
}
"""From one file to another, by a gadget that is made with these parameters."""


@pytest.mark.parametrize(("before", "after", "has"), REPLACEMENTS.values(), ids=REPLACEMENTS)
def test_a_replacement(before: str, after: str, has: dict[str, Any]) -> None:
    shop = Shop()
    become(shop, before)
    old = only(shop, "gadget")["id"]
    made = become(shop, after)
    home = only(shop, "gizmo")["id"]
    assert calls(made) == [
        ("create gadget.pro.big", {"gizmo": home, "code": "pro-big", "take_code": True, **has}),
        ("retire gadget.pro.big", {"retired": True}),
    ]
    assert shop.objects["gadget"][old]["code"] is None


class TestAReplacementOfWhatOthersNeed:
    """A gizmo that is made anew takes what stands in its tables along."""

    BEFORE = gizmo('seal = "wax"\nmotto = "kept"')

    @pytest.mark.parametrize("after", ['seal = "lead"', 'seal = "open"'])
    def test_set_once_is_once(self, after: str) -> None:
        shop = Shop()
        become(shop, self.BEFORE)
        made = become(shop, gizmo(after))
        seal = {} if "open" in after else {"seal": "lead"}
        assert calls(made) == [
            ("create gizmo.pro", {"name": "Pro", "motto": "kept", **seal}),
            ("retire gizmo.pro", {}),
        ]
        assert [step.call for step in made.steps] == ["create_gizmo", "delete_gizmo"]

    def test_what_is_chosen_at_the_other_end_is_chosen_anew(self) -> None:
        shop = Shop()
        become(shop, self.BEFORE)
        first = only(shop, "gizmo")["serial"]
        become(shop, gizmo('seal = "lead"'))
        assert (first, only(shop, "gizmo")["serial"]) == ("serial 1", "serial 2")

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("case = { size = 3 }", "case = { size = 4 }"),
            ("case = { size = 3 }", ""),
            ("", "case = { size = 3 }"),
            ('case = { size = 3, lock = "key" }', 'case = { size = 3, lock = "code" }'),
        ],
    )
    def test_a_nested_field_that_never_changes(self, before: str, after: str) -> None:
        shop = Shop()
        become(shop, gizmo(before))
        made = become(shop, gizmo(after))
        assert [step.call for step in made.steps] == ["create_gizmo", "delete_gizmo"]

    def test_what_stands_in_its_tables_is_made_anew_on_the_new_one(self) -> None:
        text = """
[gizmos.pro]
name = "Pro"
seal = "wax"
main = "big"
[gizmos.pro.gadgets.big]
power = 5
[washers.w]
on = ["pro.big"]
"""
        shop = Shop()
        become(shop, text)
        old_gizmo, old_gadget = only(shop, "gizmo")["id"], only(shop, "gadget")["id"]
        made = become(shop, text.replace("wax", "lead"))
        gadget_ = Pending(Address("gadget", ("pro", "big")))
        assert [(step.id, step.object) for step in made.steps] == [
            ("create gizmo.pro", None),
            ("create gadget.pro.big", None),
            ("update gizmo.pro", GIZMO),
            ("update washer.w", only(shop, "washer")["id"]),
            ("empty gizmo.pro", old_gizmo),
            ("retire gadget.pro.big", old_gadget),
            ("retire gizmo.pro", old_gizmo),
        ]
        assert made.steps[2].payload == {"main": gadget_}
        assert made.steps[6].payload == {"live": False}


class TestCreating:
    def test_only_what_is_said_is_sent(self) -> None:
        made = planned(Shop(), gadget('rates = { a = { worth = 1.50, mood = "none" } }'))
        assert calls(made) == [
            ("create gizmo.pro", {"name": "Pro"}),
            (
                "create gadget.pro.big",
                {"gizmo": GIZMO, "power": 5, "code": "pro-big", "rates": {"a": {"worth": "1.5"}}},
            ),
        ]

    def test_a_chosen_id_may_equal_any_other_text(self) -> None:
        shop = Shop()
        become(shop, '[gizmos.pro]\nname = "pro"\nid = "pro"\nmetadata = { a = "pro" }\n')
        assert only(shop, "gizmo")["id"] == "pro"

    def test_switched_off_from_the_start(self) -> None:
        shop = Shop()
        made = become(shop, gadget("retired = true"))
        assert [step.call for step in made.steps] == ["create_gizmo", "create_gadget"]
        assert only(shop, "gadget")["retired"] is True
