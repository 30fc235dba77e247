"""API keys: which mode one acts in, where it may be sent, and how it is kept out of every text.

Not where a key comes from: the command line knows that.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from reconciler.errors import UsageError

STRIPE = "https://api.stripe.com"

_KEY = re.compile(r"(?P<sort>sk|rk)_(?P<mode>test|live)_[A-Za-z0-9_]+")
# No word has to begin there: what echoes a key may glue it to anything, in any case.
_SECRET = re.compile(
    # Stripe masks keys with stars, with dots, or with both: rk_test_...1234.
    r"(sk|rk|pk|ek|sk_org)_(test|live)_(?:[A-Za-z0-9_*]|…|\.{2,}(?=[A-Za-z0-9_*]))+"
    r"|(whsec)_[A-Za-z0-9_+/=*]+"
    r"|(?<=://)[^\s/@]+(?=@)",  # the password of a proxy, in an address
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]+")


def redact(text: str) -> str:
    """Return `text` with every API key and signing secret cut to its prefix."""

    def cut(match: re.Match[str]) -> str:
        sort, mode, signing = match.groups()
        return f"{sort}_{mode}_…" if sort else f"{signing}_…" if signing else "…"

    return _SECRET.sub(cut, text)


@dataclass(frozen=True, slots=True)
class Key:
    """A secret or restricted key. Its `repr` and `str` do not show it."""

    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be a key, before anything is sent."""
        if _KEY.fullmatch(self.secret):
            return
        raise UsageError(f"The API key cannot be used: {self._flaw()}")

    def _flaw(self) -> str:
        key = self.secret
        if not key.strip():
            return "it is empty.\n  Set STRIPE_API_KEY to a secret or restricted key."
        if key.startswith("pk_"):
            return (
                "it is a publishable key, which may not read a catalog.\n"
                "  Use a secret key (sk_…) or a restricted key (rk_…)."
            )
        if key.startswith("sk_org_"):
            return (
                "it is an organization key, which does not say whose catalog is meant.\n"
                "  Use a key of the account itself."
            )
        return (
            "it is not of the form sk_test_…, sk_live_…, rk_test_… or rk_live_….\n"
            "  Copy it again from https://dashboard.stripe.com/apikeys"
        )

    @property
    def livemode(self) -> bool:
        """Whether it acts on live data."""
        return self.secret[3:].startswith("live_")

    @property
    def restricted(self) -> bool:
        """Whether it may do only what it was granted."""
        return self.secret.startswith("rk_")

    def __str__(self) -> str:
        return redact(self.secret)


def check_account(account: str) -> str:
    """Return the id of a connected account, or refuse what is none."""
    if not _ACCOUNT.fullmatch(account):
        raise UsageError(
            f'"{redact(account)[:60]}" is not the id of an account.\n'
            "  One looks like acct_1A2b3C4d5E6f7G8h."
        )
    return account


def check_base(base: str, key: Key) -> str:
    """Return the base URL without a last slash, or refuse to send `key` there.

    A live key goes to Stripe's own host and nowhere else, this machine included.
    """
    trimmed = base.rstrip("/")
    if trimmed == STRIPE:
        return trimmed
    parts = _parts(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname or _has_more(base, parts):
        raise UsageError(
            f'"{redact(base)[:100]}" is not the base of an API.\n'
            "  Give scheme and host alone, such as http://127.0.0.1:12111"
        )
    if key.livemode:
        raise UsageError(
            f"A live key is sent to {STRIPE} only, not to {parts.hostname}.\n"
            "  Use a test key with --api-base."
        )
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise UsageError(
            f"The API key would travel unencrypted to {parts.hostname}.\n"
            "  Use https; http is for this machine alone."
        )
    return trimmed


def _parts(base: str) -> SplitResult:
    try:
        return urlsplit(base)
    except ValueError:  # a bracket without its other one
        return urlsplit("")


def _has_more(base: str, parts: SplitResult) -> bool:
    try:
        parts.port  # noqa: B018 - read for the error it raises
    except ValueError:
        return True
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    return bool(more) or not base.isprintable() or " " in base


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
