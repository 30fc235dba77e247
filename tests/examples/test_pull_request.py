"""`examples/pull-request`: its page's commands give what stands beside it, to the letter.

`--update` rewrites the comment, the page, and the comment's beginning in the README.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from docs.pages import ROOT, blocks, links

HERE = ROOT / "examples" / "pull-request"
PAGE = HERE / "README.md"
README = ROOT / "README.md"
MADE = ("comment.md", "page.html")
QUOTED = re.compile(r"(?<=<!-- the comment -->\n).*?(?=<!-- end -->\n)", re.DOTALL)
PROGRAMS = {
    "python": [sys.executable],
    "reconciler": [sys.executable, "-m", "reconciler"],
}
KEYS = ("STRIPE_API_KEY", "STRIPE_ACCOUNT", "RECONCILER_DEBUG")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What each command of the page prints: by the file it goes to, or by its line."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "examples").symlink_to(ROOT / "examples")
    (block,) = (block for block in blocks(PAGE) if block.lang == "sh")
    found = {}
    for line in block.text.splitlines():
        words, _, file = line.partition(" > ")
        found[file or line] = printed_by(words, folder)
    return found


def printed_by(words: str, folder: Path) -> str:
    program, *arguments = shlex.split(words)
    ours = {name: value for name, value in os.environ.items() if name not in KEYS}
    ran = subprocess.run(
        [*PROGRAMS[program], *arguments],
        cwd=folder,
        env={**ours, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return ran.stdout


def quoted(comment: str) -> str:
    """The beginning of a comment, before what is folded, as the README quotes it."""
    shown = comment.partition("<details>")[0].rstrip("\n").split("\n")
    return "\n" + "".join(f"> {line}".rstrip() + "\n" for line in shown) + "\n"


def test_the_account_is_as_the_file_on_main_says(printed: Mapping[str, str]) -> None:
    (line,) = (line for line in printed if "before/catalog.toml" in line)
    assert printed[line].endswith("\nNo changes. 13 resources are as the file says.\n")


@pytest.mark.parametrize("name", MADE)
def test_what_stands_there_is_what_its_commands_give(
    name: str, printed: Mapping[str, str], *, update: bool
) -> None:
    if update:
        (HERE / name).write_text(printed[name], encoding="utf-8")
    assert printed[name] == (HERE / name).read_text(encoding="utf-8")


def test_the_readme_shows_how_the_comment_begins(
    printed: Mapping[str, str], *, update: bool
) -> None:
    text = README.read_text(encoding="utf-8")
    whole, count = QUOTED.subn(lambda _: quoted(printed["comment.md"]), text)
    if update:
        README.write_text(whole, encoding="utf-8")
        text = whole
    assert (1, whole) == (count, text)


def test_its_numbers_are_those_of_the_list_of_subscriptions(printed: Mapping[str, str]) -> None:
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for line in csv.DictReader((HERE / "subscriptions.csv").read_text("utf-8").splitlines()):
        counts["all"] += int(line["subscriptions"])
        for item in line["items"].split(" + "):
            quantity, _, price = item.partition(" x ")
            counts[price] += int(line["subscriptions"])
            if line["status"] in {"active", "past_due"}:
                sums[f"{price} {line['currency']}"] += int(line["subscriptions"]) * int(quantity)
    dollars, euros = sums["team_monthly usd"], sums["team_monthly eur"]
    storage = sums["storage_monthly usd"]
    rows = [
        [cell.strip() for cell in row.split("|")[1:-1]]
        for row in printed["comment.md"].splitlines()
        if row.startswith("| ")
    ][2:]
    assert [
        (str(counts["team_monthly"]), money(12 * dollars, "USD"), money(14 * dollars, "USD")),
        ("", money(11 * euros, "EUR"), money(13 * euros, "EUR")),
        (str(counts["storage_monthly"]), money(4 * storage, "USD"), ""),
    ] == [(row[5].partition(" ")[0], row[6], row[7]) for row in rows]
    told = PAGE.read_text(encoding="utf-8")
    assert (
        f"{counts['all']} subscriptions, {counts['team_monthly']} of them\non a price that goes up."
    ) in told


def money(amount: int, currency: str) -> str:
    return f"{Decimal(amount):,.2f} {currency}"


def test_what_its_page_leads_to_is_there() -> None:
    assert [] == [target for target in links(PAGE) if not (HERE / target).exists()]
