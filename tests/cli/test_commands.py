"""What each command does, prints and returns."""

from __future__ import annotations

import json
import stat

import pytest
from conftest_cli import SIMULATED

from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Fault
from reconciler.simulator.keys import account_of
from reconciler.simulator.server import running

TITLE = f"Catalog acme on {account_of()} (test mode), API 2026-10-28.endive\n"
CREATES = f"""{TITLE}
  + product.pro        "Pro"
  + price.pro.monthly  29.00 USD / month  lookup_key pro_monthly

"""


def edit(folder, old, new):
    path = folder / "catalog.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


class TestValidate:
    def test_a_sound_catalog_is_counted(self, reconciler):
        ran = reconciler("validate")
        assert (
            ran.code,
            ran.out,
            ran.err,
        ) == (0, "Catalog acme is valid: 1 product, 1 price.\n", "")

    def test_mistakes_go_to_stderr(self, reconciler, folder):
        edit(folder, "amount = 29.00", "amuont = 29.00")
        ran = reconciler("validate", "catalog.toml")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("catalog.toml:12:1  price.pro.monthly: ")
        assert 'Did you mean "amount"?' in ran.err
        assert ran.err.endswith("Nothing was sent to Stripe.\n")

    def test_overlays_are_laid_over(self, reconciler, folder):
        (folder / "live.toml").write_text("[products.pro]\nnmae = 1\n")
        ran = reconciler("validate", "--overlay", "live.toml")
        assert (ran.code, ran.err.startswith("live.toml:2:1 ")) == (1, True)

    def test_without_a_catalog_the_ways_out_are_named(self, reconciler, folder):
        (folder / "catalog.toml").unlink()
        ran = reconciler("validate")
        assert ran.err == (
            "There is no catalog.toml in this folder, and no other path was given.\n"
            "  Name the catalog's files, or start one: reconciler init\n"
        )
        assert ran.code == 1


class TestPlan:
    def test_what_is_to_create_is_shown(self, reconciler):
        ran = reconciler("plan", *SIMULATED)
        assert ran.out.startswith(CREATES + "Plan: 2 to create. ")
        assert (ran.code, ran.err) == (0, "")

    def test_pending_changes_are_an_exit_code_when_asked_for(self, reconciler):
        assert reconciler("plan", *SIMULATED, "--detailed-exitcode").code == 2
        reconciler("apply", *SIMULATED, "--yes")
        ran = reconciler("plan", *SIMULATED, "--detailed-exitcode")
        assert (0, f"{TITLE}\nNo changes. 2 resources are as the file says.\n") == (
            ran.code,
            ran.out,
        )

    def test_json_on_stdout_is_the_plan_file_and_nothing_else(self, reconciler, folder):
        ran = reconciler("plan", *SIMULATED, "--out", "plan.json", "--format", "json")
        assert (folder / "plan.json").read_text() == ran.out
        assert {k: v for k, v in json.loads(ran.out)["summary"].items() if v} == {"create": 2}
        assert ran.err == "The plan is saved in plan.json.\n"

    def test_a_blocked_plan_is_saved_and_shown(self, reconciler, folder):
        reconciler("apply", *SIMULATED, "--yes")
        edit(folder, "29.00", "99.00")
        ran = reconciler("plan", *SIMULATED, "--out", "plan.json", "--detailed-exitcode")
        assert ran.code == 3
        assert "\nBlocked by RC103.\n" in ran.out
        shown = reconciler("show", "plan.json")
        assert (0, ran.out) == (shown.code, shown.out)

    def test_a_guard_is_lifted_by_name(self, reconciler, folder):
        reconciler("apply", *SIMULATED, "--yes")
        edit(folder, "29.00", "99.00")
        ran = reconciler("plan", *SIMULATED, "--allow", "RC103:price.pro.monthly")
        assert ran.code == 0
        assert "RC103 price.pro.monthly (lifted)" in ran.out

    def test_an_unknown_guard_is_an_error(self, reconciler):
        ran = reconciler("plan", *SIMULATED, "--allow", "RC999")
        assert (ran.code, ran.err.startswith('"RC999" is not a guard.')) == (1, True)

    def test_destroy_plans_the_retirement_of_everything(self, reconciler):
        reconciler("apply", *SIMULATED, "--yes")
        ran = reconciler("plan", *SIMULATED, "--destroy")
        assert ran.code == 0
        assert "  - product.pro " in ran.out
        assert "  - price.pro.monthly  deactivated" in ran.out

    @pytest.mark.parametrize("out", ["catalog.toml", "./catalog.toml", "new.toml"])
    def test_a_catalog_is_not_overwritten_by_a_plan(self, out, reconciler, folder):
        before = (folder / "catalog.toml").read_bytes()
        ran = reconciler("plan", *SIMULATED, "--out", out)
        assert (1, before) == (ran.code, (folder / "catalog.toml").read_bytes())
        assert "would overwrite a catalog file" in ran.err


class TestConnecting:
    def test_without_key_and_simulator_both_ways_are_named(self, reconciler):
        ran = reconciler("plan")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == (
            "There is no API key, and no simulator was named.\n"
            "  Set STRIPE_API_KEY (or give --api-key-file FILE) to use Stripe,\n"
            "  or try it without Stripe: --simulator FILE\n"
        )

    def test_a_key_from_the_environment_works_over_http(self, reconciler, monkeypatch):
        monkeypatch.setenv("STRIPE_API_KEY", "sk_test_acme_1")
        with Simulator() as simulator, running(simulator) as url:
            ran = reconciler("apply", "--api-base", url, "--yes")
            assert ran.code == 0
            assert f"on {account_of('sk_test_acme_1')} (test mode)" in ran.out
            assert {"acct_1Other"} == {
                call.stripe_account
                for call in _calls(simulator, reconciler, url, "--stripe-account", "acct_1Other")
            }

    def test_a_key_file_is_read_and_its_mode_looked_at(self, reconciler, folder):
        key = folder / "key"
        key.write_text("sk_test_acme_1\n")
        key.chmod(0o644)
        with Simulator() as simulator, running(simulator) as url:
            loose = reconciler("plan", "--api-base", url, "--api-key-file", "key")
            key.chmod(stat.S_IRUSR)
            tight = reconciler("plan", "--api-base", url, "--api-key-file", "key")
        assert loose.err == "key can be read by others on this machine: chmod 600 key\n"
        assert (tight.code, tight.err) == (0, "")

    def test_a_live_key_is_sent_to_stripe_alone(self, reconciler, monkeypatch):
        monkeypatch.setenv("STRIPE_API_KEY", "sk_live_secretsecret")
        with Simulator() as simulator, running(simulator) as url:
            ran = reconciler("plan", "--api-base", url)
            assert list(simulator.calls) == []
        assert ran.code == 1
        assert ran.err.startswith("A live key is sent to https://api.stripe.com only")
        assert "secretsecret" not in ran.err

    @pytest.mark.parametrize("key", ["pk_test_secretsecret", "secretsecret"])
    def test_what_is_no_key_is_not_shown(self, key, reconciler, monkeypatch):
        monkeypatch.setenv("STRIPE_API_KEY", key)
        ran = reconciler("plan")
        assert ran.code == 1
        assert ran.err.startswith("The API key cannot be used: ")
        assert "secretsecret" not in ran.err

    def test_the_simulator_does_not_read_the_key(self, reconciler, monkeypatch):
        monkeypatch.setenv("STRIPE_API_KEY", "sk_live_secretsecret")
        assert reconciler("plan", *SIMULATED).code == 0

    @pytest.mark.parametrize(
        "other", [("--api-base", "http://127.0.0.1:1"), ("--api-key-file", "key")]
    )
    def test_the_simulator_stands_alone(self, other, reconciler):
        ran = reconciler("plan", *SIMULATED, *other)
        assert (ran.code, f"so {other[0]} cannot stand beside it" in ran.err) == (1, True)

    def test_a_file_of_something_else_is_no_simulator(self, reconciler):
        ran = reconciler("plan", "--simulator", "catalog.toml")
        assert (ran.code, "catalog.toml is not a simulator file" in ran.err) == (1, True)


def _calls(simulator, reconciler, url, *more):
    simulator.calls.clear()
    reconciler("plan", "--api-base", url, *more)
    return list(simulator.calls)


class TestApply:
    def test_a_catalog_is_planned_shown_applied_and_verified(self, reconciler, folder):
        ran = reconciler("apply", *SIMULATED, "--yes")
        assert ran.code == 0
        assert ran.out.startswith(CREATES)
        assert " Verified: the account is as planned.\n" in ran.out
        (journal,) = (folder / ".reconciler").iterdir()
        assert f"Journal: .reconciler/{journal.name}\n" == ran.err

    def test_nothing_to_do_asks_nothing_and_keeps_no_journal(self, reconciler, folder):
        reconciler("apply", *SIMULATED, "--yes", "--journal", "first.jsonl")
        ran = reconciler("apply", *SIMULATED)
        assert (ran.code, ran.err) == (0, "")
        assert not (folder / ".reconciler").exists()

    def test_nobody_to_ask_is_an_error_and_nothing_is_sent(self, reconciler):
        ran = reconciler("apply", *SIMULATED)
        assert ran.code == 1
        assert ran.err == (
            "Nobody can be asked whether to apply, so nothing was changed.\n"
            "  Run it on a terminal, or say --yes.\n"
        )
        assert reconciler("plan", *SIMULATED, "--detailed-exitcode").code == 2

    def test_a_dry_run_prints_every_call_whole_and_sends_none(self, reconciler, folder):
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        ran = reconciler("apply", *SIMULATED, "--dry-run")
        plan = json.loads((folder / "plan.json").read_text())
        assert ran.code == 0
        assert [
            {"step": step["id"], **{key: step[key] for key in ("call", "object", "payload")}}
            for step in plan["steps"]
        ] == [json.loads(line) for line in ran.out.splitlines()]
        assert ran.err.endswith("\nNothing was sent.\n")
        assert reconciler("plan", *SIMULATED, "--detailed-exitcode").code == 2

    def test_a_saved_plan_is_applied_once(self, reconciler):
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        assert reconciler("apply", "plan.json", *SIMULATED, "--yes").code == 0
        again = reconciler("apply", "plan.json", *SIMULATED, "--yes")
        assert again.code == 4
        assert "Nothing was sent." in again.err

    def test_a_saved_plan_is_checked_against_the_files_beside_it(self, reconciler, folder):
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        edit(folder, "29.00", "30.00")
        ran = reconciler("apply", "plan.json", "catalog.toml", *SIMULATED, "--yes")
        assert ran.err == (
            "plan.json was made from other files than catalog.toml, or they were edited since.\n"
            "  Make a new plan.\n"
        )
        assert ran.code == 4

    def test_a_saved_plan_is_for_its_own_account(self, reconciler):
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        ran = reconciler(
            "apply", "plan.json", *SIMULATED, "--yes", "--stripe-account", "acct_1Other"
        )
        assert ran.code == 4
        assert account_of() in ran.err
        assert "acct_1Other" in ran.err

    def test_a_plan_edited_by_hand_is_refused(self, reconciler, folder):
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        path = folder / "plan.json"
        path.write_text(path.read_text().replace("2900", "1900"))
        ran = reconciler("apply", "plan.json", *SIMULATED, "--yes")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("plan.json cannot be used: it was edited by hand")

    def test_a_blocked_plan_needs_its_guards_lifted_by_name(self, reconciler, folder):
        reconciler("apply", *SIMULATED, "--yes")
        edit(folder, "29.00", "99.00")
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        stopped = reconciler("apply", "plan.json", *SIMULATED, "--yes")
        wrong = reconciler("apply", "plan.json", *SIMULATED, "--yes", "--allow", "RC101")
        lifted = reconciler("apply", "plan.json", *SIMULATED, "--yes", "--allow", "RC103")
        assert [stopped.code, wrong.code, lifted.code] == [3, 3, 0]
        assert stopped.err.startswith("Nothing was changed: RC103 stopped it.\n")
        assert "RC103 price.pro.monthly (lifted)" in lifted.out

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("plan.json", "--allow", "RC999"), '"RC999" is not a guard.'),
            (("plan.json", "--allow", "RC108"), "RC108 cannot be lifted"),
            (("plan.json", "--destroy"), "--destroy is for planning"),
            (("plan.json", "--overlay", "o.toml"), "--overlay beside a plan file needs"),
            (("plan.json", "plan.json"), "2 plan files were given."),
            (("plan.json", "--resume", "j.jsonl"), "--resume JOURNAL finishes the plan"),
            (("none.json",), "none.json cannot be read: No such file or directory."),
        ],
    )
    def test_what_does_not_go_together_is_said(self, arguments, message, reconciler):
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        ran = reconciler("apply", *arguments, *SIMULATED, "--yes")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(message)

    def test_a_journal_is_never_written_over(self, reconciler, folder):
        (folder / "j.jsonl").write_text("mine")
        ran = reconciler("apply", *SIMULATED, "--yes", "--journal", "j.jsonl")
        assert (ran.code, (folder / "j.jsonl").read_text()) == (1, "mine")

    def test_an_interrupted_apply_says_how_to_finish_it_and_is_finished(
        self, reconciler, monkeypatch
    ):
        monkeypatch.setenv("STRIPE_API_KEY", "sk_test_acme_1")

        def script(_, request):
            made = request.method == "POST" and request.path == "/v1/prices"
            return Fault.ERROR_AFTER if made else None

        with Simulator() as simulator:
            with running(simulator, script=script) as url:
                stopped = reconciler("apply", "--api-base", url, "--yes", "--journal", "j.jsonl")
            with running(simulator) as url:
                resumed = reconciler("apply", "--resume", "j.jsonl", "--api-base", url)
                again = reconciler("apply", "--resume", "j.jsonl", "--api-base", url)
                after = reconciler("plan", "--api-base", url)
            kept = simulator.dump(account_of("sk_test_acme_1"))
        assert (stopped.code, resumed.code, again.code) == (5, 0, 1)
        assert stopped.err.endswith("  Finish it: reconciler apply --resume j.jsonl\n")
        assert "No changes." in after.out
        assert sum(item["object"] == "price" for item in kept) == 1
        assert again.err.startswith("j.jsonl is the journal of an apply that came to its end")


class TestInit:
    def test_a_starter_is_written_that_validates(self, reconciler, folder):
        (folder / "catalog.toml").unlink()
        ran = reconciler("init")
        assert (
            ran.code,
            ran.out,
        ) == (0, "Wrote catalog.toml. Next: reconciler validate catalog.toml\n")
        assert reconciler("validate").code == 0
        assert [path.name for path in folder.iterdir()] == ["catalog.toml"]

    def test_a_file_is_never_written_over(self, reconciler, folder):
        before = (folder / "catalog.toml").read_bytes()
        ran = reconciler("init")
        assert (1, before) == (ran.code, (folder / "catalog.toml").read_bytes())
        assert "catalog.toml exists already, and was left as it is." in ran.err
        assert [path.name for path in folder.iterdir()] == ["catalog.toml"]

    def test_a_folder_gets_a_catalog_inside(self, reconciler, folder):
        (folder / "billing").mkdir()
        assert reconciler("init", "billing").code == 0
        assert (folder / "billing" / "catalog.toml").exists()

    def test_a_folder_that_is_not_there_is_said(self, reconciler):
        ran = reconciler("init", "none/catalog.toml")
        assert (
            ran.code,
            ran.err,
        ) == (1, "none/catalog.toml cannot be written: No such file or directory.\n")


class TestShowAndSchema:
    def test_a_plan_is_shown_as_it_was_saved(self, reconciler, folder):
        planned = reconciler("plan", *SIMULATED, "--out", "plan.json")
        assert planned.out == reconciler("show", "plan.json").out
        saved = (folder / "plan.json").read_text()
        assert saved == reconciler("show", "plan.json", "--format", "json").out

    def test_the_schema_is_json_on_stdout_or_in_a_file(self, reconciler, folder):
        printed = reconciler("schema")
        assert "products" in json.loads(printed.out)["properties"]
        assert (printed.code, reconciler("schema", "--out", "s.json").out) == (0, "")
        assert printed.out == (folder / "s.json").read_text()
