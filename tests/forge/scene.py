"""One of the two hosts, with a comment or none on its pull request: what the tests share."""

from __future__ import annotations

from forge.hosts import HEAD, TOKEN, Host
from reconciler.gateway.forge.github import GitHub, PullRequest
from reconciler.gateway.forge.gitlab import MergeRequest
from reconciler.gateway.forge.sticky import Discussion, Done, put

TEXT = "**Nothing changes.**\n"
BODY = f"""<!-- reconciler:acme -->
<!-- commit {HEAD} -->

**Nothing changes.**

Planned from `aaaaaaaaaaaa`.
"""
OUTDATED = f"""<!-- reconciler:acme -->
<!-- commit {HEAD} -->

> **This plan is outdated.** It was made from `aaaaaaaaaaaa`, and `bbbbbbbbbbbb` is newer. The next run writes its plan here.

**Nothing changes.**

Planned from `aaaaaaaaaaaa`.
"""
FAILED = OUTDATED.replace(
    "and `bbbbbbbbbbbb` is newer. The next run writes its plan here.",
    "and of `bbbbbbbbbbbb` no plan could be made.",
)
RENAMED = OUTDATED.replace(
    "and `bbbbbbbbbbbb` is newer. The next run writes its plan here.",
    "and the plan of `bbbbbbbbbbbb` is one of the catalog `other`.",
)
STRANGER = {"github": "mallory", "gitlab": "99"}


class Scene:
    """A host, its name, and how long was waited for it."""

    def __init__(self, name: str, host: Host, url: str) -> None:
        self.name = name
        self.host = host
        self.url = url
        self.waited: list[float] = []

    def discussion(self, token: str = TOKEN) -> Discussion:
        if self.name == "github":
            repository = GitHub(self.url, token, "acme/shop", sleep=self.waited.append)
            return PullRequest(repository, 7)
        return MergeRequest(f"{self.url}/api/v4", token, "42", 7, sleep=self.waited.append)

    def put(self, text: str = TEXT, *, commit: str = HEAD, label: str | None = None) -> Done:
        return put(self.discussion(), text, catalog="acme", label=label, commit=commit).done
