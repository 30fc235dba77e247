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
@options.showing
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@options.planning
@options.target
@click.pass_obj
def command(console: Console, /, **given: Any) -> int:
    """Show what would change in the account; changes nothing.

    PATHS are files, or folders of TOML files, that make one catalog; catalog.toml unless given.
    """
    from reconciler.cli.planning import run  # noqa: PLC0415 - heavy, and --help needs none of it
    from reconciler.cli.showing import Format  # noqa: PLC0415 - the same

    target, source, rest = options.split(given)
    asked = Format(**{name: rest.pop(name) for name in Format.__dataclass_fields__})
    return run(console, target, source, asked=asked, **rest)
