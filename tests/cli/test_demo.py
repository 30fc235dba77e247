"""The demo does what it tells, whatever the folder it stands in is called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_runs_to_its_end(tmp_path):
    examples = tmp_path / "a folder with spaces" / "examples"
    shutil.copytree(ROOT / "examples", examples)
    ran = subprocess.run(
        ["bash", str(examples / "demo.sh"), sys.executable, "-m", "reconciler"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count("(exit code ") == 3
    assert ran.stdout.count("No changes. ") == 2
    assert list(tmp_path.iterdir()) == [examples.parent]
