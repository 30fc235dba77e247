"""`examples/full.toml` as its first lines say to try it: through the command line."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from examples.company import FULL
from reconciler.cli.main import run

Ran = tuple[int, str]


@pytest.fixture
def reconciler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Run a command on the example in an empty folder; give its exit code and what it said."""
    monkeypatch.chdir(tmp_path)
    for name in ("STRIPE_API_KEY", "STRIPE_ACCOUNT", "RECONCILER_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def call(command: str, *options: str) -> Ran:
        capsys.readouterr()
        where = () if command == "validate" else ("--simulator", "stripe.db")
        code = run([command, str(FULL), *where, *options])
        return code, capsys.readouterr().out

    return call


def test_what_its_first_lines_say_can_be_done(
    reconciler: Callable[..., Ran], tmp_path: Path
) -> None:
    assert reconciler("validate")[0] == 0
    assert reconciler("plan", "--detailed-exitcode")[0] == 2
    assert reconciler("apply", "--yes", "--secrets-out", "secrets.toml")[0] == 0
    secrets = tmp_path / "secrets.toml"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    told = re.findall(r"webhook_endpoint\.\w+", secrets.read_text(encoding="utf-8"))
    assert sorted(set(told)) == [
        "webhook_endpoint.billing",
        "webhook_endpoint.finance",
        "webhook_endpoint.spare",
    ]
    code, said = reconciler("plan", "--detailed-exitcode")
    assert (0, True) == (code, "\nNo changes." in said)

    code, said = reconciler("plan", "--destroy")
    assert (3, 3) == (code, said.count(" stays: others may use it. "))
    assert reconciler("apply", "--destroy", "--yes")[0] == 3
    assert reconciler("apply", "--destroy", "--yes", "--allow", "RC101")[0] == 0
    code, said = reconciler("plan", "--destroy", "--detailed-exitcode")
    assert (0, True) == (code, "\nNo changes." in said)

    assert reconciler("apply", "--yes")[0] == 0
    code, said = reconciler("plan", "--detailed-exitcode")
    assert (0, True) == (code, "\nNo changes." in said)
