"""The way back: what `dump` writes, `load` reads as the same catalog."""

from __future__ import annotations

from pathlib import Path

import tomli_w
from hypothesis import HealthCheck, assume, given, settings

from reconciler.errors import SpecError
from reconciler.kinds import load as load_kinds
from reconciler.spec.dump import dump
from reconciler.spec.load import load, loads
from spec.strategies import catalogs

KINDS = load_kinds()
EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog.toml"


class TestRoundTrip:
    """load(dump(catalog)) == catalog."""

    @given(catalogs())
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    def test_any_catalog_comes_back(self, data) -> None:
        try:
            catalog = loads(tomli_w.dumps(data), KINDS)
        except SpecError:
            assume(False)
            raise
        text = dump(catalog)

        again = loads(text, KINDS)

        assert catalog == again
        assert catalog.digest == again.digest
        assert text == dump(again)

    def test_the_example_comes_back(self) -> None:
        catalog = load([EXAMPLE], KINDS)

        assert catalog == loads(dump(catalog), KINDS)


GIVEN = """\
[catalog]
name = "acme"
account = "acct_1"
[products.pro]
name = "Pro"
active = true
description = "Two\\nlines"
default_price = "pro.monthly"
[products.pro.prices.monthly]
currency = "usd"
unit_amount_decimal = "2900"
recurring = { interval = "month", interval_count = 1, trial_period_days = 3 }
currency_options = { jpy = { unit_amount = 4300 }, isk = { unit_amount = 390000 } }
ignore = ["unit_amount"]
lookup_key = "m"
[products.pro.prices.euro]
currency = "eur"
unit_amount = 100
[products.pro.prices.usage]
currency = "usd"
unit_amount_decimal = "0.2"
recurring = { interval = "month", usage_type = "metered", meter = "mtr_1A" }
[plans.all]
items = [{ price = "price.pro.monthly" }, { price = "pro.usage" }]
[moved]
"product.a" = "product.b"
"product.b" = "product.pro"
[adopt]
"product.pro" = { id = "prod_1", from = "old" }
"""
"""What says it at length, and in more ways than one."""

WRITTEN = """\
[catalog]
name = "acme"
account = "acct_1"

[defaults]
currency = "usd"

[products.pro]
name = "Pro"
description = \"\"\"
Two
lines\"\"\"
default_price = "monthly"

[products.pro.prices.euro]
currency = "eur"
amount = 1.00

[products.pro.prices.monthly]
amount = 29.00
recurring = { trial_period_days = 3 }
interval = "month"
currency_options = { isk = 3900, jpy = 4300 }
lookup_key = "m"
ignore = ["amount"]

[products.pro.prices.usage]
amount = 0.002
interval = "month"
meter = "mtr_1A"

[plans.all]
items = ["pro.monthly", "pro.usage"]

[moved]
"product.a" = "product.b"
"product.b" = "product.pro"

[adopt]
"product.pro" = { id = "prod_1", from = "old" }
"""


def test_it_reads_as_a_person_would_write() -> None:
    assert WRITTEN == dump(loads(GIVEN, KINDS))
