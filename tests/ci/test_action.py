"""The action, run step by step: what it does, what it says, and what it never does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from ci.runner import ACTION, ROOT, Runner, action
from ci.scene import CATALOG, FORKED, OURS, applied, merged, on_pull_request, planned
from forge.hosts import HEAD, NEWER, GitHubHost
from reconciler import kinds, planfile
from reconciler.model.values import digest
from reconciler.render.page.write import page

KINDS = kinds.load()
STEPS: list[dict[str, Any]] = action()["runs"]["steps"]
SHELL = [step for step in STEPS if "run" in step]


def test_it_plans_on_a_pull_request_and_applies_that_plan_after_the_merge(
    runner: Runner, host: GitHubHost
) -> None:
    on_pull_request(runner, host)
    first = planned(runner)
    plan = runner.temp / "reconciler-plan-catalog" / "plan.json"
    assert ("", {"changes": "2", "plan-file": str(plan), "blocked": "false", "exit-code": "2"}) == (
        first.failed,
        first.outputs,
    )
    (comment,) = host.bodies
    markdown = (plan.parent / "plan.md").read_text()
    assert f"### Catalog catalog\n\n{markdown}" == first.summary
    assert markdown in comment
    assert comment.startswith("<!-- reconciler:acme:catalog -->\n")
    assert "(<https://github.com/acme/shop/actions/runs/100>)" in comment
    kept = runner.artifacts["100", "reconciler-plan-catalog"]
    assert ["plan.html", "plan.json", "plan.md"] == sorted(path.name for path in kept.iterdir())
    assert (kept / "plan.html").read_text() == page(planfile.load(plan, KINDS), KINDS)

    shutil.rmtree(plan.parent)
    merged(runner, host)
    second = applied(runner)
    assert ("", "0", "2") == (
        second.failed,
        second.outputs["exit-code"],
        second.outputs["changes"],
    )
    assert "The plan of pull request 7, made from aaaaaaaaaaaa." in second.log
    assert second.summary.startswith("### Catalog catalog: applied\n\n    ")
    assert ("200", "reconciler-journal-catalog") in runner.artifacts

    # What was applied stays applied: the same plan once more is stale, and a new one is empty.
    again = applied(runner)
    assert ("Apply", 4, "4") == (again.failed, again.code, again.outputs["exit-code"])
    on_pull_request(runner, host)
    third = planned(runner)
    assert ("", "0", "0") == (third.failed, third.outputs["exit-code"], third.outputs["changes"])
    merged(runner, host)
    runner.run_id = "300"
    runner.artifacts["100", "reconciler-plan-catalog"] = runner.artifacts[
        "200", "reconciler-plan-catalog"
    ]
    fourth = applied(runner)
    assert ("", "0", "0") == (fourth.failed, fourth.outputs["exit-code"], fourth.outputs["changes"])
    assert "Keep the journal" not in fourth.ran


def test_a_catalog_that_is_not_what_was_planned_is_not_applied(
    runner: Runner, host: GitHubHost
) -> None:
    on_pull_request(runner, host)
    planned(runner)
    merged(runner, host)
    (runner.workspace / "catalog.toml").write_text(CATALOG.replace("29.00", "30.00"))
    ran = applied(runner)
    assert ("Apply", 4) == (ran.failed, ran.code)
    assert ran.summary.startswith("### Catalog catalog: not applied, or not to its end (exit 4)")


def test_a_plan_that_somebody_else_wrote_is_not_applied(runner: Runner, host: GitHubHost) -> None:
    """Whoever can push a branch can upload a file under that name, with a digest that is right."""
    on_pull_request(runner, host)
    planned(runner)
    path = runner.artifacts["100", "reconciler-plan-catalog"] / "plan.json"
    content = json.loads(path.read_text())
    (step,) = [step for step in content["steps"] if step["call"] == "create_price"]
    (change,) = [one for one in content["changes"] if one["address"] == "price.pro.monthly"]
    step["payload"]["unit_amount"] = change["after"]["unit_amount"] = 1
    del content["digest"]
    path.write_text(json.dumps({**content, "digest": digest(content)}))
    merged(runner, host)
    ran = applied(runner)
    assert ("Apply", 4) == (ran.failed, ran.code)
    assert "Planning anew gives another plan" in ran.summary


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"\xff",
        lambda content: b"{}",
        lambda content: b'{"summary": {"create": "many"}}',
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b'"create": 2', b'"create": 9'),
        lambda content: None,
    ],
    ids=["empty", "no text", "no plan", "a text for a number", "cut", "other digest", "missing"],
)
def test_a_damaged_plan_is_told_and_not_applied(
    runner: Runner, host: GitHubHost, damage: Callable[[bytes], bytes | None]
) -> None:
    on_pull_request(runner, host)
    planned(runner)
    path = runner.artifacts["100", "reconciler-plan-catalog"] / "plan.json"
    before = path.read_bytes()
    after = damage(before)
    assert before != after
    path.unlink()
    if after is not None:
        path.write_bytes(after)
    merged(runner, host)
    ran = applied(runner)
    code = str(ran.code)
    assert ("Apply", {"changes": "", "exit-code": code, "blocked": "false"}) == (
        ran.failed,
        {name: ran.outputs[name] for name in ("changes", "exit-code", "blocked")},
    )
    head = f"### Catalog catalog: not applied, or not to its end (exit {code})\n\n    "
    assert ran.summary.startswith(head)
    assert "plan.json" in ran.summary
    assert "Traceback" not in ran.log


def test_without_an_approved_plan_nothing_is_applied(runner: Runner, host: GitHubHost) -> None:
    runner.environment = {"GITHUB_API_URL": host.url}
    ran = applied(runner)
    assert ("Find the plan that was approved", 4, "4") == (
        ran.failed,
        ran.code,
        ran.outputs["exit-code"],
    )
    assert "No pull request was merged as cccccccccccc" in ran.summary
    assert "Apply" not in ran.ran


def test_the_plan_of_the_same_run_is_applied(runner: Runner) -> None:
    assert "" == planned(runner).failed
    ran = applied(runner, plan_from="run")
    assert ("", "0") == (ran.failed, ran.outputs["exit-code"])


def test_a_plan_that_a_guard_stops_fails_the_job_after_all_is_told(
    runner: Runner, host: GitHubHost
) -> None:
    planned(runner)
    applied(runner, plan_from="run")
    (runner.workspace / "catalog.toml").write_text(CATALOG.replace("29.00", "99.00"))
    on_pull_request(runner, host)
    ran = planned(runner)
    assert ("Say how the plan went", 3, "true", "3") == (
        ran.failed,
        ran.code,
        ran.outputs["blocked"],
        ran.outputs["exit-code"],
    )
    assert "RC103" in ran.summary
    assert "RC103" in host.bodies[0]
    assert "" == planned(runner, allow="RC103\nRC112").failed


def test_a_drift_fails_the_job_where_it_is_asked_to(runner: Runner) -> None:
    ran = planned(runner, fail_on_changes="true")
    assert ("Say how the plan went", 2) == (ran.failed, ran.code)
    assert "### Catalog catalog\n" in ran.summary


def test_a_mistake_in_the_file_is_in_the_summary(runner: Runner) -> None:
    (runner.workspace / "catalog.toml").write_text(CATALOG.replace("amount", "amuont"))
    ran = planned(runner)
    assert ("Plan", 1, "") == (ran.failed, ran.code, ran.outputs["plan-file"])
    assert ran.summary.startswith("### Catalog catalog: no plan\n\n    catalog.toml:")


def test_a_comment_is_outdated_where_the_next_commit_has_no_plan(
    runner: Runner, host: GitHubHost
) -> None:
    on_pull_request(runner, host)
    planned(runner)
    host.head = NEWER
    newer = {**OURS, "head": {"sha": NEWER, "repo": {"full_name": "acme/shop"}}}
    on_pull_request(runner, host, newer)
    (runner.workspace / "catalog.toml").write_text("x")
    ran = planned(runner)
    assert ("Plan", 1, True) == (ran.failed, ran.code, "Outdated: https" in ran.log)
    assert "and of `bbbbbbbbbbbb` no plan could be made." in host.bodies[0]


@pytest.mark.parametrize("who", ["fork", "no repository", "dependabot"])
def test_a_pull_request_without_secrets_is_validated_alone(
    runner: Runner, host: GitHubHost, who: str
) -> None:
    gone = {**OURS, "head": {"sha": HEAD, "repo": None}}
    on_pull_request(runner, host, {"fork": FORKED, "no repository": gone}.get(who, OURS))
    runner.actor = "dependabot[bot]" if who == "dependabot" else "mallory"
    ran = planned(runner, api_key="sk_test_1234567890")
    assert ("", "0", "") == (ran.failed, ran.outputs["exit-code"], ran.outputs["plan-file"])
    assert ["Decide what may be done", "Set up Python", "Install", "Validate"] == ran.ran
    assert "    Catalog acme is valid" in ran.summary
    assert [] == host.asked
    (runner.workspace / "catalog.toml").write_text("x")
    ran = planned(runner)
    assert ("Validate", 1) == (ran.failed, ran.code)


@pytest.mark.parametrize(
    ("given", "event", "told"),
    [
        ({"mode": "destroy"}, "push", "mode is plan or apply."),
        ({"mode": "plan", "id": "a b"}, "push", "id has letters"),
        ({"mode": "plan", "id": "a\nb=c"}, "push", "id has letters"),
        ({"mode": "plan", "plan_from": "x"}, "push", "plan-from is pull-request or run."),
        ({"mode": "plan"}, "pull_request_target", "Use pull_request."),
        ({"mode": "apply"}, "pull_request", "Apply after the merge."),
    ],
)
def test_what_makes_no_sense_is_refused_first(
    runner: Runner, given: dict[str, str], event: str, told: str
) -> None:
    runner.event_name = event
    ran = runner.run(**given)
    assert (["Decide what may be done"], 1) == (ran.ran, ran.code)
    assert told in ran.log


def test_inputs_are_data(runner: Runner) -> None:
    """Neither a shell nor the command line takes them for more."""
    mark = runner.work / "owned"
    odd = f'$(touch "{mark}") `touch "{mark}"`; touch "{mark}"'
    (runner.workspace / odd.replace("/", "_")).mkdir()
    ran = planned(runner, paths=f"{odd}\n--version", overlay=odd, allow=odd)
    assert ("Plan", 1) == (ran.failed, ran.code)
    assert not mark.exists()


def test_several_paths_and_overlays_are_given_line_by_line(runner: Runner) -> None:
    head, _, tail = CATALOG.partition("[products.pro]")
    (runner.workspace / "a b.toml").write_text(head)
    (runner.workspace / "c.toml").write_text(f"[products.pro]{tail}")
    (runner.workspace / "live.toml").write_text('[products.pro]\nname = "Pro, live"\n')
    ran = planned(runner, paths="a b.toml\nc.toml\n", overlay="live.toml\n")
    assert ("", "2") == (ran.failed, ran.outputs["changes"])
    assert "Pro, live" in ran.summary


def test_it_is_installed_from_where_the_action_is(runner: Runner) -> None:
    """What is called is noted: installing for real takes the network."""
    shutil.rmtree(runner.temp / "reconciler-venv")
    fake = runner.work / "bin"
    fake.mkdir()
    noted = runner.work / "noted"
    script = (
        f'#!/bin/sh\necho "$0 $*" >> "{noted}"\n'
        'if [ "$3" = venv ]; then mkdir -p "$4/bin"; for one in pip reconciler; do '
        'cp "$0" "$4/bin/$one"; done; fi\n'
    )
    (fake / "python3").write_text(script)
    (fake / "python3").chmod(0o755)
    (step,) = [step for step in SHELL if step["name"] == "Install"]
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        env={
            "PATH": f"{fake}:/usr/bin:/bin",
            "RUNNER_TEMP": str(runner.temp),
            "GITHUB_ACTION_PATH": str(ROOT),
        },
        check=True,
    )
    venv = runner.temp / "reconciler-venv"
    assert [
        f"{fake}/python3 -I -m venv {venv}",
        f"{venv}/bin/pip install --quiet --disable-pip-version-check {ROOT}",
        f"{venv}/bin/reconciler --version",
    ] == noted.read_text().splitlines()


class TestItsText:
    @pytest.mark.parametrize("step", SHELL, ids=lambda step: step["name"])
    def test_no_expression_stands_in_a_shell_s_text(self, step: dict[str, Any]) -> None:
        assert "${{" not in step["run"]
        assert "bash" == step["shell"]
        assert step["run"].startswith("set -euo pipefail\n")

    def test_every_action_is_pinned_by_its_commit(self) -> None:
        used = re.findall(r"uses: (.*)", ACTION.read_text(encoding="utf-8"))
        assert used
        pinned = re.compile(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
        assert [] == [one for one in used if not pinned.fullmatch(one)]

    def test_the_key_goes_to_the_two_steps_that_ask_stripe(self) -> None:
        secret = re.compile(r"inputs\.(api-key|github-token)|secrets\.")
        where = [
            (step["name"], name)
            for step in STEPS
            for name, value in {**step.get("env", {}), **step.get("with", {})}.items()
            if secret.search(str(value))
        ]
        assert [
            ("Plan", "STRIPE_API_KEY"),
            ("Comment", "GITHUB_TOKEN"),
            ("Say that there is no plan of this commit", "GITHUB_TOKEN"),
            ("Find the plan that was approved", "GITHUB_TOKEN"),
            ("Fetch it", "github-token"),
            ("Apply", "STRIPE_API_KEY"),
        ] == where

    def test_every_input_is_used_and_every_used_one_is_there(self) -> None:
        text = ACTION.read_text(encoding="utf-8")
        assert action()["inputs"].keys() == set(re.findall(r"inputs\.([a-z-]+)", text))
