"""What a test does with a shop: plan from a text, apply with a journal, look."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from engine.gizmos import KINDS
from engine.shop import Shop
from reconciler import planfile
from reconciler.executor.journal import Journal, load
from reconciler.executor.outcome import Outcome
from reconciler.executor.rehearse import Rehearsal
from reconciler.executor.run import apply
from reconciler.model.codes import CODES, FIXED
from reconciler.model.plan import Plan
from reconciler.observer.account import observe
from reconciler.planner.attached import attached
from reconciler.planner.build import emptied, plan
from reconciler.spec.load import loads

HEAD = '[catalog]\nname = "acme"\n'
ALL = tuple(sorted(CODES.keys() - FIXED))
"""Every guard that can be lifted."""


def planned(shop: Shop, text: str, *, allow: tuple[str, ...] = ALL, destroy: bool = False) -> Plan:
    """Plan what a text asks for."""
    catalog = loads(text if "[catalog]" in text else HEAD + text, KINDS)
    wanted = attached(emptied(catalog) if destroy else catalog, KINDS)
    return plan(
        catalog,
        observe(shop, KINDS.values(), attached=wanted),
        KINDS,
        api_version="2026-01-01.gizmo",
        allow=allow,
        destroy=destroy,
    )


def applied(
    shop: Shop,
    made: Plan,
    *,
    run: str = "run1",
    journal: Path | None = None,
    workers: int = 1,
    proof: bool = True,
) -> Outcome:
    """Apply a plan."""
    with closing(_book(made, run, journal)) as book:
        return apply(
            made, KINDS, shop, shop, journal=book, clock=shop.clock, workers=workers, proof=proof
        )


def _book(made: Plan, run: str, journal: Path | None) -> Journal:
    return Journal.none(run) if journal is None else Journal.create(journal, run, made)


def resumed(shop: Shop, journal: Path, *, workers: int = 1) -> Outcome:
    """Go on with what a journal says."""
    record = load(journal, KINDS)
    with closing(Journal.reopen(journal, record.run)) as book:
        return apply(
            record.plan,
            KINDS,
            shop,
            shop,
            journal=book,
            clock=shop.clock,
            resume=record,
            workers=workers,
        )


def become(shop: Shop, text: str) -> Plan:
    """Apply what a text asks for, and see what must be true of every plan and its apply."""
    made = planned(shop, text)
    assert made.blocked == ()
    assert planfile.read(planfile.write(made), KINDS) == made
    assert rehearsed(shop, made) == [step.call for step in made.steps]
    reads, sent = len(shop.reads), len(shop.sent)
    applied(shop, made)
    # How much of a list stands in an answer is the far end's choice, so the rest is not counted.
    counted = [name for name in shop.reads[reads:] if not name.endswith("/slots")]
    assert (len(counted), len(shop.sent) - sent) == (made.reads, made.writes)
    again = planned(shop, text)
    assert (again.changes, again.steps) == ((), ())
    return made


def rehearsed(shop: Shop, made: Plan) -> list[str]:
    """The calls that a dry run tells; it sends none."""
    told: list[str] = []
    before = (len(shop.sent), str(shop.objects))
    apply(
        made,
        KINDS,
        shop,
        Rehearsal(lambda step: told.append(step.call)),
        journal=Journal.none("rehearsal"),
        clock=shop.clock,
        workers=1,
        proof=False,
    )
    assert (len(shop.sent), str(shop.objects)) == before
    return told


def calls(made: Plan) -> list[tuple[str, dict[str, Any]]]:
    """The calls of a plan, with their parameters, the stamp left out."""
    return [(step.id, _unstamped(step.payload)) for step in made.steps]


def _unstamped(payload: Any) -> dict[str, Any]:
    kept = {name: value for name, value in payload.items() if name != "metadata"}
    metadata = {
        key: value for key, value in payload.get("metadata", {}).items() if key != "reconciler"
    }
    return {**kept, "metadata": metadata} if metadata else kept


def only(shop: Shop, kind: str) -> dict[str, Any]:
    """The one object of a kind that there is."""
    (one,) = shop.objects[kind].values()
    return one
