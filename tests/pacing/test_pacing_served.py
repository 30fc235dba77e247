"""The command line against `simulator serve --rate-limit 25`: two processes, HTTP, real time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEY = "sk_test_paced"


class Far:
    """A served simulator: where it is, and, once stopped, what it answered."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests = self.refused = -1


def start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STRIPE_API_KEY": KEY}
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *arguments],
        env=environment,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Started in the background by a shell, we would hand on that SIGINT is ignored.
        preexec_fn=lambda: signal.signal(  # noqa: PLW1509  # no threads are running here
            signal.SIGINT, signal.SIG_DFL
        ),
    )


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Far]:
    found = start(
        "simulator", "serve", "--port", "0", "--rate-limit", "25", *options, folder=folder
    )
    try:
        assert found.stdout is not None
        far = Far(found.stdout.readline().split(" answers at ")[1].split(". ")[0])
        yield far
        found.send_signal(signal.SIGINT)
        _, err = found.communicate(timeout=60)
        told = re.fullmatch(r"Stopped\. 429 was the answer to (\d+) of (\d+) requests\.\n", err)
        assert told is not None, err
        far.refused, far.requests = int(told[1]), int(told[2])
    finally:
        found.kill()
        found.communicate()


def run(far: Far, folder: Path, *arguments: str) -> tuple[int, str, str]:
    found = start(*arguments, "--api-base", far.url, folder=folder)
    out, err = found.communicate(timeout=120)
    return found.returncode, out, err


def write(folder: Path, products: int, prices: int) -> None:
    lines = ['[catalog]\nname = "acme"\n[defaults]\ncurrency = "usd"']
    for number in range(products):
        lines.append(f'[products.p{number}]\nname = "P {number}"')
        lines += [
            f'[products.p{number}.prices.n{price}]\namount = {price + 1}.50\ninterval = "month"'
            for price in range(prices)
        ]
    (folder / "catalog.toml").write_text("\n".join(lines) + "\n")


def paced(folder: Path, products: int, prices: int, *options: str) -> Far:
    """Apply a catalog, and see that all of it is there once."""
    write(folder, products, prices)
    with served(folder, *options) as far:
        code, _, err = run(far, folder, "apply", "--yes")
        assert code == 0, err
        # A second plan compares object by object: whatever is missing, or there twice, is in it.
        code, out, err = run(far, folder, "plan", "--detailed-exitcode")
        assert code == 0, (out, err)
    return far


def test_nothing_is_ever_refused(tmp_path: Path) -> None:
    far = paced(tmp_path, 12, 4)
    assert (far.refused, far.requests > 60) == (0, True)


def test_beside_a_neighbour_the_apply_ends(tmp_path: Path) -> None:
    far = paced(tmp_path, 4, 3, "--neighbour", "0.5")
    assert far.refused < far.requests / 4
