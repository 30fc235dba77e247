"""`reconciler init`: a catalog to start from."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import exits, files, options
from reconciler.cli.console import Console
from reconciler.render.safe import shown
from reconciler.spec.starter import STARTER


@click.command("init")
@click.argument("path", type=click.Path(path_type=Path), default=options.DEFAULT_CATALOG)
@click.pass_obj
def command(console: Console, path: Path) -> int:
    """Write a commented catalog to PATH (catalog.toml unless given); never over a file."""
    place = path / options.DEFAULT_CATALOG if path.is_dir() else path
    files.write(place, STARTER, replace=False)
    console.result(shown(f"Wrote {place}. Next: reconciler validate {place}") + "\n")
    return exits.DONE
