"""No key and no signing secret in anything that a command says or leaves behind.

Every command runs with marked ones, at every verbosity; then all that was written is searched.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import types
import urllib.request
from pathlib import Path

import click
import pytest

from hostile.conftest import KEY
from hostile.double import Answer, said
from hostile.limited import ROOT
from reconciler.cli.main import COMMANDS

SIGNING = "whsec_MARKEDsigning0123456789"
ELSEWHERE = {"secrets.toml", "key", "stripe.db"}
"""Where they belong: the file of secrets, the key's own file, and Stripe itself."""

ECHO = f"what {KEY}, Bearer{KEY}, {KEY.upper()} and {SIGNING} are"


def marked(text):
    return "marked" in text.lower()


def left_behind(folder):
    """The files that hold a marked secret and should not."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ELSEWHERE and marked(path.read_text("latin-1"))
    ]


@pytest.fixture(params=["environment", "file"])
def keyed(request, folder, monkeypatch):
    """The options by which a command gets the key."""
    if request.param == "environment":
        return ()
    monkeypatch.delenv("STRIPE_API_KEY")
    (folder / "key").touch(0o600)
    (folder / "key").write_text(f"{KEY}\n", encoding="utf-8")
    return ("--api-key-file", "key")


@pytest.fixture(params=["plain", "debug"])
def verbosity(request, monkeypatch):
    if request.param == "debug":
        monkeypatch.setenv("RECONCILER_DEBUG", "1")


@pytest.fixture
def signing(stripe):
    """Stripe answers a signing secret that can be told from others."""

    def spoil(_, answer):
        body = re.sub(rb"whsec_[A-Za-z0-9]+", SIGNING.encode(), answer.body)
        return Answer(status=answer.status, body=body, headers=answer.headers)

    stripe.spoil = spoil
    return stripe


@pytest.fixture
def say(reconciler, folder):
    """Run a command; what it says and leaves behind is searched at once."""

    def call(*arguments, code=0):
        ran = reconciler(*arguments)
        assert code == ran.code, ran
        assert not marked(ran.out), ran.out
        assert not marked(ran.err), ran.err
        assert left_behind(folder) == []
        return ran

    return call


def test_every_command_that_goes_well(say, signing, keyed, verbosity, folder):
    base = ("--api-base", signing.url, *keyed)
    say("--version")
    say("init", "new.toml")
    say("validate")
    say("schema")
    say("schema", "--out", "schema.json")
    say("plan", *base)
    say("plan", *base, "--format", "json")
    say("plan", *base, "--out", "plan.json", "--detailed-exitcode", code=2)
    say("show", "plan.json")
    say("show", "plan.json", "--format", "json")
    say("apply", *base, "--dry-run")
    say("apply", *base, "plan.json", "--yes", "--secrets-out", "secrets.toml")
    assert SIGNING in Path("secrets.toml").read_text(encoding="utf-8")
    assert (folder / "secrets.toml").stat().st_mode & 0o777 == 0o600
    say("plan", *base, "--detailed-exitcode")
    assert any(asked.headers["Authorization"] == f"Bearer {KEY}" for asked in signing.asked)
    journals = list(Path(".reconciler").iterdir())
    say("apply", *base, "--resume", journals[0], code=1)
    say("import", "imported.toml", *base)
    say("ids", *base, "--format", "json", "--out", "ids.json")
    say("doctor", *base)
    say("doctor", *base, "--format", "json")
    say("compare", "catalog.toml", "account", *base)
    assert {
        "init",
        "validate",
        "plan",
        "apply",
        "show",
        "import",
        "ids",
        "doctor",
        "compare",
        "comment",  # it has a token, and tests/cli/test_comment.py looks for that
        "schema",
        "simulator",
    } == set(COMMANDS)


def test_a_secret_that_nobody_keeps_is_in_no_journal(say, signing, keyed, verbosity):
    say("apply", "--api-base", signing.url, *keyed, "--yes")


def test_on_a_connected_account(say, signing, keyed):
    account = ("--stripe-account", "acct_1Connected")
    say("plan", "--api-base", signing.url, *keyed, *account)
    assert {"acct_1Connected"} == {asked.headers.get("Stripe-Account") for asked in signing.asked}


FAILURES = {
    "a key that is refused": said(401, message=ECHO, type="invalid_request_error"),
    "no permission": said(403, message=ECHO, type="invalid_request_error"),
    "a parameter": said(400, message=ECHO, param=KEY, code=SIGNING, type=KEY),
    "headers": said(400, message="No.", headers={"Request-Id": KEY, "Stripe-Notice": KEY}),
    "a page": Answer(status=404, body=ECHO.encode()),
    "not JSON": Answer(status=200, body=f"{{{ECHO}".encode()),
    "an object without its id": Answer(body=json.dumps({"id": None, "x": ECHO}).encode()),
    "a list of texts": Answer(body=json.dumps({"data": [ECHO]}).encode()),
    "a redirect": Answer(status=302, headers={"Location": f"https://example.com/{KEY}"}),
}


class TestFailures:
    @pytest.mark.parametrize("name", FAILURES)
    def test_of_what_is_read(self, name, say, stripe, keyed, verbosity):
        stripe.instead = lambda _: FAILURES[name]
        ran = say("plan", "--api-base", stripe.url, *keyed, code=1)
        assert ran.err
        assert "bug in reconciler" not in ran.err

    @pytest.mark.parametrize("command", ["ids", "doctor"])
    @pytest.mark.parametrize("name", FAILURES)
    def test_of_what_is_read_by_others(self, name, command, say, stripe, keyed):
        """What a key may not read is all that `doctor` has to say, and no error."""
        stripe.instead = lambda _: FAILURES[name]
        told = command == "doctor" and name == "no permission"
        ran = say(command, "--api-base", stripe.url, *keyed, code=0 if told else 1)
        assert (bool(ran.out), bool(ran.err)) == (told, not told)
        assert "bug in reconciler" not in ran.err

    @pytest.mark.parametrize("name", FAILURES)
    def test_of_what_is_written(self, name, say, signing, keyed):
        base = ("--api-base", signing.url, *keyed)

        def instead(asked):
            writing = asked.method == "POST" and "webhook_endpoints" in asked.path
            return FAILURES[name] if writing else None

        signing.instead = instead
        ran = say("apply", *base, "--yes", "--journal", "j", code=5)
        assert "--resume j" in ran.err
        signing.instead = lambda _: None
        say("apply", *base, "--resume", "j", "--secrets-out", "secrets.toml")

    def test_of_the_connection(self, say, stripe, keyed, verbosity, monkeypatch):
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("http_proxy", "http://user:MARKEDpassword@127.0.0.1:1")
        monkeypatch.setenv("https_proxy", "http://user:MARKEDpassword@[::1")
        monkeypatch.setattr("time.sleep", lambda _: None)
        say("plan", "--api-base", stripe.url, *keyed, code=1)
        say("plan", *keyed, code=1)

    def test_of_the_machine(self, say, verbosity, monkeypatch):
        @click.command("validate")
        def command():
            try:
                int(ECHO)
            except ValueError as error:
                raise RuntimeError(f"lost {KEY} at https://a:MARKED@b/") from error

        module = types.ModuleType("broken")
        module.command = command
        monkeypatch.setitem(sys.modules, "reconciler.cli.validate", module)
        ran = say("validate", code=1)
        assert "This is a bug in reconciler: RuntimeError: lost sk_test_…" in ran.err


class TestAKeyInTheWrongPlace:
    @pytest.mark.parametrize(
        "key",
        [
            "MARKED",
            "pk_test_MARKED",
            "sk_org_live_MARKED",
            "sk_test_MARKED MARKED",
            "sk_test_MÄRKEDmarked",
            "MARKED" * 1000,
            "\x1b[31msk_test_MARKED",
        ],
    )
    def test_what_is_no_key(self, key, say, folder, monkeypatch):
        monkeypatch.setenv("STRIPE_API_KEY", key)
        say("plan", code=1)
        monkeypatch.delenv("STRIPE_API_KEY")
        (folder / "key").write_text(key, encoding="utf-8")
        say("plan", "--api-key-file", "key", code=1)

    @pytest.mark.parametrize(
        "option",
        [
            ("--stripe-account", KEY),
            ("--api-base", KEY),
            ("--api-base", f"https://{KEY}@api.stripe.com"),
            ("--api-base", "https://user:MARKEDpassword@api.stripe.com"),
            ("--api-base", f"https://{KEY}:@["),
            ("--api-base", f"https://api.stripe.com/{KEY}"),
        ],
        ids=str,
    )
    def test_an_option_that_holds_one(self, option, say, keyed):
        say("plan", *option, *keyed, code=1)

    def test_an_account_in_the_environment(self, say, monkeypatch):
        monkeypatch.setenv("STRIPE_ACCOUNT", KEY)
        say("plan", code=1)

    def test_a_live_key_goes_nowhere_else(self, say, stripe, monkeypatch):
        monkeypatch.setenv("STRIPE_API_KEY", "rk_live_MARKED")
        say("plan", "--api-base", stripe.url, code=1)
        assert stripe.asked == []


def listed():
    """The command lines of all processes: from the system, or from `ps` where it has no /proc.

    Not from `ps` alone: small images of Linux have none.
    """
    if not Path("/proc/self/cmdline").exists():
        every = ["ps", "-A", "-ww", "-o", "args="]
        yield from subprocess.run(
            every, capture_output=True, check=True, encoding="latin-1"
        ).stdout.splitlines()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().decode("latin-1").replace("\0", " ")
        except OSError:  # it is gone already
            continue


def test_the_list_of_processes_has_no_secret(stripe, folder):
    """While a call is under way, which is when another user may look."""
    seen = []
    stripe.instead = lambda _: seen.extend(listed())
    found = subprocess.run(
        [sys.executable, "-m", "reconciler", "plan", "--api-base", stripe.url],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    assert any("-m reconciler plan" in line for line in seen)
    assert not any("MARKED" in line for line in seen)
    assert not marked(found.stdout + found.stderr)


def test_a_simulator_that_is_served_keeps_keys_to_itself(folder):
    served = subprocess.Popen(
        [sys.executable, "-m", "reconciler", "simulator", "serve", "--port", "0"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        preexec_fn=lambda: signal.signal(  # noqa: PLW1509  # no threads are running here
            signal.SIGINT, signal.SIG_DFL
        ),
    )
    first = served.stdout.readline()
    url = first.split(" answers at ")[1].split(". ")[0]
    for path in ("/v1/products", f"/v1/{KEY}", "/v1/products?limit=MARKED"):
        request = urllib.request.Request(f"{url}{path}", headers={"Authorization": f"Bearer {KEY}"})
        try:
            urllib.request.urlopen(request).read()
        except OSError as error:
            error.close()
    served.send_signal(signal.SIGINT)
    out, err = served.communicate(timeout=60)
    assert not marked(first + out + err)
    assert left_behind(folder) == []
