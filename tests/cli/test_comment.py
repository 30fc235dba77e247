"""`comment`, from a saved plan to the pull request, in the environment of a pipeline."""

from __future__ import annotations

import json

import pytest
from conftest_cli import SIMULATED

from forge.hosts import HEAD, NEWER, TOKEN, GitHubHost, GitLabHost, served

VARIABLES = [
    "GITHUB_TOKEN",
    "GITHUB_REPOSITORY",
    "GITHUB_API_URL",
    "GITHUB_EVENT_PATH",
    "GITHUB_SHA",
    "GITLAB_CI",
    "GITLAB_TOKEN",
    "CI_API_V4_URL",
    "CI_PROJECT_ID",
    "CI_MERGE_REQUEST_IID",
    "CI_COMMIT_SHA",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
]
MERGED = "c" * 40
URL = "https://github.com/acme/shop/pull/7#issuecomment-1"


@pytest.fixture(autouse=True)
def no_pipeline(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def plan(reconciler):
    assert reconciler("plan", *SIMULATED, "--out", "plan.json").code == 0
    return "plan.json"


@pytest.fixture
def github(monkeypatch, folder):
    """A workflow of pull request 7, whose own commit is a merge that nobody wrote."""
    host = GitHubHost()
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}}}))
    with served(host):
        for name, value in {
            "GITHUB_API_URL": host.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SHA": MERGED,
        }.items():
            monkeypatch.setenv(name, value)
        yield host


@pytest.fixture
def gitlab(monkeypatch, folder):
    host = GitLabHost()
    with served(host):
        for name, value in {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{host.url}/api/v4",
            "GITLAB_TOKEN": TOKEN,
            "CI_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_COMMIT_SHA": HEAD,
        }.items():
            monkeypatch.setenv(name, value)
        yield host


def body(reconciler, plan, commit=HEAD):
    markdown = reconciler("show", plan, "--format", "markdown").out
    top = f"<!-- reconciler:acme -->\n<!-- commit {commit} -->\n\n"
    return f"{top}{markdown}\nPlanned from `{commit[:12]}`.\n"


def test_it_is_what_show_says_and_where_it_is_is_told(reconciler, plan, github):
    ran = reconciler("comment", plan)
    assert (0, f"Posted: {URL}\n", "") == (ran.code, ran.out, ran.err)
    assert [body(reconciler, plan)] == github.bodies
    assert f"Unchanged: {URL}\n" == reconciler("comment", plan).out


def test_a_merge_request_gets_the_same(reconciler, plan, gitlab):
    ran = reconciler("comment", plan)
    url = "https://gitlab.com/acme/shop/-/merge_requests/7#note_1"
    assert (0, f"Posted: {url}\n", "") == (ran.code, ran.out, ran.err)
    assert [body(reconciler, plan)] == gitlab.bodies


def test_a_pipeline_of_a_merged_result_names_the_branch_s_commit(
    reconciler, plan, gitlab, monkeypatch
):
    monkeypatch.setenv("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", HEAD)
    monkeypatch.setenv("CI_COMMIT_SHA", MERGED)
    assert "" == reconciler("comment", plan).err
    assert [body(reconciler, plan)] == gitlab.bodies


def test_an_outdated_plan_is_noted(reconciler, plan, github):
    github.head = NEWER
    ran = reconciler("comment", plan)
    assert (0, "A newer commit has outdated this plan, and the comment says so.\n") == (
        ran.code,
        ran.err,
    )
    assert "**This plan is outdated.**" in github.bodies[0]


def test_what_a_renamed_catalog_leaves_behind_is_outdated(reconciler, plan, github):
    older = f"<!-- reconciler:old -->\n<!-- commit {NEWER} -->\n\nA plan.\n"
    github.say(github.me, older, kind="Bot")
    ran = reconciler("comment", plan)
    posted = URL.replace("issuecomment-1", "issuecomment-2")
    assert (0, f"Posted: {posted}\nOutdated: {URL}\n", "") == (ran.code, ran.out, ran.err)
    note = f"and the plan of `{HEAD[:12]}` is one of the catalog `acme`."
    assert note in github.bodies[0]


def test_two_plans_of_one_catalog_have_a_comment_each(reconciler, plan, github):
    for label in ("test", "live", "test"):
        assert 0 == reconciler("comment", plan, "--id", label).code
    assert ["<!-- reconciler:acme:test -->", "<!-- reconciler:acme:live -->"] == [
        one.splitlines()[0] for one in github.bodies
    ]


def test_a_link_leads_to_the_whole_plan(reconciler, plan, github):
    reconciler("comment", plan, "--details-url", "https://example.com/run/1")
    assert "See [the whole plan](<https://example.com/run/1>)." in github.bodies[0]


def test_a_pull_request_can_be_named(reconciler, plan, github, monkeypatch):
    monkeypatch.delenv("GITHUB_EVENT_PATH")
    ran = reconciler("comment", plan, "--number", "7", "--commit", HEAD)
    assert (0, f"Posted: {URL}\n") == (ran.code, ran.out)
    assert [body(reconciler, plan)] == github.bodies


def test_a_pull_request_of_another_event_is_not_judged_by_this_one_s_commit(
    reconciler, plan, github, folder
):
    (folder / "event.json").write_text(
        json.dumps({"pull_request": {"number": 8, "head": {"sha": NEWER}}})
    )
    reconciler("comment", plan, "--number", "7", "--commit", HEAD)
    assert [body(reconciler, plan)] == github.bodies


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set.\n"),
        ({"GITHUB_REPOSITORY": ""}, "This is neither a workflow of GitHub nor a pipeline"),
        ({"GITHUB_EVENT_PATH": ""}, "This pipeline is of no pull request"),
        ({"GITHUB_EVENT_PATH": "catalog.toml"}, "catalog.toml (GITHUB_EVENT_PATH) cannot be read"),
        ({"GITHUB_EVENT_PATH": "none.json"}, "none.json (GITHUB_EVENT_PATH) cannot be read"),
        ({"GITHUB_API_URL": "http://api.example.com"}, "The token would travel unencrypted"),
    ],
)
def test_what_the_environment_lacks_is_told(changed, told, reconciler, plan, github, monkeypatch):
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    ran = reconciler("comment", plan)
    assert (1, "") == (ran.code, ran.out)
    assert ran.err.startswith(told)
    assert [] == github.asked


@pytest.mark.parametrize("name", ["GITLAB_TOKEN", "CI_PROJECT_ID", "CI_API_V4_URL"])
def test_what_a_pipeline_lacks_is_told(name, reconciler, plan, gitlab, monkeypatch):
    monkeypatch.delenv(name)
    ran = reconciler("comment", plan)
    assert (1, True) == (ran.code, ran.err.startswith(f"{name} is not set.\n"))


def test_a_pipeline_of_no_merge_request_is_told(reconciler, plan, gitlab, monkeypatch):
    monkeypatch.delenv("CI_MERGE_REQUEST_IID")
    ran = reconciler("comment", plan)
    assert (1, True) == (ran.code, ran.err.startswith("This pipeline is of no merge request"))


def test_the_token_is_never_shown(reconciler, plan, github, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", f"{TOKEN}x")
    ran = reconciler("comment", plan)
    assert (1, "") == (ran.code, ran.out)
    assert TOKEN not in ran.err
    assert "The token is wrong or has expired." in ran.err


def test_a_plan_that_is_none_is_not_posted(reconciler, folder, github):
    (folder / "odd.json").write_text("{}")
    assert 1 == reconciler("comment", "odd.json").code
    assert [] == github.asked


def test_that_there_is_no_plan_is_said_on_the_comment(reconciler, plan, github, folder):
    reconciler("comment", plan)
    github.head = NEWER
    event = {"pull_request": {"number": 7, "head": {"sha": NEWER}}}
    (folder / "event.json").write_text(json.dumps(event))
    ran = reconciler("comment", "--no-plan")
    assert (0, f"Outdated: {URL}\n", "") == (ran.code, ran.out, ran.err)
    assert "and of `bbbbbbbbbbbb` no plan could be made." in github.bodies[0]
    assert (0, "") == (
        reconciler("comment", "--no-plan").code,
        reconciler("comment", "--no-plan").out,
    )


@pytest.mark.parametrize("given", [(), ("plan.json", "--no-plan")])
def test_a_plan_or_none_has_to_be_said(given, reconciler, plan, github):
    ran = reconciler("comment", *given)
    assert (1, "Give a plan file, or --no-plan where none could be made.\n") == (ran.code, ran.err)
