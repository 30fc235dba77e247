"""The plan that was approved: which run of which pull request keeps it.

A plan file says by itself neither who made it nor from what. Only a run of this very repository,
for the last commit of the pull request that was merged, is taken; `apply --replan` looks at
what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.errors import ForgeError, StalePlanError
from reconciler.gateway.forge.github import GitHub
from reconciler.gateway.forge.line import segment

_MEND = "Make a new plan, have it approved, and apply that one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where a plan is kept."""

    pull_request: int
    commit: str
    run: int


def merged_plan(github: GitHub, *, commit: str, artifact: str) -> Kept:
    """Return where the plan of the pull request is that `commit` merged.

    Raises `StalePlanError` where there is none that could be applied.
    """
    path = f"{github.path}/commits/{segment(commit)}/pulls"
    pulls = [one for page in github.line.pages(path) for one in page]
    try:
        merged = [one for one in pulls if _merged_as(one, commit)]
    except (KeyError, TypeError, AttributeError):
        raise _odd(path) from None
    if len(merged) != 1:
        count = f"{len(merged)} pull requests were" if merged else "No pull request was"
        raise StalePlanError(
            f"{count} merged as {commit[:12]}, so no one plan was approved.\n  {_MEND}"
        )
    number, head = int(merged[0]["number"]), str(merged[0]["head"]["sha"])
    run = _newest(github, artifact, head)
    if run is None:
        raise StalePlanError(
            f"No plan {artifact} of pull request {number} is kept for its last commit {head[:12]}: "
            f"none was made, or it has expired.\n  {_MEND}"
        )
    return Kept(pull_request=number, commit=head, run=run)


def _merged_as(one: Any, commit: str) -> bool:
    return bool(one["merged_at"]) and one["merge_commit_sha"] == commit


def _newest(github: GitHub, artifact: str, head: str) -> int | None:
    """Return the run with the newest such artifact, none of a fork's.

    https://docs.github.com/rest/actions/artifacts#list-artifacts-for-a-repository
    """
    path = f"{github.path}/actions/artifacts"
    found: list[tuple[int, int]] = []
    page = 1
    while True:
        answer = github.line.get(path, name=artifact, per_page=100, page=page)
        try:
            kept = answer["artifacts"]
            for one in kept:
                run = one["workflow_run"]
                own = run["head_repository_id"] == run["repository_id"]
                named = one["name"] == artifact and run["head_sha"] == head
                if named and own and not one["expired"]:
                    found.append((int(one["id"]), int(run["id"])))
        except (KeyError, TypeError, ValueError):
            raise _odd(path) from None
        if found or len(kept) < 100 or page == 20:
            return max(found)[1] if found else None
        page += 1


def _odd(path: str) -> ForgeError:
    return ForgeError(f"{path}: the answer is not what GitHub documents.")
