"""A signing secret is answered once: it goes to the file that was named, and nowhere else."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path

import pytest
from conftest_cli import SIMULATED

from reconciler import kinds
from reconciler.cli.keeping import Discreet, SecretsFile, lost
from reconciler.model.address import Address
from reconciler.model.plan import Plan, Step
from reconciler.model.values import Frozen

ENDPOINT = """
[catalog]
name = "acme"

[webhook_endpoints.app]
url = "https://example.com/app"
enabled_events = ["invoice.paid"]
api_version = "2026-10-28.endive"
"""
OTHER = '\n[webhook_endpoints.books]\nurl = "https://example.com/b"\nenabled_events = ["*"]\n'
APPLY = ("apply", "--yes", *SIMULATED)
ONCE = (
    "Note: webhook_endpoint.app: its secret is answered once, at creation. "
    "`apply --secrets-out FILE` keeps it.\n"
)


@pytest.fixture(autouse=True)
def catalog(folder):
    (folder / "catalog.toml").write_text(ENDPOINT)


@pytest.fixture
def nowhere_else(folder):
    """Called with a secret: no other file of the folder has it, or any."""

    def look(*secrets, beside=()):
        for path in folder.rglob("*"):
            if path.is_file() and path.name not in ("stripe.db", *beside):
                text = path.read_text(errors="replace")
                assert "whsec" not in text, path
                assert not any(secret in text for secret in secrets), path

    return look


def kept(name="secrets.toml"):
    return tomllib.loads(Path(name).read_text())


def journal():
    (found,) = Path(".reconciler").glob("*.jsonl")
    return found


class TestAnApply:
    def test_keeps_the_secret_in_a_file_of_one_reader(self, reconciler, nowhere_else):
        ran = reconciler(*APPLY, "--secrets-out", "secrets.toml")

        found = kept()
        assert (ran.code, ["webhook_endpoint.app"]) == (0, list(found))
        assert found["webhook_endpoint.app"].startswith("whsec_")
        assert stat.S_IMODE(Path("secrets.toml").stat().st_mode) == 0o600
        assert "whsec" not in ran.out + ran.err
        assert "Without --secrets-out" not in ran.err
        nowhere_else(found["webhook_endpoint.app"], beside=["secrets.toml"])

    def test_keeps_one_line_for_each(self, reconciler, folder):
        (folder / "catalog.toml").write_text(ENDPOINT + OTHER)
        reconciler(*APPLY, "--secrets-out", "secrets.toml")
        assert {"webhook_endpoint.app", "webhook_endpoint.books"} == kept().keys()
        assert 2 == len(Path("secrets.toml").read_text().splitlines())

    def test_warns_before_it_is_lost(self, reconciler, nowhere_else):
        ran = reconciler(*APPLY)
        assert (ran.code, ran.err.splitlines()[0]) == (
            0,
            "Without --secrets-out FILE nobody is given the secret of webhook_endpoint.app: "
            "Stripe answers it once.",
        )
        nowhere_else()

    def test_leaves_a_file_that_is_there_alone(self, reconciler, folder):
        (folder / "secrets.toml").write_text("old = true\n")
        ran = reconciler(*APPLY, "--secrets-out", "secrets.toml")
        assert (ran.code, kept()) == (1, {"old": True})
        assert ran.err == (
            "--secrets-out secrets.toml exists already, and what is in it may be needed.\n"
            "  Name a new file.\n"
        )
        assert not Path(".reconciler").exists(), "nothing was sent"

    def test_sends_nothing_where_the_file_cannot_be(self, reconciler):
        ran = reconciler(*APPLY, "--secrets-out", "no/such/secrets.toml")
        assert (ran.code, ran.err) == (
            1,
            "--secrets-out no/such/secrets.toml cannot be written: No such file or directory. "
            "Nothing was sent.\n  Name a file in a folder that you may write to.\n",
        )
        assert not Path(".reconciler").exists()

    def test_leaves_no_empty_file_where_it_was_stopped(self, reconciler, folder):
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        reconciler(*APPLY)
        ran = reconciler(*APPLY, "plan.json", "--secrets-out", "secrets.toml")
        assert (ran.code, Path("secrets.toml").exists()) == (4, False)

    def test_makes_no_file_where_no_secret_comes(self, reconciler, folder):
        reconciler(*APPLY)
        (folder / "catalog.toml").write_text(ENDPOINT.replace("/app", "/new"))
        ran = reconciler(*APPLY, "--secrets-out", "secrets.toml")
        assert (ran.code, Path("secrets.toml").exists()) == (0, False)
        assert "Nothing here has a secret to come: secrets.toml is not written.\n" in ran.err

    def test_that_is_rehearsed_makes_no_file(self, reconciler):
        ran = reconciler("apply", *SIMULATED, "--dry-run", "--secrets-out", "secrets.toml")
        assert (ran.code, Path("secrets.toml").exists()) == (0, False)


class Full(SecretsFile):
    """A file on a disk that is full."""

    def keep(self, name, secret):
        raise OSError(28, "No space left on device")


class Answers:
    """A writer to which Stripe answers what it is told to."""

    def __init__(self, **answer):
        self.answer = answer

    def send(self, kind, step, object_id, payload, *, key, may_go):
        return self.answer


class TestAWriter:
    KINDS = kinds.load()
    STEP = Step(
        id="create webhook_endpoint.app",
        address=Address("webhook_endpoint", ("app",)),
        verb="create",
        kind="webhook_endpoint",
    )

    def sent(self, writer):
        kind = self.KINDS["webhook_endpoint"]
        return writer.send(kind, self.STEP, None, Frozen(), key="k")

    def test_hands_no_secret_on(self, folder):
        file = SecretsFile(folder / "secrets.toml")
        answer = self.sent(Discreet(Answers(id="we_1", secret="whsec_1"), file))
        assert ({"id": "we_1"}, {"webhook_endpoint.app": "whsec_1"}) == (answer, kept())

    def test_hands_none_on_without_a_file(self):
        assert {"id": "we_1"} == self.sent(Discreet(Answers(id="we_1", secret="whsec_1"), None))

    def test_tells_what_could_not_be_written_and_goes_on(self, folder):
        writer = Discreet(Answers(id="we_1", secret="whsec_1"), Full(folder / "secrets.toml"))
        plan = Plan(
            catalog="acme",
            account=None,
            livemode=False,
            api_version="",
            spec_digest="",
            changes=(),
            steps=(self.STEP,),
        )
        assert {"id": "we_1"} == self.sent(writer)
        assert [
            "webhook_endpoint.app: its secret could not be written: No space left on device.\n"
            "  Roll the secret in the Dashboard, or take the table out, apply, and put it back."
        ] == list(lost(plan, self.KINDS, (), writer))


class TestAPlan:
    def test_says_what_will_be_answered_once(self, reconciler):
        ran = reconciler("plan", *SIMULATED)
        assert (ran.code, ran.out.count(ONCE)) == (0, 1)

    def test_keeps_that_in_its_file(self, reconciler):
        reconciler("plan", *SIMULATED, "--out", "plan.json")
        assert reconciler("show", "plan.json").out.count(ONCE) == 1

    def test_says_that_a_replacement_has_a_new_secret(self, reconciler, folder):
        reconciler(*APPLY)
        (folder / "catalog.toml").write_text(ENDPOINT.replace("2026-10-28.endive", "2024-06-20"))
        assert (
            "Note: webhook_endpoint.app: the new one has a new secret, answered once: give it to "
            "your application before it gets the first event. `apply --secrets-out FILE` keeps it."
        ) in reconciler("plan", *SIMULATED).out

    def test_is_silent_where_none_comes(self, reconciler, folder):
        reconciler(*APPLY)
        (folder / "catalog.toml").write_text(ENDPOINT.replace("/app", "/new"))
        assert "secret" not in reconciler("plan", *SIMULATED).out


class TestAResume:
    def torn(self, reconciler):
        """The journal of a run that died before it noted the answer."""
        reconciler(*APPLY)
        path = journal()
        lines = path.read_text().splitlines(keepends=True)
        before = next(n for n, line in enumerate(lines) if "done" in json.loads(line))
        path.write_text("".join(lines[:before]))
        return path

    def test_says_that_nobody_saw_the_secret(self, reconciler):
        ran = reconciler(*APPLY, "--resume", self.torn(reconciler))
        assert ran.code == 0
        assert (
            "webhook_endpoint.app was created by a call that nobody saw the answer of, so nobody "
            "has its secret.\n"
            "  Roll the secret in the Dashboard, or take the table out, apply, and put it back.\n"
        ) in ran.err

    def test_that_was_to_keep_it_fails(self, reconciler):
        path = self.torn(reconciler)
        ran = reconciler(*APPLY, "--resume", path, "--secrets-out", "secrets.toml")
        assert (ran.code, Path("secrets.toml").exists()) == (1, False)
        assert "nobody has its secret" in ran.err

    def test_keeps_what_it_creates_itself(self, reconciler, folder):
        path = self.torn(reconciler)
        # As if the call had never reached Stripe: the account is another, empty one.
        (folder / "stripe.db").unlink()
        ran = reconciler(*APPLY, "--resume", path, "--secrets-out", "secrets.toml")
        assert (ran.code, list(kept())) == (0, ["webhook_endpoint.app"])
        assert "nobody has its secret" not in ran.err
