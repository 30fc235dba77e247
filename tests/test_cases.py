"""Golden cases: each folder below `cases/` is a sentence, with a file, an account, and a plan.

    catalog.toml   what is wanted
    live.json      what the account holds before, in the shape in which Stripe answers it
    overlay.toml   (optional) laid over the catalog
    options.toml   (optional) allow = ["RC103"], destroy = true, adopt_matching = true,
                   live = true, and the simulator's switches
    plan.txt       the plan as a person reads it
    plan.json      the plan file, without the digests that follow from the rest
    calls.json     the calls that a dry run tells
    after.json     what the account holds afterwards; not there where a guard stops the plan
    error.txt      instead of the last four: why there is no plan

`pytest --update` writes them anew; the difference is then reviewed like code.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler import planfile
from reconciler.errors import ReconcilerError
from reconciler.executor.journal import Journal
from reconciler.executor.rehearse import Rehearsal
from reconciler.executor.run import apply
from reconciler.model.plan import Plan, Step
from reconciler.model.values import to_json
from reconciler.render.text import text
from reconciler.simulator.switches import Switches
from reconciler.spec.load import load

HERE = Path(__file__).parent / "cases"
CASES = sorted(path.parent for path in HERE.glob("*/catalog.toml"))
KINDS = all_kinds.load()
FLAGS = ("destroy", "adopt_matching")
ENDINGS = ("plan.txt", "plan.json", "calls.json", "after.json", "error.txt")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case: Path, update: bool) -> None:
    found = dict(_outcome(case))
    if update:
        for name in ENDINGS:
            (case / name).unlink(missing_ok=True)
        for name, content in found.items():
            (case / name).write_text(content, encoding="utf-8")
    expected = {
        name: (case / name).read_text(encoding="utf-8")
        for name in ENDINGS
        if (case / name).exists()
    }
    assert expected == found


def test_there_are_cases() -> None:
    assert len(CASES) >= 40


def _outcome(case: Path) -> Iterator[tuple[str, str]]:
    options = _options(case)
    switches = Switches(**options.pop("switches", {}))
    live = bool(options.pop("live", False))
    account = Account(KINDS, switches, live=live)
    try:
        before = json.loads((case / "live.json").read_text(encoding="utf-8"))
        account.simulator.seed(before, livemode=live)
        try:
            overlays = [path for path in (case / "overlay.toml",) if path.exists()]
            catalog = load([case / "catalog.toml"], KINDS, overlays=overlays)
            flags = {name: True for name in FLAGS if options.get(name)}
            made = account.plan(catalog, allow=options.get("allow", ()), **flags)
        except ReconcilerError as error:
            yield "error.txt", str(error).replace(f"{case}/", "") + "\n"
            return
        yield "plan.txt", text(made, KINDS, colour=False, width=100)
        yield "plan.json", _plan_json(made)
        if made.blocked:
            return
        yield "calls.json", _json(_rehearsed(account, made))
        account.apply(made)
        flags.pop("adopt_matching", None)  # once they are ours, nobody has to say so
        again = account.plan(catalog, allow=options.get("allow", ()), **flags)
        assert ((), ()) == (again.changes, again.steps), "a second plan must find nothing to do"
        yield "after.json", _json(account.simulator.dump(livemode=live))
    finally:
        account.close()


def _options(case: Path) -> dict[str, Any]:
    path = case / "options.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _rehearsed(account: Account, made: Plan) -> list[dict[str, Any]]:
    told: list[Step] = []
    writes = account.writes()
    apply(
        made,
        KINDS,
        account.gateway,
        Rehearsal(told.append),
        journal=Journal.none("rehearsal"),
        clock=account.clock,
        workers=1,
        proof=False,
    )
    assert writes == account.writes(), "a rehearsal must send nothing"
    return [
        {
            "call": step.call,
            "object": to_json(step.object),
            **({} if step.item is None else {"item": step.item}),
            "payload": to_json(step.payload),
        }
        for step in told
    ]


def _plan_json(made: Plan) -> str:
    document = json.loads(planfile.write(made))
    for name in ("digest", "spec_digest"):
        document.pop(name)
    for step in document["steps"]:
        for reliance in step["relies_on"]:
            reliance.pop("digest", None)
    return _json(document)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"
