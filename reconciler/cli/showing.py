"""A plan in the format that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler import planfile
from reconciler.cli.console import Console
from reconciler.errors import UsageError
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.render.markdown import markdown
from reconciler.render.markup import link
from reconciler.render.text import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What was asked for: the format, and what is for one format alone."""

    style: str
    full: bool = False
    details_url: str | None = None


def check(asked: Format) -> None:
    """Raise `UsageError` for what the format does not show, before anything is done."""
    if asked.full and asked.style != "text":
        raise UsageError("--full is for --format text.\n  Leave one of them out.")
    if asked.details_url is None:
        return
    if asked.style != "markdown":
        raise UsageError("--details-url is for --format markdown.\n  Leave one of them out.")
    link(asked.details_url, "")


def shown(console: Console, plan: Plan, known: Kinds, asked: Format) -> str:
    """Return the plan."""
    match asked.style:
        case "json":
            return planfile.write(plan)
        case "markdown":
            return markdown(plan, known, details_url=asked.details_url)
        case "html":
            from reconciler.render.page.write import page  # noqa: PLC0415 - heavy, and for this only

            return page(plan, known)
        case _:
            return text(plan, known, colour=console.colour, full=asked.full)
