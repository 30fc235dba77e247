"""Everything that the pages show is so: each snippet of TOML is loaded, planned or refused.

A block of TOML is a whole catalog, but for `[catalog]` and `[defaults]`, which are added at its
end. The mark above it says what it is for:

    error             it is refused, with the text in the block after it
    overlay           it is laid over the block before it
    then              the block before it is applied, and the plan of this one has the text after it
    entry NAME        (JSON) the metadata entry that applying the TOML before it writes
    run …, serve      (Python, curl) it is run, in process or against a server
    a kind            (Python) see `test_adding_a_kind`
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import stripe

from docs import curl
from docs.pages import PAGES, Block, blocks
from laws.account import ALL, Account
from reconciler import kinds
from reconciler.errors import SpecError
from reconciler.gateway.stripe import API_VERSION
from reconciler.model.catalog import Catalog
from reconciler.model.plan import Plan
from reconciler.observer.account import observe
from reconciler.planner.attached import attached
from reconciler.planner.build import plan
from reconciler.render.text import text
from reconciler.simulator.core import Simulator
from reconciler.simulator.server import running
from reconciler.spec.load import load, loads

# Else the SDK writes a telemetry id below the home of whoever runs the tests.
stripe.enable_telemetry = False

KINDS = kinds.load()
SERVER = "http://127.0.0.1:12111"
BLOCKS = [block for page in PAGES for block in blocks(page)]
TOML = [block for block in BLOCKS if block.lang == "toml"]
PAIRS = [(one, other) for one, other in pairwise(BLOCKS) if one.page == other.page]


def whole(block: Block) -> str:
    text = block.text
    if "[catalog]" not in text:
        text += '\n[catalog]\nname = "acme"\n'
    if "[defaults]" not in text:
        text += '\n[defaults]\ncurrency = "usd"\n'
    return text


def marked(first: str, mark: str = "") -> list[tuple[Block, Block]]:
    return [
        (one, other)
        for one, other in PAIRS
        if one.lang == "toml" and one.mark.startswith(first) and other.mark.startswith(mark)
    ]


def name(value: object) -> str:
    return str(value) if isinstance(value, Block) else ""


@pytest.fixture
def account() -> Iterator[Account]:
    found = Account(KINDS)
    yield found
    found.close()


def the_catalog(block: Block) -> Catalog:
    return loads(whole(block), KINDS)


def planned(account: Account, catalog: Catalog) -> Plan:
    """A plan of all that the catalog names, attached entries too."""
    snapshot = observe(account.gateway, KINDS.values(), attached=attached(catalog, KINDS))
    return plan(catalog, snapshot, KINDS, api_version=API_VERSION, allow=ALL)


@pytest.mark.parametrize("block", [b for b in TOML if b.mark in {"", "then"}], ids=name)
def test_a_catalog_is_valid(block: Block) -> None:
    assert the_catalog(block).resources or "[catalog]" in block.text


@pytest.mark.parametrize(("block", "told"), marked("error"), ids=name)
def test_a_mistake_is_told_in_these_words(block: Block, told: Block) -> None:
    with pytest.raises(SpecError) as error:
        the_catalog(block)
    assert told.text == "\n\n".join(map(str, error.value.problems)) + "\n"


@pytest.mark.parametrize(
    ("base", "block"), [(one, other) for one, other in PAIRS if other.mark == "overlay"], ids=name
)
def test_an_overlay_is_valid(base: Block, block: Block, tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(whole(base))
    (tmp_path / "over.toml").write_text(block.text)
    over = load([tmp_path / "base.toml"], KINDS, overlays=[tmp_path / "over.toml"])
    assert the_catalog(base).digest != over.digest


def triples() -> list[tuple[Block, Block, Block]]:
    found = zip(BLOCKS, BLOCKS[1:], BLOCKS[2:], strict=False)
    return [(one, two, three) for one, two, three in found if two.mark == "then"]


@pytest.mark.parametrize(("before", "after", "told"), triples(), ids=name)
def test_a_change_is_told_in_these_words(
    before: Block, after: Block, told: Block, account: Account
) -> None:
    account.apply(planned(account, the_catalog(before)))
    made = planned(account, the_catalog(after))
    assert told.text in text(made, KINDS)
    account.apply(made)
    assert planned(account, the_catalog(after)).changes == ()


@pytest.mark.parametrize(("block", "entry"), marked("", "entry "), ids=name)
def test_an_entry_is_written_so(block: Block, entry: Block, account: Account) -> None:
    account.apply(planned(account, the_catalog(block)))
    key = entry.mark.removeprefix("entry ")
    found = [
        one["metadata"][key] for one in account.simulator.dump() if key in one.get("metadata", {})
    ]
    assert [entry.text.strip()] == found


def test_a_plan_is_read_by_an_application_so(account: Account) -> None:
    (block,) = [block for block in BLOCKS if block.mark == "run"]
    catalog = next(b for b, entry in marked("", "entry ") if entry.page == block.page)
    account.apply(planned(account, the_catalog(catalog)))
    found: dict[str, Any] = {}
    exec(block.text, found)  # the page's own code
    (product,) = [one["id"] for one in account.simulator.dump() if one["object"] == "product"]
    customer = account.post("/v1/customers", name="Ada")["id"]
    client = account.gateway._client
    subscription = found["subscribe"](client, customer, product, "team")
    assert subscription.status == "trialing"
    items = {item.price.lookup_key: item.quantity for item in subscription["items"].data}
    assert {"pro_monthly": 1, "pro_seats": 3} == items


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.mark == "run in process"], ids=name)
def test_python_runs(block: Block) -> None:
    found: dict[str, Any] = {}
    exec(block.text, found)  # the page's own code, and its own assertions
    simulator = found["simulator"]
    assert ["Pro"] == [one["name"] for one in simulator.dump()]
    assert {"POST", "GET"} == {call.method for call in simulator.calls}


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.mark == "run at a server"], ids=name)
def test_python_runs_at_a_server(block: Block) -> None:
    with Simulator() as simulator, running(simulator) as url:
        exec(block.text.replace(SERVER, url), {})
        assert len(simulator.calls) == 1


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.mark == "serve"], ids=name)
def test_curl_is_answered(block: Block) -> None:
    with Simulator() as simulator, running(simulator) as url:
        answer = json.loads(curl.answer(block.text.replace(SERVER, url)))
        assert ("product", "Pro", {"team": "a"}) == tuple(
            answer[name] for name in ("object", "name", "metadata")
        )
        assert [answer["id"]] == [one["id"] for one in simulator.dump()]


def test_every_mark_is_one_that_is_tested() -> None:
    known = {"", "error", "overlay", "then", "run", "run in process", "run at a server", "serve"}
    known |= {"a kind"}
    marks = {block.mark for block in BLOCKS if not block.mark.startswith("entry ")}
    assert known == marks
    assert len(TOML) >= 10
