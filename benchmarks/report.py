"""The page that tells what was measured: `docs/performance.md`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement, what was to be reached, and whether it was. `seconds` are for the plot."""

    what: str
    measured: str
    target: str
    reached: bool
    seconds: float | None = None


_PAGE = """\
# Performance

The cost of a plan is the pages it has to list, not the objects: one request for a hundred of
them. Stripe allows 25 requests a second to one endpoint, and 100 to all in live mode. The
**floor** of a run is the larger of its calls to the busiest endpoint divided by 25, and all its
calls divided by 100.

`make bench` measures, and writes this page. Seconds differ between machines; the counts and the
ratios are what should not. The far end is the simulator in a process of its own, which waits
before each answer as long as the table says and enforces both limits. Both base lines run in the
same run against the same server: the SDK's own iterator, and a GET for each object, ten at a time
at the same limits, which is how a Terraform provider refreshes its state. Processor time is the
middle of three runs; parsing is `tomllib` and `json.loads` of the same bytes.

| what | measured | to reach | |
| --- | --- | --- | --- |
{rows}

![Seconds for each way]({plot})

Measured on {date} with {python}, stripe {stripe}, pydantic {pydantic}, on {machine}.

## How

- **Lists are read in windows of time.** One page names where the next begins, so a plain listing
  waits for each. Objects come newest first: the first pages tell how long a page lasts, and
  windows of that length are asked for side by side, with one open end. A window that holds more
  than a page is cut again; what one second made is read by cursor. The result is that of a plain
  listing, object for object. Some windows come back half full, and some at the end empty: from a
  fifth (4,000 objects) to two fifths (600) more requests than there are pages.
- **Kinds are read side by side**, archived objects beside active ones.
- **Requests are paced** below Stripe's limits, all threads together, and slow down where Stripe
  refuses one all the same ([reliability](reliability.md#rate-limits)).
- **An apply takes turns between endpoints**, so that prices are made while products still are.
- **Lists are not made into the SDK's typed objects**, files are parsed by a compiled `tomli`, and
  nothing that is equal is compared twice.
- **What stays as it is costs one look.** Who names whom, who takes whose place, what order calls
  need: that is worked out around what moves, not for every object.
- **Commands import what they need**: `validate` never loads the SDK, nor the fields of payment
  links and portals for a file that has none. What is in memory is left at the end, not taken apart.
"""


def page(rows: Sequence[Row], *, plot: str = "performance.svg") -> str:
    """Return the page."""
    table = "\n".join(
        f"| {row.what} | {row.measured} | {row.target} | {'✓' if row.reached else '✗'} |"
        for row in rows
    )
    return _PAGE.format(
        rows=table,
        plot=plot,
        date=datetime.now(UTC).date().isoformat(),
        python=f"Python {platform.python_version()}",
        stripe=version("stripe"),
        pydantic=version("pydantic"),
        machine=f"{os.cpu_count()} cores, {platform.machine()}, {sys.platform}",
    )
