"""`reconciler import` as it is called: what it refuses, and that nothing is half written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.errors import UsageError
from reconciler.importer.texts import adoptions
from reconciler.model.address import Address
from reconciler.model.catalog import Adoption
from reconciler.simulator.core import Simulator

ACCOUNT = Path(__file__).parent / "cases" / "an account made by hand" / "live.json"


@pytest.fixture
def imported(tmp_path, monkeypatch, capsys):
    """Run an import of an account that was made by hand; return code, output and errors."""
    monkeypatch.chdir(tmp_path)
    with Simulator(Path("s.sqlite")) as simulator:
        simulator.seed(json.loads(ACCOUNT.read_text(encoding="utf-8")))

    def call(*arguments):
        code = run(["import", "--simulator", "s.sqlite", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "widget"], 'There is no kind "widget".\n  There are coupon, feature, meter'),
        (["--product", "Nothing"], 'There is no product "Nothing" to import.\n  Give its id or'),
        (["--name", "Acme!"], '"Acme!" cannot be the name of a catalog.\n  Use at most 40 of'),
        (["nowhere/catalog.toml"], "nowhere/adopt.toml cannot be written: No such file"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(imported, arguments, said):
    code, out, err = imported(*arguments)
    assert (1, "") == (code, out)
    assert err.startswith(said)
    assert ["s.sqlite"] == [path.name for path in Path().iterdir()]


def test_a_name_beside_a_catalog_that_has_one_is_refused(imported):
    Path("catalog.toml").write_text('[catalog]\nname = "acme"\n')
    code, _, err = imported("--name", "other")
    assert code == 1
    assert err.startswith("catalog.toml has a name of its own, so --name cannot stand beside it.")
    assert '[catalog]\nname = "acme"\n' == Path("catalog.toml").read_text()


def test_bindings_without_their_catalog_are_not_written_over(imported):
    Path("adopt.toml").write_text('[adopt]\n"product.pro" = "prod_1"\n')
    code, _, err = imported("new.toml")
    assert code == 1
    assert err.startswith("adopt.toml is there, and new.toml, to which it would belong, is not.")
    assert not Path("new.toml").exists()

    assert 0 == imported("new.toml", "--adopt", "new-adopt.toml")[0]
    assert '[adopt]\n"product.pro" = "prod_1"\n' == Path("adopt.toml").read_text()


def test_a_file_with_mistakes_is_told_and_left_alone(imported):
    Path("catalog.toml").write_text('[catalog]\nname = "acme"\n[produkts.pro]\n')
    code, _, err = imported()
    assert code == 1
    assert err.startswith("catalog.toml:3:1  unknown table")
    assert not Path("adopt.toml").exists()


def test_a_folder_of_files_gets_one_more(imported):
    Path("shop").mkdir()
    Path("shop/main.toml").write_text('[catalog]\nname = "acme"\n[defaults]\ncurrency = "usd"\n')
    code, out, _ = imported("shop")
    assert code == 0
    assert out.endswith("Next: reconciler plan shop --overlay adopt.toml\n")
    assert ["imported.toml", "main.toml"] == sorted(path.name for path in Path("shop").iterdir())
    assert "currency" not in Path("shop/imported.toml").read_text().split("[products")[1]
    again, out, _ = imported("shop")
    assert again == 0
    assert out.startswith("There is nothing in acct_")


def test_where_the_catalog_cannot_be_written_the_bindings_alone_do_no_harm(imported, capsys):
    """The bindings come first: a catalog without them would make everything anew."""
    Path("catalog.toml").mkdir()
    Path("catalog.toml/imported.toml").mkdir()
    Path("catalog.toml/main.toml").write_text('[catalog]\nname = "acme"\n')
    code, _, err = imported("catalog.toml")
    assert code == 1
    assert "Traceback" not in err
    assert run(["plan", "catalog.toml", "--simulator", "s.sqlite"]) == 0
    assert "No changes." in capsys.readouterr().out


def test_the_bindings_need_a_file_of_their_own(imported):
    code, _, err = imported("--adopt", "catalog.toml")
    assert code == 1
    assert err.startswith("catalog.toml is the catalog, and the bindings need a file of their own.")
    assert not Path("catalog.toml").exists()


def test_another_account_than_the_file_s_is_refused(imported):
    Path("catalog.toml").write_text('[catalog]\nname = "acme"\naccount = "acct_other"\n')
    code, _, err = imported()
    assert code == 3
    assert "[catalog] account is acct_other (RC105)." in err
    assert 'account = "acct_other"\n' == Path("catalog.toml").read_text()[24:]
    assert not Path("adopt.toml").exists()


def test_a_link_to_a_file_stays_one(imported):
    Path("real").mkdir()
    Path("real/c.toml").write_text('[catalog]\nname = "acme"\n')
    Path("catalog.toml").symlink_to("real/c.toml")
    assert 0 == imported()[0]
    assert Path("catalog.toml").is_symlink()
    assert "[products.pro]" in Path("real/c.toml").read_text()


def test_what_an_overlay_has_already_is_not_added(imported):
    Path("catalog.toml").write_text('[catalog]\nname = "acme"\n[defaults]\ncurrency = "usd"\n')
    Path("live.toml").write_text(
        '[products.pro]\nname = "Acme Pro"\n\n'
        "[products.pro.prices.monthly]\namount = 29.00\ninterval = 'month'\n"
    )
    code, out, _ = imported("--overlay", "live.toml")
    assert code == 0
    assert "Bound to what catalog.toml has already, by their keys: 1 price, 1 product." in out
    assert "products.pro]" not in Path("catalog.toml").read_text()
    assert '"price.pro.monthly" = "price_1"\n' in Path("adopt.toml").read_text()


HEAD = '"product.old" = "prod_0"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"[adopt]\n{HEAD}\n", f"[adopt]\nNEW\n{HEAD}\n"),
        (f"[adopt]\r\n{HEAD}\r\n", f"[adopt]\r\nNEW\r\n{HEAD}\r\n"),
        (f"\ufeff[adopt]\n{HEAD}\n", f"\ufeff[adopt]\nNEW\n{HEAD}\n"),
        ("# mine", "# mine\n\n[adopt]\nNEW\n"),
        ("", "\n[adopt]\nNEW\n"),
        (
            f'x = """\n[adopt]\n"""\n[adopt] # ours\n{HEAD}',
            f'x = """\n[adopt]\n"""\n[adopt] # ours\nNEW\n{HEAD}',
        ),
    ],
    ids=["plain", "crlf", "mark", "none", "empty", "in a text"],
)
def test_new_bindings_leave_the_others_as_they_are(before, after):
    entries = {Address("product", ("pro",)): Adoption(id="prod_1")}
    found = adoptions(before, entries, catalog="catalog.toml", name="adopt.toml")
    assert after.replace("NEW", '"product.pro" = "prod_1"') == found


def test_bindings_that_cannot_be_added_to_are_left_alone():
    entries = {Address("product", ("pro",)): Adoption(id="prod_1")}
    with pytest.raises(UsageError, match=r"adopt\.toml cannot be added to as it is written"):
        adoptions(f"adopt = {{ {HEAD} }}\n", entries, catalog="catalog.toml", name="adopt.toml")


def test_an_import_writes_nothing_at_stripe(imported):
    with Simulator(Path("s.sqlite")) as simulator:
        before = simulator.dump()
    assert 0 == imported()[0]
    with Simulator(Path("s.sqlite")) as simulator:
        assert before == simulator.dump()
