"""A kind is one file: written at run time, it is planned and applied like those that were there."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest

from docs.pages import generator
from kinds.gift_cards import MODULE, FarEnd
from reconciler import kinds as all_kinds
from reconciler import planfile
from reconciler.errors import SpecError
from reconciler.executor.journal import Journal
from reconciler.executor.run import apply
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Plan
from reconciler.observer.account import observe
from reconciler.planner.build import plan
from reconciler.render.text import text as told
from reconciler.simulator.core import Simulator
from reconciler.simulator.transport import SimulatorTransport
from reconciler.simulator.values import Request
from reconciler.spec.dump import dump
from reconciler.spec.load import loads
from reconciler.spec.schema import json_schema

ROOT = Path(__file__).parents[2]
HEAD = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.book]
id = "book"
name = "Book"

"""
CARD = """\
[gift_cards.GIFT25]
product = "book"
amount = 25.00
design = "winter"
shops = ["Bergen", "Aarhus"]
metadata = { season = "4" }
"""
FIRST = {
    "product": "book",
    "value": "2500",
    "currency": "usd",
    "code": "GIFT25",
    "design": "winter",
    "shops": {"0": "Aarhus", "1": "Bergen"},
    "metadata": {"season": "4", "reconciler": "acme/gift_card.GIFT25"},
}


@pytest.fixture(scope="module")
def gift_card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kind]:
    path = tmp_path_factory.mktemp("elsewhere") / "gift_card.py"
    path.write_text(MODULE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("gift_card_from_elsewhere", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its annotations are looked up
    spec.loader.exec_module(module)
    yield module.KIND
    del sys.modules[spec.name]


@pytest.fixture
def known(gift_card: Kind) -> Kinds:
    return {**all_kinds.load(), "gift_card": gift_card}


class Town:
    """An account that has gift cards, behind the real gateway."""

    def __init__(self, known: Kinds) -> None:
        self.known = known
        self.simulator = Simulator(clock=lambda: 1_760_000_000.0)
        self.far = FarEnd(self.simulator)
        transport = SimulatorTransport(cast(Simulator, self.far))
        self.gateway = Gateway("sk_test_town", transport=transport, paced=False)
        self.runs = 0

    def plan(self, text: str, *allow: str, destroy: bool = False) -> Plan:
        snapshot = observe(self.gateway, self.known.values())
        return plan(
            loads(text, self.known),
            snapshot,
            self.known,
            api_version=API_VERSION,
            allow=allow,
            destroy=destroy,
        )

    def become(self, text: str, *allow: str) -> list[tuple[str, dict[str, Any]]]:
        """Apply a file; return what was written of gift cards, when nothing is left to do."""
        before = len(self.far.sent)
        made = self.plan(text, *allow)
        assert made.blocked == ()
        assert planfile.read(planfile.write(made), self.known) == made
        self.runs += 1
        apply(
            made,
            self.known,
            self.gateway,
            self.gateway,
            journal=Journal.none(f"run{self.runs}"),
            clock=lambda: 0.0,
            workers=4,
        )
        again = self.plan(text)
        assert ((), (), ()) == (again.changes, again.steps, again.findings)
        return self.far.sent[before:]


@pytest.fixture
def town(known: Kinds) -> Iterator[Town]:
    made = Town(known)
    yield made
    made.simulator.close()


class TestItsFile:
    def test_it_is_read_and_written(self, known: Kinds) -> None:
        catalog = loads(HEAD + CARD, known)
        text = dump(catalog)
        assert "amount = 25.00\n" in text
        assert catalog == loads(text, known)

    def test_its_mistakes_are_told(self, known: Kinds) -> None:
        wrong = CARD.replace("design", "desing").replace('"book"', '"boko"')
        with pytest.raises(SpecError) as caught:
            loads(HEAD + wrong, known)
        said = str(caught.value)
        assert 'unknown field "desing"' in said
        assert 'Did you mean "design"?' in said
        assert 'there is no product "boko" in the catalog' in said
        with pytest.raises(SpecError, match=r"gift_card\.GIFT25: amount is beyond 500\.00"):
            loads(HEAD + CARD.replace("25.00", "501.00"), known)

    def test_two_cannot_have_one_code(self, known: Kinds) -> None:
        other = '[gift_cards.other]\nproduct = "book"\namount = 5.00\ncode = "GIFT25"\n'
        with pytest.raises(SpecError, match="GIFT25"):
            loads(HEAD + CARD + other, known)

    def test_editors_know_it(self, gift_card: Kind) -> None:
        schema = json_schema({"product": all_kinds.load()["product"], "gift_card": gift_card})
        jsonschema.Draft7Validator.check_schema(schema)
        judge = jsonschema.Draft7Validator(schema)

        def faults(**changes: Any) -> list[str]:
            card = {"product": "book", "value": 2500, "currency": "usd", "design": "winter"}
            file = {"gift_cards": {"GIFT25": {**card, **changes}}}
            return [str(error.validator) for error in judge.iter_errors(file)]

        assert [] == faults()
        assert ["enum"] == faults(design="green")
        assert ["additionalProperties"] == faults(worth=1)

    def test_its_docs_are_written(self, known: Kinds) -> None:
        page = generator().kinds_page(known)
        section = page.partition("## Gift cards\n")[2].partition("\n## ")[0]
        assert "[Gift cards](#gift-cards)" in page
        assert "/v1/gift_cards" in section
        assert "A gift card cannot be deleted." in section
        for field in ("amount", "code", "design", "shops", "metadata"):
            assert f"`{field}`" in section


class TestItsLife:
    def test_it_is_made(self, town: Town, known: Kinds) -> None:
        shown = told(town.plan(HEAD + CARD), known)
        assert "  + gift_card.GIFT25  worth 25.00 USD  code GIFT25\n" in shown
        assert [("/v1/gift_cards", FIRST)] == town.become(HEAD + CARD)

    def test_it_is_updated_with_what_changed(self, town: Town) -> None:
        town.become(HEAD + CARD)
        changed = CARD.replace('"winter"', '"plain"').replace('"4"', '"1"')
        assert [
            ("/v1/gift_cards/gift_1", {"design": "plain", "metadata": {"season": "1"}})
        ] == town.become(HEAD + changed)
        bare = '[gift_cards.GIFT25]\nproduct = "book"\namount = 25.00\n'
        assert [
            ("/v1/gift_cards/gift_1", {"design": "", "shops": "", "metadata": {"season": ""}})
        ] == town.become(HEAD + bare)

    def test_an_order_that_means_nothing_is_no_change(self, town: Town) -> None:
        town.become(HEAD + CARD)
        turned = CARD.replace('["Bergen", "Aarhus"]', '["Aarhus", "Bergen"]')
        assert [] == town.become(HEAD + turned)

    def test_it_is_replaced_by_one_of_another_worth(self, town: Town) -> None:
        town.become(HEAD + CARD)
        dearer = HEAD + CARD.replace("25.00", "30.00")
        stopped = town.plan(dearer)
        assert ["RC109"] == [finding.code for finding in stopped.blocked]
        assert 'code "GIFT25" can only be used again once gift_1 is gone' in stopped.blocked[0].text
        assert [
            ("/v1/gift_cards/gift_1", {"active": "false"}),
            ("/v1/gift_cards", {**FIRST, "value": "3000"}),
        ] == town.become(dearer, "RC109")
        # Another code is free already, so the new one comes first.
        other = dearer.replace("30.00", '20.00\ncode = "GIFT20"')
        assert [
            ("/v1/gift_cards", {**FIRST, "value": "2000", "code": "GIFT20"}),
            ("/v1/gift_cards/gift_2", {"active": "false"}),
        ] == town.become(other)

    def test_its_worth_is_guarded(self, town: Town) -> None:
        town.become(HEAD + CARD)
        far = town.plan(HEAD + CARD.replace("25.00", "250.00"), "RC109")
        assert ["RC103"] == [finding.code for finding in far.blocked]

    def test_it_is_retired_and_comes_back(self, town: Town) -> None:
        town.become(HEAD + CARD)
        assert [("/v1/gift_cards/gift_1", {"active": "false"})] == town.become(HEAD)
        assert [("/v1/gift_cards/gift_1", {"active": "true"})] == town.become(HEAD + CARD)

    def test_what_it_names_is_made_before_it_and_goes_after_it(self, town: Town) -> None:
        made = town.plan(HEAD + CARD)
        assert ["create product.book", "create gift_card.GIFT25"] == [
            step.id for step in made.steps
        ]
        town.become(HEAD + CARD)
        gone = town.plan(HEAD + CARD, destroy=True)
        assert ["retire gift_card.GIFT25", "retire product.book"] == [
            step.id for step in gone.steps
        ]

    def test_a_strangers_card_is_left_alone_until_it_is_adopted(self, town: Town) -> None:
        town.become(HEAD)
        params = "product=book&value=2500&currency=usd&code=GIFT25&design=winter"
        town.far.handle(Request(method="POST", path="/v1/gift_cards", body=params.encode()))
        assert ["RC108"] == [finding.code for finding in town.plan(HEAD + CARD).blocked]
        adopted = f'{HEAD}{CARD}\n[adopt]\n"gift_card.GIFT25" = "gift_1"\n'
        town.become(adopted)
        assert town.far.cards["gift_1"]["metadata"] == FIRST["metadata"]
        assert ["gift_1"] == list(town.far.cards)


@contextmanager
def listening(far: FarEnd) -> Iterator[str]:
    """Answer over HTTP on this machine; give the base of the API."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def exchange(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = far.handle(
                Request(
                    method=self.command,
                    path=path,
                    query=query,
                    body=body,
                    headers=dict(self.headers),
                )
            )
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_DELETE = exchange  # noqa: N815 - the base's names

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_one_file_more_in_the_folder_of_kinds_is_all_it_takes(tmp_path: Path) -> None:
    """The command line of a copy of the package, with the file beside the others."""
    shutil.copytree(
        ROOT / "reconciler", tmp_path / "reconciler", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "reconciler" / "kinds" / "gift_card.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "catalog.toml").write_text(HEAD + CARD, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        environment = {**os.environ, "STRIPE_API_KEY": "sk_test_copy", "PYTHONPATH": str(tmp_path)}
        ran = subprocess.run(
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr

    with Simulator() as simulator, listening(far := FarEnd(simulator)) as base:
        code, said = run("apply", "--yes", "--api-base", base)
        assert (0, [("/v1/gift_cards", FIRST)]) == (code, far.sent), said
        code, said = run("plan", "--detailed-exitcode", "--api-base", base)
        assert code == 0, said
        assert "\nNo changes. 2 resources are as the file says.\n" in said
