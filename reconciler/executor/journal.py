"""The journal of a run: what was meant before each call, and what came of it after.

A line of JSON each, on disk before anything else happens. It opens with the run's random id and
the whole plan, so that it is all that a resume needs. It holds no secret.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from reconciler import planfile
from reconciler.errors import PlanFileError
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.model.values import Frozen, to_json

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
            _sync_folder(path.parent)
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
        """Go on with a journal, after what it has."""
        file = path.open("r+", encoding="utf-8")
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
        self, step: str, attempt: int, key: str, call: str, target: str | None, payload: Frozen
    ) -> None:
        """Note a call about to be made."""
        self._write(
            {
                "step": step,
                "attempt": attempt,
                "key": key,
                "call": call,
                "object": target,
                "payload": to_json(payload),
            }
        )

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
    return os.fdopen(descriptor, "w", encoding="utf-8")


def _sync_folder(folder: Path) -> None:
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


def load(path: Path, kinds: Kinds) -> Record:
    """Read a journal. The last line may be torn by a crash; any other damage is an error."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PlanFileError(f"{path} is too large to be a journal.")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PlanFileError(f"{path}: the journal cannot be read: {error}.") from None
    parsed = [_parse(path, number, line) for number, line in enumerate(lines, 1)]
    entries = _without_torn(path, parsed)
    if not entries or entries[0].get("journal") != FORMAT:
        raise PlanFileError(
            f"{path} is not a journal of this version.\n"
            "  Make a new plan and apply it instead: that looks at what really happened too."
        )
    head = entries[0]
    run = head.get("run")
    if not isinstance(run, str) or not run.isalnum() or len(run) > 64:
        raise PlanFileError(f"{path}:1: the run's id is not one of ours.")
    plan = planfile.read(json.dumps(head.get("plan")), kinds)
    record = Record(run=run, plan=plan)
    steps = {step.id for step in plan.steps}
    for number, entry in enumerate(entries[1:], 2):
        _take(path, number, entry, record, steps)
    return record


def _parse(path: Path, number: int, line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict):
        raise PlanFileError(f"{path}:{number}: not a line of a journal.")
    return entry


def _without_torn(path: Path, entries: list[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """A line is torn only where a crash ended a run: last, or before the line of its resume."""
    whole: list[dict[str, Any]] = []
    for number, entry in enumerate(entries, 1):
        if entry is not None:
            whole.append(entry)
            continue
        after = entries[number] if number < len(entries) else {"resume": None}
        if number == 1 or after is None or "resume" not in after:
            raise PlanFileError(
                f"{path}:{number}: this line of the journal is damaged.\n"
                "  Make a new plan and apply it instead: that looks at what really happened too."
            )
    return whole


def _take(
    path: Path, number: int, entry: Mapping[str, Any], record: Record, steps: set[str]
) -> None:
    match entry:
        case {"end": str(how)}:
            record.ended = how
        case {"resume": str(run)} if run == record.run:
            record.ended = None
        case {"step": str(step), "done": str(target)} if step in steps:
            record.done[step] = target
            record.unknown.discard(step)
            if entry.get("instead") is True:
                record.instead.add(step)
        case {"step": str(step), "attempt": int(attempt)} if step in steps:
            if record.attempts.get(step) == attempt:
                record.repeated.add(step)
            record.attempts[step] = attempt
            record.unknown.add(step)
        case {"step": str(step), "refused": str()} if step in steps:
            record.unknown.discard(step)
        case _:
            raise PlanFileError(f"{path}:{number}: not a line of this plan's journal.")
