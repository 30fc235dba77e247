"""What is generated is what the code says, every link leads somewhere, every command exists."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest

from docs.pages import PAGES, ROOT, anchors, blocks, generator, headings, links, prose
from reconciler.cli.main import cli
from reconciler.model.codes import CODES
from reconciler.model.kind import Kind

SHELLS = {"sh", "bash"}


def test_generated_parts_are_what_the_code_says() -> None:
    expected = {path.name: text for path, text in generator().pages().items()}
    actual = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in expected}
    assert expected == actual, "run: python tools/generate_docs.py"


def test_every_generated_part_is_on_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    used = re.findall(r"^<!-- generated: (.+) -->$", text, re.MULTILINE)
    assert sorted(generator().parts()) == sorted(used)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:reconciler|tests|tools|docs|examples|benchmarks)/[\w./-]*)`", prose(page)
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_a_stale_page_is_told() -> None:
    page = ROOT / "docs" / "guards.md"
    text = page.read_text(encoding="utf-8")
    tool = generator()
    assert text == tool.filled(text.replace("| [RC101]", "| [RC1]"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        other = (page.parent / path) if path else page
        assert other.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(other), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist_with_their_options(page: Path) -> None:
    lines = [
        shlex.split(line, comments=True)
        for block in blocks(page)
        if block.lang in SHELLS
        for line in block.text.splitlines()
    ]
    commands = [words[1:] for words in lines if words[:1] == ["reconciler"]]
    assert [] == [(words, told) for words in commands if (told := _refusal(words))]


def _refusal(words: list[str]) -> str:
    """Why a command line is refused, read as far as it can be without doing anything."""
    command: click.Command = cli
    try:
        while isinstance(command, click.Group) and words:
            context = click.Context(command)
            _, found, words = command.resolve_command(context, words)
            assert found is not None
            command = found
        command.make_context(command.name, words)
    except click.ClickException as error:
        return error.format_message()
    return ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["plan", "--ovrlay", "x.toml"], "No such option '--ovrlay'"),
        (["plam"], 'There is no command "plam"'),
        (["show"], "Missing argument 'PLAN'"),
    ],
)
def test_a_command_that_is_not_there_is_told(words: list[str], told: str) -> None:
    assert _refusal(words).startswith(told)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_named_of_a_kind_exists(page: Path) -> None:
    named = re.findall(r"`Kind\.(\w+)[`=(]", page.read_text(encoding="utf-8"))
    there = {field.name for field in fields(Kind)} | vars(Kind).keys()
    assert [] == [name for name in named if name not in there]


def test_every_guard_has_a_heading_and_every_heading_a_guard() -> None:
    found = [heading for heading in headings(ROOT / "docs" / "guards.md") if heading[:2] == "RC"]
    assert list(CODES) == found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_begins_with_its_title(page: Path) -> None:
    assert page.read_text(encoding="utf-8").startswith("# ")
    assert len(headings(page)) >= 2
