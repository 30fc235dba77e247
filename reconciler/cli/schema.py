"""`reconciler schema`: what an editor needs to complete and check catalog files; or of plans."""

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
@click.option("--plan", is_flag=True, help="The one of plan files, for programs that read them.")
@click.pass_obj
def command(console: Console, out: Path | None, *, plan: bool) -> int:
    """Print the JSON Schema of catalog files, for an editor with TOML support."""
    from reconciler import kinds  # noqa: PLC0415 - heavy, and --help needs none of it
    from reconciler.planfile import schema as of_plans  # noqa: PLC0415 - the same
    from reconciler.spec import schema as of_catalogs  # noqa: PLC0415 - the same

    known = kinds.load()
    schema = of_plans.json_schema(known) if plan else of_catalogs.json_schema(known)
    text = json.dumps(schema, indent=2) + "\n"
    if out is None:
        console.result(text)
    else:
        files.write(out, text, replace=True)
        console.note(f"The schema is in {out}.")
    return exits.DONE
