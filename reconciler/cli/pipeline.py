"""The pipeline that this runs in: which host, which request for review, which commit.

What a runner says of itself, in its environment and in the file of the event. Nothing is asked.
https://docs.github.com/actions/reference/variables-reference
https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.errors import UsageError
from reconciler.gateway.forge.github import GitHub, PullRequest
from reconciler.gateway.forge.gitlab import MergeRequest
from reconciler.gateway.forge.sticky import Discussion

_LONGEST_EVENT = 32 * 1024 * 1024
_NO_NUMBER = (
    "This pipeline is of no {what}, so there is nothing to comment on.\n"
    "  Run it for one, or say which: --number N"
)


def discussion(
    environment: Mapping[str, str], *, number: int | None, commit: str | None, author: str | None
) -> tuple[Discussion, str]:
    """Return where to comment, and the commit that the plan was made from."""
    if environment.get("GITLAB_CI"):
        if author is not None:
            raise UsageError("--author is for GitHub; a token of GitLab says whose it is.")
        return _merge_request(environment, number, commit)
    if environment.get("GITHUB_REPOSITORY"):
        return _pull_request(environment, number, commit, author)
    raise UsageError(
        "This is neither a workflow of GitHub nor a pipeline of GitLab.\n"
        "  To comment from elsewhere, set GITHUB_REPOSITORY (owner/name) and GITHUB_TOKEN, and\n"
        "  say --number N and --commit SHA."
    )


def github(environment: Mapping[str, str], author: str | None = None) -> GitHub:
    """Return the repository that a workflow runs in."""
    return GitHub(
        environment.get("GITHUB_API_URL") or "https://api.github.com",
        _needed(environment, "GITHUB_TOKEN", "env: GITHUB_TOKEN: ${{ github.token }}"),
        _needed(environment, "GITHUB_REPOSITORY", "owner/name"),
        author=author,
    )


def _pull_request(
    environment: Mapping[str, str], number: int | None, commit: str | None, author: str | None
) -> tuple[Discussion, str]:
    event = _event(environment.get("GITHUB_EVENT_PATH"))
    pull = event.get("pull_request")
    pull = pull if isinstance(pull, dict) else {}
    found = number or pull.get("number")
    if not isinstance(found, int):
        raise UsageError(_NO_NUMBER.format(what="pull request"))
    head = pull.get("head") if number in {None, pull.get("number")} else None
    # GITHUB_SHA is the merge of the branch into its base there, which nobody has written.
    named = head.get("sha") if isinstance(head, dict) else environment.get("GITHUB_SHA")
    made = commit or named
    if not made:
        raise UsageError("It is not known what the plan was made from.\n  Say it: --commit SHA")
    return PullRequest(github(environment, author), found), str(made)


def _merge_request(
    environment: Mapping[str, str], number: int | None, commit: str | None
) -> tuple[Discussion, str]:
    said = environment.get("CI_MERGE_REQUEST_IID", "")
    if number is None and not said.isdecimal():
        raise UsageError(_NO_NUMBER.format(what="merge request"))
    # The first is there in pipelines of a merged result, whose own commit is in no branch.
    named = environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environment.get(
        "CI_COMMIT_SHA"
    )
    made = commit or named
    if not made:
        raise UsageError("It is not known what the plan was made from.\n  Say it: --commit SHA")
    found = MergeRequest(
        _needed(environment, "CI_API_V4_URL", "https://gitlab.com/api/v4"),
        _needed(environment, "GITLAB_TOKEN", "a project access token with the scope api"),
        _needed(environment, "CI_PROJECT_ID", "the number of the project"),
        number or int(said),
    )
    return found, made


def _needed(environment: Mapping[str, str], name: str, example: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise UsageError(f"{name} is not set.\n  It is needed to comment: {example}")
    return value


def _event(path: str | None) -> dict[str, Any]:
    """Return what started the workflow."""
    if not path:
        return {}
    try:
        with Path(path).open("rb") as file:
            content = file.read(_LONGEST_EVENT + 1)
        event = json.loads(content) if len(content) <= _LONGEST_EVENT else None
    except (OSError, ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise UsageError(f"{path} (GITHUB_EVENT_PATH) cannot be read as the event of a workflow.")
    return event
