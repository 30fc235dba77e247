"""A folder with a catalog of every kind that shows texts, a hostile Stripe, the command line."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hostile.double import serving
from reconciler.cli.main import run

KEY = "sk_test_MARKEDkey0123456789"

CATALOG = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[features.sso]
name = "Single sign-on"

[products.pro]
name = "Pro"
description = "For teams"
unit_label = "seat"
features = ["sso"]
default_price = "monthly"
metadata = { tier = "gold" }

[products.pro.prices.monthly]
amount = 29.00
interval = "month"
nickname = "Monthly"

[coupons.launch]
name = "Launch"
percent_off = 20
duration = "once"

[promotion_codes.LAUNCH20]
coupon = "launch"

[webhook_endpoints.app]
url = "https://example.com/hook"
enabled_events = ["price.created"]
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("STRIPE_ACCOUNT", "NO_COLOR", "RECONCILER_DEBUG", "STRIPE_LOG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STRIPE_API_KEY", KEY)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog.toml").write_text(CATALOG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def reconciler(folder, capsys):
    def call(*arguments):
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call


@pytest.fixture
def stripe():
    with serving() as double:
        yield double
