"""`reconciler show`: a saved plan, as plan showed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import exits, options
from reconciler.cli.console import Console


@click.command("show")
@click.argument("plan", type=click.Path(path_type=Path))
@options.showing
@click.pass_obj
def command(console: Console, /, plan: Path, **given: Any) -> int:
    """Show a saved PLAN; reads no account and needs no key."""
    from reconciler import kinds, planfile  # noqa: PLC0415 - heavy, and --help needs none of it
    from reconciler.cli import showing  # noqa: PLC0415 - the same

    asked = showing.Format(**given)
    showing.check(asked)
    known = kinds.load()
    loaded = planfile.load(plan, known)
    console.result(showing.shown(console, loaded, known, asked))
    return exits.DONE
