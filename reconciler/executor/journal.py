"""The journal of a run: what was meant before each call, and what came of it after.

A line of JSON each, on disk before anything else happens. It opens with the run's random id and
the whole plan, so that it is all that a resume needs. It holds no secret.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from reconciler import planfile
from reconciler.errors import LockedError, PlanFileError
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan, Step
from reconciler.model.values import Frozen, to_json
from reconciler.planfile.checked import plain
from reconciler.planfile.parsing import MAX_VALUES
from reconciler.planfile.reading import read_bytes

if sys.platform != "win32":
    import fcntl

FORMAT = 1

SECRETS = frozenset({"secret"})
"""Fields of answers that Stripe gives once and nobody should read in a log."""


class Journal:
    """A journal. Every line is on disk when its method returns.

    A new one is not there before `begin`: a run that stops before its first call leaves none.
    """

    def __init__(
        self, run: str, file: IO[str] | None = None, begin: Callable[[], IO[str]] | None = None
    ) -> None:
        self.run = run
        self._file = file
        self._begin = begin

    @classmethod
    def create(
        cls, path: Path, run: str, plan: Plan, announce: Callable[[], None] = lambda: None
    ) -> Journal:
        """Return a journal to be kept in a new file; `announce` is called once it is there."""

        def begin() -> IO[str]:
            file = _new_file(path)
            _put(file, {"journal": FORMAT, "run": run, "plan": json.loads(planfile.write(plan))})
            sync_folder(path.parent)
            announce()
            return file

        return cls(run, begin=begin)

    def begin(self) -> None:
        """Open a new journal. Raises `PlanFileError` where it cannot be kept."""
        if self._begin is not None:
            self._file = self._begin()
            self._begin = None

    @classmethod
    def reopen(cls, path: Path, run: str) -> Journal:
        """Go on with a journal, after what it has. Raises `LockedError` while it is in use."""
        file = path.open("r+", encoding="utf-8")
        _hold(file, path)
        text = file.read()
        if text and not text.endswith("\n"):  # torn by a crash: close that line off
            file.write("\n")
        _put(file, {"resume": run})
        return cls(run, file)

    @classmethod
    def none(cls, run: str) -> Journal:
        """Return a journal that is kept nowhere, for a rehearsal."""
        return cls(run)

    def intend(
        self, step: Step, attempt: int, key: str, target: str | None, payload: Frozen
    ) -> None:
        """Note a call about to be made."""
        line = {
            "step": step.id,
            "attempt": attempt,
            "key": key,
            "call": step.call,
            "object": target,
            "payload": to_json(payload),
        }
        self._write(line if step.item is None else {**line, "item": step.item})

    def answered(self, step: str, target: str, answer: Mapping[str, Any], *, instead: bool) -> None:
        """Note what Stripe answered."""
        kept = {name: value for name, value in answer.items() if name not in SECRETS}
        self._write({"step": step, "done": target, "instead": instead, "answer": kept})

    def refused(self, step: str, message: str) -> None:
        """Note that Stripe refused a call: nothing was done."""
        self._write({"step": step, "refused": message})

    def end(self, how: str) -> None:
        """Note how the run ended, and close."""
        self._write({"end": how})
        self.close()

    def close(self) -> None:
        """Close the file; what was written stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._file is not None:
            _put(self._file, line)


def _put(file: IO[str], line: Mapping[str, Any]) -> None:
    file.write(json.dumps(line, ensure_ascii=True, default=str) + "\n")
    file.flush()
    os.fsync(file.fileno())


def _new_file(path: Path) -> IO[str]:
    """Open a new file; an existing one is never overwritten."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise PlanFileError(
            f"{path} exists already. Resume it with --resume, or name another --journal."
        ) from None
    except OSError as error:
        raise PlanFileError(
            f"{path}: the journal cannot be written: {error.strerror}.\n"
            "  Without a journal a crash could not be resumed, so nothing was sent."
        ) from None
    file = os.fdopen(descriptor, "w", encoding="utf-8")
    _hold(file, path)
    return file


def _hold(file: IO[str], path: Path) -> None:
    """Keep other processes from going on with a journal in use, until it is closed or they die.

    The lock at Stripe cannot: a resume takes over the lock of its own run, and so would a second
    one. Where a file system has no locks there is none.
    """
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise LockedError(
            f"{plain(str(path))} is in use: its apply, or another resume of it, is under way.\n"
            "  Nothing was changed. Wait until that has ended."
        ) from None
    except OSError:
        return


def sync_folder(folder: Path) -> None:
    """Make a new file's name durable too. Not every system can; then the file alone is."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


@dataclass(slots=True, kw_only=True)
class Record:
    """What a journal says: the run, its plan, and what is known of each step."""

    run: str
    plan: Plan
    done: dict[str, str] = field(default_factory=dict)
    instead: set[str] = field(default_factory=set)
    attempts: dict[str, int] = field(default_factory=dict)
    """The last attempt of each step: the number in its idempotency key."""
    unknown: set[str] = field(default_factory=set)
    """Steps whose last call nobody saw answered."""
    repeated: set[str] = field(default_factory=set)
    """Of these, the ones that were sent twice under one key, to no avail."""
    ended: str | None = None


MAX_BYTES = 256 * 1024 * 1024
"""A journal holds every answer of a run; a larger file is not one of ours."""

_ANEW = "  Make a new plan and apply it instead: that looks at what really happened too."


def load(path: Path, kinds: Kinds) -> Record:
    """Read a journal. The last line may be torn by a crash; any other damage is an error."""
    content = read_bytes(path, MAX_BYTES)
    name = plain(str(path))
    if len(content) > MAX_BYTES:
        raise PlanFileError(f"{name} is too large to be a journal.\n{_ANEW}")
    entries = _entries(name, content)
    number, head = next(entries, (1, {}))
    if head.get("journal") != FORMAT:
        raise PlanFileError(f"{name} is not a journal of this version.\n{_ANEW}")
    run = head.get("run")
    if not isinstance(run, str) or not (run.isascii() and run.isalnum()) or len(run) > 64:
        raise PlanFileError(f"{name}:{number}: the run's id is not one of ours.\n{_ANEW}")
    plan = planfile.read(_plan(name, head.get("plan")), kinds, name=f"The plan in {name}")
    record = Record(run=run, plan=plan)
    steps = {step.id for step in plan.steps}
    for number, entry in entries:
        if not _take(entry, record, steps):
            raise PlanFileError(f"{name}:{number}: not a line of this plan's journal.\n{_ANEW}")
    return record


def _plan(name: str, value: Any) -> str:
    try:
        return json.dumps(value)
    except RecursionError:
        raise PlanFileError(f"{name}:1: nested deeper than any plan.\n{_ANEW}") from None


def _entries(name: str, content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the lines one by one, for a stranger's file may have millions of them.

    A line is torn only where a crash ended a run: last, or before the line of its resume.
    """
    torn = 0
    for number, line in enumerate(BytesIO(content), 1):
        entry = _parse(line)
        if entry == {}:
            raise PlanFileError(f"{name}:{number}: not a line of a journal.\n{_ANEW}")
        if torn and (entry is None or "resume" not in entry):
            raise _damaged(name, torn)
        torn = 0 if entry is not None else number
        if torn == 1:
            raise _damaged(name, torn)
        if entry is not None:
            yield number, entry


def _damaged(name: str, number: int) -> PlanFileError:
    return PlanFileError(f"{name}:{number}: this line of the journal is damaged.\n{_ANEW}")


def _parse(line: bytes) -> dict[str, Any] | None:
    """Return a line's entry, an empty one if it is none of a journal, `None` if it is damaged."""
    if line.count(b",") + line.count(b"[") > MAX_VALUES:
        return {}
    try:
        entry = json.loads(line.decode("ascii"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else {}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _is_short(text: str) -> bool:
    return 0 < len(text) <= 500 and text.isprintable()


def _counts(attempt: int) -> bool:
    return attempt is not True and 0 < attempt < 10**6


def _take(entry: Mapping[str, Any], record: Record, steps: set[str]) -> bool:
    """Take in what a line says; return whether it can be of this journal."""
    match entry:
        case {"end": str(how)} if _is_short(how):
            record.ended = how
        case {"resume": str(run)} if run == record.run:
            record.ended = None
        case {"step": str(step), "done": str(target)} if step in steps and _is_short(target):
            record.done[step] = target
            record.unknown.discard(step)
            if entry.get("instead") is True:
                record.instead.add(step)
        case {"step": str(step), "attempt": int(attempt)} if step in steps and _counts(attempt):
            if record.attempts.get(step) == attempt:
                record.repeated.add(step)
            record.attempts[step] = attempt
            record.unknown.add(step)
        case {"step": str(step), "refused": str()} if step in steps:
            record.unknown.discard(step)
        case _:
            return False
    return True
