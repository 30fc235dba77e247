"""Both hosts, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from forge.hosts import GitHubHost, GitLabHost, Host, served
from forge.scene import Scene


@pytest.fixture(params=["github", "gitlab"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    host: Host = GitHubHost() if request.param == "github" else GitLabHost()
    with served(host) as url:
        yield Scene(request.param, host, url)
