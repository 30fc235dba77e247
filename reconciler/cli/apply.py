"""`reconciler apply`: make the changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.console import Console

_PATH = click.Path(path_type=Path)


@click.command("apply")
@options.paths
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--live", is_flag=True, help="Needed to change a live account.")
@click.option("--dry-run", is_flag=True, help="Print every call, and send none.")
@click.option("--resume", type=_PATH, metavar="JOURNAL", help="Finish the apply of this journal.")
@click.option("--journal", type=_PATH, metavar="FILE", help="Where this apply's journal goes.")
@click.option("--break-lock", is_flag=True, help="Take the lock of an apply that is no more.")
@click.option("--no-verify", is_flag=True, help="Do not read the account again at the end.")
@click.option(
    "--secrets-out",
    type=_PATH,
    metavar="FILE",
    help="Keep what Stripe answers once, such as signing secrets, in this new file (TOML).",
)
@click.option(
    "--replan",
    is_flag=True,
    help="Plan anew from the paths beside a plan file, and stop unless that gives the same plan.",
)
@options.planning
@options.target
@click.pass_obj
def command(console: Console, /, **given: Any) -> int:
    """Plan, show, ask and apply; or apply a saved plan, and nothing else.

    PATHS are the catalog's files and folders (catalog.toml unless given), or one plan file
    (.json). Beside a plan file, the catalog's paths are checked to be what it was made from;
    with --replan, so is the plan itself, which may come from where others can write.
    """
    from reconciler.cli.applying import Wish, run  # noqa: PLC0415 - heavy, --help needs none

    target, source, rest = options.split(given)
    return run(console, target, source, Wish(**rest))
