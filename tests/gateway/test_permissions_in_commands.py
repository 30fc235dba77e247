"""Restricted keys at the command line: what stops, what is told, what goes on with a better key."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from far_end import far_end, ok

from reconciler import kinds
from reconciler.cli.main import run
from reconciler.simulator.core import Simulator
from reconciler.simulator.keys import account_of
from reconciler.simulator.server import running

KEY, ENOUGH, SECRET = "rk_test_limited1", "rk_test_enough1", "sk_test_simulator"
GRANT = "  Give the restricted key the permission {}, at https://dashboard.stripe.com/apikeys"
PERMISSIONS = {
    name: kind.permission for name, kind in kinds.load().items() if kind.permission is not None
}
READING = frozenset(f"rak_{one.name}_read" for one in PERMISSIONS.values())
WRITING = READING | {"rak_product_write", "rak_plan_write"}
"""What `docs/permissions.md` asks for: reading every kind, and writing what the file has."""

CATALOG = """\
[catalog]
name = "acme"
{more}
[products.pro]
name = "Pro"

[products.pro.prices.monthly]
amount = 29.00
currency = "usd"
interval = "month"
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Silent(Simulator):
    """Refuses to say whose account it is, and to whom."""

    def handle(self, request, inside=None):
        answer = super().handle(request, inside)
        if request.path == "/v1/account" and answer.status == 403:
            return replace(answer, body=b'{"error": {"message": "Forbidden."}}')
        return answer


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("STRIPE_ACCOUNT", "NO_COLOR", "RECONCILER_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def say(folder, monkeypatch, capsys):
    """The command line, with a key."""

    def call(url, *arguments, key=KEY):
        monkeypatch.setenv("STRIPE_API_KEY", key)
        capsys.readouterr()
        code = run([*map(str, arguments), "--api-base", url])
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def stripe(folder):
    """A server where the key may do what it was granted, and a folder with a catalog."""

    @contextmanager
    def serve(granted, *, more="", kind=Simulator):
        (folder / "catalog.toml").write_text(CATALOG.format(more=more))
        permissions = {KEY: frozenset(granted), ENOUGH: WRITING}
        with kind(permissions=permissions) as simulator, running(simulator) as url:
            yield simulator, url

    return serve


def writes(simulator):
    return [(call.path, call.status) for call in simulator.calls if call.method != "GET"]


def test_a_plan_without_leave_to_read_a_kind_stops_and_names_it(say, stripe, folder):
    """Also where the file has nothing of the kind: every plan reads every kind."""
    with stripe(READING - {"rak_tax_rate_read"}) as (simulator, url):
        ran = say(url, "plan", "--out", "plan.json")
        assert [] == writes(simulator)
    assert (1, "", ["catalog.toml"]) == (ran.code, ran.out, [one.name for one in folder.iterdir()])
    told = ran.err.splitlines()
    assert (
        "listing tax_rates: the API key may not do this.",
        GRANT.format("Tax Rates: Read (tax_rate_read)"),
    ) == (told[0], told[-1])


def test_all_that_a_plan_may_not_read_is_named_at_once(say, stripe):
    with stripe(READING - {"rak_tax_rate_read", "rak_coupon_read"}) as (_, url):
        ran = say(url, "plan")
    coupons, rates = (
        GRANT.format(f"{label}: Read ({name}_read)").strip()
        for label, name in (("Coupons", "coupon"), ("Tax Rates", "tax_rate"))
    )
    assert (
        1,
        "The API key may not read all that is needed:\n"
        f"  listing coupons: {coupons}\n"
        f"  listing tax_rates: {rates}\n",
    ) == (ran.code, ran.err)


def test_an_apply_stops_at_the_lock_and_nothing_is_written(say, stripe):
    with stripe(READING) as (simulator, url):
        ran = say(url, "apply", "--yes")
        assert [("/v1/products", 403)] == writes(simulator)
        assert [] == simulator.dump()
    assert 1 == ran.code
    assert "making reconciler-lock-acme-1: the API key may not do this." in ran.err
    assert GRANT.format("Products: Write (product_write)") in ran.err.splitlines()


@pytest.mark.parametrize(
    ("granted", "more", "code", "stopped_at"),
    [
        (READING, "\n[policy]\nlock = false\n", 1, "Products: Write (product_write)"),
        (READING | {"rak_product_write"}, "", 5, "Prices: Write (plan_write)"),
    ],
)
def test_an_apply_stops_at_the_first_write_it_may_not_do_and_is_finished_by_another_key(
    say, stripe, folder, granted, more, code, stopped_at
):
    with stripe(granted, more=more) as (simulator, url):
        ran = say(url, "apply", "--yes")
        assert code == ran.code
        assert GRANT.format(stopped_at) in ran.err.splitlines()
        (journal,) = (folder / ".reconciler").glob("*.jsonl")
        resumed = say(url, "apply", "--yes", "--resume", journal, key=ENOUGH)
        assert 0 == resumed.code
        assert "Verified: the account is as planned." in resumed.out
        made = [one["object"] for one in simulator.dump() if "reconciler-lock" not in one["id"]]
        assert ["price", "product"] == sorted(made)


class TestWhoseAccountItIs:
    OURS = f'account = "{account_of(KEY)}"\n'
    OTHER = 'account = "acct_1Production"\n'

    @pytest.mark.parametrize(("more", "code"), [("", 2), (OURS, 2), (OTHER, 3)])
    def test_a_refusal_that_names_the_account_is_taken_for_the_answer(
        self, say, stripe, more, code
    ):
        with stripe(READING, more=more) as (_, url):
            ran = say(url, "plan", "--detailed-exitcode")
        assert (code, f"Catalog acme on {account_of(KEY)} (test mode)") == (
            ran.code,
            ran.out.partition(",")[0],
        )

    def test_one_that_names_none_lets_a_plan_be_made_that_says_so(self, say, stripe, folder):
        with stripe(READING, kind=Silent) as (_, url):
            ran = say(url, "plan", "--out", "plan.json")
        head = "Catalog acme on an account that the key may not name (test mode)"
        assert (0, head) == (ran.code, ran.out.partition(",")[0])
        assert json.loads((folder / "plan.json").read_text())["account"] is None

    @pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")])
    def test_with_the_account_in_the_file_it_stops(self, say, stripe, command):
        with stripe(WRITING, more=self.OURS, kind=Silent) as (simulator, url):
            ran = say(url, *command)
            assert [] == writes(simulator)
        assert 3 == ran.code
        assert (
            f"RC105 (stops this plan): cannot verify that this is {account_of(KEY)}: the key may "
            "not read its account. Give the restricted key the permission to read accounts, or "
            "use another key.\n"
        ) in ran.out

    def test_no_leave_lifts_that(self, say, stripe):
        with stripe(READING, more=self.OURS, kind=Silent) as (_, url):
            ran = say(url, "plan", "--allow", "RC105")
        assert (1, "") == (ran.code, ran.out)
        assert "RC105" in ran.err

    def test_a_plan_of_a_known_account_is_not_applied_to_an_unknown_one(self, say, stripe):
        with stripe(WRITING, kind=Silent) as (simulator, url):
            assert 0 == say(url, "plan", "--out", "plan.json", key=SECRET).code
            ran = say(url, "apply", "--yes", "plan.json")
            assert [] == [one for one in simulator.dump() if "reconciler-lock" not in one["id"]]
        assert 4 == ran.code
        assert (
            f"The plan is for {account_of(SECRET)}, and the key may not read which account it "
            "reaches.\n  Give the restricted key the permission to read accounts, or use another "
            "key."
        ) in ran.err


class TestWhichModeItIs:
    def test_an_answer_of_the_other_mode_ends_a_plan(self, say, folder):
        (folder / "catalog.toml").write_text(CATALOG.format(more=""))
        live = ok(id="acct_1", data=[{"id": "x_1", "livemode": True}], has_more=False)
        with far_end(live) as (url, sent):
            ran = say(url, "plan")
        assert (1, "") == (ran.code, ran.out)
        assert "Stripe answered x_1 of live mode to a test key." in ran.err
        assert {"GET"} == {one.method for one in sent}

    @pytest.mark.parametrize(
        ("key", "told"),
        [
            ("pk_test_1", "The API key cannot be used: it is a publishable key"),
            ("sk_org_test_1", "The API key cannot be used: it is an organization key"),
            ("xx_test_1", "The API key cannot be used: it is not of the form sk_test_…"),
            ("rk_live_1", "A live key is sent to https://api.stripe.com only"),
        ],
    )
    def test_a_key_of_another_sort_is_sent_nowhere(self, say, stripe, key, told):
        with stripe(READING) as (simulator, url):
            ran = say(url, "plan", key=key)
            assert [] == list(simulator.calls)
        assert (1, "") == (ran.code, ran.out)
        assert ran.err.startswith(told)
