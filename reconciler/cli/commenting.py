"""Posting a saved plan, for `comment`."""

from __future__ import annotations

import os
from pathlib import Path

from reconciler import kinds, planfile
from reconciler.cli import exits
from reconciler.cli.console import Console
from reconciler.cli.pipeline import discussion
from reconciler.errors import UsageError
from reconciler.gateway.forge.sticky import outdate, put
from reconciler.render.markdown import markdown


def run(
    console: Console,
    *,
    plan: Path | None,
    no_plan: bool,
    label: str | None,
    number: int | None,
    commit: str | None,
    author: str | None,
    details_url: str | None,
) -> int:
    """Post, change or leave the comment, and say which."""
    if (plan is None) is not no_plan:
        raise UsageError("Give a plan file, or --no-plan where none could be made.")
    if plan is None:
        there, commit = discussion(os.environ, number=number, commit=commit, author=author)
        for one in outdate(there, label=label, commit=commit):
            console.result(f"Outdated: {one.url}\n")
        return exits.DONE
    known = kinds.load()
    loaded = planfile.load(plan, known)
    told = markdown(loaded, known, details_url=details_url)
    there, made_from = discussion(os.environ, number=number, commit=commit, author=author)
    result = put(there, told, catalog=loaded.catalog, label=label, commit=made_from)
    if result.outdated:
        console.note("A newer commit has outdated this plan, and the comment says so.")
    console.result(f"{result.done.value}: {result.url}\n")
    for one in result.others:
        console.result(f"Outdated: {one.url}\n")
    return exits.DONE
