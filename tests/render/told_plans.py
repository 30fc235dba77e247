"""Plans whose words are what matters: each thing said once, by the name that its reader knows."""

from __future__ import annotations

from plan_parts import edit, monthly, plan, price, product

from reconciler.model.address import Address
from reconciler.model.marks import Rule
from reconciler.model.plan import (
    Create,
    HeldBy,
    Move,
    Replace,
    Retire,
    Step,
    Strangers,
    Update,
)
from reconciler.model.values import Frozen, Pending


def features(*names):
    return {"marketing_features": tuple(Frozen({"name": name}) for name in names)}


def items(**quantities):
    return tuple(
        Frozen({"price": name} | ({"quantity": quantity} if quantity else {}))
        for name, quantity in quantities.items()
    )


def metered(*limits):
    tiers = (
        Frozen({"up_to": limit, "unit_amount": 100 - number})
        for number, limit in enumerate((*limits, "inf"))
    )
    return Frozen({"currency": "usd", "tiers_mode": "graduated", "tiers": tuple(tiers)})


def stamped(body, address):
    return body.with_({"metadata": Frozen({"reconciler": f"acme/{address}"})})


def told_by_address():
    """The old price stays under a name of its own; nobody's line is about the archived one."""
    new, moved, odd = price("pro", "monthly"), price("pro", "monthly_2024"), price("pro", "odd")
    basic = product("basic")
    changes = (
        Update(
            address=product("pro"),
            object="prod_1",
            before=Frozen({"name": "Pro", "default_price": "price_1"}),
            after=Frozen({"name": "Pro", "default_price": Pending(new)}),
            edits=(edit("default_price", "price_1", Pending(new)),),
        ),
        Create(address=new, after=monthly(3900, lookup_key="pro_monthly")),
        Move(address=moved, object="price_1", source=str(new), after=monthly(2900)),
        Create(address=odd, after=monthly(100, lookup_key="odd")),
        Update(
            address=basic,
            object="prod_2",
            before=Frozen({"name": "Basic", "default_price": "price_unknown"}),
            after=Frozen({"name": "Basic", "default_price": "price_seen"}),
            edits=(edit("default_price", "price_unknown", "price_seen"),),
        ),
    )
    takes = Frozen({"transfer_lookup_key": True})
    return plan(
        *changes,
        steps=tuple(
            Step(
                id=f"create {address}",
                address=address,
                verb="create",
                kind="price",
                payload=takes,
                relies_on=(HeldBy(kind="price", field="lookup_key", value=key, holders=(holder,)),),
            )
            for address, key, holder in (
                (new, "pro_monthly", "price_1"),
                (odd, "odd", "price_archived"),
            )
        ),
        seen=Frozen(
            {
                "price": Frozen(
                    {
                        "price_1": stamped(monthly(2900, active=True), new),
                        "price_archived": stamped(monthly(1, active=False), price("old", "odd")),
                        "price_seen": stamped(monthly(5, active=True), price("basic", "yearly")),
                        "price_theirs": Frozen({"metadata": Frozen({"reconciler": "acme/no no"})}),
                    }
                )
            }
        ),
    )


TOLD = {
    "two_objects_of_one_address": plan(
        Replace(
            address=price("pro", "monthly"),
            object="price_old",
            before=monthly(2900),
            after=monthly(3900),
            edits=(edit("unit_amount", 2900, 3900, Rule.REPLACE),),
        ),
        Retire(
            address=price("pro", "monthly"),
            object="price_other",
            before=monthly(1900),
            reason="superseded",
        ),
    ),
    "told_by_address": told_by_address(),
    "lists": plan(
        Update(
            address=product("pro"),
            object="prod_1",
            before=Frozen({"name": "Pro", **features("SSO", "Audit log", "Backups")}),
            after=Frozen({"name": "Pro", **features("Audit log", "SSO", "Exports", "Roles")}),
            edits=(
                edit("marketing_features[0].name", "SSO", "Audit log"),
                edit("marketing_features[1].name", "Audit log", "SSO"),
                edit("marketing_features[2].name", "Backups", "Exports"),
                edit("marketing_features[3]", None, Frozen({"name": "Roles"})),
            ),
        ),
        Update(
            address=Address("plan", ("team",)),
            before=Frozen({"items": items(pro_monthly=None, seats_monthly=3, storage_volume=None)}),
            after=Frozen({"items": items(pro_monthly=None, seats_monthly=5)}),
            edits=(
                edit("items[1].quantity", 3, 5),
                edit("items[2]", Frozen({"price": "storage_volume"}), None),
            ),
        ),
        Update(
            address=product("crowded"),
            object="prod_2",
            before=Frozen({"name": "Crowded"}),
            after=Frozen({"name": "Crowded"}),
            edits=tuple(edit(f"metadata.key_{number:02}", None, "x") for number in range(24)),
        ),
        Retire(
            address=price("pro", "yearly"),
            object="price_3",
            before=monthly(2900),
            notes=(
                "not managed here, and still hanging on it: "
                + ", ".join(f"payment_link plink_{number}" for number in range(22)),
            ),
        ),
    ),
    "switches": plan(
        Create(
            address=product("pro"),
            after=Frozen(
                {
                    "name": "Pro",
                    "active": False,
                    "metadata": Frozen({"reconciler_protect": "true"}),
                }
            ),
        ),
        Replace(
            address=price("pro", "monthly"),
            object="price_1",
            before=monthly(2900, active=True),
            after=monthly(3900, active=False),
            edits=(
                edit("unit_amount", 2900, 3900, Rule.REPLACE),
                edit("metadata.reconciler_protect", None, "true"),
            ),
        ),
        Retire(
            address=product("old"),
            object="prod_2",
            before=Frozen({"name": "Old", "active": True, "description": "For teams"}),
            after=Frozen({"name": "Old", "active": False}),
            edits=(edit("description", "For teams", None), edit("active", True, False)),
            reason="switched off",
            notes=("not managed here, and still hanging on it: price price_9",),
        ),
        strangers=(
            Strangers(kind="product", catalog="acme", count=2),
            Strangers(kind="product", catalog="shop", count=1),
        ),
    ),
    "another_period": plan(
        Replace(
            address=price("pro", "yearly"),
            object="price_1",
            before=monthly(2900, currency_options=Frozen({"eur": Frozen({"unit_amount": 2700})})),
            after=monthly(
                29000,
                currency_options=Frozen({"eur": Frozen({"unit_amount": 27000})}),
                recurring=Frozen({"interval": "year"}),
            ),
            edits=(
                edit("unit_amount", 2900, 29000, Rule.REPLACE),
                edit("recurring.interval", "month", "year", Rule.REPLACE),
                edit("currency_options.eur.unit_amount", 2700, 27000, Rule.REPLACE),
            ),
        ),
    ),
    "many_tiers": plan(
        Replace(
            address=price("api", "calls"),
            object="price_1",
            before=metered(1000, 2000, 3000, 4000, 5000, 6000),
            after=metered(1000, 2500, 3000, 4000, 5000, 6000),
            edits=(edit("tiers[1].up_to", 2000, 2500, Rule.REPLACE),),
            notes=("tiers cannot change in place: a new price is created, price_1 is archived",),
        ),
    ),
}
