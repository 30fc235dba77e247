"""`reconciler ids`: the ids and lookup keys of a catalog, for application code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.console import Console


@click.command("ids")
@options.paths
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "env", "toml", "python", "typescript"]),
    default="text",
    show_default=True,
    help="text is for people, the others are for application code.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write them there, in the place of stdout; left alone if they are there already.",
)
@options.overlay
@options.refresh
@options.target
@click.pass_obj
def command(console: Console, /, **given: Any) -> int:
    """Print the id and the lookup key of every object of the catalog; changes nothing.

    PATHS are files, or folders of TOML files, that make one catalog; catalog.toml unless given.
    If the account does not hold all that they want, nothing is printed, and what is missing is
    named.
    """
    from reconciler.cli.identifying import run  # noqa: PLC0415 - heavy, and --help needs none of it

    target, rest = options.aim(given)
    source = options.Source(
        paths=rest.pop("paths"), overlay=rest.pop("overlay"), refresh=rest.pop("refresh")
    )
    return run(console, target, source, **rest)
