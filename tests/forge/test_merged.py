"""Which run keeps the plan that was approved: that of the merged pull request, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from forge.hosts import HEAD, MERGE, NEWER, TOKEN, GitHubHost, served
from reconciler.errors import ForgeError, StalePlanError
from reconciler.gateway.forge.github import GitHub
from reconciler.gateway.forge.merged import Kept, merged_plan

NAME = "reconciler-plan-live"


def pull(number: int = 7, **changed: Any) -> dict[str, Any]:
    merged = {"merged_at": "2026-11-01T12:00:00Z", "merge_commit_sha": MERGE}
    return {"number": number, "head": {"sha": HEAD}, **merged, **changed}


def artifact(number: int, run: int, *, sha: str = HEAD, of: int = 1, **changed: Any) -> Any:
    made_by = {"id": run, "repository_id": 1, "head_repository_id": of, "head_sha": sha}
    return {"id": number, "name": NAME, "expired": False, "workflow_run": made_by, **changed}


@pytest.fixture
def host() -> Iterator[GitHubHost]:
    host = GitHubHost(pulls=[pull()], artifacts=[artifact(1, 100)])
    with served(host):
        yield host


def found(host: GitHubHost) -> Kept:
    github = GitHub(host.url, TOKEN, "acme/shop", sleep=lambda _: None)
    return merged_plan(github, commit=MERGE, artifact=NAME)


def test_it_is_the_run_of_the_last_commit_that_was_merged(host: GitHubHost) -> None:
    assert Kept(pull_request=7, commit=HEAD, run=100) == found(host)


def test_the_newest_of_several_runs_is_taken(host: GitHubHost) -> None:
    host.artifacts = [artifact(3, 300), artifact(1, 100), artifact(2, 200)]
    assert 300 == found(host).run


def test_it_is_found_behind_many_others(host: GitHubHost) -> None:
    host.artifacts = [*(artifact(900 - n, n, sha=NEWER) for n in range(250)), artifact(1, 100)]
    assert 100 == found(host).run


@pytest.mark.parametrize(
    "kept",
    [
        [],
        [artifact(1, 100, sha=NEWER)],
        [artifact(1, 100, of=2)],
        [artifact(1, 100, expired=True)],
        [artifact(1, 100, name="reconciler-plan-test")],
    ],
    ids=["none", "of another commit", "of a fork", "expired", "of another name"],
)
def test_nothing_else_is_taken(host: GitHubHost, kept: list[Any]) -> None:
    host.artifacts = kept
    with pytest.raises(
        StalePlanError, match="No plan reconciler-plan-live of pull request 7 is kept"
    ):
        found(host)


@pytest.mark.parametrize(
    ("pulls", "told"),
    [
        ([], "No pull request was merged as cccccccccccc"),
        ([pull(merged_at=None)], "No pull request was"),
        ([pull(merge_commit_sha=NEWER)], "No pull request was"),
        ([pull(7), pull(8)], "2 pull requests were merged as cccccccccccc"),
    ],
    ids=["pushed without one", "open", "merged as another", "two"],
)
def test_without_one_pull_request_there_is_no_approved_plan(
    host: GitHubHost, pulls: list[Any], told: str
) -> None:
    host.pulls = pulls
    with pytest.raises(StalePlanError, match=told):
        found(host)


@pytest.mark.parametrize("odd", [[None], [{}], ["x"]])
def test_an_odd_answer_is_told(host: GitHubHost, odd: list[Any]) -> None:
    host.pulls = odd
    with pytest.raises(ForgeError, match="not what GitHub documents"):
        found(host)
    host.pulls, host.artifacts = [pull()], [{"name": NAME}]
    with pytest.raises(ForgeError, match="not what GitHub documents"):
        found(host)
