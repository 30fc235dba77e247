"""The command line at its edges: start-up, streams, terminals, signals, and bugs."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import types
from pathlib import Path

import click
import pytest
from conftest_cli import SIMULATED

from reconciler.cli import applying, main
from reconciler.errors import BlockedError
from reconciler.gateway.stripe import Gateway
from reconciler.simulator.core import Simulator
from reconciler.simulator.transport import SimulatorTransport
from reconciler.version import __version__

HEAVY = ("pydantic", "stripe", "deepdiff", "requests", "tomli_w")
LOADED = """
import sys
from reconciler.cli.main import run
code = run(sys.argv[1:])
print("loaded:", *sorted(set(sys.modules) & {modules}))
"""


def loaded(folder, *arguments, modules=HEAVY):
    """Which of the heavy libraries, or of other modules, a command line has imported in the end."""
    script = LOADED.replace("{modules}", repr(set(modules)))
    found = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )
    return found.stdout.splitlines()[-1].split()[1:]


class TestStartUp:
    @pytest.mark.parametrize(
        "arguments",
        [("--version",), ("--help",), (), *((name, "--help") for name in main.COMMANDS)],
        ids=" ".join,
    )
    def test_help_and_version_need_no_library(self, arguments, folder):
        assert loaded(folder, *arguments) == []

    def test_init_needs_no_library(self, folder):
        assert loaded(folder, "init", "new.toml") == []

    def test_validating_needs_pydantic_alone(self, folder):
        assert loaded(folder, "validate") == ["pydantic"]

    def test_validating_imports_the_bodies_of_no_kind_that_the_file_does_not_use(self, folder):
        bodies = tuple(
            f"reconciler.kinds.{kind}.body"
            for kind in ("payment_link", "portal_configuration", "price")
        )
        link = '[payment_links.pro]\nline_items = [{ price = "pro.monthly", quantity = 1 }]\n'
        without = loaded(folder, "validate", modules=bodies)
        (folder / "link.toml").write_text(link)
        beside = loaded(folder, "validate", "catalog.toml", "link.toml", modules=bodies)
        assert (["reconciler.kinds.price.body"], [bodies[0], bodies[2]]) == (without, beside)

    def test_the_version_is_the_package_s(self, reconciler):
        assert (0, f"reconciler {__version__}\n") == (
            reconciler("--version").code,
            reconciler("--version").out,
        )

    def test_every_command_in_the_table_is_there_under_its_name(self):
        context = click.Context(main.cli)
        names = [main.cli.get_command(context, name).name for name in main.COMMANDS]
        assert list(main.COMMANDS) == names

    def test_the_help_names_every_command(self, reconciler):
        help_text = reconciler("--help").out
        assert all(f"  {name}" in help_text for name in main.COMMANDS)


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "start"),
        [
            (("plam",), 'There is no command "plam". Did you mean "plan"?\n'),
            (("frobnicate",), 'There is no command "frobnicate".\n'),
            (("plan", "--simulater", "x"), "No such option '--simulater'. Did you mean"),
            (("plan", "--nope"), "No such option '--nope'."),
            (("plan", "--format", "yaml"), "Invalid value for '--format': 'yaml' is not one of"),
            (("show",), "Missing argument 'PLAN'."),
            (("simulator", "serve", "--port", "70000"), "Invalid value for '--port'"),
            (("simulator", "serve", "--switch", "a=b"), "no switch is named 'a'"),
        ],
    )
    def test_a_usage_error_is_exit_1_on_stderr(self, arguments, start, reconciler):
        ran = reconciler(*arguments)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(start)


class TestStreams:
    def test_a_reader_that_goes_away_changes_nothing(self, process):
        with process("schema") as found:
            assert found.stdout.read(5) == '{\n  "'
            found.stdout.close()
            assert (found.stderr.read(), found.wait()) == ("", 0)

    def test_an_apply_is_finished_for_a_reader_that_went_away(self, process, reconciler):
        with process("apply", *SIMULATED, "--yes") as found:
            found.stdout.close()
            assert found.wait() == 0
        assert reconciler("plan", *SIMULATED, "--detailed-exitcode").code == 0

    def test_a_terminal_without_the_sign_gets_a_plainer_one(self, process, reconciler, folder):
        reconciler("apply", *SIMULATED, "--yes")
        path = folder / "catalog.toml"
        path.write_text(path.read_text().replace("29.00", "30.00").replace('"Pro"', '"Größe 日"'))
        found = process("plan", *SIMULATED, env={"PYTHONIOENCODING": "ascii"})
        out, err = found.communicate()
        assert (found.returncode, err) == (0, "")
        assert "  +- price.pro.monthly  29.00 USD -> 30.00 USD / month (+3.4 %)\n" in out
        assert 'name "Pro" -> "Gr\\xf6\\xdfe \\u65e5"' in out

    def test_without_a_terminal_there_is_no_colour_and_no_progress(self, process):
        out, err = process("plan", *SIMULATED).communicate()
        assert ("\x1b" in out, err) == (False, "")


def on_a_terminal(process, arguments, answer, **env):
    """Run with a terminal on every stream; return the exit code and all that it showed."""
    master, slave = pty.openpty()
    found = process(*arguments, stdin=slave, stdout=slave, stderr=slave, env=env)
    os.close(slave)
    seen = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # the far end has closed
            break
        if not piece:
            break
        seen += piece
        if b"applies: " in seen and answer is not None:
            os.write(master, answer)
            answer = None
    os.close(master)
    return found.wait(), seen.decode()


class TestTerminals:
    def test_yes_applies(self, process, reconciler):
        code, seen = on_a_terminal(process, ("apply", *SIMULATED), b"yes\n")
        assert code == 0
        assert 'Only "yes" applies: ' in seen
        assert reconciler("plan", *SIMULATED, "--detailed-exitcode").code == 0

    @pytest.mark.parametrize("answer", [b"y\n", b"\n", b"\x04"])
    def test_anything_else_does_not(self, answer, process, reconciler):
        code, seen = on_a_terminal(process, ("apply", *SIMULATED), answer)
        assert (code, "Nothing was changed." in seen) == (1, True)
        assert reconciler("plan", *SIMULATED, "--detailed-exitcode").code == 2

    def test_a_terminal_gets_colour_unless_it_asks_for_none(self, process):
        _, coloured = on_a_terminal(process, ("plan", *SIMULATED), None)
        _, plain = on_a_terminal(process, ("plan", *SIMULATED), None, NO_COLOR="1")
        assert ("\x1b[32m+" in coloured, "\x1b[32m+" in plain) == (True, False)


class TestServing:
    def test_it_serves_until_interrupted(self, process, reconciler, monkeypatch):
        monkeypatch.setenv("STRIPE_API_KEY", "sk_test_simulator")
        found = process("simulator", "serve", "--port", "0", "--simulator", "served.db")
        line = found.stdout.readline()
        url = line.split(" answers at ")[1].split(". ")[0]
        assert reconciler("apply", "--api-base", url, "--yes").code == 0
        found.send_signal(signal.SIGINT)
        out, err = found.communicate(timeout=60)
        assert (found.returncode, out, err) == (0, "", "Stopped.\n")
        ran = reconciler("plan", "--simulator", "served.db", "--detailed-exitcode")
        assert ran.code == 0

    def test_a_port_that_is_taken_is_said(self, process, reconciler):
        found = process("simulator", "serve", "--port", "0")
        port = found.stdout.readline().rpartition(":")[2].split(".")[0]
        ran = reconciler("simulator", "serve", "--port", port)
        found.send_signal(signal.SIGINT)
        found.communicate(timeout=60)
        assert (ran.code, f"127.0.0.1:{port} cannot be listened on" in ran.err) == (1, True)


class TestBugs:
    @pytest.fixture
    def broken(self, monkeypatch):
        @click.command("validate")
        def command():
            raise RuntimeError("lost sk_live_secretsecret")

        module = types.ModuleType("broken")
        module.command = command
        monkeypatch.setitem(sys.modules, "reconciler.cli.validate", module)

    def test_a_bug_is_a_sentence_without_secrets(self, broken, reconciler):
        ran = reconciler("validate")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(
            "This is a bug in reconciler: RuntimeError: lost sk_live_…\n  Please report it"
        )
        assert "Traceback" not in ran.err

    def test_where_it_happened_is_shown_when_asked_for(self, broken, reconciler, monkeypatch):
        monkeypatch.setenv("RECONCILER_DEBUG", "1")
        ran = reconciler("validate")
        assert ran.err.startswith("Traceback (most recent call last):\n")
        assert "secretsecret" not in ran.err

    def test_an_interrupt_is_a_sentence(self, monkeypatch, reconciler):
        @click.command("validate")
        def command():
            raise KeyboardInterrupt

        module = types.ModuleType("interrupted")
        module.command = command
        monkeypatch.setitem(sys.modules, "reconciler.cli.validate", module)
        ran = reconciler("validate")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.endswith("Stopped. Nothing is under way any more.\n")


class TestLive:
    """No live account can be had, so this asks the door itself, with a key of a simulated one."""

    @pytest.fixture
    def gateway(self):
        return Gateway("sk_live_1", transport=SimulatorTransport(Simulator()), paced=False)

    def wish(self, *, live):
        return applying.Wish(
            yes=True, live=live, dry_run=False, resume=None, journal=None, no_verify=False
        )

    def test_a_live_account_needs_the_word(self, gateway):
        with pytest.raises(BlockedError, match="RC106 stopped it") as caught:
            applying._refuse_live(gateway, (), self.wish(live=False))
        assert caught.value.exit_code == 3

    @pytest.mark.parametrize(
        ("live", "allow", "expected"),
        [(True, (), False), (False, ("RC106",), False), (False, ("RC101",), True)],
    )
    def test_the_word_or_the_guard_lifted_lets_it_through(self, live, allow, expected, gateway):
        try:
            applying._refuse_live(gateway, allow, self.wish(live=live))
        except BlockedError:
            stopped = True
        else:
            stopped = False
        assert expected == stopped
