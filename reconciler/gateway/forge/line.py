"""Requests to one code host's API. The token goes to that host, and into no text.

What a request is for is not known here: `github` and `gitlab` know.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from reconciler.errors import ForgeError, UsageError
from reconciler.gateway.credentials import is_loopback, redact
from reconciler.gateway.transport import TIMEOUT, bare_session

PAGE = 100
"""Entries of a page; both hosts give no more."""

_MOST_PAGES = 100
_TRIES = 4
_LONGEST_WAIT = 60.0
_LONGEST_TOLD = 300
_REPEATABLE = {"GET", "PUT", "PATCH"}
"""A POST makes something new each time it is sent."""


class Line:
    """A connection to an API, with its token.

    `headers` are sent each time. `refused` says, for a status, what whoever set this up may mend.
    """

    def __init__(
        self,
        base: str,
        token: str,
        *,
        headers: Mapping[str, str],
        refused: Mapping[int, str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not token or not (token.isascii() and token.isprintable()) or " " in token:
            raise UsageError("The token for comments is empty, or holds what no token does.")
        self._base = _checked(base)
        self._token = token
        self._headers = headers
        self._refused = refused
        self._sleep = sleep
        self._session = bare_session()

    def get(self, path: str, **query: str | int) -> Any:
        """Return an answer."""
        return self._ask("GET", path, query=query)

    def pages(self, path: str, **query: str | int) -> Iterator[Any]:
        """Yield the answers of a list, page by page.

        Pages are counted: an address for the next one, as both hosts send it, could lead anywhere.
        """
        for page in range(1, _MOST_PAGES + 1):
            yield (found := self._ask("GET", path, query={**query, "per_page": PAGE, "page": page}))
            if not isinstance(found, list) or len(found) < PAGE:
                return
        raise ForgeError(
            f"{path} has more than {_MOST_PAGES * PAGE:,} entries, and was not read to its end."
        )

    def send(self, method: str, path: str, content: Mapping[str, Any]) -> Any:
        """Make or change something, and return the answer."""
        return self._ask(method, path, content=content)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        content: Mapping[str, Any] | None = None,
    ) -> Any:
        for attempt in range(1, _TRIES + 1):
            try:
                answer = self._session.request(
                    method,
                    self._base + path,
                    params=query,
                    json=content,
                    headers={**self._headers, "Authorization": f"Bearer {self._token}"},
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
            except requests.TooManyRedirects:
                # One is too many for this session; nothing was sent to where it leads.
                raise ForgeError(
                    f"{method} {path}: {self._host} sent a redirect, which is not followed."
                    "\n  The token stays with its host. Look at the address of its API."
                ) from None
            except requests.RequestException as error:
                failure = self._lost(method, path, error)
                wait: float | None = 2.0 ** (attempt - 1)
            else:
                if 200 <= answer.status_code < 300:
                    return self._read(method, path, answer)
                failure = self._failed(method, path, answer)
                wait = _wait(answer, attempt)
            again = wait is not None and (method in _REPEATABLE or not failure.unknown)
            if wait is None or not again or attempt == _TRIES:
                raise failure
            self._sleep(wait)
        raise AssertionError  # the last attempt returns or raises

    def _read(self, method: str, path: str, answer: requests.Response) -> Any:
        try:
            return answer.json()
        except requests.JSONDecodeError:
            raise ForgeError(
                f"{method} {path}: the answer of {self._host} is not JSON.\n"
                "  Look at the address of its API.",
                status=answer.status_code,
                unknown=method not in _REPEATABLE,
            ) from None

    def _lost(self, method: str, path: str, error: requests.RequestException) -> ForgeError:
        told = self._told(str(error).splitlines()[0] if str(error) else "")
        return ForgeError(
            f"{method} {path}: no answer from {self._host} ({type(error).__name__}: {told}).\n"
            "  Run it again.",
            unknown=True,
        )

    def _failed(self, method: str, path: str, answer: requests.Response) -> ForgeError:
        status = answer.status_code
        lines = [f"{method} {path}: {self._host} answered {status}{self._reason(answer)}."]
        if _limited(answer):
            lines.append("  Its rate limit is used up. Run it again later.")
        elif status in self._refused:
            lines.append(f"  {self._refused[status]}")
        elif status >= 500:
            lines.append("  The fault is there. Run it again.")
        # A rate limit is told as such: a 403 for it says nothing of what the token may do.
        told = 429 if _limited(answer) else status
        return ForgeError("\n".join(lines), status=told, unknown=status >= 500)

    @property
    def _host(self) -> str:
        return urlsplit(self._base).hostname or self._base

    def _reason(self, answer: requests.Response) -> str:
        try:
            content = answer.json()
        except requests.JSONDecodeError:
            return ""
        said = content.get("message") or content.get("error") if isinstance(content, dict) else None
        return f': "{self._told(str(said))}"' if said else ""

    def _told(self, text: str) -> str:
        """Return what came from elsewhere, in one line, without a secret."""
        plain = " ".join(text.replace(self._token, "…").split())
        return redact(plain[:_LONGEST_TOLD])


def _wait(answer: requests.Response, attempt: int) -> float | None:
    """Return how long to wait before the next attempt, `None` where none is worth it."""
    asked = answer.headers.get("Retry-After", "")
    told = float(asked) if asked.isdecimal() and len(asked) < 6 else 0.0
    if _limited(answer) or answer.status_code >= 500:
        own = 2.0 ** (attempt - 1)
        return max(own, told) if told <= _LONGEST_WAIT else None
    return None


def _limited(answer: requests.Response) -> bool:
    """Whether it was one request too many. GitHub says so with 403, too.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    if answer.status_code == 429:
        return True
    used_up = answer.headers.get("X-RateLimit-Remaining") == "0"
    return answer.status_code == 403 and (used_up or "Retry-After" in answer.headers)


def _checked(base: str) -> str:
    """Return the address of an API without its last slash, or refuse to send a token there."""
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    good = host and base.isprintable() and " " not in base
    if not good or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise UsageError(f'"{redact(base[:100])}" is not the address of an API.')
    if "@" in parts.netloc:
        raise UsageError("The address of the API holds a name or a password.\n  Leave it out.")
    if parts.scheme != "https" and not is_loopback(host):
        raise UsageError(
            f"The token would travel unencrypted to {host}.\n  Use https; http is for this machine."
        )
    return base.rstrip("/")


def segment(text: str) -> str:
    """Return a text as one part of a path."""
    return quote(text, safe="")
