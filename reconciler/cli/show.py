"""`reconciler show`: a saved plan, as plan showed it."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import exits, options
from reconciler.cli.console import Console


@click.command("show")
@click.argument("plan", type=click.Path(path_type=Path))
@options.output_format
@options.details_url
@click.pass_obj
def command(console: Console, plan: Path, style: str, details_url: str | None) -> int:
    """Show a saved PLAN; reads no account and needs no key."""
    from reconciler import kinds, planfile  # noqa: PLC0415 - heavy, and --help needs none of it
    from reconciler.cli import showing  # noqa: PLC0415 - the same

    showing.check(style, details_url)
    known = kinds.load()
    loaded = planfile.load(plan, known)
    console.result(showing.shown(console, loaded, known, style=style, details_url=details_url))
    return exits.DONE
