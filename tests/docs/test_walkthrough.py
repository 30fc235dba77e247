"""The walk-through of an existing account is walked: its commands are run, and print what it shows.

A block of `console` has commands behind `$ ` and what they print; `--update` writes that anew.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from docs.pages import ROOT, blocks
from reconciler.cli.main import run
from reconciler.simulator.core import Simulator

PAGE = ROOT / "docs" / "adopting-an-existing-account.md"
ACCOUNT = Path(__file__).parent / "existing_account.json"
BY_HAND = {
    "object": "price",
    "id": "price_1ProWeek",
    "product": "prod_QPro",
    "currency": "usd",
    "unit_amount": 900,
    "type": "recurring",
    "recurring": {"interval": "week"},
}


def printed(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run one command, ours on the simulator, and return what it prints for its reader."""
    command, *arguments = shlex.split(line)
    if command != "reconciler":
        return subprocess.run(
            [command, *arguments], capture_output=True, text=True, check=True
        ).stdout
    assert 0 == run([*arguments, "--simulator", "stripe.db"]), line
    return re.sub(r"\d+\.\d s", "0.1 s", capsys.readouterr().out)


def test_its_commands_print_what_it_shows(
    tmp_path: Path,
    update: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with Simulator(Path("stripe.db")) as simulator:
        simulator.seed(json.loads(ACCOUNT.read_text(encoding="utf-8")))
    shown = [block.text for block in blocks(PAGE) if block.lang == "console"]
    found = []
    for block in shown:
        (line,) = re.findall(r"^\$ (.+)$", block, re.MULTILINE)
        found.append(f"$ {line}\n{printed(line, capsys)}")
        if line == "reconciler plan":  # somebody goes on by hand
            with Simulator(Path("stripe.db")) as simulator:
                simulator.seed([BY_HAND])
    if update:
        page = PAGE.read_text(encoding="utf-8")
        for old, new in zip(shown, found, strict=True):
            page = page.replace(f"```console\n{old}```", f"```console\n{new}```", 1)
        PAGE.write_text(page, encoding="utf-8")
        shown = [block.text for block in blocks(PAGE) if block.lang == "console"]
    assert found == shown
    assert 9 == len(found)
