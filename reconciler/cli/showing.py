"""A plan in the format that was asked for."""

from __future__ import annotations

from reconciler import planfile
from reconciler.cli.console import Console
from reconciler.errors import UsageError
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.render.markdown import markdown
from reconciler.render.markup import link
from reconciler.render.text import text


def check(style: str, details_url: str | None) -> None:
    """Raise `UsageError` for an address that no format shows, before anything is done."""
    if details_url is None:
        return
    if style != "markdown":
        raise UsageError("--details-url is for --format markdown.\n  Leave one of them out.")
    link(details_url, "")


def shown(
    console: Console, plan: Plan, known: Kinds, *, style: str, details_url: str | None
) -> str:
    """Return the plan."""
    match style:
        case "json":
            return planfile.write(plan)
        case "markdown":
            return markdown(plan, known, details_url=details_url)
        case _:
            return text(plan, known, colour=console.colour)
