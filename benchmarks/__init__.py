"""Benchmarks: `make bench` runs them and writes `docs/performance.md`.

Machines differ, so what is measured is told as a count, or as a ratio to a base line of the same
run. What must never grow (requests, writes, imports) is held by ordinary tests as well.
"""
