"""`reconciler compare`: what would a promotion change?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.console import Console

_PATH = click.Path(path_type=Path)


@click.command("compare")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@options.overlay
@options.output_format
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when the two differ.")
@click.option(
    "--owned-by", metavar="CATALOG", help="Compare only what this catalog manages in an account."
)
@click.option(
    "--stripe-account",
    envvar="STRIPE_ACCOUNT",
    metavar="acct_…",
    help="The connected account that the word account means (or STRIPE_ACCOUNT).",
)
@click.option("--api-base", metavar="URL", help="Send requests here, with test keys.")
@click.option(
    "--api-key-file",
    type=_PATH,
    metavar="FILE",
    help="Read the API key of account and acct_… from FILE in the place of STRIPE_API_KEY.",
)
@click.pass_obj
def command(console: Console, /, **given: Any) -> int:
    """Show what would change in B for it to be as A; writes to neither.

    A and B are each a catalog (a TOML file, or a folder of them), a file with an API key, an
    account that STRIPE_API_KEY reaches (the word account, or acct_… for a connected one), or a
    simulator's file. Ids are no difference.
    """
    from reconciler.cli.comparing import Wish, run  # noqa: PLC0415 - heavy, --help needs none

    return run(console, Wish(**given))
