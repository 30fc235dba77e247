"""`reconciler ids`: what it prints, writes and refuses."""

from __future__ import annotations

import json
import os
import tomllib

import pytest
from conftest_cli import SIMULATED

from reconciler.simulator.core import Simulator
from reconciler.simulator.keys import account_of
from reconciler.simulator.server import running

TITLE = f"# Written by `reconciler ids`: catalog acme on {account_of()} (test mode).\n"


@pytest.fixture
def applied(reconciler):
    assert 0 == reconciler("apply", *SIMULATED, "--yes").code
    return reconciler


def real_ids(folder):
    with Simulator(folder / "stripe.db") as simulator:
        return {
            each["metadata"]["reconciler"]: each["id"]
            for each in simulator.dump()
            if "reconciler" in (each.get("metadata") or {})
        }


def test_what_is_printed_is_what_stripe_holds(applied, folder):
    ran = applied("ids", *SIMULATED, "--format", "json")
    ids = real_ids(folder)
    assert {
        "written_by": "reconciler ids",
        "catalog": "acme",
        "account": account_of(),
        "livemode": False,
        "objects": {
            "product.pro": {"id": ids["acme/product.pro"]},
            "price.pro.monthly": {
                "id": ids["acme/price.pro.monthly"],
                "lookup_key": "pro_monthly",
            },
        },
        "plans": {},
    } == json.loads(ran.out)
    assert (0, "") == (ran.code, ran.err)


def test_the_usual_format_is_for_people(applied, folder):
    ids = real_ids(folder)
    ran = applied("ids", *SIMULATED)
    product, price = ids["acme/product.pro"], ids["acme/price.pro.monthly"]
    assert (
        f"Catalog acme on {account_of()} (test mode)\n\n"
        f"  product.pro        {product}\n"
        f"  price.pro.monthly  {price}  lookup_key pro_monthly\n"
    ) == ran.out


def test_what_is_not_applied_is_an_error_and_nothing_is_printed(reconciler, folder):
    ran = reconciler("ids", *SIMULATED, "--format", "env", "--out", "ids.env")
    assert (
        1,
        "",
        "product.pro: there is no such object yet.\n"
        "price.pro.monthly: there is no such object yet.\n"
        "The account does not hold 2 addresses of the catalog as the file has it, so no ids are "
        "given.\n"
        "  Apply the catalog first: reconciler plan shows what is missing.\n",
    ) == (ran.code, ran.out, ran.err)
    assert not (folder / "ids.env").exists()


def test_a_file_is_written_once(applied, folder):
    first = applied("ids", *SIMULATED, "--format", "env", "--out", "ids.env")
    assert (0, "", "The ids are in ids.env.\n") == (first.code, first.out, first.err)
    assert (folder / "ids.env").read_text().startswith(TITLE)
    os.utime(folder / "ids.env", (1, 1))
    again = applied("ids", *SIMULATED, "--format", "env", "--out", "ids.env")
    assert "The ids in ids.env are up to date.\n" == again.err
    assert 1 == (folder / "ids.env").stat().st_mtime


@pytest.mark.parametrize(
    "out", ["catalog.toml", "live.toml", "parts/ids.toml", "parts/deep/ids.toml"]
)
def test_no_file_of_the_catalog_is_overwritten_or_added(out, applied, folder):
    (folder / "live.toml").write_text("")
    (folder / "parts" / "deep").mkdir(parents=True)
    (folder / "parts" / "more.toml").write_text('[products.more]\nname = "More"\n')
    before = {path: path.read_text() for path in folder.rglob("*.toml")}
    ran = applied(
        "ids",
        "catalog.toml",
        "parts",
        "--overlay",
        "live.toml",
        *SIMULATED,
        "--format",
        "toml",
        "--out",
        out,
    )
    assert (1, "") == (ran.code, ran.out)
    assert ran.err.startswith(f"--out {out} would be a file of the catalog itself.\n")
    assert before == {path: path.read_text() for path in folder.rglob("*.toml")}


def test_a_toml_file_beside_the_catalog_is_no_part_of_it(applied, folder):
    assert 0 == applied("ids", *SIMULATED, "--format", "toml", "--out", "ids.toml").code
    assert "acme" == tomllib.loads((folder / "ids.toml").read_text())["catalog"]


def test_a_file_of_somebody_else_is_left_alone(applied, folder):
    """A `.env` of an application holds its secrets."""
    (folder / ".env").write_text("DATABASE_PASSWORD=secret\n")
    ran = applied("ids", *SIMULATED, "--format", "env", "--out", ".env")
    assert (
        1,
        "",
        ".env was not written by `reconciler ids`, and was left as it is.\n"
        "  Name another file, or remove this one first.\n",
    ) == (ran.code, ran.out, ran.err)
    assert "DATABASE_PASSWORD=secret\n" == (folder / ".env").read_text()


@pytest.mark.parametrize("style", ["json", "env", "toml", "python", "typescript"])
def test_a_file_of_its_own_is_written_anew(style, applied, folder):
    write = ("ids", *SIMULATED, "--format", style, "--out", "ids")
    assert 0 == applied(*write).code
    before = (folder / "ids").read_text()
    path = folder / "catalog.toml"
    path.write_text(path.read_text() + 'lookup_key = "other"\n')
    assert 0 == applied("apply", *SIMULATED, "--yes", "--allow", "RC112").code
    again = applied(*write)
    assert (0, "The ids are in ids.\n") == (again.code, again.err)
    after = (folder / "ids").read_text()
    assert before.replace("pro_monthly", "other") == after


def test_a_file_needs_a_format_for_programs(applied, folder):
    ran = applied("ids", *SIMULATED, "--out", "ids.txt")
    assert ran.err.startswith("The format text is for people, and a file is for programs.\n")
    assert (1, False) == (ran.code, (folder / "ids.txt").exists())


def test_another_account_is_refused(applied, folder):
    path = folder / "catalog.toml"
    path.write_text(path.read_text().replace('"acme"', '"acme"\naccount = "acct_1other"', 1))
    ran = applied("ids", *SIMULATED)
    assert (
        1,
        "",
        f"The catalog is for acct_1other, and the key reaches {account_of()}.\n"
        "  Use a key of that account, or correct [catalog] account.\n",
    ) == (ran.code, ran.out, ran.err)


def test_without_a_key_both_ways_out_are_named(reconciler):
    ran = reconciler("ids")
    assert (1, "") == (ran.code, ran.out)
    assert ran.err.startswith("There is no API key, and no simulator was named.\n")


def test_it_only_reads(folder, reconciler, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_simulator")
    with Simulator() as simulator, running(simulator) as url:
        assert 0 == reconciler("apply", "--yes", "--api-base", url).code
        before = len(simulator.calls)
        assert 0 == reconciler("ids", "--api-base", url).code
        calls = list(simulator.calls)[before:]
    assert {"GET"} == {call.method for call in calls}
    assert 21 >= len(calls)


def test_in_a_large_account_only_what_the_file_names_is_read(folder, reconciler, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_simulator")
    with Simulator() as simulator, running(simulator) as url:
        assert 0 == reconciler("apply", "--yes", "--api-base", url).code
        simulator.seed(
            {"object": "product", "id": f"prod_{number}", "name": "x"} for number in range(900)
        )
        whole = reconciler("ids", "--api-base", url)
        before = len(simulator.calls)
        aimed = reconciler("ids", "--api-base", url, "--refresh", "targeted")
        calls = list(simulator.calls)[before:]
    assert (0, whole.out, "") == (aimed.code, aimed.out, aimed.err)
    assert 8 >= len(calls)


def test_a_pipe_that_cannot_say_it_is_given_nothing(applied, folder, process):
    with Simulator(folder / "stripe.db") as simulator:
        (price,) = (each["id"] for each in simulator.dump() if each["object"] == "price")
    path = folder / "catalog.toml"
    path.write_text(path.read_text() + 'lookup_key = "größe"\n')
    assert 0 == applied("apply", *SIMULATED, "--yes", "--allow", "RC112").code
    env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for style, code in (("env", 1), ("json", 0), ("python", 0), ("text", 0)):
        run = process("ids", *SIMULATED, "--format", style, env=env)
        out, err = run.communicate()
        assert code == run.returncode, err
        assert (price in out) == (code == 0)
    assert (
        "takes ascii only"
        in process("ids", *SIMULATED, "--format", "env", env=env).communicate()[1]
    )
