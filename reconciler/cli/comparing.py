"""Comparing: find out what each side is, read both side by side, tell the difference."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler import kinds, planfile
from reconciler.cli import exits
from reconciler.cli.collecting import at_rest
from reconciler.cli.connect import connected
from reconciler.cli.console import Console
from reconciler.cli.options import Target
from reconciler.cli.planning import reading_progress
from reconciler.errors import ReconcilerError, UsageError
from reconciler.gateway.stripe import API_VERSION
from reconciler.importer.compare import compare
from reconciler.importer.sides import attached, lens
from reconciler.model.catalog import Catalog
from reconciler.model.comparison import Comparison
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot
from reconciler.observer.account import observe
from reconciler.render.text import comparison as text
from reconciler.spec.load import load

ACCOUNT = "account"
"""What stands for the account that `plan` would read."""

_SQLITE = b"SQLite format 3\x00"
_KEYS = (b"sk_", b"rk_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for: see `compare` for each option."""

    a: str
    b: str
    overlay: tuple[Path, ...]
    style: str
    detailed_exitcode: bool
    owned_by: str | None
    stripe_account: str | None
    api_base: str | None
    api_key_file: Path | None

    @property
    def names(self) -> tuple[str, str]:
        """What the sides were called on the command line."""
        return self.a, self.b


Side = Catalog | Target
"""A side before it is read."""


def run(console: Console, wish: Wish) -> int:
    """Read, compare, show; return the exit code."""
    known = kinds.load()
    made = _compared(console, wish, known)
    match wish.style:
        case "json":
            console.result(planfile.write_comparison(made))
        case _:
            console.result(text(made, known, colour=console.colour))
    return exits.PENDING if made.differ and wish.detailed_exitcode else exits.DONE


@at_rest()
def _compared(console: Console, wish: Wish, known: Kinds) -> Comparison:
    sides = [_side(name, wish, known) for name in wish.names]
    files = [side for side in sides if isinstance(side, Catalog)]
    _check(wish, files)
    found = _read(console, sides, wish, known)
    first, second = (_label(name, one) for name, one in zip(wish.names, found, strict=True))
    return compare(
        found[0],
        found[1],
        known,
        names=(first, second),
        api_version=API_VERSION,
        owned_by=wish.owned_by,
    )


def _side(name: str, wish: Wish, known: Kinds) -> Side:
    """Return the catalog that a side is, or how its account is reached."""
    path = Path(name)
    if name == ACCOUNT:
        return _of_environment(name, wish, wish.stripe_account)
    if path.is_dir() or path.suffix == ".toml":
        return load([path], known, overlays=wish.overlay)
    if re.fullmatch(r"acct_\w+", name) and not path.exists():
        return _of_environment(name, wish, name)
    begin = _begin(path)
    if begin == _SQLITE:
        return Target(simulator=path, stripe_account=None, api_base=None, api_key_file=None)
    if begin.lstrip().startswith(_KEYS):
        return Target(
            simulator=None, stripe_account=None, api_base=wish.api_base, api_key_file=path
        )
    raise UsageError(
        f"{name} is neither a catalog, nor a file with an API key, nor a simulator's file.\n{_WAYS}"
    )


_WAYS = (
    "  A side is one of these:\n"
    "    catalog.toml   a catalog, or a folder of TOML files\n"
    "    live.key       a file with an API key in it, sk_… or rk_…\n"
    "    account        the account that STRIPE_API_KEY or --api-key-file reaches\n"
    "    acct_…         a connected account of that one\n"
    "    stripe.db      what `reconciler … --simulator FILE` keeps"
)


def _begin(path: Path) -> bytes:
    if re.match(r"(sk|rk)_", path.name) and not path.exists():
        raise UsageError(
            "An API key stands in no command: others on this machine could read it there.\n"
            "  Put it in a file that only you can read, and name that file."
        )
    try:
        with open(path, "rb", opener=_without_waiting) as file:  # a pipe may have no writer
            return file.read(len(_SQLITE))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be read: {reason}.\n{_WAYS}") from None


def _without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _of_environment(name: str, wish: Wish, account: str | None) -> Target:
    if wish.api_key_file is None and not os.environ.get("STRIPE_API_KEY", "").strip():
        raise UsageError(
            f"{name} is reached with STRIPE_API_KEY, which is not set.\n"
            "  Set it, or give --api-key-file FILE.\n"
            f"{_WAYS}"
        )
    return Target(
        simulator=None,
        stripe_account=account,
        api_base=wish.api_base,
        api_key_file=wish.api_key_file,
    )


def _check(wish: Wish, files: Sequence[Catalog]) -> None:
    """Refuse options that would say nothing."""
    if wish.overlay and not files:
        raise UsageError(
            "--overlay is laid over a catalog, and neither side is one.\n  Leave it out."
        )
    if wish.owned_by is not None and len(files) == 2:
        raise UsageError(
            "--owned-by narrows what is in an account, and both sides are files.\n  Leave it out."
        )


def _read(
    console: Console, sides: Sequence[Side], wish: Wish, known: Kinds
) -> list[Catalog | Snapshot]:
    """Return both sides as they are; two accounts are read side by side, and one once."""
    files = [side for side in sides if isinstance(side, Catalog)]
    wanted = attached(known, lambda seen: lens(files, [seen], owned_by=wish.owned_by))
    both = zip(wish.names, sides, strict=True)
    targets = {side: name for name, side in both if isinstance(side, Target)}
    progress = reading_progress(console, known) if len(targets) == 1 else None
    with ExitStack() as stack, ThreadPoolExecutor(max_workers=2) as pool:
        reads: dict[Target, Future[Snapshot]] = {}
        for target, name in targets.items():
            with _telling_whose(console, name):
                gateway = stack.enter_context(connected(target, console))
            reads[target] = pool.submit(
                observe, gateway, known.values(), progress=progress, attached=wanted
            )
        found: dict[Target, Snapshot] = {}
        for target, reading in reads.items():
            with _telling_whose(console, targets[target]):
                found[target] = reading.result()
    return [side if isinstance(side, Catalog) else found[side] for side in sides]


@contextmanager
def _telling_whose(console: Console, name: str) -> Iterator[None]:
    """Of an error, tell which of the two sides it is about."""
    try:
        yield
    except ReconcilerError:
        console.note(f"{name} cannot be read:")
        raise


def _label(name: str, side: Catalog | Snapshot) -> str:
    """Return what a side is called: what it was named by, and what that came to."""
    if isinstance(side, Catalog):
        return f"{name} (catalog {side.name})"
    account = side.account
    known = f"{account.id}, " if account.id is not None and account.id != name else ""
    return f"{name} ({known}{account.mode} mode)"
