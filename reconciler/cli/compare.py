"""`reconciler compare`: what would have to change in one for it to be as another?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli.console import Console

_PATH = click.Path(path_type=Path)


@click.command("compare")
@click.argument("a")
@click.argument("b")
@click.option(
    "--overlay",
    multiple=True,
    type=_PATH,
    metavar="FILE",
    help="A file that overrides the catalog, or both catalogs; may be repeated.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json is a plan's, which cannot be applied.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when the two differ.")
@click.option(
    "--owned-by", metavar="CATALOG", help="Of an account, compare only what this catalog manages."
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
