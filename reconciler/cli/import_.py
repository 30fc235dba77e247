"""`reconciler import`: bring what an account holds under a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.console import Console


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path), default=options.DEFAULT_CATALOG)
@click.option(
    "--adopt",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the bindings go; adopt.toml beside the catalog unless given.",
)
@options.overlay
@click.option(
    "--name",
    metavar="NAME",
    help="What a new catalog is called; that of --owned-by, else main, unless given.",
)
@click.option("--kind", multiple=True, metavar="KIND", help="Only this kind; may be repeated.")
@click.option(
    "--product",
    multiple=True,
    metavar="ID|NAME",
    help="Only this product, its prices and what they name; may be repeated.",
)
@click.option(
    "--only-active",
    is_flag=True,
    help="Leave out what is on and of no use: prices of archived products, spent coupons.",
)
@click.option("--include-archived", is_flag=True, help="Take what is switched off as well.")
@click.option("--owned-by", metavar="CATALOG", help="Take over what this catalog manages.")
@options.target
@click.pass_obj
def command(console: Console, /, **given: Any) -> int:
    """Write what the account holds into PATH, and change nothing at Stripe.

    PATH is catalog.toml unless given. A catalog that is there already, a file or a folder, is
    added to: its own text stays as it is.
    """
    from reconciler.cli.importing import Wish, run  # noqa: PLC0415 - heavy, --help needs none

    target, rest = options.aim(given)
    return run(console, target, Wish(**rest))
