"""The gateway's rules that need no network: keys, bases, form fields."""

from __future__ import annotations

import pytest

from reconciler.errors import UsageError
from reconciler.gateway.credentials import Key, check_account, check_base, redact
from reconciler.gateway.form import encode
from reconciler.model.address import Address
from reconciler.model.values import Frozen, Pending

TEST, LIVE = Key("sk_test_abc123"), Key("rk_live_abc123")


class TestKeys:
    def test_the_mode_is_in_the_prefix(self):
        assert (TEST.livemode, LIVE.livemode) == (False, True)

    def test_a_key_does_not_show_itself(self):
        assert f"{TEST!r} {TEST} {redact(TEST.secret)}" == "Key() sk_test_… sk_test_…"

    @pytest.mark.parametrize(
        ("secret", "message"),
        [
            ("", "it is empty."),
            (" \n", "it is empty."),
            ("pk_test_1", "it is a publishable key, which may not read a catalog."),
            ("sk_org_live_1", "it is an organization key, which does not say whose catalog"),
            ("abc", "it is not of the form sk_test_…, sk_live_…, rk_test_… or rk_live_…."),
            ("sk_test_a\r\nHost: x", "it is not of the form"),
            ("sk_test_ä", "it is not of the form"),
        ],
    )
    def test_what_is_no_key_is_refused_without_being_shown(self, secret, message):
        with pytest.raises(UsageError) as caught:
            Key(secret)
        assert str(caught.value).startswith(f"The API key cannot be used: {message}")
        assert not secret.strip() or secret not in str(caught.value)


class TestBases:
    @pytest.mark.parametrize(
        "base",
        [
            "https://api.stripe.com",
            "http://127.0.0.1:12111",
            "http://localhost:1",
            "http://[::1]:12111",
            "https://stripe.example.test",
        ],
    )
    def test_a_test_key_goes_to_https_and_to_this_machine(self, base):
        assert base == check_base(base + "/", TEST)

    @pytest.mark.parametrize(
        "base",
        [
            "api.stripe.com",
            "ftp://127.0.0.1",
            "https://",
            "https://user@api.stripe.com",
            "https://api.stripe.com/v1",
            "https://x.test?a=b",
            "https://x.test:port",
            "https://x.test/\n",
        ],
    )
    def test_what_is_no_base_is_refused(self, base):
        with pytest.raises(UsageError, match="is not the base of an API"):
            check_base(base, TEST)

    def test_a_key_does_not_travel_unencrypted(self):
        with pytest.raises(UsageError, match=r"would travel unencrypted to 10\.0\.0\.1"):
            check_base("http://10.0.0.1", TEST)

    @pytest.mark.parametrize(
        "base",
        ["http://127.0.0.1:1", "https://api.stripe.com.evil.test", "http://api.stripe.com"],
    )
    def test_a_live_key_goes_to_stripe_alone(self, base):
        assert check_base("https://api.stripe.com", LIVE) == "https://api.stripe.com"
        with pytest.raises(
            UsageError, match=r"A live key is sent to https://api\.stripe\.com only"
        ):
            check_base(base, LIVE)

    def test_an_account_is_checked_before_it_becomes_a_header(self):
        assert check_account("acct_1A") == "acct_1A"
        with pytest.raises(UsageError, match="is not the id of an account"):
            check_account("acct_1\r\nX: y")


class TestForm:
    def test_every_value_has_one_form(self):
        parameters = Frozen(
            {
                "active": True,
                "unit_amount": 2900,
                "description": "",
                "images": ("a", "b"),
                "flags": (True, False),
                "tiers": (Frozen({"up_to": 10, "unit_amount": 0}), Frozen({"up_to": "inf"})),
                "metadata": Frozen({"a b": "c&d", "gone": ""}),
                "marketing_features": (),
                "headers": "no option of the SDK",
            }
        )
        assert encode(parameters) == {
            "active": "true",
            "unit_amount": "2900",
            "description": "",
            "images[0]": "a",
            "images[1]": "b",
            "flags[0]": "true",
            "flags[1]": "false",
            "tiers[0][up_to]": "10",
            "tiers[0][unit_amount]": "0",
            "tiers[1][up_to]": "inf",
            "metadata[a b]": "c&d",
            "metadata[gone]": "",
            "marketing_features": "",
            "headers": "no option of the SDK",
        }

    @pytest.mark.parametrize("value", [0.1, None, b"a", Pending(Address("product", ("pro",)))])
    def test_what_is_not_canonical_is_never_sent(self, value):
        with pytest.raises(TypeError):
            encode({"metadata": {"a": value}})
