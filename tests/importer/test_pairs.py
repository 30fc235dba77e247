"""Which object of one account is which of another, and what is told of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler.gateway.stripe import API_VERSION
from reconciler.importer.compare import compare
from reconciler.importer.sides import attached, lens
from reconciler.model.catalog import Catalog
from reconciler.model.snapshot import Snapshot
from reconciler.observer.account import observe
from reconciler.render.text import comparison as text
from reconciler.spec.load import loads

KINDS = all_kinds.load()
END = "This is a comparison, and no plan: it cannot be applied."


class Shop(Account):
    """An account in which somebody made things by hand."""

    def product(self, name: str, stamp: str = "", **given: Any) -> str:
        return str(self.post("/v1/products", name=name, **self.stamped(stamp), **given)["id"])

    def price(self, product: str, amount: int, stamp: str = "", **given: Any) -> str:
        parameters = {"currency": "usd", "recurring": {"interval": "month"}, **given}
        made = self.post(
            "/v1/prices",
            product=product,
            unit_amount=amount,
            **parameters,
            **self.stamped(stamp),
        )
        return str(made["id"])

    def stamped(self, stamp: str) -> dict[str, Any]:
        return {"metadata": {"reconciler": stamp}} if stamp else {}

    def seen(self, *files: Catalog, owned_by: str | None = None) -> Snapshot:
        wanted = attached(KINDS, lambda seen: lens(files, [seen], owned_by=owned_by))
        writes = self.writes()
        found = observe(self.gateway, KINDS.values(), attached=wanted)
        assert writes == self.writes()
        return found


@pytest.fixture
def shops() -> Iterator[tuple[Shop, Shop]]:
    """Two accounts in which no two objects have one id."""
    first, second = Shop(KINDS), Shop(KINDS)
    for number in range(3):
        second.delete(f"/v1/products/{second.product(f'Gone {number}')}")
    yield first, second
    first.close()
    second.close()


def told(first: Catalog | Snapshot, second: Catalog | Snapshot, **options: Any) -> list[str]:
    """Return what is told of them, without title and end."""
    made = compare(first, second, KINDS, names=("A", "B"), api_version=API_VERSION, **options)
    lines = text(made, KINDS).splitlines()
    assert f"What would change in B to be as A, API {API_VERSION}" == lines[0]
    assert END == lines[-1]
    return [line for line in lines[1:-1] if line]


def test_by_lookup_keys_and_a_product_by_its_prices(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    first.price(first.product("Pro"), 2900, lookup_key="pro_monthly")
    second.price(second.product("Professional"), 2900, lookup_key="pro_monthly")
    assert [
        '  ~ product.pro  name "Professional" -> "Pro"',
        "Differences: 1 to update. 1 resource is alike.",
    ] == told(first.seen(), second.seen())


def test_by_the_addresses_made_from_names(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    first.price(first.product("Pro", description="New"), 2900)
    second.price(second.product("Pro"), 2900)
    second.product("Team")
    assert [
        '  ~ product.pro   description none -> "New"',
        '  - product.team  deleted, or archived if Stripe refuses  "Team"',
        "Differences: 1 to update, 1 to retire. 1 resource is alike.",
    ] == told(first.seen(), second.seen())


@pytest.mark.parametrize("turned", [False, True])
def test_a_stamp_has_the_address(shops: tuple[Shop, Shop], *, turned: bool) -> None:
    first, second = shops
    home = first.product("Pro", "acme/product.team")
    first.price(home, 2900, "acme/price.team.m", lookup_key="pro_monthly")
    second.price(second.product("Pro"), 2900, lookup_key="pro_monthly", nickname="Old")
    a, b = first.seen(), second.seen()
    change = 'none -> "Old"' if turned else '"Old" -> none'
    assert [
        f"  ~ price.team.m  nickname {change}",
        "Differences: 1 to update. 1 resource is alike.",
    ] == (told(b, a) if turned else told(a, b))


def test_stamps_of_one_catalog_outweigh_keys(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    for shop, key in ((first, "b"), (second, "a")):
        home = shop.product("Pro", "acme/product.pro")
        shop.price(home, 2900, f"acme/price.pro.{key}", lookup_key="pro_monthly")
    assert {"  + price.pro.b", "  - price.pro.a"} == {
        line[:15] for line in told(first.seen(), second.seen()) if line[:3] in ("  +", "  -")
    }


def test_several_catalogs_with_the_same_addresses(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    for shop, names in ((first, ("acme", "other")), (second, ("other", "acme"))):
        for name in names:
            shop.product(f"Pro of {name}", f"{name}/product.pro")
    assert ["No differences. 2 resources are alike."] == told(first.seen(), second.seen())


def test_narrowed_to_one_catalog(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    first.product("Pro", "acme/product.pro")
    second.product("Pro", "acme/product.pro", description="Old")
    second.product("Pro", "other/product.pro")
    second.product("Nobody's")
    narrow = {"owned_by": "acme"}
    assert [
        '  ~ product.pro  description "Old" -> none',
        'Note: Not compared: 1 object of catalog "other" in B (--owned-by other compares them '
        "alone).",
        "Differences: 1 to update.",
    ] == told(first.seen(**narrow), second.seen(**narrow), **narrow)


FILE = """
[catalog]
name = "acme"
account = "acct_1Sandbox"

[products.pro]
name = "Pro"

[coupons.launch]
percent_off = 20
duration = "once"
applies_to = { products = ["prod_Elsewhere"] }

[moved]
"product.old" = "product.pro"
"""


def test_other_catalogs_are_nobodys_business_beside_a_file(shops: tuple[Shop, Shop]) -> None:
    _, second = shops
    file = loads('[catalog]\nname = "acme"\n[products.pro]\nname = "Pro"\n', KINDS)
    second.product("Pro", "acme/product.pro")
    second.product("Team", "other/product.team")
    assert [
        'Note: Not compared: 1 object of catalog "other" in B (--owned-by other compares them '
        "alone).",
        "No differences. 1 resource is alike.",
    ] == told(file, second.seen(file))


def test_raw_ids_and_the_account_are_no_difference_and_moves_are(
    shops: tuple[Shop, Shop],
) -> None:
    _, second = shops
    file = loads(FILE, KINDS)
    second.product("Pro", "acme/product.old")
    elsewhere = second.product("Elsewhere", "other/product.x")
    second.post(
        "/v1/coupons",
        percent_off=20,
        duration="once",
        applies_to={"products": [elsewhere]},
        **second.stamped("acme/coupon.launch"),
    )
    there = second.seen(file)
    assert ["  > product.pro  was product.old", "Differences: 1 to move"] == [
        line[:32] if line[:3] == "  >" else line.partition(".")[0]
        for line in told(file, there)
        if not line.startswith("Note")
    ]


def test_an_id_that_one_side_chose_is_no_difference(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    for shop, chosen in ((first, {"id": "LAUNCH"}), (second, {})):
        shop.post(
            "/v1/coupons",
            percent_off=20,
            duration="once",
            **chosen,
            **shop.stamped("acme/coupon.launch"),
        )
    alike = ["No differences. 1 resource is alike."]
    assert alike == told(first.seen(), second.seen())
    assert alike == told(second.seen(), first.seen())


def test_a_lookup_key_is_one(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    for shop, key in ((first, "pro_monthly"), (second, "pro_m")):
        home = shop.product("Pro", "acme/product.pro")
        shop.price(home, 2900, "acme/price.pro.monthly", lookup_key=key)
    assert [
        '  ~ price.pro.monthly  lookup_key "pro_m" -> "pro_monthly"',
        "RC112 price.pro.monthly (would stop an apply)",
        "Differences: 1 to update. 1 resource is alike.",
    ] == [line.partition(": price.pro")[0] for line in told(first.seen(), second.seen())]


def test_what_is_shared_and_on_one_side_only_is_told(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    first.product("Pro")
    second.product("Pro")
    second.post(
        "/v1/billing/meters",
        display_name="Calls",
        event_name="calls",
        default_aggregation={"formula": "sum"},
    )
    assert [
        "Note: meter.calls is in B alone. It is used together with others, so it would be left "
        "there.",
        "No differences. 1 resource is alike.",
    ] == told(first.seen(), second.seen())


def test_what_no_file_can_say_is_told_on_both_sides(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    for shop in shops:
        twice = {"name": "Pro", "stamp": "acme/product.pro"}
        shop.product(**twice)
        shop.product(**twice)
    found = told(first.seen(), second.seen())
    assert ["Note: Not compared: product", "Note: Not compared: product"] == [
        line[:27] for line in found[:-1]
    ]
    assert "No differences. 1 resource is alike." == found[-1]


SOUND = '{"items":[{"price":"pro_monthly"}]}'


@pytest.mark.parametrize(
    ("here", "there", "noted"),
    [
        ("junk", "junk", ["plan x on", "plan x on"]),
        ("junk", "", ["plan x on"]),
        ("", "junk", ["plan x on"]),
        ("junk", SOUND, ["plan x on", "plan.x of B: no file can say what A has in its place"]),
    ],
)
def test_entries_that_no_file_can_say(
    shops: tuple[Shop, Shop], here: str, there: str, noted: list[str]
) -> None:
    for shop, entry in zip(shops, (here, there), strict=True):
        metadata = {"reconciler": "acme/product.pro"}
        if entry:
            metadata["reconciler_plan_x"] = entry
        home = shop.post("/v1/products", name="Pro", metadata=metadata)["id"]
        shop.price(home, 2900, "acme/price.pro.monthly", lookup_key="pro_monthly")
    first, second = shops
    *notes, end = told(first.seen(), second.seen())
    assert [f"Note: Not compared: {text}" for text in noted] == [
        note.partition(" prod_")[0].removesuffix(".") for note in notes
    ]
    assert "No differences. 2 resources are alike." == end


def test_what_is_archived_comes_back_and_is_no_difference_otherwise(
    shops: tuple[Shop, Shop],
) -> None:
    first, second = shops
    for shop, active in ((first, True), (second, False)):
        home = shop.product("Pro", "acme/product.pro")
        shop.price(home, 900, "acme/price.pro.old", active=False)
        shop.price(home, 2900, "acme/price.pro.monthly", active=active)
    change, *_, end = told(first.seen(), second.seen())
    assert "  ^ price.pro.monthly  29.00 USD / month" == change.partition("  price_")[0]
    assert "Differences: 1 to reactivate. 1 resource is alike." == end
    change, *_, end = told(second.seen(), first.seen())
    assert "  - price.pro.monthly  deactivated  29.00 USD / month" == change
    assert "Differences: 1 to retire. 1 resource is alike." == end
