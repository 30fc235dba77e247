"""Ctrl-C and SIGTERM in the midst of an apply: the first waits for what is in flight."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from reconciler.cli.console import Console
from reconciler.errors import IncompleteError

_SIGNALS = [signal.SIGINT, signal.SIGTERM]


@contextmanager
def stopping(console: Console, resume: str) -> Iterator[threading.Event]:
    """Give an event that is set when somebody wants the apply to stop.

    Asked once more, the process ends at once: the journal has every call, so `resume` finishes
    it all the same.
    """
    event = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        if event.is_set():
            console.note(f"Stopped at once. Finish it: {resume}")
            sys.stderr.flush()
            os._exit(IncompleteError.exit_code)
        event.set()
        console.note("Stopping: the calls in flight are waited for. Once more stops at once.")

    before = {one: signal.getsignal(one) for one in _SIGNALS}
    # A background shell may have set them to be ignored; that is its wish, and stays so.
    taken = [one for one, handler in before.items() if handler is not signal.SIG_IGN]
    for one in taken:
        signal.signal(one, stop)
    try:
        yield event
    finally:
        for one in taken:
            signal.signal(one, before[one])
