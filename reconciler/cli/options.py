"""Options that several commands share, and the values that they make together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from reconciler.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_CATALOG = Path("catalog.toml")
_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which Stripe is meant, and how it is reached."""

    simulator: Path | None
    stripe_account: str | None
    api_base: str | None
    api_key_file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is planned from, and how."""

    paths: tuple[Path, ...]
    overlay: tuple[Path, ...] = ()
    allow: tuple[str, ...] = ()
    destroy: bool = False
    no_impact: bool = False
    refresh: Literal["full", "targeted"] = "full"
    adopt_matching: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """The catalog's paths: those given, else `catalog.toml`."""
        if not self.paths and not DEFAULT_CATALOG.exists():
            raise UsageError(
                f"There is no {DEFAULT_CATALOG} in this folder, and no other path was given.\n"
                "  Name the catalog's files, or start one: reconciler init"
            )
        return self.paths or (DEFAULT_CATALOG,)


paths = click.argument("paths", nargs=-1, type=_PATH)

overlay = click.option(
    "--overlay",
    multiple=True,
    type=_PATH,
    metavar="FILE",
    help="A file that overrides the others; may be repeated.",
)


def _all(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


refresh = click.option(
    "--refresh",
    type=click.Choice(["full", "targeted"]),
    default="full",
    show_default=True,
    help="Read the whole account, or only what the file names.",
)

planning = _all(
    overlay,
    click.option(
        "--allow",
        multiple=True,
        metavar="CODE[:ADDRESS]",
        help="Lift a guard, for everything or for one address; may be repeated.",
    ),
    click.option("--destroy", is_flag=True, help="Plan the retirement of everything that is ours."),
    click.option(
        "--no-impact",
        is_flag=True,
        help="Do not count the subscriptions on what is replaced or retired.",
    ),
    click.option(
        "--refresh",
        type=click.Choice(["full", "targeted"]),
        default="full",
        show_default=True,
        help="Read the whole account, or only what the file names, and retire nothing.",
    ),
    click.option(
        "--adopt-matching",
        is_flag=True,
        help="Adopt what no catalog manages and a key of the file names, in the place of RC108.",
    ),
)

target = _all(
    click.option(
        "--simulator",
        type=_PATH,
        metavar="FILE",
        help="Use a local simulated Stripe kept in FILE; needs no key.",
    ),
    click.option(
        "--stripe-account",
        envvar="STRIPE_ACCOUNT",
        metavar="acct_…",
        help="Act on a connected account (or STRIPE_ACCOUNT).",
    ),
    click.option("--api-base", metavar="URL", help="Send requests here, with a test key."),
    click.option(
        "--api-key-file",
        type=_PATH,
        metavar="FILE",
        help="Read the API key from FILE in the place of STRIPE_API_KEY.",
    ),
)

showing = _all(
    click.option(
        "--format",
        "style",
        type=click.Choice(["text", "json", "markdown", "html"]),
        default="text",
        show_default=True,
        help="json is the plan file itself, markdown a comment for a pull request, html a page.",
    ),
    click.option(
        "--full",
        is_flag=True,
        help="With --format text: every field of what changes, and no value shortened.",
    ),
    click.option(
        "--details-url",
        metavar="URL",
        help="With --format markdown: where the whole plan is kept, to be linked to.",
    ),
)


def aim(given: dict[str, Any]) -> tuple[Target, dict[str, Any]]:
    """Return the target that a command's options name, and the others."""
    rest = dict(given)
    return Target(**{name: rest.pop(name) for name in Target.__dataclass_fields__}), rest


comment_details_url = click.option(
    "--details-url",
    metavar="URL",
    help="Where the whole plan is, for what a comment has no room for.",
)


def split(given: dict[str, Any]) -> tuple[Target, Source, dict[str, Any]]:
    """Return the target and the source that a command's options name, and the others."""
    aimed, rest = aim(given)
    source = Source(**{name: rest.pop(name) for name in Source.__dataclass_fields__})
    return aimed, source, rest
