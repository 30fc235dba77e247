"""The plan that the README shows is what the demo prints; `--update` rewrites it.

To the letter, but for Stripe's ids: calls go side by side, so which object gets which id differs from
run to run. Where two ids are the same, and where not, has to agree all the same.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from docs.pages import ROOT, blocks
from reconciler.cli.main import run

README = ROOT / "README.md"
EXAMPLES = ROOT / "examples"
COMMANDS = re.findall(
    r"^expect (\d) (.+)$", (EXAMPLES / "demo.sh").read_text(encoding="utf-8"), re.MULTILINE
)


def numbered(text: str) -> str:
    """Call each of Stripe's ids by when it is first seen."""
    seen: dict[str, str] = {}
    return re.sub(
        r"\b(prod|price)_[A-Za-z0-9]{14,}\b",
        lambda found: seen.setdefault(found[0], f"{found[1]}_{len(seen) + 1}"),
        text,
    )


def test_its_plan_is_the_demo_s(
    tmp_path: Path,
    update: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("catalog.toml", "catalog-next.toml"):
        shutil.copy(EXAMPLES / name, tmp_path)
    stopped = []
    for code, line in COMMANDS:
        capsys.readouterr()
        assert int(code) == run(shlex.split(line)), line
        if code == "3":
            stopped.append(capsys.readouterr().out)
    (shown,) = [block.text for block in blocks(README) if block.text.startswith("Catalog ")]
    (printed,) = stopped
    if update and numbered(printed) != numbered(shown):
        whole = README.read_text(encoding="utf-8")
        README.write_text(whole.replace(shown, printed), encoding="utf-8")
        shown = printed
    assert numbered(printed) == numbered(shown)
