"""Command lines run in a process that may use so much memory and processor time and no more."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

CHILD = """
import contextlib, io, json, sys
from reconciler.cli.main import run
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(json.loads(line))
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


@dataclass(frozen=True)
class Ran:
    """What a command line came to. `code` is `None` where the limits ended the process."""

    code: int | None
    out: str
    err: str


def limited(
    folder: Path,
    lines: Sequence[Sequence[str]],
    *,
    memory: int,
    seconds: int,
    env: dict[str, str] | None = None,
) -> list[Ran]:
    """Run command lines one after the other, all within `memory` bytes and `seconds` of work."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    found = subprocess.run(
        [sys.executable, "-c", CHILD],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        preexec_fn=limit,
        # Not what is measured: a process that waits for ever uses no processor time.
        timeout=600,
    )
    ran = [Ran(*json.loads(line)) for line in found.stdout.splitlines()]
    return ran + [Ran(None, "", found.stderr)] * (len(lines) - len(ran))
