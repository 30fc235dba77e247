"""`reconciler show`: a saved plan, as plan showed it."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import exits, options
from reconciler.cli.console import Console


@click.command("show")
@click.argument("plan", type=click.Path(path_type=Path))
@options.output_format
@click.pass_obj
def command(console: Console, plan: Path, style: str) -> int:
    """Show a saved PLAN; reads no account and needs no key."""
    from reconciler import kinds, planfile  # noqa: PLC0415 - heavy, and --help needs none of it
    from reconciler.render.text import text  # noqa: PLC0415 - the same

    known = kinds.load()
    loaded = planfile.load(plan, known)
    as_json = style == "json"
    console.result(
        planfile.write(loaded) if as_json else text(loaded, known, colour=console.colour)
    )
    return exits.DONE
