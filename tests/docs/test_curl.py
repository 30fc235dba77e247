"""The requests that are made of curl's command lines are those that curl makes."""

from __future__ import annotations

import pytest

from docs.curl import request

URL = "http://127.0.0.1:12111/v1/products"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (f"curl {URL}", ("GET", URL, None, {})),
        (
            f'curl -s {URL} -u sk_test_1: -d name=Pro -d "metadata[a]=b c"',
            ("POST", URL, b"name=Pro&metadata[a]=b c", {"Authorization": "Basic c2tfdGVzdF8xOg=="}),
        ),
        (
            f"curl -G {URL} \\\n  -d limit=3 -d active=true",
            ("GET", f"{URL}?limit=3&active=true", None, {}),
        ),
        (
            f"curl -X DELETE {URL}/prod_1 -H 'Stripe-Account: acct_1'",
            ("DELETE", f"{URL}/prod_1", None, {"Stripe-account": "acct_1"}),
        ),
    ],
)
def test_a_command_makes_this_request(command, expected) -> None:
    made = request(command)
    assert expected == (made.get_method(), made.full_url, made.data, made.headers)


@pytest.mark.parametrize("command", [f"curl {URL} --fail", f"wget {URL}", f"curl {URL} | jq ."])
def test_what_is_not_known_is_refused(command) -> None:
    with pytest.raises(ValueError, match="not a curl command that is known here"):
        request(command)
