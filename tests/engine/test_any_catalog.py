"""Laws of the order of calls, for catalogs of gizmos at random.

The shop refuses what comes too early or too late: a reference to what is not there or is
retired, the retirement of what is in use, a code that another holds, a gizmo with gadgets, a
charm that is out of use or hangs there already.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.bench import HEAD, applied, planned
from engine.gizmos import KINDS
from engine.shop import Sent, Shop
from reconciler.errors import PlanError, SpecError
from reconciler.model.address import Address
from reconciler.model.plan import Plan, Step
from reconciler.model.values import pendings
from reconciler.spec.load import loads

laws = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)

SEALS = st.sampled_from(["", 'seal = "wax"', 'seal = "lead"', 'id = "own-{}"', 'note = "n"'])
CODES = st.sampled_from(["", "", "", 'code = "c"', 'code = "d"', 'code = ""'])
LABELS = st.sampled_from(["", 'label = "l"', "retired = true"])


WORDS = st.sampled_from(["", "", 'word = "{}2"'])


@st.composite
def charms(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Draw the lines of some charms, and the names of those in use."""
    lines, usable = [], []
    for name in [name for name in "lmn" if draw(st.booleans())]:
        idle = draw(st.sampled_from(["", "", "", "idle = true"]))
        lines += [f"[charms.{name}]", f'name = "{name}"', draw(WORDS).format(name), idle]
        usable += [] if idle else [name]
    return lines, usable


@st.composite
def stands(draw: st.DrawFn, gadgets: list[str]) -> list[str]:
    """Draw the lines of a stand."""
    shown = draw(st.lists(st.sampled_from(gadgets), min_size=1, max_size=3, unique=True))
    more = st.sampled_from(["", ", count = 2", ', label = "l"'])
    slots = ", ".join(f'{{ gadget = "{name}"{draw(more)} }}' for name in shown)
    return ["[stands.s]", f"slots = [{slots}]", draw(st.sampled_from(["", "closed = true"]))]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw a file."""
    lines, usable_charms = draw(charms())
    gadgets: list[str] = []
    for gizmo in [name for name in "ab" if draw(st.booleans())]:
        names = [name for name in "xy" if draw(st.booleans())]
        lines += [f"[gizmos.{gizmo}]", f'name = "{gizmo}"', draw(SEALS).format(gizmo)]
        if draw(st.booleans()):
            hung = [name for name in usable_charms if draw(st.booleans())]
            lines.append(f"charms = {hung}".replace("'", '"'))
        tables, usable = [], []
        for name in names:
            label = draw(LABELS)
            power = draw(st.integers(1, 2))
            tables += [f"[gizmos.{gizmo}.gadgets.{name}]", f"power = {power}", label, draw(CODES)]
            if "retired" not in label:
                usable.append(name)
        if draw(st.booleans()) and usable:
            lines.append(f'main = "{draw(st.sampled_from(usable))}"')
        lines += tables
        gadgets += [f"{gizmo}.{name}" for name in usable]
    if draw(st.booleans()) and gadgets:
        on = draw(st.lists(st.sampled_from(gadgets), min_size=1, max_size=2, unique=True))
        lines += ["[washers.w]", f"on = {on}".replace("'", '"')]
    if draw(st.booleans()) and gadgets:
        lines += draw(stands(gadgets))
    if draw(st.booleans()) and gadgets:
        lines += ["[badges.best]", f'of = "{draw(st.sampled_from(gadgets))}"']
    return HEAD + "\n".join(lines) + "\n"


def lived(*files: str) -> tuple[Shop, Plan]:
    """A shop after all files but the last, and the plan for that one."""
    shop = Shop()
    for text in files[:-1]:
        applied(shop, possible(shop, text))
    return shop, possible(shop, files[-1])


def possible(shop: Shop, text: str) -> Plan:
    """The plan for a file, if it can be done: codes and ids are held by one object at a time."""
    try:
        made = planned(shop, text)
    except (SpecError, PlanError) as error:
        assume("code" not in str(error))
        raise
    assume(not made.blocked)
    return made


@laws
@given(before=texts(), between=texts(), after=texts())
def test_it_converges(before: str, between: str, after: str) -> None:
    shop, made = lived(before, between, after)
    applied(shop, made)
    again = planned(shop, after)
    assert (again.changes, again.steps) == ((), ())


@laws
@given(before=texts(), after=texts())
def test_every_list_that_the_file_names_is_as_it_says(before: str, after: str) -> None:
    shop, made = lived(before, after)
    untouched = {address: hung for address, hung in _hung(shop).items() if hung}
    applied(shop, made)
    seen = _hung(shop)
    for address, resource in loads(after, KINDS).resources.items():
        if "charms" in resource.body:
            named = [str(entry["charm"].address) for entry in resource.body["charms"]]
            assert (str(address), sorted(named)) == (str(address), seen[str(address)])
        elif str(address) in untouched and _stays(made, address):
            assert untouched[str(address)] == seen[str(address)]


def _hung(shop: Shop) -> dict[str, list[str]]:
    """What hangs on each gizmo in use, by the addresses on their stamps."""
    stamps = {
        one["id"]: one["metadata"]["reconciler"].partition("/")[2]
        for kind in ("gizmo", "charm")
        for one in shop.objects[kind].values()
    }
    return {
        stamps[gizmo["id"]]: sorted(stamps[each["charm"]] for each in shop.hung(gizmo["id"]))
        for gizmo in shop.objects["gizmo"].values()
        if gizmo["live"]
    }


def _stays(made: Plan, address: Address) -> bool:
    """Whether an address keeps its object, and no charm changes under it."""
    touched = {change.address for change in made.changes}
    return address not in touched and not any(other.kind == "charm" for other in touched)


@laws
@given(before=texts(), after=texts(), seed=st.integers(0, 99))
def test_any_order_that_the_steps_allow_leads_there(before: str, after: str, seed: int) -> None:
    shop, made = lived(before, after)
    shuffled = replace(made, steps=_shuffled(made.steps, Random(seed)))
    applied(shop, shuffled)
    again = planned(shop, after)
    assert (again.changes, again.steps) == ((), ())


def _shuffled(steps: tuple[Step, ...], random: Random) -> tuple[Step, ...]:
    waiting, done = list(steps), list[Step]()
    while waiting:
        names = {step.id for step in done}
        ready = [step for step in waiting if names.issuperset(step.after)]
        done.append(random.choice(ready))
        waiting.remove(done[-1])
    return tuple(done)


@laws
@given(before=texts(), after=texts())
def test_each_step_comes_after_what_it_names(before: str, after: str) -> None:
    _, made = lived(before, after)
    done: set[str] = set()
    for step in made.steps:
        assert done.issuperset(step.after)
        named = pendings(step.payload) | pendings(step.object)
        assert {f"create {address}" for address in named} <= set(step.after)
        done.add(step.id)


@laws
@given(before=texts(), after=texts())
def test_what_stays_and_had_a_gadget_in_use_is_never_without_one(before: str, after: str) -> None:
    shop, made = lived(before, after)
    staying = [
        object_id
        for object_id, gizmo in shop.objects["gizmo"].items()
        if _in_use(shop, object_id) and _still_wanted(gizmo, made, after)
    ]
    without: list[str] = []

    def look(_: Sent) -> None:
        without.extend(object_id for object_id in staying if not _in_use(shop, object_id))

    shop.watch = look
    applied(shop, made)
    assert without == []


def _in_use(shop: Shop, gizmo: str) -> bool:
    gadgets = shop.objects["gadget"].values()
    return any(one["gizmo"] == gizmo and not one["retired"] for one in gadgets)


def _still_wanted(gizmo: dict[str, Any], made: Plan, after: str) -> bool:
    """Whether the object stays and the file has a gadget in use for it, and none to switch off."""
    address = Address.parse(gizmo["metadata"]["reconciler"].partition("/")[2])
    wanted = [
        resource
        for resource in loads(after, KINDS).resources.values()
        if resource.address.kind == "gadget" and resource.address.keys[:-1] == address.keys
    ]
    changes = {change.action for change in made.changes if change.address == address}
    return bool(wanted) and all(each.wanted_on for each in wanted) and "replace" not in changes
