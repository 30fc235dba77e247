"""The kind of `docs/adding-a-kind.md` is real: it is loaded, told, planned, applied and changed.

Its far end is no Stripe and no simulator, which have no bundles: a few lines, written here.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from docs.pages import ROOT, blocks, generator
from reconciler import kinds
from reconciler.errors import SpecError
from reconciler.executor.journal import Journal
from reconciler.executor.run import apply
from reconciler.model import marks, plan
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind, Kinds, Lookup
from reconciler.model.marks import Items
from reconciler.model.values import Frozen, to_json
from reconciler.observer.account import observe
from reconciler.planner.build import plan as build
from reconciler.ports import MayGo
from reconciler.render.text import text
from reconciler.spec.load import loads
from reconciler.spec.schema import json_schema

PAGE = ROOT / "docs" / "adding-a-kind.md"


@dataclass(slots=True)
class FarEnd:
    """Keeps objects, gives them ids, and merges what it is sent."""

    objects: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    sent: list[tuple[str, str | None, dict[str, Any]]] = field(default_factory=list)

    def now(self) -> int:
        return 1_760_000_000

    def get_account(self) -> Account:
        return Account(id="acct_1", livemode=False)

    def get_objects(self, kind: Kind) -> Iterable[Mapping[str, Any]]:
        return list(self.objects.get(kind.name, {}).values())

    def get_object(self, kind: Kind, object_id: str) -> Mapping[str, Any] | None:
        return self.objects.get(kind.name, {}).get(object_id)

    def find_objects(
        self, kind: Kind, lookup: Lookup, values: Sequence[str]
    ) -> Iterable[Mapping[str, Any]]:
        return [one for one in self.get_objects(kind) if one.get(lookup.field) in values]

    def search_ids(self, kind: Kind, query: str) -> Iterable[str]:
        return ()

    def get_subscriptions(self, on: Mapping[str, str]) -> Iterable[Mapping[str, Any]]:
        return ()

    def get_items(self, kind: Kind, object_id: str, items: Items) -> Iterable[Mapping[str, Any]]:
        return ()

    def send(
        self,
        kind: Kind,
        step: plan.Step,
        object_id: str | None,
        payload: Frozen,
        *,
        key: str,
        may_go: MayGo,
    ) -> Mapping[str, Any] | None:
        assert may_go()
        given = to_json(payload)
        self.sent.append((step.call, object_id, given))
        there = self.objects.setdefault(kind.name, {})
        if step.verb == "create":
            object_id = f"{kind.id_prefixes[0]}{len(self.sent)}"
            new = {"id": object_id, "created": len(self.sent), "active": True, "metadata": {}}
            there[object_id] = new | ({"tax_behavior": "unspecified"} if "code" in given else {})
        one = there[str(object_id)]
        if given.pop("transfer_code", False):
            for other in there.values():
                other["code"] = None if other.get("code") == given["code"] else other.get("code")
        notes = {**one["metadata"], **given.pop("metadata", {})}
        merged = one | given | {"metadata": notes}
        kept = {name: None if value == "" else value for name, value in merged.items()}
        there[str(object_id)] = kept
        return kept


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kind]:
    """The page's kind, as a module of its own that is found by nobody else."""
    (written,) = [block for block in blocks(PAGE) if block.mark == "a kind"]
    path: Path = tmp_path_factory.mktemp("kinds") / "bundle.py"
    path.write_text(written.text)
    spec = importlib.util.spec_from_file_location("bundle_of_the_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module.KIND
    del sys.modules[spec.name]


@pytest.fixture
def known(bundle: Kind) -> Kinds:
    return {"product": kinds.load()["product"], "bundle": bundle}


def planned(far: FarEnd, catalog: str, known: Kinds) -> plan.Plan:
    snapshot = observe(far, known.values())
    return build(loads(catalog, known), snapshot, known, api_version="2026-10-28.endive")


def applied(far: FarEnd, catalog: str, known: Kinds) -> list[tuple[str, str | None]]:
    """Apply, see that nothing is left to do, and return the calls that it took."""
    before = len(far.sent)
    made = planned(far, catalog, known)
    assert made.blocked == ()
    apply(made, known, far, far, journal=Journal.none("run"), clock=lambda: 0.0, workers=1)
    assert planned(far, catalog, known).changes == ()
    return [(call, object_id) for call, object_id, _ in far.sent[before:]]


def test_it_goes_through_plan_and_apply(bundle: Kind, known: Kinds) -> None:
    far = FarEnd()
    first = bundle.example
    applied(far, first, known)
    (one,) = far.objects["bundle"].values()
    assert ("Breakfast", 1500, "breakfast") == (one["name"], one["unit_amount"], one["code"])

    renamed = first.replace('"Breakfast"', '"Morning"')
    assert [("update_bundle", one["id"])] == applied(far, renamed, known)
    assert {"name": "Morning"} == far.sent[-1][2]
    reordered = renamed.replace('["mug", "lid"]', '["lid", "mug"]')
    assert [] == applied(far, reordered, known)

    dearer = renamed.replace("15.00", "16.00")
    calls = applied(far, dearer, known)
    assert [("create_bundle", None), ("update_bundle", one["id"])] == calls
    _, new = far.objects["bundle"].values()
    assert (True, 1600, "breakfast") == (new["active"], new["unit_amount"], new["code"])

    back = applied(far, renamed, known)
    assert {("update_bundle", one["id"]), ("update_bundle", new["id"])} == set(back)
    gone = renamed.partition("[bundles")[0]
    assert [("update_bundle", one["id"])] == applied(far, gone, known)
    assert [False, False] == [each["active"] for each in far.objects["bundle"].values()]


def test_its_plan_reads_as_the_page_has_it(bundle: Kind, known: Kinds) -> None:
    (shown,) = [block.text for block in blocks(PAGE) if block.lang == ""]
    assert shown in text(planned(FarEnd(), bundle.example, known), known)


def test_mistakes_in_it_are_told(bundle: Kind, known: Kinds) -> None:
    off = bundle.example.replace('name = "Lid"', 'name = "Lid"\nactive = false')
    with pytest.raises(SpecError, match=r"product\.lid is switched off"):
        loads(off, known)
    with pytest.raises(SpecError, match='Did you mean "products"'):
        loads(bundle.example.replace("products = ", "product = "), known)


def test_editors_know_it(known: Kinds) -> None:
    found = json_schema(known)
    jsonschema.Draft202012Validator.check_schema(found)
    assert "bundles" in found["properties"]


def test_its_docs_are_written(bundle: Kind) -> None:
    found = generator().kinds_page({**kinds.load(), "bundle": bundle})
    assert "- [Bundles](#bundles): products that are sold together.\n" in found
    section = found.partition("## Bundles\n")[2].partition("\n## ")[0]
    assert bundle.example in section
    assert "[`/v1/bundles`](https://example.com/api/bundles); its ids are `bun_…`" in section
    assert "| `products` | What is in it. | list of names or ids of products |" in section


def test_every_mark_is_told_and_used() -> None:
    rows = [line.split(" | ") for line in generator().mark_table().splitlines()[2:]]
    assert [row[0] for row in rows if "`" not in row[2]] == []
    told = " ".join(row[0] for row in rows)
    classes = {
        name
        for name, value in vars(marks).items()
        if getattr(value, "__module__", "") == marks.__name__
        and hasattr(value, "__dataclass_fields__")
        and isinstance(value, type)
    }
    instances = {type(value).__name__ for value in vars(marks).values()}
    by_class = {name for name in classes - instances if name in told}
    assert {"Default", "Entries", "Items", "Ref"} == by_class
    assert classes - instances - by_class == {"Lift", "Major"}
    constants = {name for name, value in vars(marks).items() if type(value).__name__ in classes}
    assert {name for name in constants if f"{name}`" not in told} == set()


def test_every_attribute_of_a_kind_is_told() -> None:
    rows = [line.split(" | ") for line in generator().attribute_table().splitlines()[2:]]
    assert [row[0] for row in rows if row[1].strip(" |") == ""] == []
    assert len({row[1] for row in rows}) == len(rows)
