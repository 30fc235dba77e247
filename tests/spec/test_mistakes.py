"""Every mistake, told whole: `mistakes/<a sentence>/` holds the files and `error.txt`.

Files called `overlay*.toml` are overlays, the others are parts of one catalog.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import SpecError
from reconciler.kinds import load as load_kinds
from reconciler.spec.load import load

CASES = sorted((Path(__file__).parent / "mistakes").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_mistake(case: Path, update: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case)
    files = sorted(Path().glob("*.toml"))
    overlays = [path for path in files if path.name.startswith("overlay")]
    parts = [path for path in files if path not in overlays]

    with pytest.raises(SpecError) as caught:
        load(parts, load_kinds(), overlays=overlays)

    actual = f"{caught.value}\n"
    golden = Path("error.txt")
    if update:
        golden.write_text(actual, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == actual


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 45
