"""A report as text and as JSON, whole; and that nobody's words can break out of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from doctor.ward import HEALTHY, NOW, catalog, examined, lock, price, product
from hostile.test_text import ALL, is_quiet
from laws.strategies import KINDS
from reconciler.doctor.checks import CHECKS
from reconciler.doctor.finding import Finding
from reconciler.model.catalog import Account
from reconciler.render.doctor import File, doctor_json, doctor_text

GOLDEN = Path(__file__).parent / "golden"
FILE = File(name="catalog.toml", catalog=catalog())

ILL = [
    *HEALTHY,
    product("prod_again", "acme/product.pro", metadata={"reconciler_plan_team": "soon"}),
    product("prod_old", "acme-old/product.pro", active=False),
    price("price_old", "prod_old", "acme-old/price.pro.monthly", lookup_key="old", active=False),
    *(product(f"prod_{number}", name=f"Number {number}") for number in range(5)),
    product("prod_odd", "acme/product"),
    lock(7, NOW - 1000),
]

REPORTS = {
    "healthy": (examined(HEALTHY, wanted=FILE.catalog), FILE),
    "nothing": (examined([]), None),
    "unstamped": (
        examined([product("prod_1"), price("price_1", "prod_1", "acme/price.pro.monthly")]),
        FILE,
    ),
    "ill": (examined(ILL, wanted=FILE.catalog), FILE),
    "mistakes": (examined(HEALTHY), File(name="a.toml b", catalog=None)),
}


def golden(name, content, update):
    path = GOLDEN / name
    if update:
        path.write_text(content, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_this_text(name, update):
    told, file = REPORTS[name]
    golden(f"{name}.txt", doctor_text(told, file, KINDS), update)


def test_a_report_is_this_json(update):
    golden("ill.json", doctor_json(*REPORTS["ill"]), update)


def test_an_ordinary_account_fits_a_screen():
    """24 lines of 80 columns, for what is healthy."""
    lines = doctor_text(*REPORTS["healthy"], KINDS).splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 80 for line in lines)


def test_a_restricted_key_is_told_kind_by_kind(update):
    told = examined(HEALTHY, sort="restricted", subscriptions=False)
    may = tuple(replace(one, read=one.table != "coupons") for one in told.may)
    golden("restricted.txt", doctor_text(replace(told, may=may), None, KINDS), update)


def test_every_check_is_documented():
    page = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text(encoding="utf-8")
    rows = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if " | " in line]
    titles = [check.title for check in CHECKS]
    assert titles == [row for row in rows if row in titles]


def test_words_of_others_stay_in_their_lines():
    told, _ = REPORTS["ill"]
    evil = Finding(
        check="stamp", level="problem", place=ALL, objects=(ALL, "a" + ALL), text=ALL, mend=ALL
    )
    plain = replace(evil, place="x", objects=("y",), text="z", mend="m")
    reach = replace(told.reach, connected=ALL, account=Account(id=ALL, livemode=False))
    holdings = tuple(replace(one, catalog=one.catalog and ALL) for one in told.holdings)
    file = replace(FILE, name=ALL)
    hostile = replace(told, reach=reach, holdings=holdings, findings=(evil,))
    text = doctor_text(hostile, file, KINDS)
    quiet = doctor_text(replace(told, findings=(plain,)), FILE, KINDS)
    assert is_quiet(text)
    assert len(text.split("\n")) <= len(quiet.split("\n"))
    document = json.loads(doctor_json(hostile, file))
    assert (ALL, ALL) == (document["account"], document["findings"][0]["place"])
    assert doctor_json(hostile, file).isascii()


def test_colour_adds_nothing_but_colour():
    told, file = REPORTS["ill"]
    coloured = doctor_text(told, file, KINDS, colour=True)
    plain = coloured
    for code in ("1;31", "33", "1", "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert (doctor_text(told, file, KINDS), True) == (plain, coloured != plain)
