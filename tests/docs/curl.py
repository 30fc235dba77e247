"""curl's command lines as the requests that they make, so that no curl is needed to try them.

It knows the options that the pages use, and refuses any other. It is no shell: no pipes, no names.
"""

from __future__ import annotations

import argparse
import base64
import shlex
from urllib.request import ProxyHandler, Request, build_opener

_OPTIONS = argparse.ArgumentParser(prog="curl", add_help=False, allow_abbrev=False)
_OPTIONS.add_argument("url")
_OPTIONS.add_argument("-s", "--silent", action="store_true")
_OPTIONS.add_argument("-u", "--user")
_OPTIONS.add_argument("-d", "--data", action="append", default=[])
_OPTIONS.add_argument("-H", "--header", action="append", default=[])
_OPTIONS.add_argument("-X", "--request")
_OPTIONS.add_argument("-G", "--get", action="store_true")


def request(command: str) -> Request:
    """Return the request that a command line makes."""
    program, *words = shlex.split(command.replace("\\\n", " "))
    said, unknown = _OPTIONS.parse_known_args(words)
    if program != "curl" or unknown:
        raise ValueError(f"not a curl command that is known here: {command}")
    data = "&".join(said.data)  # as it stands: curl encodes nothing that -d gives
    asked = Request(  # the pages' own addresses
        f"{said.url}?{data}" if said.get and data else said.url,
        data=data.encode() if data and not said.get else None,
        method=said.request,
    )
    if said.user is not None:
        asked.add_header("Authorization", f"Basic {base64.b64encode(said.user.encode()).decode()}")
    for header in said.header:
        name, _, value = header.partition(":")
        asked.add_header(name, value.strip())
    return asked


def answer(command: str) -> bytes:
    """Send what a command line says, past every proxy; return the body of the answer."""
    with build_opener(ProxyHandler({})).open(request(command), timeout=60) as found:
        body: bytes = found.read()
    return body
