"""`reconciler plan`: what would change?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.console import Console


@click.command("plan")
@options.paths
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Save the plan, for show and apply.",
)
@options.output_format
@options.details_url
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@options.planning
@options.target
@click.pass_obj
def command(console: Console, /, **given: Any) -> int:
    """Show what would change in the account; changes nothing.

    PATHS are files, or folders of TOML files, that make one catalog; catalog.toml unless given.
    """
    from reconciler.cli.planning import run  # noqa: PLC0415 - heavy, and --help needs none of it

    target, source, rest = options.split(given)
    return run(console, target, source, **rest)
