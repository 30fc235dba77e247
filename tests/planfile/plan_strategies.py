"""Plans of every sort, made from the kinds' own declarations."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import strategies as st

from reconciler import kinds
from reconciler.model.address import Address
from reconciler.model.diff import Edit
from reconciler.model.impact import Hanging, Impact
from reconciler.model.marks import Rule
from reconciler.model.plan import (
    Adopt,
    Beside,
    Create,
    Finding,
    HeldBy,
    Move,
    Plan,
    Reactivate,
    Replace,
    Retire,
    Step,
    Strangers,
    Unmoved,
    Update,
)
from reconciler.model.revenue import WHYS, Revenue
from reconciler.model.shape import Listed, Mapped, Nested, Scalar
from reconciler.model.values import Frozen, Pending, digest

KINDS = kinds.load()
STORED = [kind for kind in KINDS.values() if kind.stored]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
keys = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
ids = st.from_regex(r"(prod|price)_[A-Za-z0-9]{1,6}", fullmatch=True)
digests = st.integers(0, 9).map(digest)


def addresses(names=tuple(KINDS)):
    return st.builds(
        lambda kind, first, second: Address(
            kind, (first, second) if KINDS[kind].within else (first,)
        ),
        st.sampled_from(names),
        keys,
        keys,
    )


def scalars(form):
    options = []
    if "boolean" in form.type:
        options.append(st.booleans())
    if "integer" in form.type:
        options.append(st.integers(-(10**15), 10**15))
    if "decimal" in form.type:
        options.append(st.decimals(-1000, 1000, places=12).map(lambda number: f"{number:f}"))
    if "string" in form.type:
        options.append(st.sampled_from(form.choices) if form.choices else texts)
    return st.one_of(options)


def forms(form):
    match form:
        case Scalar():
            return scalars(form)
        case Nested(fields=fields):
            return bodies(fields)
        case Listed(item=item):
            return st.lists(forms(item), max_size=2).map(tuple)
        case Mapped(item=item):
            # The one key that could be taken for a reference.
            names = st.one_of(keys, st.just("id_from"))
            values = forms(item)
            if isinstance(item, Scalar):
                values = st.one_of(values, st.just("create product.pro"))
            return st.dictionaries(names, values, max_size=2).map(Frozen)


def values(field, pending=None):
    if field.ref is not None and pending is not None:
        return st.one_of(forms(field.form), pending)
    return forms(field.form)


def bodies(fields, pending=None):
    optional = {name: values(field, pending) for name, field in fields.items()}
    return st.fixed_dictionaries({}, optional=optional).map(Frozen)


def edits(kind):
    def edit(name):
        field = kind.fields[name]
        path = st.just(name)
        value = forms(field.form)
        if isinstance(field.form, Mapped) and isinstance(field.form.item, Scalar):
            path, value = keys.map(lambda key: f"{name}.{key}"), forms(field.form.item)
        value = st.none() | value
        return st.builds(Edit, path=path, before=value, after=value, rule=st.sampled_from(Rule))

    # A mapping of plain texts is only ever edited by entry.
    return st.sampled_from(list(kind.fields)).flatmap(edit)


@st.composite
def changes(draw):
    address = draw(addresses())
    kind = KINDS[address.kind]
    common = {
        "address": address,
        "object": draw(st.none() | ids),
        "edits": tuple(draw(st.lists(edits(kind), max_size=2))),
        "before": draw(bodies(kind.fields)),
        "after": draw(bodies(kind.fields, addresses().map(Pending))),
        "notes": tuple(draw(st.lists(texts, max_size=2))),
    }
    cls = draw(st.sampled_from([Create, Update, Replace, Retire, Reactivate, Adopt, Move]))
    extras = {
        Replace: {"successor": st.none() | ids},
        Retire: {
            "how": st.sampled_from(["archive", "delete", "remove"]),
            "otherwise": st.sampled_from([None, "archive"]),
            "reason": st.sampled_from(["unlisted", "switched off", "superseded"]),
        },
        Adopt: {"from_": st.none() | texts},
        Move: {"source": texts},
    }.get(cls, {})
    return cls(**common, **{name: draw(extra) for name, extra in extras.items()})


@st.composite
def steps(draw, number, made, before):
    """One step; it may wait for any object made, and comes after any step before it."""
    pending = st.sampled_from(made).map(Pending) if made else None
    object_ids = ids | pending if pending is not None else ids
    kind = draw(st.sampled_from(STORED))
    own = [kind.verbs.off, kind.verbs.on] if kind.verbs else []
    parts = ["attach", "detach"] if kind.attached is not None else []
    verb = draw(st.sampled_from(["create", "update", "delete", *own, *parts]))
    items = kind.attached.items if verb in parts else None
    payload = Frozen()
    if verb == "attach":
        payload = Frozen({items.by: draw(object_ids)})
    elif verb in {"create", "update"}:
        payload = draw(bodies(kind.fields, pending))
        payload = payload.with_({key.transfer: True for key in kind.natural_keys if key.transfer})
    relies_on = st.one_of(
        st.builds(Unmoved, kind=st.sampled_from(list(KINDS)), object=object_ids, digest=digests),
        st.builds(
            HeldBy,
            kind=st.just(kind.name),
            field=st.sampled_from(["stamp", *(key.field for key in kind.natural_keys)]),
            value=texts,
            holders=st.lists(object_ids, max_size=2).map(tuple),
        ),
    )
    otherwise = st.none() | bodies(kind.fields)
    return Step(
        id=f"step {number}",
        address=draw(addresses((kind.name,))),
        verb=verb,
        kind=kind.name,
        part=items.call if items else "",
        object=None if verb == "create" else draw(object_ids),
        item=draw(ids) if verb == "detach" else None,
        payload=payload,
        after=tuple(draw(st.sets(st.sampled_from(before)))) if before else (),
        relies_on=tuple(draw(st.lists(relies_on, max_size=2))),
        otherwise=draw(otherwise) if verb == "delete" else None,
    )


SUMS = st.none() | st.integers(0, 10**15)
WHY = st.none() | st.sampled_from(WHYS)

IMPACTS = st.builds(
    Impact,
    address=addresses(),
    kind=st.sampled_from([kind.name for kind in STORED]),
    object=ids,
    hanging=st.lists(
        st.builds(
            Hanging,
            kind=st.sampled_from([kind.name for kind in STORED]),
            object=ids,
            address=st.none() | addresses(),
        ),
        max_size=2,
    ).map(tuple),
    subscriptions=st.none()
    | st.dictionaries(st.sampled_from(["active", "past_due"]), st.integers(1, 10**6)).map(Frozen),
    unknown=texts,
    revenue=st.lists(
        st.builds(
            Revenue,
            currency=st.sampled_from(["usd", "jpy"]),
            subscriptions=st.integers(0, 10**6),
            now=SUMS,
            now_why=WHY,
            then=SUMS,
            then_why=WHY,
        ),
        max_size=2,
    ).map(tuple),
    discounted=st.integers(0, 10**6),
    counted_before=st.integers(0, 10**6),
).map(lambda one: replace(one, counted_before=min(one.counted_before, one.total)))


BESIDE = st.builds(
    Beside,
    address=addresses(("product",)),
    bodies=st.dictionaries(
        addresses(("price",)).map(str), bodies(KINDS["price"].fields), max_size=2
    ).map(Frozen),
    more=st.integers(0, 10**6),
)


@st.composite
def plans(draw):
    ordered = []
    for number in range(draw(st.integers(0, 3))):
        made = [step.address for step in ordered if step.verb == "create"]
        ordered.append(draw(steps(number, made, [step.id for step in ordered])))
    findings = st.builds(
        Finding,
        code=st.sampled_from(["RC101", "RC113"]),
        address=st.none() | addresses(),
        text=texts,
        blocks=st.booleans(),
        lifted=st.booleans(),
    )
    strangers = st.builds(
        Strangers,
        kind=st.sampled_from(list(KINDS)),
        catalog=st.none() | texts,
        count=st.integers(0, 10**6),
    )
    kind = draw(st.sampled_from(STORED))
    seen = draw(st.dictionaries(ids, bodies(kind.fields), max_size=2))
    return Plan(
        catalog=draw(st.sampled_from(["acme", "a-b_1"])),
        account=draw(st.sampled_from([None, "acct_1A2b"])),
        livemode=draw(st.booleans()),
        api_version="2026-10-28.endive",
        spec_digest=draw(digests),
        changes=tuple(draw(st.lists(changes(), max_size=2))),
        steps=tuple(ordered),
        findings=tuple(draw(st.lists(findings, max_size=2))),
        notes=tuple(draw(st.lists(texts, max_size=2))),
        strangers=tuple(draw(st.lists(strangers, max_size=2))),
        seen=Frozen({kind.name: Frozen(seen)}) if seen else Frozen(),
        names=Frozen(draw(st.dictionaries(ids, st.just("price.pro.monthly"), max_size=2))),
        ignore_metadata=tuple(draw(st.lists(texts, max_size=2))),
        reads=draw(st.integers(0, 99)),
        unchanged=draw(st.integers(0, 99)),
        lifted=tuple(draw(st.lists(texts, max_size=2))),
        lock=draw(st.booleans()),
        impacts=tuple(draw(st.lists(IMPACTS, max_size=2))),
        subscribers=draw(st.sampled_from(["allow", "deny"])),
        refresh=draw(st.sampled_from(["full", "targeted"])),
        beside=tuple(draw(st.lists(BESIDE, max_size=2))),
    )


PRO = Address("product", ("pro",))
MONTHLY = Address("price", ("pro", "monthly"))

SMALL = Plan(
    catalog="acme",
    account="acct_1A2b",
    livemode=False,
    api_version="2026-10-28.endive",
    spec_digest=digest("spec"),
    changes=(
        Create(address=PRO, after=Frozen({"name": "Pro", "active": True})),
        Create(
            address=MONTHLY,
            after=Frozen({"product": Pending(PRO), "currency": "usd", "unit_amount": 2900}),
        ),
    ),
    steps=(
        Step(
            id="create product.pro",
            address=PRO,
            verb="create",
            kind="product",
            payload=Frozen({"name": "Pro", "metadata": Frozen({"reconciler": "acme/product.pro"})}),
            relies_on=(HeldBy(kind="product", field="stamp", value="acme/product.pro"),),
        ),
        Step(
            id="create price.pro.monthly",
            address=MONTHLY,
            verb="create",
            kind="price",
            payload=Frozen(
                {
                    "product": Pending(PRO),
                    "currency": "usd",
                    "unit_amount": 2900,
                    "lookup_key": "pro_monthly",
                }
            ),
            after=("create product.pro",),
            relies_on=(HeldBy(kind="price", field="lookup_key", value="pro_monthly"),),
        ),
        Step(
            id="retire product.old",
            address=Address("product", ("old",)),
            verb="delete",
            kind="product",
            object="prod_Old",
            relies_on=(Unmoved(kind="product", object="prod_Old", digest=digest("old")),),
            otherwise=Frozen({"active": False}),
        ),
    ),
    strangers=(Strangers(kind="product", catalog=None, count=12),),
    reads=4,
    impacts=(
        Impact(
            address=Address("price", ("old", "monthly")),
            kind="price",
            object="price_Old",
            hanging=(Hanging(kind="payment_link", object="plink_1"),),
            subscriptions=Frozen({"active": 12, "past_due": 1}),
            revenue=(
                Revenue(currency="eur", subscriptions=1, now_why="tiered", then_why="tiered"),
                Revenue(currency="usd", subscriptions=12, now=118_800, then=158_400),
            ),
            discounted=2,
            counted_before=3,
        ),
        Impact(
            address=Address("price", ("old", "yearly")),
            kind="price",
            object="price_Older",
            unknown="the API key may not read subscriptions",
        ),
    ),
    subscribers="deny",
    beside=(
        Beside(
            address=PRO,
            bodies=Frozen({"price.pro.yearly": Frozen({"currency": "usd", "unit_amount": 29000})}),
            more=3,
        ),
    ),
)


def signed(content):
    """A plan file of this content, whatever its digest was."""
    content = {key: value for key, value in content.items() if key != "digest"}
    return json.dumps({**content, "digest": digest(content)})


def with_steps(*altered):
    return replace(SMALL, steps=altered)
