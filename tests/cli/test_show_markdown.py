"""A plan as Markdown, from the command line."""

from __future__ import annotations

import pytest
from conftest_cli import SIMULATED

URL = "https://example.com/plan"


@pytest.fixture
def saved(reconciler, folder):
    assert reconciler("apply", *SIMULATED, "--yes").code == 0
    path = folder / "catalog.toml"
    path.write_text(path.read_text().replace("amount = 29.00", "amount = 35.00"))
    assert reconciler("plan", *SIMULATED, "--out", "p.json").code == 0
    return "p.json"


def test_plan_and_show_say_the_same(saved, reconciler):
    planned = reconciler("plan", *SIMULATED, "--format", "markdown")
    shown = reconciler("show", saved, "--format", "markdown")
    assert (0, "") == (planned.code, planned.err)
    assert shown == planned
    assert planned.out.startswith(
        "**The price `pro.monthly` goes from 29.00 to 35.00 USD a month for new customers: "
        "20.7 per cent more. No subscription is on what goes. Other changes: 1 to update.**\n"
    )
    assert "| `pro.monthly` | replaced | `29.00 USD / month` | `35.00 USD / month` | +20.7 % |" in (
        planned.out
    )


def test_in_full_every_field_is_told(saved, reconciler):
    short, full = (reconciler("show", saved, *more).out.splitlines() for more in ((), ("--full",)))
    assert set(short) <= set(full)
    told = [line.strip() for line in full if line not in short]
    assert 'tax_behavior "unspecified"' in told
    assert 'recurring {interval: "month", interval_count: 1, usage_type: "licensed"}' in told


def test_it_is_the_same_each_time(saved, reconciler):
    first, second = (reconciler("plan", *SIMULATED, "--format", "markdown") for _ in range(2))
    assert first == second


def test_a_link_leads_to_the_whole_plan(saved, reconciler):
    plain = reconciler("show", saved, "--format", "markdown").out
    linked = reconciler("show", saved, "--format", "markdown", "--details-url", URL).out
    assert f"{plain}\nSee [the whole plan](<{URL}>).\n" == linked


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (
            ("--details-url", URL),
            "--details-url is for --format markdown.\n  Leave one of them out.\n",
        ),
        (
            ("--format", "markdown", "--full"),
            "--full is for --format text.\n  Leave one of them out.\n",
        ),
        (
            ("--format", "markdown", "--details-url", "javascript:alert(1)"),
            '"javascript:alert(1)" is no address of a page.\n'
            "  Give one such as https://example.com/plan\n",
        ),
    ],
)
def test_a_link_that_cannot_be_is_refused_before_anything_is_read(given, error, reconciler):
    for command in (("plan", *SIMULATED), ("show", "nothing.json")):
        ran = reconciler(*command, *given)
        assert (1, "", error) == (ran.code, ran.out, ran.err)
