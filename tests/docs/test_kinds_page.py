"""`docs/kinds.md`: each example is a catalog that can be applied, each field is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from docs.pages import ROOT, blocks, generator
from laws.account import Account
from reconciler import kinds
from reconciler.gateway.stripe import API_VERSION
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kind
from reconciler.model.marks import Body
from reconciler.model.plan import Plan
from reconciler.model.shape import Form, Listed, Mapped, Nested, shape
from reconciler.observer.account import observe
from reconciler.planner.attached import attached
from reconciler.planner.build import plan
from reconciler.spec.dump import dump
from reconciler.spec.load import loads
from reconciler.spec.shorthand import unwritten

KINDS = kinds.load()
PAGE = ROOT / "docs" / "kinds.md"
WIDEST = 36
"""Characters that a word may have: a table is as wide as its longest words."""


def name(kind: Kind) -> str:
    return kind.name


def section(kind: Kind) -> str:
    text = PAGE.read_text(encoding="utf-8")
    title = kind.table.replace("_", " ").capitalize()
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    found = [re.split(r"(?<!\\) ?\| ?", line) for line in text.splitlines() if line[:1] == "|"]
    return [cells[1:-1] for cells in found]


def planned(account: Account, catalog: Catalog) -> Plan:
    """A plan of all that the catalog names, attached entries too; nothing is allowed."""
    snapshot = observe(account.gateway, KINDS.values(), attached=attached(catalog, KINDS))
    return plan(catalog, snapshot, KINDS, api_version=API_VERSION)


@pytest.fixture
def account() -> Iterator[Account]:
    found = Account(KINDS)
    yield found
    found.close()


@pytest.mark.parametrize("kind", KINDS.values(), ids=name)
def test_an_example_is_applied_and_then_there_is_nothing_to_do(
    kind: Kind, account: Account
) -> None:
    assert kind.example.startswith('[catalog]\nname = "acme"\n')
    catalog = loads(kind.example, KINDS)
    assert kind.name in {address.kind for address in catalog.resources}
    made = planned(account, catalog)
    assert made.blocked == ()
    account.apply(made)
    again = planned(account, catalog)
    assert again.changes == ()
    assert again.steps == ()


@pytest.mark.parametrize("kind", KINDS.values(), ids=name)
def test_an_example_is_written_so_that_it_can_be_read_again(kind: Kind) -> None:
    catalog = loads(kind.example, KINDS)
    assert catalog.resources == loads(dump(catalog), KINDS).resources


@pytest.mark.parametrize("kind", KINDS.values(), ids=name)
def test_an_example_is_on_the_page(kind: Kind) -> None:
    assert kind.example in [block.text for block in blocks(PAGE) if block.lang == "toml"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=name)
def test_every_field_is_told(kind: Kind) -> None:
    told = {re.split(r"[`.]", row[0])[-2] for row in rows(section(kind))[2:]}

    def names(body: type[Body]) -> Iterator[str]:
        yield from (major.name for major in body.MAJORS)
        yield from (lift.name for lift in body.LIFTS)
        yield from (one for one in shape(body) if one not in unwritten(body))
        for one in shape(body).values():
            inner = nested(one.form)
            if inner is not None and not one.read_only:
                yield from names(inner.body)

    majors = {major.minor for major in kind.body.MAJORS} | {"amount"}
    assert set(names(kind.body)) - told - majors == set()


def nested(form: Form) -> Nested | None:
    match form:
        case Nested():
            return form
        case Listed(item=item) | Mapped(item=item):
            return nested(item)
        case _:
            return None


@pytest.mark.parametrize("kind", KINDS.values(), ids=name)
def test_tables_are_whole_and_narrow(kind: Kind) -> None:
    table = rows(section(kind))
    assert {5} == {len(row) for row in table}
    words = " ".join(cell for row in table for cell in row).replace("&emsp;", "  ").split()
    links = {word for word in words if "](#" in word}
    assert [word for word in words if len(word) > WIDEST and word not in links] == []


def test_every_kind_is_in_the_contents() -> None:
    contents = PAGE.read_text(encoding="utf-8").partition("\n## ")[0]
    links = re.findall(r"^- \[.*\]\(#(.*?)\)", contents, re.MULTILINE)
    expected = {kind.table.replace("_", "-") for kind in KINDS.values()}
    assert {*expected, "what-is-not-managed-and-why"} == set(links)
    assert len(links) == len(set(links))


def test_an_invented_kind_adds_its_section_and_changes_no_other() -> None:
    less = {name: kind for name, kind in KINDS.items() if name != "tax_rate"}
    text, tool = PAGE.read_text(encoding="utf-8"), generator()
    without = tool.kinds_page(less)
    gone = text.partition("## Tax rates\n")[2].partition("## Webhook")[0]
    line = re.search(r"- \[Tax rates\].*\n", text)
    assert line is not None
    assert without == text.replace(f"## Tax rates\n{gone}", "").replace(line[0], "")
