"""Where things stand in a text, down to the odd ways in which TOML lets one write them."""

from __future__ import annotations

import pytest

from reconciler.spec.locate import Positions

TEXT = """\
# comment with [brackets] and "quotes
top = 1
a.b . "c.d" = { x = [1, [2, 3]], "y" = { z = "," } }

[products.pro]
name = "Pro" # after
text = \"\"\"
[not.a.table]
key = "no" \\\""" still
\"\"\"
literal = '''
also = 'no'
'''
images = [
  "one", # a comment, with ]
  "two",
]

  [ products . "pro plan" ]  # spaces
  'quoted key' = 2026-01-01 00:00:00
  float = 1.5

[[tiers]]
up_to = 1
[[tiers]]
up_to = 2
[tiers.inner]
deep = true
[[tiers.list]]
name = "x"
[products.pro.prices.monthly]
recurring.interval = "month"
recurring.count = 2
"""


@pytest.mark.parametrize(
    ("steps", "key", "value"),
    [
        (("top",), (2, 1), (2, 7)),
        (("a",), (3, 1), (3, 1)),
        (("a", "b"), (3, 3), (3, 3)),
        (("a", "b", "c.d"), (3, 1), (3, 15)),
        (("a", "b", "c.d", "x"), (3, 17), (3, 21)),
        (("a", "b", "c.d", "x", 0), (3, 22), (3, 22)),
        (("a", "b", "c.d", "x", 1, 1), (3, 29), (3, 29)),
        (("a", "b", "c.d", "y", "z"), (3, 42), (3, 46)),
        (("products",), (5, 1), (5, 1)),
        (("products", "pro"), (5, 1), (5, 1)),
        (("products", "pro", "name"), (6, 1), (6, 8)),
        (("products", "pro", "text"), (7, 1), (7, 8)),
        (("products", "pro", "literal"), (11, 1), (11, 11)),
        (("products", "pro", "images", 1), (16, 3), (16, 3)),
        (("products", "pro plan"), (19, 3), (19, 3)),
        (("products", "pro plan", "quoted key"), (20, 3), (20, 18)),
        (("products", "pro plan", "float"), (21, 3), (21, 11)),
        (("tiers",), (23, 1), (23, 1)),
        (("tiers", 0), (23, 1), (23, 1)),
        (("tiers", 1, "up_to"), (26, 1), (26, 9)),
        (("tiers", 1, "inner", "deep"), (28, 1), (28, 8)),
        (("tiers", 1, "list", 0, "name"), (30, 1), (30, 8)),
        (("products", "pro", "prices"), (31, 1), (31, 1)),
        (("products", "pro", "prices", "monthly", "recurring"), (32, 1), (32, 1)),
        (("products", "pro", "prices", "monthly", "recurring", "count"), (33, 1), (33, 19)),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_key_and_value_is_found(steps, key, value, ending) -> None:
    positions = Positions(TEXT.replace("\n", ending))

    assert (key, value) == (positions.find(steps, key=True), positions.find(steps, key=False))


def test_what_is_not_there_is_found_at_the_nearest_thing_around_it() -> None:
    positions = Positions("[a]\nb = { c = 1 }\n")

    assert positions.find(("a", "b", "x", "y"), key=False) == (2, 1)
    assert positions.find(("x",), key=False) == (1, 1)


def test_columns_count_characters() -> None:
    assert Positions('a = { "é" = 1 }').find(("a", "é"), key=False) == (1, 13)


@pytest.mark.parametrize(
    ("text", "steps", "lines"),
    [
        ("a = 1\nb = 2\na = 3\n", ("a",), (1, 3)),
        ("[a]\nx = 1\n[b]\n[a]\n", ("a",), (1, 4)),
        ("[a]\nb.c = 1\n[a.b]\n", None, None),
        ("x = { y = 1, y = 2 }\n", ("x", "y"), (1, 1)),
        ("[[a]]\nb = 1\n[[a]]\nb = 2\n", None, None),
        ("[a.b]\n[a]\n", None, None),
    ],
)
def test_what_is_there_twice_is_found(text, steps, lines) -> None:
    positions = Positions(text)

    found = positions.repeated

    if steps is None:
        assert found is None
        return
    assert found is not None
    where = tuple(positions.line_and_column(spot.key)[0] for spot in found[1:])
    assert (steps, lines) == (found[0], where)


@pytest.mark.parametrize("text", ["", "[", "[a", "a", "a =", "a = [", "a = {", 'a = "', "= 1", "]"])
def test_it_stops_quietly_where_the_text_is_no_toml(text) -> None:
    assert Positions(text).find(("zzz",), key=True) == (1, 1)
