"""Writing the files that commands make: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from reconciler.errors import UsageError


def write(path: Path, text: str, *, replace: bool) -> None:
    """Write `text` to `path` in one move; without `replace`, an existing file is an error.

    A link is followed: what it leads to is written, and it stays.
    """
    if replace and path.exists():
        path = path.resolve()
        if not os.access(path, os.W_OK):
            raise UsageError(f"{path} may not be written.\n  Make it writable, or name another.")
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(_mode(path))
            if replace:
                Path(name).replace(path)
            else:
                path.hardlink_to(name)  # fails where the name is taken, with nothing in between
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError:
        raise UsageError(
            f"{path} exists already, and was left as it is.\n  Name another file."
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None


def _mode(path: Path) -> int:
    """Return the mode of the file there, else what the umask leaves; `mkstemp` gives 0600."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
