"""An overlay: tables merge, values replace, `unset` removes, spellings displace one another."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.kinds import load as load_kinds
from reconciler.model.catalog import Catalog
from reconciler.spec.load import load, loads

KINDS = load_kinds()
HEAD = '[catalog]\nname = "acme"\n[defaults]\ncurrency = "usd"\n[products.pro]\nname = "Pro"\n'
PRICE = "[products.pro.prices.monthly]\n"


@pytest.fixture
def overlaid(tmp_path: Path):
    def lay(base: str, *overlays: str) -> Catalog:
        files = []
        for number, text in enumerate((base, *overlays)):
            files.append(tmp_path / f"{number}.toml")
            files[-1].write_text(text, encoding="utf-8")
        return load(files[:1], KINDS, overlays=files[1:])

    return lay


CASES = {
    "a value replaces": (
        'amount = 1.00\nnickname = "a"',
        'nickname = "b"',
        'amount = 1.00\nnickname = "b"',
    ),
    "tables merge": (
        'amount = 1.00\nmetadata = { a = "1", b = "2" }',
        'metadata = { b = "3", c = "4" }',
        'amount = 1.00\nmetadata = { a = "1", b = "3", c = "4" }',
    ),
    "arrays replace": (
        'interval = "month"\ntiers_mode = "volume"\ntiers = [{ up_to = 1, amount = 1.00 }, { up_to = "inf", amount = 2.00 }]',
        'tiers = [{ up_to = "inf", flat = 3.00 }]',
        'interval = "month"\ntiers_mode = "volume"\ntiers = [{ up_to = "inf", flat = 3.00 }]',
    ),
    "unset removes": ('amount = 1.00\nnickname = "a"', 'unset = ["nickname"]', "amount = 1.00"),
    "unset removes in a table of entries": (
        'amount = 1.00\nmetadata = { a = "1", b = "2" }',
        'metadata = { unset = ["a"] }',
        'amount = 1.00\nmetadata = { b = "2" }',
    ),
    "unset removes an option": (
        "amount = 1.00\ncurrency_options = { eur = 1.00, gbp = 2.00 }",
        'currency_options.unset = ["eur"]',
        "amount = 1.00\ncurrency_options = { gbp = 2.00 }",
    ),
    "unset knows a field by its other name": (
        'amount = 1.00\nrecurring = { interval = "month" }',
        'unset = ["interval"]',
        "amount = 1.00",
    ),
    "a full form displaces a shorthand": ("amount = 1.00", "unit_amount = 200", "amount = 2.00"),
    "a shorthand displaces a full form": ("unit_amount = 200", "amount = 1.00", "amount = 1.00"),
    "a shorthand displaces a decimal": (
        'unit_amount_decimal = "0.5"',
        "amount = 1.00",
        "amount = 1.00",
    ),
    "a nested full form displaces a shorthand": (
        'amount = 1.00\ninterval = "month"',
        'recurring.interval = "year"',
        'amount = 1.00\ninterval = "year"',
    ),
    "a shorthand displaces a nested full form": (
        'amount = 1.00\nrecurring = { interval = "month", trial_period_days = 3 }',
        'interval = "year"',
        'amount = 1.00\ninterval = "year"\nrecurring.trial_period_days = 3',
    ),
    "a bare amount replaces only the amount of a table": (
        'amount = 1.00\ncurrency_options.eur = { unit_amount = 100, tax_behavior = "inclusive" }',
        "currency_options.eur = 2.00",
        'amount = 1.00\ncurrency_options.eur = { amount = 2.00, tax_behavior = "inclusive" }',
    ),
    "a table adds to a bare amount": (
        "amount = 1.00\ncurrency_options.eur = 2.00",
        'currency_options.eur.tax_behavior = "inclusive"',
        'amount = 1.00\ncurrency_options.eur = { amount = 2.00, tax_behavior = "inclusive" }',
    ),
    "a bare amount replaces a bare amount": (
        "amount = 1.00\ncurrency_options.eur = 2.00",
        "currency_options.eur = 3.00",
        "amount = 1.00\ncurrency_options.eur = 3.00",
    ),
}


@pytest.mark.parametrize(("base", "over", "same_as"), CASES.values(), ids=CASES)
def test_laying_over(base, over, same_as, overlaid) -> None:
    assert loads(HEAD + PRICE + same_as, KINDS) == overlaid(HEAD + PRICE + base, PRICE + over)


def test_the_last_overlay_counts(overlaid) -> None:
    expected = loads(HEAD.replace("Pro", "C"), KINDS)

    assert expected == overlaid(
        HEAD, '[products.pro]\nname = "B"\n', '[products.pro]\nname = "C"\n'
    )


def test_an_overlay_adds_and_removes_whole_tables(overlaid) -> None:
    base = HEAD + '[products.team]\nname = "Team"\n'
    over = '[products]\nunset = ["team"]\n[products.plus]\nname = "Plus"\n[adopt]\n"product.pro" = "prod_1"\n'

    assert loads(
        HEAD + '[products.plus]\nname = "Plus"\n[adopt]\n"product.pro" = "prod_1"\n', KINDS
    ) == overlaid(base, over)


def test_the_same_name_is_no_renaming(overlaid) -> None:
    expected = loads(HEAD.replace("[defaults]", 'account = "acct_1"\n[defaults]'), KINDS)

    assert expected == overlaid(HEAD, '[catalog]\nname = "acme"\naccount = "acct_1"\n')
