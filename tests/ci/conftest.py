"""A machine with a checkout, and the host that its pull request is on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ci.runner import Runner
from ci.scene import CATALOG
from forge.hosts import GitHubHost, served


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    found = Runner(tmp_path)
    found.workspace.mkdir()
    (found.workspace / "catalog.toml").write_text(CATALOG)
    return found


@pytest.fixture
def host() -> Iterator[GitHubHost]:
    host = GitHubHost()
    with served(host):
        yield host
