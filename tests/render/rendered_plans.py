"""Plans that between them have everything a renderer meets. A name is the golden file's."""

from __future__ import annotations

from dataclasses import replace

from plan_parts import EMPTY, edit, monthly, plan, price, product

from reconciler.model.address import Address
from reconciler.model.marks import Rule
from reconciler.model.plan import (
    Adopt,
    Create,
    Finding,
    Move,
    Reactivate,
    Replace,
    Retire,
    Strangers,
    Update,
)
from reconciler.model.values import Frozen, Pending

PLANS = {
    "nothing": replace(
        EMPTY, unchanged=12, strangers=(Strangers(kind="price", catalog=None, count=1),)
    ),
    "nothing_at_all": replace(EMPTY, account=None, livemode=True),
    "as_the_design_shows_it": plan(
        Create(address=product("pro"), after=Frozen({"name": "Pro"})),
        Create(address=price("pro", "monthly"), after=monthly(2900, lookup_key="pro_monthly")),
        Update(
            address=product("basic"),
            object="prod_1",
            before=Frozen({"name": "Basic", "description": "Small"}),
            after=Frozen({"name": "Basic", "description": "For one person"}),
            edits=(edit("description", "Small", "For one person"),),
        ),
        Replace(
            address=price("basic", "monthly"),
            object="price_1Old",
            before=monthly(900),
            after=monthly(1200),
            edits=(edit("unit_amount", 900, 1200, Rule.REPLACE),),
            notes=(
                "an amount cannot change in place: a new price is created, basic_monthly moves to "
                "it, price_1Old is archived",
                "132 subscriptions stay on the old price (1,188.00 USD a month)",
            ),
        ),
        Retire(address=price("legacy", "monthly"), object="price_2", before=monthly(500)),
        Retire(
            address=product("legacy"),
            object="prod_2",
            before=Frozen({"name": "Legacy"}),
            notes=("it has had prices, so Stripe will not delete it",),
        ),
        strangers=(
            Strangers(kind="product", catalog=None, count=12),
            Strangers(kind="price", catalog=None, count=37),
            Strangers(kind="price", catalog="other", count=3),
        ),
    ),
    "every_other_action": plan(
        Retire(
            address=product("old"),
            object="prod_1",
            how="delete",
            otherwise="archive",
            before=Frozen({"name": "Old"}),
        ),
        Retire(
            address=price("pro", "monthly"),
            object="price_2",
            before=monthly(2900),
            reason="superseded",
        ),
        Retire(
            address=price("pro", "yearly"),
            object="price_3",
            before=monthly(2900),
            reason="switched off",
        ),
        Retire(address=Address("plan", ("gone",)), how="remove"),
        Reactivate(
            address=price("pro", "weekly"),
            object="price_4",
            before=monthly(700, active=False),
            after=monthly(700, active=True),
            edits=(edit("active", False, True),),
            notes=("its 3 old subscribers are on it",),
        ),
        Adopt(
            address=product("found"),
            object="prod_5",
            from_="other",
            before=Frozen({"name": "Found"}),
            after=Frozen({"name": "Found"}),
        ),
        Move(
            address=product("team"),
            object="prod_6",
            source="product.pro",
            before=Frozen({"name": "Team"}),
            after=Frozen({"name": "Team"}),
        ),
        Replace(
            address=price("pro", "daily"),
            object="price_7",
            successor="price_8",
            before=monthly(100),
            after=monthly(100, tax_behavior="exclusive"),
            edits=(edit("tax_behavior", "inclusive", "exclusive", Rule.REPLACE),),
        ),
    ),
    "amounts_and_nested_edits": plan(
        Replace(
            address=price("pro", "tiers"),
            object="price_1",
            before=Frozen(
                {
                    "currency": "usd",
                    "tiers_mode": "graduated",
                    "tiers": (
                        Frozen({"up_to": 10, "unit_amount": 500}),
                        Frozen({"up_to": "inf", "unit_amount": 400}),
                    ),
                    "recurring": Frozen({"interval": "month"}),
                }
            ),
            after=Frozen(
                {
                    "currency": "usd",
                    "tiers_mode": "graduated",
                    "tiers": (
                        Frozen({"up_to": 20, "unit_amount": 500}),
                        Frozen({"up_to": "inf", "unit_amount_decimal": "0.5"}),
                    ),
                    "recurring": Frozen({"interval": "month"}),
                }
            ),
            edits=(
                edit("tiers[0].up_to", 10, 20, Rule.REPLACE),
                edit("tiers[1].unit_amount", 400, None, Rule.REPLACE),
                edit("tiers[1].unit_amount_decimal", None, "0.5", Rule.REPLACE),
            ),
        ),
        Replace(
            address=price("pro", "monthly"),
            object="price_2",
            before=monthly(
                2900,
                currency_options=Frozen(
                    {"eur": Frozen({"unit_amount": 2700}), "jpy": Frozen({"unit_amount": 4300})}
                ),
            ),
            after=monthly(
                0,
                currency_options=Frozen(
                    {"eur": Frozen({"unit_amount": 2600}), "gbp": Frozen({"unit_amount": 2500})}
                ),
            ),
            edits=(
                edit("unit_amount", 2900, 0, Rule.REPLACE),
                edit("currency_options.eur.unit_amount", 2700, 2600, Rule.REPLACE),
                edit("currency_options.gbp", None, Frozen({"unit_amount": 2500})),
                edit("currency_options.jpy", Frozen({"unit_amount": 4300}), None, Rule.REPLACE),
            ),
        ),
        Create(
            address=price("pro", "world"),
            after=monthly(
                100,
                currency_options=Frozen(
                    {"kwd": Frozen({"unit_amount": 31}), "isk": Frozen({"unit_amount": 14000})}
                ),
            ),
        ),
        Update(
            address=product("pro"),
            object="prod_1",
            before=Frozen({"name": "Pro", "images": ("https://a.test/1.png",)}),
            after=Frozen({"name": "Pro", "marketing_features": (Frozen({"name": "SSO"}),)}),
            edits=(
                edit("default_price", "price_2", Pending(price("pro", "monthly"))),
                edit("shippable", None, True),
                edit("images", ("https://a.test/1.png",), ()),
                edit("marketing_features[0]", None, Frozen({"name": "SSO"})),
                edit("metadata.team", "a", None),
            ),
        ),
    ),
    "text_that_wants_to_break_out": plan(
        Create(
            address=product("evil"), after=Frozen({"name": "\x1b[31mred\r\n\x07 \u202egnp.exe"})
        ),
        Create(address=product("wide"), after=Frozen({"name": "日本語の製品 👩\u200d💻 e\u0301"})),
        Update(
            address=product("long"),
            object="prod_1",
            before=Frozen({"name": "L"}),
            after=Frozen({"name": "L"}),
            edits=(
                edit("description", "a" * 500 + "1" + "b" * 500, "a" * 500 + "2" + "b" * 500),
                edit("url", None, "https://x.test/" + "y" * 300),
                edit("metadata.\x1b]0;title\x07", "\u2028", "\ud800 \u009b1m \ufeff"),
            ),
            notes=("it \x1b[2Jclears\nin two lines",),
        ),
        notes=("Catalog \x1b[1mother holds product.pro",),
        strangers=(Strangers(kind="product", catalog="\x1b[1mx", count=1),),
    ),
    "findings_and_notes": plan(
        Retire(address=product("pro"), object="prod_1", before=Frozen({"name": "Pro"})),
        findings=(
            Finding(code="RC103", address=price("pro", "m"), text="29.00 -> 99.00\nMend it so."),
            Finding(code="RC101", address=None, text="Too much.", blocks=False, lifted=True),
            Finding(code="RC109", address=product("pro"), text="FYI.", blocks=False),
        ),
        notes=("Catalog old holds addresses of this one.\nIs previous_name missing?",),
    ),
}
