"""Whatever breaks, and wherever: a resume finishes, and makes each object once."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.bench import applied, become, planned, resumed
from engine.shop import Sent, Shop
from reconciler.errors import IncompleteError, RefusedError, StalePlanError

BEFORE = """
[gizmos.pro]
name = "Pro"
main = "big"
charms = ["luck", "fame", "love"]
[gizmos.pro.gadgets.big]
power = 5
[gizmos.pro.gadgets.small]
power = 1
[gizmos.pro.gadgets.tiny]
power = 0
[gizmos.old]
name = "Old"
note = "x"
charms = ["love"]
[washers.w]
on = ["pro.big"]
[badges.gold]
of = "pro.big"
[charms.luck]
name = "Luck"
[charms.fame]
name = "Fame"
[charms.love]
name = "Love"
[stands.front]
slots = ["pro.big"]
[stands.side]
slots = ["pro.small", { gadget = "pro.tiny", label = "t" }, { gadget = "pro.big", count = 2 }]
"""

AFTER = """
[moved]
"gizmo.old" = "gizmo.new"
[gizmos.pro]
name = "Pro 2"
main = "big"
charms = ["hope", "fame", "luck"]
[gizmos.pro.gadgets.big]
power = 6
[gizmos.pro.gadgets.small]
power = 1
[gizmos.pro.gadgets.tiny]
power = 0
[gizmos.new]
name = "New"
seal = "wax"
charms = ["luck"]
[gizmos.new.gadgets.one]
power = 1
[washers.v]
on = ["pro.big", "new.one"]
[badges.gold]
of = "new.one"
[charms.luck]
name = "Luck"
[charms.fame]
name = "Fame"
word = "glory"
[charms.hope]
name = "Hope"
[stands.front]
slots = ["pro.big"]
[stands.side]
slots = ["pro.tiny", { gadget = "pro.small", label = "s", count = 3 }]
"""

LIVES = {
    "from nothing": ("", AFTER.partition("[gizmos.pro]")[2].join(["[gizmos.pro]", ""])),
    "to something else": (BEFORE, AFTER),
    "in its entries alone": (
        BEFORE,
        BEFORE.replace('["luck", "fame", "love"]', '["hope", "luck"]')
        .replace('["love"]', "[]")
        .replace('label = "t"', 'label = "u", count = 2')
        .replace('"pro.big", count = 2', '"pro.big", label = "b"')
        + '[charms.hope]\nname = "Hope"\n',
    ),
    "in another one's place": (BEFORE, BEFORE.replace('name = "Pro"', 'name = "Pro"\nid = "pro"')),
    "to nothing": (BEFORE, ""),
}


def start(before: str) -> Shop:
    shop = Shop()
    if before:
        become(shop, before)
    shop.sent.clear()
    return shop


def shown(shop: Shop) -> list[dict[str, Any]]:
    """Every object, with the stamp of what it names in the place of ids and serials."""
    names = {
        one["id"]: f"{one['metadata']['reconciler']} {one.get('power') or one.get('word') or ''}"
        for objects in shop.objects.values()
        for one in objects.values()
        if "metadata" in one
    }
    text = json.dumps(shop.objects)
    for object_id, name in names.items():
        text = text.replace(f'"{object_id}"', json.dumps(name))
    told = [one for objects in json.loads(text).values() for one in objects.values()]
    for one in told:
        for chosen in ("created", "serial", "place"):
            one.pop(chosen, None)
        for entry in (one if "charm" in one else {}, *one.get("slots", ())):
            entry.pop("id", None)
        one.get("slots", []).sort(key=lambda slot: str(slot["gadget"]))
    return sorted(told, key=str)


def settled(life: str) -> list[dict[str, Any]]:
    """What there is in the end when nothing breaks."""
    before, after = LIVES[life]
    shop = start(before)
    applied(shop, planned(shop, after))
    return shown(shop)


def writes(life: str) -> int:
    before, after = LIVES[life]
    return len(planned(start(before), after).steps)


BREAKS = [
    (life, number, fate)
    for life in LIVES
    for number in range(writes(life))
    for fate in ("before", "after", "odd")
]


@pytest.mark.parametrize(("life", "number", "fate"), BREAKS)
def test_the_line_breaks(life: str, number: int, fate: str, tmp_path: Path) -> None:
    before, after = LIVES[life]
    shop = start(before)
    shop.lose = {number: fate}
    with pytest.raises(IncompleteError, match=r"the line broke|the answer is"):
        applied(shop, planned(shop, after), journal=tmp_path / "j")
    outcome = resumed(shop, tmp_path / "j")
    assert len(outcome.done) == writes(life)
    assert shown(shop) == settled(life)
    assert len(shop.sent) == writes(life) + (fate == "before")
    assert planned(shop, after).changes == ()


@pytest.mark.parametrize("fate", ["before", "after"])
@pytest.mark.parametrize("life", LIVES)
def test_the_line_breaks_at_every_call(life: str, fate: str, tmp_path: Path) -> None:
    before, after = LIVES[life]
    shop = start(before)
    shop.lose = dict.fromkeys(range(0, 99, 2) if fate == "before" else range(99), fate)
    with pytest.raises(IncompleteError):
        applied(shop, planned(shop, after), journal=tmp_path / "j")
    for _ in range(writes(life) - 1):
        with pytest.raises(IncompleteError):
            resumed(shop, tmp_path / "j")
    resumed(shop, tmp_path / "j")
    assert shown(shop) == settled(life)
    # A call that nobody saw answered goes out once more under its own key, and is done once.
    times = 2 if fate == "before" else 1
    assert len({sent.key for sent in shop.sent}) * times == len(shop.sent)


@pytest.mark.parametrize("number", [None, 0, 2, 4])
@pytest.mark.parametrize("life", LIVES)
def test_side_by_side_it_comes_to_the_same(life: str, number: int | None, tmp_path: Path) -> None:
    before, after = LIVES[life]
    shop = start(before)
    shop.lose = {} if number is None else {number: "after", number + 1: "before"}
    made = planned(shop, after)
    if number is None:
        applied(shop, made, journal=tmp_path / "j", workers=8)
    else:
        with pytest.raises(IncompleteError):
            applied(shop, made, journal=tmp_path / "j", workers=8)
        shop.lose = {}
        resumed(shop, tmp_path / "j", workers=8)
    assert shown(shop) == settled(life)
    assert planned(shop, after).changes == ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What a crash leaves: the first lines of the journal, and the objects as they are."""

    lines: int
    objects: dict[str, dict[str, dict[str, Any]]]


def moments(life: str, journal: Path) -> Iterator[Moment]:
    """Every moment at which a run can be cut off."""
    before, after = LIVES[life]
    shop = start(before)
    states: list[Any] = []

    def look(_: Sent) -> None:
        states.append(copy.deepcopy(shop.objects))

    shop.watch = look
    applied(shop, planned(shop, after), journal=journal)
    states.append(copy.deepcopy(shop.objects))
    for number, state in enumerate(states[:-1]):
        yield Moment(1 + 2 * number, state)  # nothing noted
        yield Moment(2 + 2 * number, state)  # noted, and not done
        yield Moment(2 + 2 * number, states[number + 1])  # done, and the answer not noted
    yield Moment(1 + 2 * (len(states) - 1), states[-1])


@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("life", LIVES)
def test_the_process_is_killed(life: str, torn: bool, tmp_path: Path) -> None:
    expected = settled(life)
    for number, moment in enumerate(moments(life, tmp_path / "whole")):
        whole = (tmp_path / "whole").read_text().splitlines(keepends=True)
        rest = whole[moment.lines][:20] if torn else ""
        journal = tmp_path / f"cut {number}"
        journal.write_text("".join(whole[: moment.lines]) + rest)
        shop = Shop(objects=copy.deepcopy(moment.objects), _made=100 + number)
        resumed(shop, journal)
        assert shown(shop) == expected, f"cut after line {moment.lines}"


@pytest.mark.parametrize("number", range(writes("to something else")))
def test_a_call_is_refused_and_the_reason_is_mended(number: int, tmp_path: Path) -> None:
    before, after = LIVES["to something else"]
    shop = start(before)

    def refuse(_: Sent) -> None:
        if len(shop.sent) == number:
            raise RefusedError("not today", status=400)

    shop.watch = refuse
    error = RefusedError if number == 0 else IncompleteError
    with pytest.raises(error, match="not today"):
        applied(shop, planned(shop, after), journal=tmp_path / "j")
    shop.watch = lambda _: None
    resumed(shop, tmp_path / "j")
    assert shown(shop) == settled("to something else")


def test_a_new_plan_finishes_as_well() -> None:
    before, after = LIVES["to something else"]
    expected = settled("to something else")
    for number in range(writes("to something else")):
        shop = start(before)
        shop.lose = {number: "after"}
        with pytest.raises(IncompleteError):
            applied(shop, planned(shop, after))
        become(shop, after)
        assert shown(shop) == expected


def test_an_object_that_is_neither_as_before_nor_as_after_stops_a_resume(tmp_path: Path) -> None:
    shop = start(BEFORE)
    made = planned(shop, BEFORE.replace('"x"', '"y"'))
    shop.lose = {0: "before"}
    with pytest.raises(IncompleteError):
        applied(shop, made, journal=tmp_path / "j")
    old = next(one for one in shop.objects["gizmo"].values() if one["name"] == "Old")
    old["note"] = "z"
    with pytest.raises(StalePlanError, match="neither as before nor as after"):
        resumed(shop, tmp_path / "j")
    assert old["note"] == "z"
