"""`reconciler doctor`: what does the key reach, who holds what there, and what is wrong?"""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.console import Console


@click.command("doctor")
@options.paths
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json has every finding whole.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are problems.")
@options.overlay
@options.target
@click.pass_obj
def command(console: Console, /, **given: Any) -> int:
    """Say what the key reaches, who holds what there, and what is wrong; changes nothing.

    PATHS are files, or folders of TOML files, that make one catalog; catalog.toml unless given.
    There need not be any: without a catalog the account alone is looked at.
    """
    from reconciler.cli.examining import run  # noqa: PLC0415 - heavy, and --help needs none of it

    target, rest = options.aim(given)
    source = options.Source(paths=rest.pop("paths"), overlay=rest.pop("overlay"))
    return run(console, target, source, **rest)
