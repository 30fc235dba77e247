"""Whatever a file holds: a catalog, or a `SpecError`. Nothing else, and soon."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.errors import SpecError
from reconciler.kinds import load as load_kinds
from reconciler.spec import source
from reconciler.spec.load import load, loads
from reconciler.spec.locate import Positions
from spec.strategies import catalogs

KINDS = load_kinds()
SOON = settings(
    max_examples=150,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
WORDS = st.sampled_from(
    [
        "catalog",
        "name",
        "defaults",
        "currency",
        "products",
        "pro",
        "prices",
        "monthly",
        "plans",
        "items",
        "moved",
        "adopt",
        "policy",
        "amount",
        "unit_amount",
        "unit_amount_decimal",
        "interval",
        "recurring",
        "tiers",
        "up_to",
        "flat",
        "currency_options",
        "eur",
        "usd",
        "metadata",
        "ignore",
        "protect",
        "allow",
        "id",
        "from",
        "unset",
        "lookup_key",
        "default_price",
        "meter",
    ]
)
LEAVES = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.text(max_size=5),
    st.dates(),
    WORDS,
    st.sampled_from(
        ["usd", "month", "inf", "monthly", "pro.monthly", "product.pro", "prod_1", 1.0]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


def read(text: str) -> None:
    found = ()
    try:
        loads(text, KINDS)
    except SpecError as error:
        found = error.problems
    assert all(problem.what and problem.place for problem in found)


@given(st.binary(max_size=60))
@SOON
def test_any_bytes(tmp_path, raw) -> None:
    file = tmp_path / "catalog.toml"
    file.write_bytes(raw)
    with pytest.raises(SpecError):
        load([file], KINDS)


@given(st.text(st.sampled_from("ab.=[]{}\"'\\\n#, 01-_eu+infa"), max_size=60))
@SOON
def test_any_text_that_looks_like_toml(text) -> None:
    Positions(text)
    read(text)


@given(st.dictionaries(WORDS, VALUES, max_size=5))
@SOON
def test_any_document_of_our_words(data) -> None:
    read(tomli_w.dumps({"catalog": {"name": "acme"}, **data}))


@given(VALUES, st.lists(WORDS, max_size=4), WORDS)
@SOON
def test_any_value_in_a_price(value, path, word) -> None:
    for name in reversed(path):
        value = {name: value}
    price = {"currency": "usd", "amount": 1.5, word: value}
    product = {"name": "Pro", "prices": {"monthly": price}, word: value}
    read(tomli_w.dumps({"catalog": {"name": "acme"}, "products": {"pro": product}}))


@given(catalogs(), st.data())
@SOON
def test_any_catalog_with_a_value_gone_wrong(catalog, data) -> None:
    table = catalog
    while isinstance(table, dict) and table:
        key = data.draw(st.sampled_from(sorted(table)))
        inner = table[key]
        if not isinstance(inner, dict) or data.draw(st.booleans()):
            table[key] = data.draw(VALUES)
            break
        table = inner
    read(tomli_w.dumps(catalog))


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "{b = " * 50_000,
        ".".join("a" * 100_000) + " = 1",
        "[" + ".".join("a" * 100_000) + "]",
        "\n".join(["a.b.c.d.e.f.g.h = 1"] * 2),
        '"' * 100_000,
        '"""\\' * 20_000,
        '"' + "a." * 50 + "\n" + '"""\\' * 20_000,
        "a = " + "9" * 100_000,
        "a = 1e" + "9" * 100_000,
        "a = 0." + "1" * 100_000,
        "[catalog]\n" * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_what_is_meant_to_take_long(text) -> None:
    start = time.monotonic()
    with pytest.raises(SpecError):
        loads(text, KINDS)
    assert time.monotonic() - start < 5


def test_a_list_of_many_numbers_is_no_long_key() -> None:
    numbers = ", ".join(["0.5"] * 1000)
    text = f'a = [{numbers}]\nb = "{"x." * 1000}"\n# {"y." * 1000}\n'

    assert not isinstance(source.parse(source.Path("x"), text), source.Problem)
