"""`reconciler validate`: are the files a catalog?"""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import exits, options
from reconciler.cli.collecting import at_rest
from reconciler.cli.console import Console


@click.command("validate")
@options.paths
@options.overlay
@click.pass_obj
@at_rest()
def command(console: Console, paths: tuple[Path, ...], overlay: tuple[Path, ...]) -> int:
    """Check catalog files; all mistakes at once, with the mend of each.

    PATHS are files, or folders of TOML files, that make one catalog; catalog.toml unless given.
    """
    from reconciler import kinds  # noqa: PLC0415 - heavy, and --help needs none of it
    from reconciler.spec.load import load  # noqa: PLC0415 - the same

    source = options.Source(paths=paths, overlay=overlay)
    known = kinds.load()
    catalog = load(source.files, known, overlays=overlay)
    counts = dict.fromkeys(known, 0)
    for address in catalog.resources:
        counts[address.kind] += 1
    found = ", ".join(
        f"{count} {name if count == 1 else known[name].table}".replace("_", " ")
        for name, count in counts.items()
        if count
    )
    console.result(f"Catalog {catalog.name} is valid: {found or 'nothing in it yet'}.\n")
    return exits.DONE
