"""Archived features where Stripe refuses to change one: what the plan and the error say of it."""

from __future__ import annotations

import pytest

from laws.account import Account
from reconciler import kinds
from reconciler.errors import IncompleteError, RefusedError
from reconciler.executor.refusals import explained
from reconciler.model.address import Address
from reconciler.model.plan import Step
from reconciler.model.values import Frozen
from reconciler.model.world import World
from reconciler.simulator.switches import Switches
from reconciler.spec.load import loads

KINDS = kinds.load()
FILE = """
[catalog]
name = "acme"
[features.beta]
name = "Beta"
active = false
"""
ADOPT = '[adopt]\n"feature.beta" = "feat_beta"\n'
ALPHA = '[features.alpha]\nname = "Alpha"\n'
BETA = {
    "object": "entitlements.feature",
    "id": "feat_beta",
    "lookup_key": "beta",
    "name": "Beta",
    "active": False,
}
IN_USE = {**BETA, "id": "feat_alpha", "lookup_key": "alpha", "name": "Alpha", "active": True}
MEND = (
    "feat_beta is archived, and Stripe may change no archived feature. If that is why: take "
    "feature.beta out of [adopt] and of the file, or give its table another name, and plan anew."
)
NOTE = (
    "feature.beta is archived, and Stripe may refuse to change an archived feature: then the "
    "apply stops there. To be sure, take it out of [adopt] and of the file."
)


def wanted(text):
    return loads(text, KINDS)


@pytest.fixture
def account():
    found = Account(KINDS, Switches(archived_feature="frozen"))
    found.simulator.seed([BETA, IN_USE])
    yield found
    found.close()


def test_the_plan_notes_it_and_the_refusal_says_the_mend(account):
    made = account.plan(wanted(FILE + ADOPT))
    assert (NOTE,) == made.notes
    with pytest.raises(RefusedError) as raised:
        account.apply(made)
    lines = str(raised.value).splitlines()
    assert "  Stripe says: An archived feature cannot be changed." in lines
    assert f"  {MEND}" == lines[-1]
    assert (400, "req_") == (raised.value.status, raised.value.request_id[:4])


def test_it_is_said_half_way_too(account):
    both = FILE.replace("[features.beta]", f"{ALPHA}[features.beta]")
    made = account.plan(wanted(f'{both}{ADOPT}"feature.alpha" = "feat_alpha"\n'))
    with pytest.raises(IncompleteError, match="1 of 2 calls are done") as raised:
        account.apply(made)
    assert MEND in str(raised.value)


def test_another_name_is_the_mend(account):
    catalog = wanted('[catalog]\nname = "acme"\n[features.b]\nname = "Beta"\nlookup_key = "beta"\n')
    made = account.plan(catalog)
    assert () == made.notes
    account.apply(made)
    assert () == account.plan(catalog).changes


@pytest.mark.parametrize("active", [True, False])
def test_only_what_is_archived_is_told_of(active):
    feature = KINDS["feature"]
    world = World()
    world.put(feature, "feat_beta", Frozen({"active": active}))
    step = Step(
        id="s",
        address=Address("feature", ("beta",)),
        verb="update",
        kind="feature",
        object="feat_beta",
    )
    error = explained(RefusedError("No.", status=400), feature, step, world)
    assert ("No." if active else f"No.\n  {MEND}", 400) == (str(error), error.status)
