"""What Stripe answers once and nobody should read in a log: a webhook endpoint's signing secret.

It goes to the file that `--secrets-out` names, the moment it is answered, and no further: the
executor, its journal and every message get answers without it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tomli_w

from reconciler.errors import UsageError
from reconciler.executor.journal import sync_folder
from reconciler.model.address import Address
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Plan, Step
from reconciler.model.values import Frozen
from reconciler.ports import MayGo, Writer, always


def revealing(plan: Plan, kinds: Kinds) -> tuple[Step, ...]:
    """Return the steps whose answers hold what is answered once."""
    return tuple(step for step in plan.steps if step.verb == "create" and kinds[step.kind].secrets)


def notes(plan: Plan, kinds: Kinds) -> Iterator[str]:
    """Yield what a plan's reader should know of secrets to come."""
    replaced = {change.address for change in plan.changes if change.action == "replace"}
    for step in revealing(plan, kinds):
        what = f"its {_listed(kinds[step.kind])} is answered once, at creation"
        if step.address in replaced:
            what = f"the new one has a new {_listed(kinds[step.kind])}, answered once: give it to "
            what += "your application before it gets the first event"
        yield f"{step.address}: {what}. `apply --secrets-out FILE` keeps it."


def _listed(kind: Kind) -> str:
    return " and ".join(kind.secrets)


class SecretsFile:
    """The file that secrets go to, a line of TOML each: `"webhook_endpoint.app" = "whsec_…"`.

    A new file that nobody else may read. Each line is on disk when `keep` returns. A file that
    nothing came to is removed when it is closed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._kept = 0
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if not path.is_symlink() and path.is_file() and path.stat().st_size == 0:
                self._file = os.open(path, os.O_WRONLY)  # left behind by a run that was killed
                path.chmod(0o600)
                return
            raise UsageError(
                f"--secrets-out {path} exists already, and what is in it may be needed.\n"
                "  Name a new file."
            ) from None
        except OSError as error:
            raise UsageError(
                f"--secrets-out {path} cannot be written: {error.strerror}. Nothing was sent.\n"
                "  Name a file in a folder that you may write to."
            ) from None
        sync_folder(path.parent)

    def keep(self, name: str, secret: str) -> None:
        """Write one secret. Raises `OSError` where it cannot be written."""
        line = tomli_w.dumps({name: secret}).encode()
        with self._lock:
            self._kept += 1
            while line:
                line = line[os.write(self._file, line) :]
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
        if not self._kept:
            self._path.unlink(missing_ok=True)


class Discreet:
    """A `Writer` that takes secrets out of answers, and keeps them if there is a file for them."""

    def __init__(self, writer: Writer, file: SecretsFile | None) -> None:
        self._writer = writer
        self._file = file
        self.met: set[str] = set()
        """The steps whose answers held their secrets."""
        self.unkept: dict[Address, str] = {}
        """Whose secret could not be written, and why."""

    def send(
        self,
        kind: Kind,
        step: Step,
        object_id: str | None,
        payload: Frozen,
        *,
        key: str,
        may_go: MayGo = always,
    ) -> Mapping[str, Any] | None:
        """Make the call; return the answer without what is secret in it."""
        answer = self._writer.send(kind, step, object_id, payload, key=key, may_go=may_go)
        if answer is None or not kind.secrets:
            return answer
        for name in kind.secrets:
            if isinstance(answer.get(name), str):
                self._keep(step, name if len(kind.secrets) > 1 else "", answer[name])
        return {name: value for name, value in answer.items() if name not in kind.secrets}

    def _keep(self, step: Step, name: str, secret: str) -> None:
        self.met.add(step.id)
        if self._file is None:
            return
        try:
            self._file.keep(f"{step.address} {name}".strip(), secret)
        except OSError as error:
            # The object is there; that it is must reach the journal all the same.
            self.unkept[step.address] = error.strerror or str(error)


def lost(plan: Plan, kinds: Kinds, found: Iterable[str], writer: Discreet) -> Iterator[str]:
    """Yield whose secret nobody has, with the mend.

    `found` are the steps that this run found done, and nobody saw the answer of.
    """
    unseen = set(found) - writer.met
    for step in revealing(plan, kinds):
        secret = _listed(kinds[step.kind])
        mend = f"Roll the {secret} in the Dashboard, or take the table out, apply, and put it back."
        if step.id in unseen:
            yield (
                f"{step.address} was created by a call that nobody saw the answer of, so nobody "
                f"has its {secret}.\n  {mend}"
            )
        elif step.address in writer.unkept:
            why = writer.unkept[step.address]
            yield f"{step.address}: its {secret} could not be written: {why}.\n  {mend}"
