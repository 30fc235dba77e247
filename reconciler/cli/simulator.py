"""`reconciler simulator`: a local Stripe, for any Stripe client."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import exits
from reconciler.cli.console import Console


@click.group("simulator")
def command() -> None:
    """Run a stateful Stripe on this machine, to try things on."""


@command.command("serve")
@click.option(
    "--simulator",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep its objects in FILE; in memory unless given.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=12111,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--latency-ms",
    type=click.IntRange(0, 60_000),
    default=0,
    metavar="N",
    help="Wait N milliseconds before each answer.",
)
@click.option(
    "--rate-limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Answer 429 beyond N requests a second, at one endpoint and in all.",
)
@click.option(
    "--neighbour",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    metavar="SHARE",
    help="Let another program take that SHARE of the rate limit, such as 0.5.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="RULE",
    help="Let calls fail, such as 'POST /v1/prices: lost_after, at=2'; may be repeated.",
)
@click.option(
    "--switch",
    "switches",
    multiple=True,
    metavar="NAME=VALUE",
    help="Choose a behaviour where Stripe's own is uncertain; may be repeated.",
)
@click.pass_obj
def serve(console: Console, /, **given: object) -> int:
    """Serve it over HTTP until interrupted. Any key of the form sk_test_… is accepted."""
    from reconciler.cli.serving import run  # noqa: PLC0415 - heavy, and --help needs none of it

    run(console, **given)  # type: ignore[arg-type]  # click has made them what serving declares
    return exits.DONE
