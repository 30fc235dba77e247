"""Puts the account of this example into a file for `--simulator`.

python examples/pull-request/account.py FILE

The account is made up: what its catalog has is in `account.json`, who subscribed to what in
`subscriptions.csv`, where each line stands for as many subscriptions as it says.
"""  # noqa: INP001 - a script, of no package

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciler.simulator.core import Simulator

HERE = Path(__file__).parent
CUSTOMER = {"object": "customer", "id": "cus_QAda", "name": "Ada"}
FIRST = 1_780_000_100  # seconds since 1970


def subscriptions(prices: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Give each subscription, as Stripe answers it; `prices` are ids by lookup key."""
    number = 0
    with (HERE / "subscriptions.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            pairs = [item.split(" x ") for item in line["items"].split(" + ")]
            for _ in range(int(line["subscriptions"])):
                number += 1
                yield {
                    "object": "subscription",
                    "id": f"sub_1Harbor{number:04}",
                    "customer": CUSTOMER["id"],
                    "created": FIRST + number,
                    "status": line["status"],
                    "currency": line["currency"],
                    "items": [{"price": prices[key], "quantity": int(n)} for n, key in pairs],
                    "discounts": [f"di_1Harbor{number:04}"] if line["discounted"] else [],
                }


def main(file: str) -> None:
    """Make the file."""
    objects = json.loads((HERE / "account.json").read_text(encoding="utf-8"))
    prices = {one["lookup_key"]: one["id"] for one in objects if one["object"] == "price"}
    with Simulator(file) as simulator:
        simulator.seed([*objects, CUSTOMER, *subscriptions(prices)])


if __name__ == "__main__":
    main(*sys.argv[1:])
