"""How long a command takes to start, beside an interpreter that does nothing."""

from __future__ import annotations

import compileall
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import reconciler

COMMANDS: Mapping[str, Sequence[str]] = {
    "--version": ("-m", "reconciler", "--version"),
    "--help": ("-m", "reconciler", "--help"),
    "validate examples/catalog.toml": ("-m", "reconciler", "validate", "examples/catalog.toml"),
}
NOTHING = ("-c", "pass")
ROUNDS = 15


def ratios() -> dict[str, float]:
    """Return how many times as long each takes. The rounds are interleaved, and medians taken.

    Modules are compiled before, as an installation does.
    """
    compileall.compile_dir(Path(reconciler.__file__).parent, quiet=1)
    took: dict[str, list[float]] = {name: [] for name in ("", *COMMANDS)}
    for _ in range(ROUNDS):
        for name, arguments in {"": NOTHING, **COMMANDS}.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            took[name].append(time.perf_counter() - began)
    base = median(took[""])
    return {name: median(took[name]) / base for name in COMMANDS}
