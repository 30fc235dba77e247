"""Account: whose objects these are.

https://docs.stripe.com/api/accounts

It is read-only here, and carries no `livemode`: the mode is the key's.
"""

from __future__ import annotations

from reconciler.simulator.resource import Resource, World
from reconciler.simulator.values import Object


def _current(world: World) -> Object:
    return {
        "id": world.account,
        "object": "account",
        "business_profile": {"name": "Simulated account", "url": None},
        "business_type": None,
        "capabilities": {},
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": "Simulated account", "timezone": "Etc/UTC"}},
        "type": "standard",
    }


RESOURCE = Resource(
    object="account",
    path="/v1/account",
    noun="account",
    prefix="acct_1",
    id_length=15,
    not_found_param="account",
    permission="accounts_kyc_basic",
    singleton=_current,
)
