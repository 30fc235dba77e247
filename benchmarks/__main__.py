"""Runs every benchmark and writes `docs/performance.md`: `python -m benchmarks [--quick]`."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import applying, observing, planning, starting
from benchmarks.accounts import Size
from benchmarks.plot import plot
from benchmarks.report import Row, page

DOCS = Path(__file__).parents[1] / "docs"
LARGE = Size(prices=4_000)
SMALL = Size(prices=800)


def main(arguments: list[str]) -> int:
    """Measure, and write the page; `--quick` leaves out what takes minutes, and writes nothing."""
    quick = "--quick" in arguments
    rows = [*_plans(quick=quick), *_targeted(quick=quick), *_in_process(quick=quick), *_starts()]
    rows += [] if quick else _applies()
    for row in rows:
        print(f"{'  ' if row.reached else '! '}{row.what}: {row.measured} (to reach: {row.target})")
    if not quick:
        (DOCS / "performance.svg").write_text(plot(rows), encoding="utf-8")
        (DOCS / "performance.md").write_text(page(rows), encoding="utf-8")
    return 0 if all(row.reached for row in rows) else 1


def _plans(*, quick: bool) -> list[Row]:
    small = observing.no_change(SMALL, 0)
    both = small.counts["get products"] + small.counts["get prices"]
    others = {name: count for name, count in small.counts.items() if name not in _LISTS}
    rows = [
        Row("requests for 200 products and 800 prices", f"{both}", "16 at most", both <= 16),
        Row(
            "requests for any other kind", f"{max(others.values())}", "2", max(others.values()) <= 2
        ),
    ]
    took = {}
    for latency, factor in ((80, 1.5), (250, 1.8)):
        calls = observing.no_change(LARGE, latency)
        took[latency] = calls.seconds
        ratio = calls.seconds / calls.floor
        rows.append(
            Row(
                f"plan of 1,000 products and 4,000 prices, {latency} ms",
                f"{calls.seconds:.1f} s in {calls.all} requests: {ratio:.2f} times the floor",
                f"{factor} times the floor",
                ratio <= factor,
                seconds=calls.seconds,
            )
        )
    typed = observing.typed_listing(LARGE, 80)
    rows.append(_against("the SDK's typed iterator, one page after the other", typed, took[80]))
    if not quick:
        single = observing.one_by_one(LARGE, 80)
        rows.append(_against("one GET for each object", single, took[80], least=50))
    return rows


def _targeted(*, quick: bool) -> list[Row]:
    held = 4_000 if quick else 100_000
    count = observing.targeted(Size(prices=8), Size(prices=held))
    what = f"requests of a targeted plan of 2 products and 8 prices beside {held:,} prices"
    return [Row(what, f"{count}", "12 at most", count <= 12)]


_LISTS = ("get products", "get prices")


def _against(what: str, seconds: float, ours: float, *, least: float = 1) -> Row:
    ratio = seconds / ours
    measured = f"{seconds:.1f} s: {ratio:.1f} times as long as the plan"
    target = f"at least {least:g} times as long"
    return Row(f"{what}, 80 ms", measured, target, ratio >= least, seconds=seconds)


def _in_process(*, quick: bool) -> list[Row]:
    sizes = [1_000, 10_000] if quick else [10_000, 100_000]
    small, large = (planning.cost(Size(prices=count, changed=count // 100)) for count in sizes)
    growth = large.ours / small.ours
    return [
        Row(
            f"processor time of {large.prices:,} prices, 1 % changed",
            f"{large.ratio:.1f} times that of parsing the {large.megabytes:.0f} MB",
            "4 times",
            large.ratio <= 4,
        ),
        Row("memory for them", f"{large.memory:.0f} MiB", "700 MiB", large.memory <= 700),
        Row("ten times the objects", f"{growth:.1f} times the time", "11 times", growth <= 11),
    ]


def _starts() -> list[Row]:
    limits = {"--version": 5, "--help": 8, "validate examples/catalog.toml": 20}
    return [
        Row(
            f"reconciler {name}",
            f"{ratio:.1f} times python -c pass",
            f"{limits[name]} times",
            ratio <= limits[name],
        )
        for name, ratio in starting.ratios().items()
    ]


def _applies() -> list[Row]:
    done = applying.into_an_empty_account(Size(prices=750, each=3), 80)
    ratio = done.calls.seconds / done.calls.floor
    return [
        Row(
            "apply of 250 products and 750 prices, 80 ms",
            f"{done.calls.seconds:.1f} s in {done.calls.all} requests: {ratio:.2f} times the floor",
            "1.25 times the floor",
            ratio <= 1.25,
            seconds=done.calls.seconds,
        ),
        Row("writes of a second apply", f"{done.writes_again}", "0", done.writes_again == 0),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
