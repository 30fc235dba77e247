"""The pipelines of `examples/ci/`: least privilege, pinned, and all that they ask for is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from ci.runner import ROOT, action, evaluated
from reconciler.cli.main import cli

FOLDER = ROOT / "examples" / "ci"
GITHUB = sorted((FOLDER / "github").glob("*.yml"))
GITLAB = FOLDER / "gitlab" / ".gitlab-ci.yml"
PAGE = ROOT / "docs" / "ci.md"


def read(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML 1.1 takes the key `on` for a truth value.
    return {("on" if key is True else key): value for key, value in found.items()}


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.stem}.{name}", job) for path in GITHUB for name, job in read(path)["jobs"].items()
    ]


def steps() -> list[tuple[str, dict[str, Any]]]:
    return [(name, step) for name, job in jobs() for step in job["steps"]]


def by_name(value: object) -> str:
    return value if isinstance(value, str) else ""


def test_each_job_may_do_what_it_needs_and_nothing_else() -> None:
    assert [{}, {}, {}] == [read(path)["permissions"] for path in GITHUB]
    assert {
        "apply.plan": {"contents": "read"},
        "apply.apply": {"contents": "read", "actions": "read", "pull-requests": "read"},
        "drift.drift": {"contents": "read"},
        "plan.plan": {"contents": "read", "pull-requests": "write"},
    } == {name: job["permissions"] for name, job in jobs()}


def test_no_event_gives_secrets_to_strangers() -> None:
    assert {
        "apply": {"push", "workflow_dispatch"},
        "drift": {"schedule", "workflow_dispatch"},
        "plan": {"pull_request"},
    } == {path.stem: set(read(path)["on"]) for path in GITHUB}


def test_the_key_that_writes_is_in_the_environment_alone() -> None:
    found = {name: set(re.findall(r"secrets\.(\w+)", str(job))) for name, job in jobs()}
    assert {
        "apply.plan": {"STRIPE_READ_KEY"},
        "apply.apply": {"STRIPE_WRITE_KEY"},
        "drift.drift": {"STRIPE_READ_KEY"},
        "plan.plan": {"STRIPE_READ_KEY"},
    } == found
    assert ["apply.apply"] == [name for name, job in jobs() if "environment" in job]


@pytest.mark.parametrize(("name", "step"), steps(), ids=by_name)
def test_a_step_is_pinned_and_asks_for_what_there_is(name: str, step: dict[str, Any]) -> None:
    used, _, commit = step["uses"].partition("@")
    if used == "OWNER/stripe-catalog-reconciler":
        assert "COMMIT" == commit
        assert step["with"].keys() <= action()["inputs"].keys()
    else:
        assert ("actions/checkout", True) == (used, bool(re.fullmatch("[0-9a-f]{40}", commit)))
        assert {"persist-credentials": False} == step["with"]


@pytest.mark.parametrize(
    ("event", "ref", "before", "goes", "source"),
    [
        ("push", "main", "skipped", True, "pull-request"),
        ("workflow_dispatch", "main", "success", True, "run"),
        ("workflow_dispatch", "main", "failure", False, "run"),
        ("workflow_dispatch", "main", "skipped", False, "run"),
        ("workflow_dispatch", "topic", "skipped", False, "run"),
    ],
)
def test_an_apply_goes_only_after_a_plan(
    event: str, ref: str, before: str, goes: bool, source: str
) -> None:
    (job,) = [job for name, job in jobs() if name == "apply.apply"]
    context = {
        "github": {"event_name": event, "ref": f"refs/heads/{ref}"},
        "needs": {"plan": {"result": before}},
    }
    condition = job["if"].replace("!cancelled() && ", "")
    assert condition != job["if"]
    assert goes is evaluated(condition, context)
    said = job["steps"][1]["with"]["plan-from"].removeprefix("${{").removesuffix("}}")
    assert source == evaluated(said, context)


def test_applies_wait_for_one_another() -> None:
    (path,) = [path for path in GITHUB if path.stem == "apply"]
    assert {"group": "catalog-apply", "cancel-in-progress": False} == read(path)["concurrency"]


class TestOnGitLab:
    def test_each_key_goes_where_it_is_needed(self) -> None:
        read_in, write_in = (
            [name for name, job in read(GITLAB).items() if f"${key}" in str(job)]
            for key in ("STRIPE_READ_KEY", "STRIPE_WRITE_KEY")
        )
        assert (["plan", "plan-main", "drift"], ["apply"]) == (read_in, write_in)

    def test_the_apply_is_started_by_hand_in_its_environment(self) -> None:
        job = read(GITLAB)["apply"]
        assert ({"name": "stripe-live"}, "stripe-live", ["plan-main"]) == (
            job["environment"],
            job["resource_group"],
            job["needs"],
        )
        assert ["manual"] == [rule["when"] for rule in job["rules"]]
        assert all("$CI_DEFAULT_BRANCH" in rule["if"] for rule in job["rules"])

    def test_forks_get_no_plan(self) -> None:
        (rule,) = read(GITLAB)["plan"]["rules"]
        assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"]
        assert ["reconciler validate catalog.toml"] == read(GITLAB)["validate"]["script"]

    def test_every_command_is_there(self) -> None:
        lines = [line for job in read(GITLAB).values() if "script" in job for line in job["script"]]
        called = [
            found for line in lines for found in re.findall(r"reconciler (\w+) ([^;|>]*)", line)
        ]
        assert {"validate", "plan", "comment", "show", "apply"} == {name for name, _ in called}
        context = click.Context(cli)
        for name, given in called:
            command = cli.get_command(context, name)
            assert command is not None
            words = given.replace('"$CI_JOB_URL"', "https://x.y").replace('"$made"', "plan.json")
            command.make_context(name, words.split())


def test_the_page_names_every_input_and_output() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for part in ("inputs", "outputs"):
        head = part.capitalize()
        section = text.partition(f"### {head}\n")[2].partition("\n##")[0]
        assert list(action()[part]) == re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)


def scripts() -> list[tuple[str, str]]:
    """Every text that a shell runs."""
    found = [(step["name"], step["run"]) for step in action()["runs"]["steps"] if "run" in step]
    common = "\n".join(read(GITLAB)[".reconciler"]["before_script"])
    jobs = {name: job["script"] for name, job in read(GITLAB).items() if "script" in job}
    return found + [(name, "\n".join([common, *lines])) for name, lines in jobs.items()]


@pytest.mark.parametrize(("name", "script"), scripts(), ids=by_name)
def test_every_python_is_isolated(name: str, script: str) -> None:
    """It would otherwise take the checkout's files for modules, and they would get the key."""
    called = re.findall(r'(?:^|[\s/])python3?"? +(\S+)', script)
    assert ["-I"] * len(called) == called


@pytest.mark.parametrize(("name", "script"), scripts(), ids=by_name)
def test_shellcheck_finds_nothing(name: str, script: str) -> None:
    beside = Path(sys.executable).with_name("shellcheck")
    tool = str(beside) if beside.exists() else shutil.which("shellcheck")
    assert tool is not None, "it is among the dependencies for development: make setup"
    told = subprocess.run(
        # SC2154: the variables are the pipeline's.
        [tool, "--shell=bash", "--exclude=SC2154", "-"],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (told.returncode, told.stdout)
