"""Ctrl-C and SIGTERM. In the midst of an apply the first waits for what is in flight.

While nothing is written there is nothing to wait for: reading ends at once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from reconciler.cli.console import Console
from reconciler.errors import IncompleteError, ReconcilerError

_SIGNALS = [signal.SIGINT, signal.SIGTERM]


@contextmanager
def stopping(console: Console, journal: Path) -> Iterator[threading.Event]:
    """Give an event that is set when somebody wants the apply to stop.

    Asked once more, the process ends at once: the journal has every call that was made, so it can
    be resumed all the same. Before the first one there is none.
    """
    event = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        if event.is_set():
            begun = journal.exists()
            way = f"Finish it: reconciler apply --resume {journal}"
            console.note(f"Stopped at once. {way if begun else 'Nothing was changed.'}")
            sys.stderr.flush()
            os._exit(IncompleteError.exit_code if begun else ReconcilerError.exit_code)
        event.set()
        console.note("Stopping: the calls in flight are waited for. Once more stops at once.")

    with _handling(stop):
        yield event


@contextmanager
def reading(console: Console) -> Iterator[None]:
    """End the process at once: threads that wait to ask Stripe again would hold it up."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        console.note("Stopped. Nothing is under way any more.")
        sys.stderr.flush()
        os._exit(ReconcilerError.exit_code)

    with _handling(stop):
        yield


@contextmanager
def _handling(stop: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # Python lets no other thread handle signals
        return
    before = {one: signal.getsignal(one) for one in _SIGNALS}
    # A background shell may have set them to be ignored; that is its wish, and stays so.
    taken = [one for one, handler in before.items() if handler is not signal.SIG_IGN]
    for one in taken:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one in taken:
            signal.signal(one, before[one])
