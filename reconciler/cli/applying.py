"""Carrying a plan out: a fresh one, a saved one, or one that was interrupted."""

from __future__ import annotations

import getpass
import json
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from reconciler import kinds, planfile
from reconciler.cli import exits, keeping
from reconciler.cli.connect import connected
from reconciler.cli.console import Console
from reconciler.cli.options import Source, Target
from reconciler.cli.planning import make, read
from reconciler.cli.progress import left
from reconciler.cli.replanning import agree, refuse_replan
from reconciler.cli.stopping import stopping
from reconciler.errors import BlockedError, IncompleteError, StalePlanError, UsageError
from reconciler.executor.guarding import refuse_blocked
from reconciler.executor.journal import Journal, Record
from reconciler.executor.journal import load as load_journal
from reconciler.executor.lease import Lease
from reconciler.executor.outcome import Done
from reconciler.executor.rehearse import Rehearsal
from reconciler.executor.run import apply
from reconciler.gateway.locks import Locks
from reconciler.gateway.stripe import Gateway
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan, Step
from reconciler.model.values import to_json
from reconciler.planner.lifting import lift
from reconciler.render.outcome import outcome
from reconciler.render.text import text

JOURNALS = Path(".reconciler")
"""Where journals go unless told otherwise: beside the catalog, in the current folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The options that are apply's own."""

    yes: bool
    live: bool
    dry_run: bool
    resume: Path | None
    journal: Path | None
    no_verify: bool
    break_lock: bool = False
    replan: bool = False
    secrets_out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is to be carried out. `record` is of the run that is resumed, if one is.

    `allow` lifts guards of what came since the plan was made.
    """

    plan: Plan
    record: Record | None = None
    allow: tuple[str, ...] = ()


def run(console: Console, target: Target, source: Source, wish: Wish) -> int:
    """Find the plan, show it, ask, apply; return the exit code."""
    known = kinds.load()
    saved = _saved(source, wish, known)
    catalog = read(source, known) if saved is None else None
    with connected(target, console) as gateway:
        if saved is not None:
            task = saved
            if wish.replan:
                agree(console, gateway, saved.plan, source, known)
        elif catalog is not None:
            allow = (*source.allow, *catalog.policy.allow)
            task = _Task(plan=make(console, gateway, catalog, source, known), allow=allow)
        _show(console, task.plan, known, wish)
        refuse_blocked(task.plan, begun=task.record is not None)
        if not task.plan.steps:
            return exits.DONE
        if wish.dry_run:
            return _rehearse(console, gateway, task, known)
        _refuse_live(gateway, source.allow, wish)
        _warn_of_secrets(console, task, known, wish)
        if task.record is None and not wish.yes:
            _ask(console, task.plan)
        return _carry_out(console, gateway, task, known, wish)


def _saved(source: Source, wish: Wish, known: Kinds) -> _Task | None:
    """Return the plan that was named, if one was; the catalog's paths beside it must fit."""
    files = [path for path in source.paths if path.suffix == ".json"]
    rest = replace(source, paths=tuple(path for path in source.paths if path not in files))
    if wish.replan:
        refuse_replan(files, rest.paths, wish.resume)
    if wish.resume is not None:
        targeted = source.refresh == "targeted"
        planning = (source.destroy, targeted, source.adopt_matching)
        others = (source.paths, source.overlay, *planning)
        if any(others) or wish.journal or wish.dry_run:
            raise UsageError(
                "--resume JOURNAL finishes the plan in the journal, and takes no other.\n"
                "  Leave out paths, --overlay, --destroy, --refresh, --adopt-matching, --journal "
                "and --dry-run."
            )
        return _resumed(wish.resume, source.allow, known)
    if not files:
        return None
    if len(files) > 1:
        raise UsageError(f"{len(files)} plan files were given.\n  Apply one after the other.")
    if source.destroy:
        raise UsageError(
            "--destroy is for planning; a saved plan says what it retires.\n"
            "  Make one that retires everything: reconciler plan --destroy --out FILE"
        )
    if source.refresh == "targeted":
        raise UsageError(
            "--refresh is for planning; a saved plan says how much was read for it.\n"
            "  Leave it out."
        )
    if source.adopt_matching:
        raise UsageError(
            "--adopt-matching is for planning; a saved plan says what it adopts.\n"
            "  Make one that adopts: reconciler plan --adopt-matching --out FILE"
        )
    if source.overlay and not rest.paths:
        raise UsageError("--overlay beside a plan file needs the catalog's paths as well.")
    plan = planfile.load(files[0], known)
    if rest.paths and read(rest, known).digest != plan.spec_digest:
        raise StalePlanError(
            f"{files[0]} was made from other files than {', '.join(map(str, rest.paths))}, or "
            "they were edited since.\n  Make a new plan."
        )
    findings = lift(plan.findings, source.allow)
    lifted = tuple(sorted({*plan.lifted, *source.allow}))
    return _Task(plan=replace(plan, findings=findings, lifted=lifted), allow=source.allow)


def _resumed(path: Path, allow: tuple[str, ...], known: Kinds) -> _Task:
    record = load_journal(path, known)
    if record.ended is not None:
        raise UsageError(
            f"{path} is the journal of an apply that came to its end ({record.ended}).\n"
            "  There is nothing to resume; plan again to see where the account stands."
        )
    lift((), allow)  # a code that there is not is said before anything is done
    return _Task(plan=record.plan, record=record, allow=allow)


def _show(console: Console, plan: Plan, known: Kinds, wish: Wish) -> None:
    """Show the plan. In a rehearsal the calls are the result, so it goes to the side."""
    if wish.dry_run:
        console.note(text(plan, known).rstrip("\n"))
    else:
        console.result(text(plan, known, colour=console.colour))


def _refuse_live(gateway: Gateway, allow: Sequence[str], wish: Wish) -> None:
    if gateway.livemode and not wish.live and "RC106" not in allow:
        raise BlockedError(
            "Nothing was changed: RC106 stopped it, because this is a live account.\n"
            "  To change it: reconciler apply --live"
        )


def _ask(console: Console, plan: Plan) -> None:
    if not console.can_ask:
        raise UsageError(
            "Nobody can be asked whether to apply, so nothing was changed.\n"
            "  Run it on a terminal, or say --yes."
        )
    account = plan.account or "this account"
    mode = "LIVE" if plan.livemode else "test"
    answer = console.ask(f'\nApply this to {account} ({mode} mode)? Only "yes" applies: ')
    if answer != "yes":
        raise UsageError("Nothing was changed.")


def _rehearse(console: Console, gateway: Gateway, task: _Task, known: Kinds) -> int:
    def tell(step: Step) -> None:
        call = {
            "step": step.id,
            "call": step.call,
            "object": to_json(step.object),
            **({} if step.item is None else {"item": step.item}),
            "payload": to_json(step.payload),
        }
        console.result(json.dumps(call) + "\n")

    apply(
        task.plan,
        known,
        gateway,
        Rehearsal(tell),
        journal=Journal.none(_new_run()),
        clock=time.monotonic,
        workers=1,  # so that the calls are told in the plan's order
        proof=False,
        allow=task.allow,
    )
    console.note("Nothing was sent.")
    return exits.DONE


def _secrets_to_come(task: _Task, known: Kinds) -> list[Step]:
    """Return the steps whose answers may still come, with what is answered once in them."""
    done = task.record.done if task.record is not None else {}
    return [step for step in keeping.revealing(task.plan, known) if step.id not in done]


def _warn_of_secrets(console: Console, task: _Task, known: Kinds, wish: Wish) -> None:
    coming = _secrets_to_come(task, known)
    if coming and wish.secrets_out is None:
        console.note(
            f"Without --secrets-out FILE nobody is given the secret of "
            f"{', '.join(str(step.address) for step in coming)}: Stripe answers it once."
        )
    elif wish.secrets_out is not None and not coming:
        console.note(f"Nothing here has a secret to come: {wish.secrets_out} is not written.")


def _carry_out(console: Console, gateway: Gateway, task: _Task, known: Kinds, wish: Wish) -> int:
    asked = wish.secrets_out is not None and bool(_secrets_to_come(task, known))
    file = keeping.SecretsFile(wish.secrets_out) if asked and wish.secrets_out else None
    writer = keeping.Discreet(gateway, file)
    try:
        return _applied(console, gateway, writer, task, known, wish)
    finally:
        if file is not None:
            file.close()


def _applied(
    console: Console,
    gateway: Gateway,
    writer: keeping.Discreet,
    task: _Task,
    known: Kinds,
    wish: Wish,
) -> int:
    journal, path = _journal(console, task, wish)
    lease = _lease(gateway, task.plan, journal.run, wish)

    tell = _tell(console)
    console.passing("Looking whether anything has moved")
    before = gateway.requests
    try:
        with stopping(console, path) as stop:
            result = apply(
                task.plan,
                known,
                gateway,
                writer,
                journal=journal,
                clock=time.monotonic,
                resume=task.record,
                proof=not wish.no_verify,
                tell=tell,
                lease=lease,
                stop=stop,
                allow=task.allow,
            )
    except IncompleteError as error:
        raise IncompleteError(f"{error}\n  Finish it: reconciler apply --resume {path}") from error
    finally:
        journal.close()
        lost = _tell_lost(console, writer, task, known, wish)
    if lease is not None and lease.left_behind:
        console.note(
            f"The lock of catalog {task.plan.catalog} could not be given up. It ends by itself in "
            "about a minute; until then another apply has to wait."
        )
    for_lock = lease.requests if lease is not None else 0
    reads = gateway.requests - before - result.writes - for_lock
    told = outcome(task.plan, result, reads=reads, for_lock=for_lock, colour=console.colour)
    console.result(f"\n{told}")
    return exits.ERROR if lost and wish.secrets_out is not None else exits.DONE


def _tell(console: Console) -> Callable[[Done, int, int], None]:
    """Return what tells how far an apply is, and about how long the rest takes."""
    began: list[tuple[float, int]] = []

    def tell(done: Done, number: int, total: int) -> None:
        now = time.monotonic()
        if not began:  # what an earlier run did took none of this one's time
            began.append((now, number))
        since, first = began[0]
        rest = left(now - since, number - first, total - first)
        what = f"{done.call} for {done.address}" if number < total else "verifying"
        console.passing(f"{number:,} of {total:,} calls done{rest}: {what}")

    return tell


def _tell_lost(
    console: Console, writer: keeping.Discreet, task: _Task, known: Kinds, wish: Wish
) -> bool:
    """Say whose secret nobody has; return whether there is one."""
    found: set[str] = set()
    if task.record is not None and wish.resume is not None and task.record.unknown:
        # What was unknown and is done, and not by a call of this run, was found to be done.
        found = load_journal(wish.resume, known).done.keys() & task.record.unknown
    lost = list(keeping.lost(task.plan, known, found, writer))
    for loss in lost:
        console.note(loss)
    return bool(lost)


def _lease(gateway: Gateway, plan: Plan, run: str, wish: Wish) -> Lease | None:
    """Return the lock to hold, unless there is nothing to write or the policy wants none."""
    if not plan.steps or not plan.lock:
        return None
    locks = Locks(gateway, plan.catalog, f"{run}-{_new_run()}")
    return Lease(locks, plan.catalog, run, by=_whoever(), broken=wish.break_lock)


def _whoever() -> str:
    """Say for people who applies: a user and a machine."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"[:200]
    except (OSError, KeyError):
        return "unknown"


def _journal(console: Console, task: _Task, wish: Wish) -> tuple[Journal, Path]:
    if task.record is not None and wish.resume is not None:
        return Journal.reopen(wish.resume, task.record.run), wish.resume
    run_id = _new_run()
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = wish.journal or JOURNALS / f"journal-{stamp}-{run_id}.jsonl"
    return Journal.create(path, run_id, task.plan, lambda: console.note(f"Journal: {path}")), path


def _new_run() -> str:
    return secrets.token_hex(8)
