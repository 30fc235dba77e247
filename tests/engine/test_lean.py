"""DeepDiff costs a millisecond a pair and 150 ms to import: only lists that differ are given to it."""

from __future__ import annotations

import subprocess
import sys

PLAN = """
import sys
from laws.account import Account
from laws.strategies import KINDS
from reconciler.spec.load import loads

TEXT = '''
[catalog]
name = "acme"
[products.pro]
name = "Pro"
[products.pro.prices.seats]
currency = "usd"
interval = "month"
tiers_mode = "volume"
tiers = [{ up_to = 5, amount = 1.00 }, { up_to = "inf", amount = 0.50 }]
'''
account = Account(KINDS)
account.apply(account.plan(loads(TEXT, KINDS)))
same = account.plan(loads(TEXT, KINDS))
print(len(same.steps), "deepdiff" in sys.modules)
other = account.plan(loads(TEXT.replace("0.50", "0.60"), KINDS))
print(len(other.steps), "deepdiff" in sys.modules)
"""


def test_equal_lists_are_never_given_to_deepdiff() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", PLAN],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    ).stdout
    assert shown.split() == ["0", "False", "2", "True"]
