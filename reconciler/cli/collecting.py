"""The garbage collector rests while a catalog and an account are read, and when all is done.

Not a way to save memory: what is made meanwhile is kept until the end in any case.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """Let nobody look for cycles in what has none.

    Python's collector walks all there is whenever it has grown by a quarter. An account of
    100,000 prices is millions of values, none of them garbage: walking them took 7 of 22 seconds.
    Counting references goes on and frees what is done with.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def leave() -> None:
    """Let the collector pass over all there is now: the process is about to end.

    At its end Python looks through everything once more, to take it apart. A tenth of a small
    `validate` went into that. What has to reach a disk is closed by then.
    """
    gc.freeze()
