"""Each format is read back by the language that it is for, whatever Stripe holds."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ids.shop import LINES, OBJECTS, catalog, changed, ids
from laws.effort import trying
from reconciler.errors import UsageError
from reconciler.model.address import Address
from reconciler.model.catalog import Account
from reconciler.model.values import Frozen
from reconciler.planner.identify import Identities
from reconciler.render.ids import STYLES, ids_text
from reconciler.render.safe import lines

GOLDEN = Path(__file__).parent / "golden"
SHOP = ids(OBJECTS)
HOSTILE = ids(
    changed("price_monthly", lookup_key=LINES),
    replace(
        catalog(),
        resources={at: one for at, one in catalog().resources.items() if at.kind != "plan"},
    ),
)


def with_names(**names):
    """The shop's ids, the first price known by other names."""
    held = tuple(
        replace(one, names=Frozen(names)) if one.id == "price_monthly" else one
        for one in SHOP.identities.held
    )
    return replace(SHOP, identities=replace(SHOP.identities, held=held))


@pytest.mark.parametrize("style", STYLES)
def test_the_shop_s_ids_are_this_text(style, update):
    path, content = GOLDEN / f"shop.{style}", ids_text(SHOP, style)
    if update:
        path.write_text(content, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == content


def read_json(text):
    return json.loads(text)


def read_toml(text):
    return {"account": None, **tomllib.loads(text)}


def read_typescript(text):
    """Every value is JSON, and so an expression of TypeScript that means the same.

    JSON is part of JavaScript since 2019. https://tc39.es/proposal-json-superset
    """
    header, *rest = text.split("export ")
    assert re.fullmatch(r"// [^\n\r\u2028\u2029]*\n", header)
    assert rest.pop() == "type Address = keyof typeof objects;\n"
    found = {}
    for part in rest:
        parsed = re.fullmatch(r"const (\w+) = (.*?)( as const)?;\n", part, re.DOTALL)
        found[parsed[1]] = json.loads(parsed[2])
    return found


def read_python(text):
    ast.parse(text)
    module = {}
    exec(compile(text, "ids", "exec"), module)
    return module


def run_env(text, tmp_path):
    """Source it in a shell, and return what the shell has then that it had not before."""
    file = tmp_path / "ids.env"
    file.write_bytes(text.encode())
    (tmp_path / "show.py").write_text(
        "import json, os; print(json.dumps({k: v for k, v in os.environ.items() "
        "if k.startswith('STRIPE_')}))"
    )
    ran = subprocess.run(
        ["bash", "-c", f'set -a; . "{file}"; "{sys.executable}" "{tmp_path}/show.py"'],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
        text=True,
    )
    assert "" == ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("shop", [SHOP, HOSTILE, with_names(lookup_key="a\U0001f600\x7f\x85")])
@pytest.mark.parametrize("style", ["json", "toml", "typescript"])
def test_it_is_read_back_as_it_was(shop, style):
    read = {"json": read_json, "toml": read_toml, "typescript": read_typescript}[style]
    found = read(ids_text(shop, style))
    found.pop("written_by", None)
    assert shop.document() == found


@pytest.mark.parametrize("shop", [SHOP, HOSTILE])
def test_python_has_it_by_address(shop):
    module = read_python(ids_text(shop, "python"))
    known = shop.document()
    assert {address: one["id"] for address, one in known["objects"].items()} == module["IDS"]
    assert {
        address: one["lookup_key"]
        for address, one in known["objects"].items()
        if "lookup_key" in one
    } == module["LOOKUP_KEYS"]
    assert known["plans"] == module["PLANS"]
    assert tuple(known["objects"]) == get_args(module["Address"])
    assert ("acme", known["account"], False) == (
        module["CATALOG"],
        module["ACCOUNT"],
        module["LIVEMODE"],
    )
    assert all(
        isinstance(module[name], MappingProxyType) for name in ("IDS", "LOOKUP_KEYS", "PLANS")
    )


def test_python_is_checked_by_mypy(tmp_path):
    (tmp_path / "shop_ids.py").write_text(ids_text(SHOP, "python"))
    (tmp_path / "right.py").write_text(
        'from shop_ids import IDS, PLANS\n\nprice: str = IDS["price.pro.monthly"]\n'
        'items = PLANS["plan.team"]["items"]\n'
    )
    (tmp_path / "wrong.py").write_text(
        'from shop_ids import IDS\n\nprice: str = IDS["price.pro.montly"]\n'
    )
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "right.py", "wrong.py"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        text=True,
    )
    told = ran.stdout.splitlines()
    assert ["wrong.py:3"] == [line.partition(": error:")[0] for line in told if ": error:" in line]


@pytest.mark.parametrize("shop", [SHOP, HOSTILE])
def test_a_shell_has_it_in_variables(shop, tmp_path):
    known = shop.document()["objects"]
    expected = {
        "STRIPE_PRODUCT_PRO": "prod_pro",
        "STRIPE_PRICE_PRO_MONTHLY": "price_monthly",
        "STRIPE_PRICE_PRO_MONTHLY_LOOKUP_KEY": known["price.pro.monthly"]["lookup_key"],
        "STRIPE_METER_API_CALLS": "mtr_1",
        "STRIPE_METER_API_CALLS_EVENT_NAME": "api_calls",
        "STRIPE_PAYMENT_LINK_PRO_URL": "https://buy.stripe.com/test_1",
    }
    found = run_env(ids_text(shop, "env"), tmp_path)
    assert expected == {name: found[name] for name in expected}


def test_a_plan_in_the_environment_is_what_stripe_takes(tmp_path):
    found = run_env(ids_text(SHOP, "env"), tmp_path)
    assert [
        {"price": "price_monthly"},
        {"price": "price_seats", "quantity": 3},
    ] == json.loads(found["STRIPE_PLAN_TEAM_ITEMS"])
    assert ("14", ["pro_monthly", "pro_seats"]) == (
        found["STRIPE_PLAN_TEAM_TRIAL_PERIOD_DAYS"],
        json.loads(found["STRIPE_PLAN_TEAM_LOOKUP_KEYS"]),
    )


def test_nothing_of_reconciler_s_own_environment_is_set(tmp_path):
    """Sourced, the file must not lead the next plan elsewhere."""
    found = run_env(ids_text(SHOP, "env"), tmp_path)
    assert set() == {"STRIPE_API_KEY", "STRIPE_ACCOUNT"} & found.keys()


def test_text_is_one_quiet_line_for_each():
    text = ids_text(HOSTILE, "text")
    assert text == "\n".join(lines(text))
    assert 2 + len(HOSTILE.identities.held) == len(text.splitlines())


ANY_NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


class TestAnyName:
    @trying(100, 5000)
    @given(name=ANY_NAME)
    @example(name=LINES)
    @example(name='"""')
    @example(name="'''\\")
    @example(name="\0")
    def test_is_read_back(self, name):
        shop = with_names(lookup_key=name)
        for style, read in (
            ("json", read_json),
            ("toml", read_toml),
            ("typescript", read_typescript),
        ):
            document = read(ids_text(shop, style))
            assert name == document["objects"]["price.pro.monthly"]["lookup_key"]
        assert name == read_python(ids_text(shop, "python"))["LOOKUP_KEYS"]["price.pro.monthly"]

    @trying(100, 1000)
    @given(names=st.lists(ANY_NAME.filter(lambda text: "\0" not in text), min_size=9, max_size=9))
    def test_is_what_a_shell_would_read(self, names):
        """Nine at a time, by the shell's own rules: inside single quotes all is as it stands."""
        for name in names:
            text = ids_text(with_names(lookup_key=name), "env")
            (value,) = re.findall(
                r"^STRIPE_PRICE_PRO_MONTHLY_LOOKUP_KEY=((?:'[^']*'|\\'|[A-Za-z0-9_./:@%+,-])+)$",
                text,
                re.MULTILINE,
            )
            parts = re.findall(r"'([^']*)'|\\(')|([^'\\]+)", value)
            assert name == "".join("".join(part) for part in parts)


@pytest.mark.parametrize("style", ["json", "toml", "env", "python", "typescript"])
def test_half_a_character_is_refused(style):
    with pytest.raises(UsageError) as error:
        ids_text(with_names(lookup_key="a\ud800"), style)
    assert (
        "objects price.pro.monthly lookup_key is 'a\\ud800' at Stripe, which a file for "
        f"{style} cannot hold.\n  Give it another value in the catalog, then apply."
    ) == str(error.value)


def test_a_variable_cannot_hold_a_nul():
    with pytest.raises(UsageError):
        ids_text(with_names(lookup_key="a\0b"), "env")


def test_two_addresses_of_one_variable_are_refused():
    one = next(one for one in SHOP.identities.held if one.id == "price_monthly")
    keys = [("pro", "month-ly"), ("pro", "month_ly"), ("pro", "MONTH-LY"), ("pro_month", "ly")]
    held = tuple(
        replace(one, resource=replace(one.resource, address=Address("price", key))) for key in keys
    )
    shop = replace(SHOP, identities=Identities(held=held, entries=(), gaps=()))
    with pytest.raises(UsageError) as error:
        ids_text(shop, "env")
    every = (
        "price.pro.month-ly and price.pro.month_ly and price.pro.MONTH-LY and price.pro_month.ly"
    )
    assert (
        f"{every} would be one variable, STRIPE_PRICE_PRO_MONTH_LY.\n"
        f"{every} would be one variable, STRIPE_PRICE_PRO_MONTH_LY_LOOKUP_KEY.\n"
        "  Rename one with [moved], or use another format: they keep addresses apart."
    ) == str(error.value)
    assert 4 == len(json.loads(ids_text(shop, "json"))["objects"])


@pytest.mark.parametrize("style", STYLES)
def test_an_account_s_name_stays_in_its_line(style):
    shop = replace(SHOP, account=Account(id="acct_1\u2028*/\n\x85export X=1", livemode=True))
    first, second = (ids_text(one, style).split("\n") for one in (SHOP, shop))
    assert len(first) == len(second)
    assert "\\u2028*/\\n\\x85" in second[0] or style == "json"


@pytest.mark.parametrize("style", STYLES)
def test_an_empty_catalog_is_a_whole_file_too(style, tmp_path):
    shop = replace(
        SHOP,
        account=Account(id=None, livemode=False),
        identities=Identities(held=(), entries=(), gaps=()),
    )
    text = ids_text(shop, style)
    match style:
        case "json" | "toml" | "typescript":
            read = {"json": read_json, "toml": read_toml, "typescript": read_typescript}[style]
            found = read(text)
            found.pop("written_by", None)
            assert shop.document() == found
        case "python":
            module = read_python(text)
            assert ({}, {}, None) == (module["IDS"], module["PLANS"], module["ACCOUNT"])
        case "env":
            assert {} == run_env(text, tmp_path)
        case _:
            assert text.endswith("\n\n  Nothing is in the catalog.\n")
