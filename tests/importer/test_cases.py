"""Golden cases: each folder below `cases/` is a sentence, with an account and what is made of it.

    live.json      what the account holds, in the shape in which Stripe answers it
    options.toml   (optional) arguments of `reconciler import`
    before/        (optional) the files that are there already
    told.txt       what the command says
    catalog.toml, adopt.toml   the files afterwards
    plan.txt       the plan of both

`pytest --update` writes them anew; the difference is then reviewed like code.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.simulator.core import Simulator

HERE = Path(__file__).parent / "cases"
CASES = sorted(path.parent for path in HERE.glob("*/live.json"))
ENDINGS = ("told.txt", "catalog.toml", "adopt.toml", "plan.txt")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case: Path, tmp_path: Path, monkeypatch, capsys, update: bool) -> None:
    monkeypatch.chdir(tmp_path)
    found = dict(_outcome(case, capsys))
    if update:
        for name in ENDINGS:
            (case / name).unlink(missing_ok=True)
        for name, content in found.items():
            (case / name).write_bytes(content.encode())
    expected = {
        name: (case / name).read_bytes().decode() for name in ENDINGS if (case / name).exists()
    }
    assert expected == found


def _outcome(case: Path, capsys) -> Iterator[tuple[str, str]]:
    if (case / "before").exists():
        shutil.copytree(case / "before", ".", dirs_exist_ok=True)
    with Simulator(Path("s.sqlite")) as simulator:
        simulator.seed(json.loads((case / "live.json").read_text(encoding="utf-8")))
    options = case / "options.toml"
    given = tomllib.loads(options.read_text(encoding="utf-8")) if options.exists() else {}
    code = run(["import", "--simulator", "s.sqlite", *given.get("arguments", ())])
    told = capsys.readouterr()
    yield "told.txt", f"{told.out}--- stderr, exit code {code} ---\n{told.err}"
    for name in ("catalog.toml", "adopt.toml"):
        if Path(name).exists():
            yield name, Path(name).read_bytes().decode()
    if not Path("catalog.toml").exists():
        return
    overlay = ["--overlay", "adopt.toml"] if Path("adopt.toml").exists() else []
    run(["plan", "--simulator", "s.sqlite", *overlay])
    yield "plan.txt", capsys.readouterr().out
