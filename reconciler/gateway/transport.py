"""HTTP as we want it: what `requests` or the SDK would do behind our back is switched off."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import stripe
from requests.adapters import HTTPAdapter

_CONNECTIONS = 32
TIMEOUT = (10.0, 80.0)
"""Seconds to connect, and between two pieces of an answer; the second is Stripe's own."""


MAX_ANSWER = 32 * 1024 * 1024
"""A page of a hundred objects, expanded, has a few megabytes."""


class AnswerTooLargeError(requests.RequestException):
    """An answer without bounds. Nobody waits for its end, or keeps it in memory."""


class _Bounded(HTTPAdapter):
    """Reads answers at once, as far as their bounds."""

    def send(self, *args: Any, **options: Any) -> requests.Response:
        response = super().send(*args, **{**options, "stream": True})
        content = bytearray()
        for piece in response.iter_content(64 * 1024):
            content += piece
            if len(content) > MAX_ANSWER:
                response.close()
                raise AnswerTooLargeError(f"an answer of more than {MAX_ANSWER >> 20} MiB")
        response._content = bytes(content)  # noqa: SLF001 - where requests itself puts it
        return response


def _keep(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def bare_session() -> requests.Session:
    """Return a session that sends what it is told to, where it is told to, and nothing else.

    A proxy from the environment is used. A `.netrc` is not: it would put its own password in
    the place of the key. Redirects are not followed and cookies not kept: neither Stripe's API
    nor the code hosts' need them, so either would come from somebody else.
    """
    session = requests.Session()
    session.auth = _keep
    session.max_redirects = 0
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Bounded(pool_maxsize=_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def default_transport() -> stripe.HTTPClient:
    """Return the SDK's client, which keeps connections alive and is safe to share by threads."""
    return stripe.RequestsClient(timeout=TIMEOUT, session=bare_session())
