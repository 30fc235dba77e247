"""`compare`: what each side may be, what is told of the two, and that nothing is written."""

from __future__ import annotations

import json

import pytest

from reconciler.simulator.core import Simulator
from reconciler.simulator.keys import account_of
from reconciler.simulator.server import running

ONE = account_of()
API = "API 2026-10-28.endive"
ONE_LOOK = 21
"""Requests: the account, and each list that shows objects, as a plan reads them."""
END = "This is a comparison, and no plan: it cannot be applied.\n"
ALIKE = f"\nNo differences. 2 resources are alike.\n{END}"
RENAMED = f"""
  ~ product.pro  name "Pro" -> "Professional"

Differences: 1 to update. 1 resource is alike.
{END}"""


def title(first, second):
    return f"What would change in {second} to be as {first}, {API}\n"


def simulator(name):
    return f"{name} ({ONE}, test mode)"


@pytest.fixture
def two(reconciler, folder):
    """Two simulators with the same catalog, whose objects have other ids in each."""
    with Simulator(folder / "b.db") as other:
        other.seed([{"id": "prod_0", "object": "product", "name": "Old", "active": False}])
    for name in ("a.db", "b.db"):
        assert 0 == reconciler("apply", "--yes", "--simulator", name).code
    return folder


@pytest.fixture
def renamed(folder):
    path = folder / "catalog.toml"
    path.write_text(path.read_text().replace('name = "Pro"', 'name = "Professional"'))


class TestSides:
    def test_two_simulators(self, reconciler, two):
        ran = reconciler("compare", "a.db", "b.db", "--detailed-exitcode")
        expected = title(simulator("a.db"), simulator("b.db")) + ALIKE
        assert (0, expected, "") == (ran.code, ran.out, ran.err)

    def test_one_simulator_and_itself(self, reconciler, two):
        ran = reconciler("compare", "a.db", "a.db")
        assert (0, title(simulator("a.db"), simulator("a.db")) + ALIKE) == (ran.code, ran.out)

    def test_a_file_and_an_account(self, reconciler, two, renamed):
        ran = reconciler("compare", "catalog.toml", "b.db", "--detailed-exitcode")
        expected = title("catalog.toml (catalog acme)", simulator("b.db")) + RENAMED
        assert (2, expected) == (ran.code, ran.out)

    def test_an_account_and_a_file_over_which_another_is_laid(self, reconciler, two):
        (two / "over.toml").write_text('[products.pro]\nname = "Basic"\n')
        ran = reconciler("compare", "a.db", "catalog.toml", "--overlay", "over.toml")
        expected = '  ~ product.pro  name "Basic" -> "Pro"'
        assert (0, expected) == (ran.code, ran.out.splitlines()[2])

    def test_two_files(self, reconciler, two, renamed):
        (two / "old").mkdir()
        (two / "catalog.toml").rename(two / "new.toml")
        text = (two / "new.toml").read_text()
        (two / "old" / "catalog.toml").write_text(text.replace("Professional", "Pro"))
        ran = reconciler("compare", "new.toml", "old")
        expected = title("new.toml (catalog acme)", "old (catalog acme)") + RENAMED
        assert (0, expected) == (ran.code, ran.out)

    def test_keys_in_files_and_the_account_of_the_environment(
        self, reconciler, folder, monkeypatch
    ):
        for name, key in (("sandbox.key", "sk_test_sand_1"), ("other.key", "rk_test_other_1")):
            (folder / name).write_text(f"{key}\n")
            (folder / name).chmod(0o600)
        monkeypatch.setenv("STRIPE_API_KEY", "sk_test_other_2")
        with Simulator() as stripe, running(stripe) as url:
            base = ("--api-base", url)
            applied = reconciler("apply", "--yes", *base, "--api-key-file", "sandbox.key")
            assert 0 == applied.code
            before = writes(stripe)
            asked = len(stripe.calls)
            by_key = reconciler("compare", "sandbox.key", "other.key", *base)
            assert 2 * ONE_LOOK == len(stripe.calls) - asked
            by_word = reconciler("compare", "sandbox.key", "account", *base)
            back = reconciler("compare", "account", "sandbox.key", *base)
            connected = reconciler("compare", "sandbox.key", "acct_1Connected", *base)
            assert before == writes(stripe)
        sandbox = f"sandbox.key ({account_of('sk_test_sand_1')}, test mode)"
        other = account_of("sk_test_other_2")
        expected = f"""
  + product.pro        "Pro"
  + price.pro.monthly  29.00 USD / month  lookup_key pro_monthly

Note: Nothing in {{}} is compared: it is empty, or all there is is others'.

Differences: 2 to create.
{END}"""
        told = f"other.key ({other}, test mode)"
        assert title(sandbox, told) + expected.format(told) == by_key.out
        told = f"account ({other}, test mode)"
        assert title(sandbox, told) + expected.format(told) == by_word.out
        told = "acct_1Connected (test mode)"
        assert title(sandbox, told) + expected.format(told) == connected.out
        assert ["product.pro", "price.pro.monthly"] == addresses(back.out, "-")


class TestJson:
    def test_it_is_a_plan_with_another_version(self, reconciler, two, renamed):
        ran = reconciler("compare", "catalog.toml", "b.db", "--format", "json")
        found = json.loads(ran.out)
        assert (1, "catalog.toml (catalog acme)", simulator("b.db")) == (
            found["comparison_version"],
            found["first"],
            found["second"],
        )
        assert "format_version" not in found
        assert [("product.pro", "update")] == [
            (change["address"], change["action"]) for change in found["changes"]
        ]

    @pytest.mark.parametrize("command", [("show",), ("apply", "--yes", "--simulator", "b.db")])
    def test_nobody_applies_it(self, reconciler, two, renamed, command):
        made = reconciler("compare", "catalog.toml", "b.db", "--format", "json")
        (two / "compared.json").write_text(made.out)
        ran = reconciler(*command, "compared.json")
        assert (1, "") == (ran.code, ran.out)
        assert ran.err.startswith(
            "compared.json cannot be used: it is a comparison: what would change, and no plan "
            "that could be applied.\n"
        )


class TestRefused:
    def test_a_file_that_is_nothing_known(self, reconciler, folder):
        (folder / "notes.txt").write_text("hello")
        ran = reconciler("compare", "notes.txt", "catalog.toml")
        assert (1, "") == (ran.code, ran.out)
        assert ran.err.splitlines()[:2] == [
            "notes.txt is neither a catalog, nor a file with an API key, nor a simulator's file.",
            "  A side is one of these:",
        ]

    def test_a_file_that_is_not_there(self, reconciler):
        ran = reconciler("compare", "catalog.toml", "live.key")
        assert (1, "live.key cannot be read: No such file or directory.") == (
            ran.code,
            ran.err.splitlines()[0],
        )

    def test_a_key_on_the_command_line_is_not_repeated(self, reconciler):
        ran = reconciler("compare", "catalog.toml", "sk_test_1234567890")
        assert 1 == ran.code
        assert "1234567890" not in ran.out + ran.err
        assert ran.err.startswith("An API key stands in no command")

    def test_an_account_without_a_key(self, reconciler):
        ran = reconciler("compare", "catalog.toml", "account")
        assert (1, ["account is reached with STRIPE_API_KEY, which is not set."]) == (
            ran.code,
            ran.err.splitlines()[:1],
        )

    def test_an_account_that_cannot_be_read_is_named(self, reconciler, folder):
        for name, key in (("good.key", "sk_test_good_1"), ("bad.key", "sk_nonsense")):
            (folder / name).write_text(key)
            (folder / name).chmod(0o600)
        with Simulator() as stripe, running(stripe) as url:
            ran = reconciler("compare", "good.key", "bad.key", "--api-base", url)
        assert (1, "") == (ran.code, ran.out)
        assert "nonsense" not in ran.err
        assert ran.err.startswith("bad.key")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("a.db", "b.db", "--overlay", "catalog.toml"), "--overlay is laid over a catalog"),
            (("catalog.toml", "catalog.toml", "--owned-by", "x"), "--owned-by narrows"),
        ],
    )
    def test_options_that_say_nothing(self, reconciler, two, arguments, said):
        ran = reconciler("compare", *arguments)
        assert (1, True) == (ran.code, ran.err.startswith(said))


def writes(stripe):
    return sum(call.method != "GET" for call in stripe.calls)


def addresses(text, mark):
    lines = [line.split() for line in text.splitlines()]
    return [words[1] for words in lines if words[:1] == [mark]]
