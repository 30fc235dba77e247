"""A folder with a small catalog in it, and the command line as a function."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.cli.main import run

CATALOG = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.pro]
name = "Pro"
default_price = "monthly"

[products.pro.prices.monthly]
amount = 29.00
interval = "month"
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("STRIPE_API_KEY", "STRIPE_ACCOUNT", "NO_COLOR", "RECONCILER_DEBUG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog.toml").write_text(CATALOG)
    return tmp_path


@pytest.fixture
def reconciler(folder, capsys):
    def call(*arguments):
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call


@pytest.fixture
def process(folder):
    """The same as a process of its own, for what needs real streams."""
    root = Path(__file__).parents[2]

    def call(*arguments, **options):
        environment = {**os.environ, "PYTHONPATH": str(root), **options.pop("env", {})}
        return subprocess.Popen(
            [sys.executable, "-m", "reconciler", *arguments],
            env=environment,
            text=True,
            # Started in the background by a shell, we would hand on that SIGINT is ignored.
            preexec_fn=lambda: signal.signal(  # noqa: PLW1509  # no threads are running here
                signal.SIGINT, signal.SIG_DFL
            ),
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    return call
