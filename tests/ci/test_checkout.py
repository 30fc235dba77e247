"""Files of the checkout are read, and never run: whoever can change one would have the key."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from ci.runner import Runner
from ci.scene import FORKED, applied, merged, on_pull_request, planned
from forge.hosts import GitHubHost

NAMES = ("click", "json", "reconciler", "sitecustomize", "stripe", "tomllib", "venv")


def hostile(runner: Runner) -> Path:
    mark = runner.work / "owned"
    for name in NAMES:
        text = f"with open({str(mark)!r}, 'a') as file:\n    file.write({name!r} + ' ')\n"
        (runner.workspace / f"{name}.py").write_text(text)
    return mark


def test_they_are_not_run_by_a_plan_or_an_apply(runner: Runner, host: GitHubHost) -> None:
    mark = hostile(runner)
    on_pull_request(runner, host)
    first = planned(runner)
    merged(runner, host)
    second = applied(runner)
    assert ("", "", False) == (first.failed, second.failed, mark.exists())


def test_they_are_not_run_where_only_files_are_checked(runner: Runner, host: GitHubHost) -> None:
    mark = hostile(runner)
    on_pull_request(runner, host, FORKED)
    assert ("", False) == (planned(runner).failed, mark.exists())


def test_they_are_not_run_by_the_install(runner: Runner) -> None:
    """The environment is made for real, but for what pip would fetch."""
    mark = hostile(runner)
    shutil.rmtree(runner.temp / "reconciler-venv")
    fake = runner.work / "bin"
    fake.mkdir()
    (fake / "python3").write_text(
        f'#!/bin/sh\n"{sys.executable}" "$@" --without-pip || exit\n'
        "for last; do :; done\nfor one in pip reconciler; do\n"
        'printf "#!/bin/sh\\n" > "$last/bin/$one"; chmod +x "$last/bin/$one"\ndone\n'
    )
    (fake / "python3").chmod(0o755)
    runner.environment = {"PATH": f"{fake}:/usr/bin:/bin"}
    ran = runner.run(mode="plan")
    assert "Plan" in ran.ran, ran.log
    assert (True, False) == (
        (runner.temp / "reconciler-venv" / "pyvenv.cfg").exists(),
        mark.exists(),
    )
