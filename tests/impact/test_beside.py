"""A plan holds what is sold beside what changes, for its reader."""

from __future__ import annotations

import json

import pytest

from laws.account import Account
from reconciler import kinds, planfile
from reconciler.planner.beside import MOST
from reconciler.render.page.pricing import cards
from reconciler.spec.load import load

KINDS = kinds.load()


def shop(folder, prices, *, other="Other"):
    """A catalog of a product with these prices by name, and of another product with one."""
    lines = ['[catalog]\nname = "acme"\n[policy]\nlock = false\n[products.pro]\nname = "Pro"']
    lines += [
        f'[products.pro.prices.{name}]\nunit_amount = {amount}\ncurrency = "usd"\n'
        f'interval = "month"\nmetadata = {{ note = "kept" }}'
        for name, amount in prices.items()
    ]
    lines += [
        f'[products.other]\nname = "{other}"\n[products.other.prices.monthly]\n'
        'unit_amount = 100\ncurrency = "eur"'
    ]
    path = folder / "catalog.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return load([path], KINDS)


@pytest.fixture
def account():
    made = Account(KINDS)
    yield made
    made.close()


def beside(plan):
    return [(str(one.address), dict(one.bodies), one.more) for one in plan.beside]


class TestBeside:
    def test_the_other_prices_of_a_product_are_there_without_metadata(self, account, tmp_path):
        account.apply(account.plan(shop(tmp_path, {"monthly": 900, "yearly": 9000})))
        made = account.plan(shop(tmp_path, {"monthly": 1200, "yearly": 9000}))
        assert beside(made) == [
            (
                "product.pro",
                {
                    "price.pro.yearly": {
                        "currency": "usd",
                        "unit_amount": 9000,
                        "billing_scheme": "per_unit",
                        "recurring": {
                            "interval": "month",
                            "interval_count": 1,
                            "usage_type": "licensed",
                        },
                        "tax_behavior": "unspecified",
                        "active": True,
                        "lookup_key": "pro_yearly",
                    }
                },
                0,
            )
        ]

    def test_a_product_that_changes_has_its_prices_beside_it(self, account, tmp_path):
        account.apply(account.plan(shop(tmp_path, {"monthly": 900})))
        made = account.plan(shop(tmp_path, {"monthly": 900}, other="Another"))
        assert [(where, list(bodies)) for where, bodies, _ in beside(made)] == [
            ("product.other", ["price.other.monthly"])
        ]

    def test_where_nothing_changes_nothing_stands_beside(self, account, tmp_path):
        account.apply(account.plan(shop(tmp_path, {"monthly": 900})))
        made = account.plan(shop(tmp_path, {"monthly": 900}))
        assert beside(made) == []
        assert "beside" not in json.loads(planfile.write(made))

    def test_beyond_a_few_their_number_is_there(self, account, tmp_path):
        prices = {f"p{number:02}": 100 + number for number in range(MOST + 5)}
        account.apply(account.plan(shop(tmp_path, prices)))
        made = account.plan(shop(tmp_path, {**prices, "p00": 90}))
        assert [(len(bodies), more) for _, bodies, more in beside(made)] == [(MOST, 4)]
        (card,) = cards(made, KINDS)
        assert [(one.name, one.what) for one in card.offers] == [
            ("p00", "replaced"),
            *((f"p{number:02}", "unchanged") for number in range(1, MOST + 1)),
        ]
        assert card.more == 4

    def test_the_file_gives_it_back(self, account, tmp_path):
        account.apply(account.plan(shop(tmp_path, {"monthly": 900, "yearly": 9000})))
        made = account.plan(shop(tmp_path, {"monthly": 1200, "yearly": 9000}))
        assert made.beside == planfile.read(planfile.write(made), KINDS).beside
