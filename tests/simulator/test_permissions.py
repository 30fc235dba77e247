"""What a restricted key may do, endpoint by endpoint, and in which words it is refused."""

import pytest

from reconciler import kinds
from reconciler.simulator.keys import LABELS, account_of
from reconciler.simulator.resources import discover

from .conftest import KEY, Client

RESTRICTED = "rk_test_1234"
RESOURCES = discover()
LISTED = [
    one for one in RESOURCES.values() if one.listed and not one.singleton and "{" not in one.path
]


def _told(label, name):
    return {
        "code": "more_permissions_required",
        "doc_url": "https://stripe.com/docs/error-codes/more-permissions-required",
        "message": "Permission denied. The provided key 'rk_test_****' does not have the required "
        f"permissions for this endpoint on account '{account_of(RESTRICTED)}'. Enabling "
        f"\"{label}\" ('{name}') permissions on this key would allow this request to continue. "
        "You can edit permissions at https://dashboard.stripe.com/apikeys",
        "type": "invalid_request_error",
    }


@pytest.fixture
def restricted(fresh):
    return lambda *granted: fresh(key=RESTRICTED, permissions={RESTRICTED: frozenset(granted)})


@pytest.mark.parametrize("resource", LISTED, ids=lambda one: one.path)
def test_a_list_needs_reading_and_a_creation_writing(restricted, resource):
    name, label = resource.permission, LABELS[resource.permission]
    none, reading, writing = (
        restricted(),
        restricted(f"rak_{name}_read"),
        restricted(f"rak_{name}_write"),
    )
    answer = none.get(resource.path)
    assert (403, _told(f"{label} Read", f"{name}_read")) == (answer.status, answer.error)
    answer = reading.post(resource.path)
    assert (403, _told(f"{label} Write", f"{name}_write")) == (answer.status, answer.error)
    allowed = (reading.get(resource.path), writing.get(resource.path), writing.post(resource.path))
    assert 403 not in [answer.status for answer in allowed]


def test_one_permission_is_not_another(restricted):
    client = restricted("rak_plan_write", "rak_coupon_read", "rak_products_read", "product_read")
    statuses = [client.get(f"/v1/{path}").status for path in ("prices", "coupons", "products")]
    assert [200, 200, 403] == statuses


def test_a_secret_key_beside_a_restricted_one_may_do_everything(restricted):
    assert Client(restricted().simulator, key=KEY).get("/v1/account").status == 200


@pytest.mark.parametrize("kind", [one for one in kinds.load().values() if one.stored], ids=str)
def test_the_kinds_need_what_is_enforced_here(kind):
    """Each side has read Stripe's documentation by itself; they must have read the same."""
    enforced = next(one for one in RESOURCES.values() if one.path == kind.path)
    assert kind.permission is not None
    assert (enforced.permission, LABELS[enforced.permission]) == (
        kind.permission.name,
        kind.permission.label,
    )


def test_the_entries_of_an_object_need_what_the_object_does():
    found = {one.path: one.permission for one in RESOURCES.values() if "{" in one.path}
    assert {
        "/v1/payment_links/{payment_link}/line_items": "payment_links",
        "/v1/products/{product}/features": "product",
    } == found


def test_every_permission_has_a_label():
    assert sorted({one.permission for one in RESOURCES.values()}) == sorted(LABELS)
