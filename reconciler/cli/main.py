"""The command group, and the one place where errors become exit codes.

Commands are imported when they are run: `--version` and `--help` need neither pydantic nor the
SDK, so the table of summaries stands here.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from keyword import iskeyword

import click

from reconciler.cli import collecting, exits
from reconciler.cli.console import Console
from reconciler.errors import ReconcilerError
from reconciler.version import __version__

COMMANDS = {
    "init": "Write a commented catalog to start from.",
    "validate": "Check catalog files; needs neither key nor network.",
    "plan": "Show what would change in the account.",
    "apply": "Change the account to match the files, or apply a saved plan.",
    "show": "Show a saved plan.",
    "comment": "Post a saved plan on its pull request.",
    "import": "Write what an account holds into a catalog.",
    "ids": "Print the ids and lookup keys of a catalog, for application code.",
    "doctor": "Say what the key reaches, who holds what there, and what is wrong.",
    "compare": "Show what would make one account or catalog as another one is.",
    "schema": "Print the JSON Schema of catalog files, for editors.",
    "simulator": "A local Stripe to try things on.",
}


class _Commands(click.Group):
    """A group that imports a command only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"reconciler.cli.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # click's own suggestions come from commands that are loaded already: none.
        if args[0] not in COMMANDS:
            from difflib import get_close_matches  # noqa: PLC0415 - for a slip only

            close = get_close_matches(args[0], COMMANDS, 1)
            hint = f' Did you mean "{close[0]}"?' if close else ""
            raise click.UsageError(f'There is no command "{args[0]}".{hint}', ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="The API key comes from STRIPE_API_KEY. Exit codes: 0 done, 1 error, 2 changes are "
    "pending or problems found (--detailed-exitcode), 3 stopped by a guard, 4 stale plan, "
    "5 incomplete apply.",
)
@click.version_option(__version__, prog_name="reconciler", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep a Stripe catalog as code: products, prices and plans from a TOML file."""


def run(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    console = Console()
    try:
        code = cli.main(arguments, prog_name="reconciler", standalone_mode=False, obj=console)
    except ReconcilerError as error:
        console.note(str(error))
        return error.exit_code
    except click.ClickException as error:
        console.note(_usage(error))
        return exits.ERROR
    except click.Abort:
        console.note("Stopped. Nothing is under way any more.")
        return exits.ERROR
    except Exception as error:  # noqa: BLE001 - the last door: a person gets a sentence
        console.note(_bug(error))
        return exits.ERROR
    finally:
        console.end()
    return code if isinstance(code, int) else exits.DONE


def main() -> None:
    """Run the command line of this process, and exit."""
    code = run()
    collecting.leave()
    sys.exit(code)


def _usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "reconciler"
    return f"{error.format_message()}\n  {path} --help tells what it takes."


def _bug(error: Exception) -> str:
    from reconciler.gateway.credentials import redact  # noqa: PLC0415 - needed on this path only

    trace = ""
    if os.environ.get("RECONCILER_DEBUG") == "1":
        trace = "".join(traceback.format_exception(error)) + "\n"
    return redact(
        f"{trace}This is a bug in reconciler: {type(error).__name__}: {error}\n"
        "  Please report it with what you ran; RECONCILER_DEBUG=1 shows where it happened.\n"
        "  An apply that was under way has its journal: plan again, or resume it."
    )
