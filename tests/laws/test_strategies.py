"""What is drawn is what the laws are about: every kind, and every field of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hypothesis import HealthCheck, Phase, given, settings

from laws.effort import LONG
from laws.strategies import KINDS, catalogs
from laws.values import LEFT_OUT
from reconciler.model.catalog import Catalog
from reconciler.model.shape import Field, Scalar

DRAWS = 2000 if LONG else 250

drawing = settings(
    max_examples=DRAWS,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def drawn() -> Iterator[str]:
    """The kinds, and in a long run the fields, that turn up in so many catalogs."""
    counts: Counter[str] = Counter()

    @drawing
    @given(catalog=catalogs())
    def count(catalog: Catalog) -> None:
        for resource in catalog.resources.values():
            counts[resource.kind.name] += 1
            counts.update(f"{resource.kind.name}.{name}" for name in resource.body)

    count()
    yield from (name for name, times in counts.items() if times >= (5 if "." not in name else 1))


def has_words(field: Field) -> bool:
    """Whether a file can say anything with the field that goes not without saying."""
    match field.form:
        case Scalar(choices=(only,)):
            return only != field.default
        case _:
            return not field.read_only


def test_every_kind_and_in_a_long_run_every_field_is_drawn() -> None:
    wanted = set(KINDS)
    if LONG:
        wanted |= {
            f"{kind.name}.{name}"
            for kind in KINDS.values()
            for name, field in kind.fields.items()
            if has_words(field)
        }
    assert wanted - LEFT_OUT - set(drawn()) == set()
