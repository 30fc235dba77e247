"""An address is one object: whatever makes it, copies it or reads it back."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.address import Address

KEYS = st.text("abAB09_-", min_size=1, max_size=3)
ADDRESSES = st.builds(
    Address,
    st.sampled_from(["price", "product"]),
    st.lists(KEYS, min_size=1, max_size=3).map(tuple),
)


@given(ADDRESSES)
def test_there_is_one_object_of_it(address) -> None:
    made = Address(str(address).partition(".")[0], tuple(str(address).split(".")[1:]))

    assert made is address
    assert Address.parse(str(address)) is address
    assert copy.deepcopy(address) is copy.copy(address) is address
    assert pickle.loads(pickle.dumps(address)) is address


@given(ADDRESSES, ADDRESSES)
def test_two_are_equal_and_ordered_as_what_they_name(one, other) -> None:
    left, right = (one.kind, one.keys), (other.kind, other.keys)

    assert (one == other) == (left == right)
    assert (one < other, one <= other, one > other, one >= other) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
    )


def test_a_key_with_a_dot_is_not_two_keys() -> None:
    assert Address("price", ("a.b",)) != Address("price", ("a", "b"))


def test_threads_that_make_the_same_address_get_the_same_object() -> None:
    names = [(f"kind{number % 50}", (str(number),)) for number in range(1000)]
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: [Address(kind, keys) for kind, keys in names], range(8))

    assert len({tuple(map(id, each)) for each in made}) == 1


def test_it_never_changes() -> None:
    address = Address("price", ("pro", "monthly"))

    with pytest.raises(AttributeError, match="never changes"):
        address.kind = "product"
    with pytest.raises(AttributeError, match="never changes"):
        del address.keys
    assert str(address) == "price.pro.monthly"
