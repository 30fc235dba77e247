"""A call that the key may not make: each one names what to grant, and where."""

from __future__ import annotations

import pytest
from far_end import far_end, ok, refusal

from reconciler import kinds
from reconciler.errors import ConnectionLostError, PermissionDeniedError, UnexpectedAnswerError
from reconciler.gateway.credentials import redact
from reconciler.gateway.failure import Failure
from reconciler.gateway.stripe import Gateway
from reconciler.gateway.translate import to_error
from reconciler.model.catalog import Account
from reconciler.model.kind import Delete
from reconciler.model.values import EMPTY
from reconciler.observer.account import observe
from reconciler.simulator.core import Simulator
from reconciler.simulator.keys import account_of
from reconciler.simulator.transport import SimulatorTransport

KEY = "rk_test_few1"
AT = "https://dashboard.stripe.com/apikeys"
KINDS = {name: kind for name, kind in kinds.load().items() if kind.stored}

GRANTED = {
    "coupon": "Coupons: {} (coupon_{})",
    "feature": "Entitlements: {} (entitlement_{})",
    "meter": "Meters: {} (billing_meter_{})",
    "payment_link": "Payment Links: {} (payment_links_{})",
    "portal_configuration": "Customer portal: {} (customer_portal_{})",
    "price": "Prices: {} (plan_{})",
    "product": "Products: {} (product_{})",
    "promotion_code": "Promotion Codes: {} (promotion_code_{})",
    "shipping_rate": "Shipping Rates: {} (shipping_rate_{})",
    "tax_rate": "Tax Rates: {} (tax_rate_{})",
    "webhook_endpoint": "Webhook Endpoints: {} (webhook_{})",
}


def mend(kind, level):
    return f"  Give the restricted key the permission {text(kind, level)}, at {AT}"


def text(kind, level):
    return GRANTED[kind].format(level, level.lower())


@pytest.fixture
def denied():
    """A gateway whose key may do nothing at all."""
    with Simulator(permissions={KEY: frozenset()}) as simulator:
        yield Gateway(KEY, transport=SimulatorTransport(simulator), paced=False)


def test_every_kind_declares_what_it_needs():
    declared = {
        name: [kind.permission.text(write=write) for write in (False, True)]
        for name, kind in KINDS.items()
        if kind.permission
    }
    assert {name: [text(name, "Read"), text(name, "Write")] for name in GRANTED} == declared


def test_the_whole_of_it(denied):
    with pytest.raises(PermissionDeniedError) as caught:
        list(denied.get_objects(KINDS["price"]))
    error = caught.value
    assert (
        "listing prices: the API key may not do this.\n"
        "  Stripe says: Permission denied. The provided key 'rk_test_…' does not have the required "
        f"permissions for this endpoint on account '{account_of(KEY)}'. Enabling \"Prices Read\" "
        "('plan_read') permissions on this key would allow this request to continue. You can edit "
        f"permissions at {AT}\n"
        f"  code more_permissions_required, request {error.request_id}\n"
        f"  Give the restricted key the permission Prices: Read (plan_read), at {AT}"
    ) == str(error)
    assert (403, "more_permissions_required") == (error.status, error.code)


def calls(kind, step):
    """Every way to touch a kind's objects, and what it takes."""
    yield "Read", lambda gateway: list(gateway.get_objects(kind))
    yield "Read", lambda gateway: gateway.get_object(kind, "x_1")
    writes = {"create": None, "update": "x_1"}
    if isinstance(kind.retirement, Delete):
        writes["delete"] = "x_1"
    if kind.verbs:
        writes |= {kind.verbs.off: "x_1", kind.verbs.on: "x_1"}
    if kind.attached:
        writes |= {"attach": "x_1"}
        items = kind.attached.items
        yield "Read", lambda gateway: list(gateway.get_items(kind, "x_1", items))
    for verb, target in writes.items():
        made = step(verb, kind.name)
        yield (
            "Write",
            lambda gateway, made=made, target=target: gateway.send(
                kind, made, target, EMPTY, key="k"
            ),
        )


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_each_call_names_what_to_grant(kind, denied, step):
    expected, actual = [], []
    for level, call in calls(kind, step):
        with pytest.raises(PermissionDeniedError) as caught:
            call(denied)
        expected.append(mend(kind.name, level))
        actual.append(str(caught.value).splitlines()[-1])
    assert expected == actual


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_reading_an_account_stops_where_one_kind_may_not_be_read(kind):
    others = (one.permission for one in KINDS.values() if one is not kind)
    granted = frozenset(f"rak_{permission.name}_read" for permission in others)
    with Simulator(permissions={KEY: granted}) as simulator:
        gateway = Gateway(KEY, transport=SimulatorTransport(simulator), paced=False)
        with pytest.raises(PermissionDeniedError) as caught:
            observe(gateway, KINDS.values())
    assert mend(kind.name, "Read") == str(caught.value).splitlines()[-1]


PRICES, FEATURES = KINDS["price"].permission, KINDS["feature"].permission

WORDINGS = {
    "as it said before 2026": (
        "The provided key 'rk_live_***1234' does not have the required permissions for this "
        "endpoint on account 'acct_1'. Having the 'rak_plan_write' permission would allow this "
        "request to continue.",
        PRICES,
        "Give the restricted key the permission Prices: Write (plan_write), at " + AT,
    ),
    "as it said before 2026, of another permission": (
        "Having the 'rak_accounts_kyc_basic_read' permission would allow this request to continue.",
        PRICES,
        "Give the restricted key the permission accounts_kyc_basic_read, at " + AT,
    ),
    "without quotes": (
        "Permission denied. The provided key 'rk_live_...W4ie' does not have the required "
        "permissions for this endpoint. Enabling Charges and Refunds Read ('charge_read') "
        "permissions on this key would allow this request to continue.",
        None,
        "Give the restricted key the permission Charges and Refunds: Read (charge_read), at " + AT,
    ),
    "several": (
        "Enabling \"Prices Write\" ('plan_write') or \"Products Write\" ('product_write') "
        "permissions on this key would allow this request to continue.",
        None,
        "Give the restricted key one of the permissions Prices: Write (plan_write) or "
        "Products: Write (product_write), at " + AT,
    ),
    "none, though the call tells": (
        "Forbidden.",
        PRICES,
        "It most probably lacks the permission Prices: Write (plan_write). Grant it at " + AT,
    ),
    "none, and Stripe publishes none": (
        "Forbidden.",
        FEATURES,
        f"Stripe publishes no permission to write Entitlements. Look for one at {AT}, or use a "
        "secret key (sk_…) for this.",
    ),
    "none, and nothing tells": ("Forbidden.", None, "Use a key that has the permission."),
    "not for restricted keys": (
        "The provided key 'rk_test_***1234' does not have the required permissions for this "
        "endpoint on account 'acct_1'. This is a restricted API key, but the required permissions "
        "are not available for use by restricted keys.",
        PRICES,
        "No permission of a restricted key allows this. Use a secret key (sk_…) for it.",
    ),
    "no permissions for connected accounts": (
        "You passed a restricted API key with the Stripe-Account header, but the restricted API "
        "key does not have any Connect permissions.",
        PRICES,
        "Give the restricted key its permissions for connected accounts too, at "
        f"{AT}, or leave --stripe-account out and use a key of that account.",
    ),
    "another's account": (
        "The provided key 'sk_test_***1234' does not have access to account 'acct_2' (or that "
        "account does not exist). Application access may have been revoked.",
        PRICES,
        "Check --stripe-account (or STRIPE_ACCOUNT), or use a key of that account.",
    ),
    "another's address": (
        "The API key provided does not allow requests from your IP address (192.0.2.1).",
        PRICES,
        f"The key is for certain addresses only: add this machine's, at {AT}",
    ),
}


@pytest.mark.parametrize(("message", "permission", "expected"), WORDINGS.values(), ids=WORDINGS)
def test_the_wordings_of_a_refusal(message, permission, expected):
    failure = Failure(message=message, status=403)
    error = to_error("a call", failure, writing=True, unknown=False, permission=permission)
    assert isinstance(error, PermissionDeniedError)
    assert f"a call: the API key may not do this.\n  Stripe says: {message}\n  {expected}" == str(
        error
    )


@pytest.mark.parametrize(
    ("call", "level"),
    [
        (lambda gateway, _: list(gateway.get_objects(KINDS["price"])), "Read"),
        (lambda gateway, _: gateway.get_object(KINDS["price"], "price_1"), "Read"),
        (lambda gateway, step: gateway.send(KINDS["price"], step, None, EMPTY, key="k"), "Write"),
    ],
)
def test_a_refusal_that_names_none_is_told_by_the_kind(connect, step, call, level):
    made, forbidden = step("create", "price"), refusal(403, message="Forbidden.")
    with far_end(forbidden) as (url, _), pytest.raises(PermissionDeniedError) as caught:
        call(connect(url), made)
    expected = f"  It most probably lacks the permission {text('price', level)}. Grant it at {AT}"
    assert expected == str(caught.value).splitlines()[-1]


def test_a_refusal_at_the_door_says_nothing_of_a_write_that_may_be_done():
    failure = Failure(message="Having the 'rak_plan_write' permission would allow it.", status=403)
    error = to_error("a call", failure, writing=True, unknown=True, permission=PRICES)
    assert isinstance(error, ConnectionLostError)
    assert "plan_write)" not in str(error)


@pytest.mark.parametrize(
    ("message", "account"),
    [
        ("No permissions on account 'acct_1Own'. See https://dashboard/b/acct_2", "acct_1Own"),
        ("You can edit permissions at https://dashboard.stripe.com/b/acct_2", None),
        ("The key does not have access to account 'acct_2' (or it does not exist).", None),
        ("No.", None),
    ],
)
def test_whose_account_it_is_is_learnt_from_where_a_refusal_was_made(connect, message, account):
    with far_end(refusal(403, message=message)) as (url, _):
        assert Account(id=account, livemode=False) == connect(url).get_account()


def test_a_masked_key_is_cut_however_it_is_masked():
    masked = "rk_live_...W4ie rk_live_***j4va7j rk_test_…1234, sk_test_*********abcd. rk_test_..."
    assert "rk_live_… rk_live_… rk_test_…, sk_test_…. rk_test_..." == redact(masked)


def test_an_answer_of_the_other_mode_stops_a_write_too(connect, step):
    made = step("create", "product")
    with (
        far_end(ok(id="prod_1", object="product", livemode=True)) as (url, _),
        pytest.raises(UnexpectedAnswerError, match="answered prod_1 of live mode to a test key"),
    ):
        connect(url).send(KINDS["product"], made, None, EMPTY, key="k")
