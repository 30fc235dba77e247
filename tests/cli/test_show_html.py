"""A plan as a page, from the command line."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest_cli import SIMULATED


@pytest.fixture
def saved(reconciler, folder):
    assert reconciler("apply", *SIMULATED, "--yes").code == 0
    path = folder / "catalog.toml"
    path.write_text(path.read_text().replace("amount = 29.00", "amount = 35.00"))
    assert reconciler("plan", *SIMULATED, "--out", "p.json").code == 0
    return "p.json"


def test_plan_and_show_give_the_same_page(saved, reconciler):
    planned = reconciler("plan", *SIMULATED, "--format", "html")
    shown = reconciler("show", saved, "--format", "html")
    assert (0, "") == (planned.code, planned.err)
    assert shown == planned
    assert planned.out.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n')
    told = "goes from 29.00 to 35.00 USD a month for new customers: 20.7 per cent more."
    assert f"<h1>The price pro.monthly {told}</h1>\n" in planned.out
    assert planned.out.endswith("</html>\n")


def test_a_link_is_for_comments_alone(saved, reconciler):
    ran = reconciler("show", saved, "--format", "html", "--details-url", "https://example.com")
    assert (1, "--details-url is for --format markdown.\n  Leave one of them out.\n") == (
        ran.code,
        ran.err,
    )


def test_nobody_else_waits_for_what_a_page_needs():
    code = (
        "import sys; import reconciler.cli.planning; "
        "print([n for n in sys.modules if n.startswith('reconciler.render.page')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
