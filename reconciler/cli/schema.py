"""`reconciler schema`: what an editor needs to complete and check catalog files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconciler.cli import exits, files
from reconciler.cli.console import Console


@click.command("schema")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it there, in the place of stdout.",
)
@click.pass_obj
def command(console: Console, out: Path | None) -> int:
    """Print the JSON Schema of catalog files, for an editor with TOML support."""
    from reconciler import kinds  # noqa: PLC0415 - heavy, and --help needs none of it
    from reconciler.spec.schema import json_schema  # noqa: PLC0415 - the same

    text = json.dumps(json_schema(kinds.load()), indent=2) + "\n"
    if out is None:
        console.result(text)
    else:
        files.write(out, text, replace=True)
        console.note(f"The schema is in {out}.")
    return exits.DONE
