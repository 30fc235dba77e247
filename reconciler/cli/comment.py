"""`reconciler comment`: a saved plan as a comment on its pull request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.console import Console


@click.command("comment")
@click.argument("plan", type=click.Path(path_type=Path), required=False)
@click.option(
    "--no-plan",
    is_flag=True,
    help="In the place of PLAN: no plan could be made. Comments of this --id say so from then on.",
)
@click.option(
    "--id",
    "label",
    metavar="NAME",
    help="Tells the comments of two plans of one catalog apart, such as test and live.",
)
@click.option(
    "--number",
    type=click.IntRange(min=1),
    metavar="N",
    help="The pull request or merge request; that of the running pipeline unless given.",
)
@click.option(
    "--commit",
    metavar="SHA",
    help="What the plan was made from; the commit of the running pipeline unless given.",
)
@click.option(
    "--author",
    metavar="LOGIN",
    help="Whose the token is, if it is an app's on GitHub and not that of Actions.",
)
@options.comment_details_url
@click.pass_obj
def command(console: Console, /, **given: Any) -> int:
    """Post a saved PLAN on its pull request (GitHub) or merge request (GitLab).

    There is one comment for each catalog, and each --id. It is changed in place, and says so when
    a newer commit has outdated the plan, or has a plan of another catalog with the same --id, as
    after a rename. Nothing else is touched.

    In a workflow of GitHub: GITHUB_TOKEN, with permissions: pull-requests: write. In a pipeline of
    GitLab: GITLAB_TOKEN, with the scope api. The rest is in the environment of the pipeline.
    """
    from reconciler.cli.commenting import run  # noqa: PLC0415 - heavy, and --help needs none of it

    return run(console, **given)
