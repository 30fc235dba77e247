"""A catalog in a pull request, planned there and applied once it is merged: what the tests share."""

from __future__ import annotations

from typing import Any

from ci.runner import Run, Runner
from forge.hosts import HEAD, MERGE, TOKEN, GitHubHost

CATALOG = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.pro]
name = "Pro"

[products.pro.prices.monthly]
amount = 29.00
interval = "month"
"""
OURS = {
    "number": 7,
    "head": {"sha": HEAD, "repo": {"full_name": "acme/shop"}},
}
FORKED = {**OURS, "head": {"sha": HEAD, "repo": {"full_name": "mallory/shop"}}}


def on_pull_request(runner: Runner, host: GitHubHost, pull: dict[str, Any] = OURS) -> None:
    runner.event, runner.event_name = {"pull_request": pull}, "pull_request"
    runner.environment = {"GITHUB_API_URL": host.url}


def merged(runner: Runner, host: GitHubHost) -> None:
    """Let pull request 7 be merged as what is now pushed."""
    runner.event, runner.event_name, runner.sha, runner.run_id = {}, "push", MERGE, "200"
    host.pulls = [
        {
            "number": 7,
            "head": {"sha": HEAD},
            "merged_at": "2026-11-01T12:00:00Z",
            "merge_commit_sha": MERGE,
        }
    ]
    made_by = {"id": 100, "repository_id": 1, "head_repository_id": 1, "head_sha": HEAD}
    kept = {"id": 1, "name": "reconciler-plan-catalog", "expired": False, "workflow_run": made_by}
    host.artifacts = [kept]


def planned(runner: Runner, **given: str) -> Run:
    given = {"simulator": "stripe.db", "github_token": TOKEN, **given}
    return runner.run(mode="plan", **given)


def applied(runner: Runner, **given: str) -> Run:
    given = {"simulator": "stripe.db", "github_token": TOKEN, **given}
    return runner.run(mode="apply", **given)
