from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import dumps
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Wire,
    failure,
    inspected,
    request,
)

_datas = st.dictionaries(
    st.sampled_from(["a", "b", "c", "ab"]),
    st.sampled_from([1, 2, "a", None, {"a": 1}, {"b": {"c": 2}}, [1, {"a": 2}]]),
    max_size=4,
)


def _shared(failed: list[Any], others: list[Any], *, mixed: bool = False) -> list[str]:
    """Return what calls share that fail, beside others that do not."""
    wire = Wire()
    talk = wire.connect()
    fates = [(data, True) for data in failed] + [(data, False) for data in others]
    if mixed:
        fates = [fates[0], *fates[len(failed) :], *fates[1 : len(failed)]]
    for number, (data, fails) in enumerate(fates):
        talk.ask("pay", str(number), data)
        if fails:
            talk.send(SERVER, failure(str(number), "no"))
        else:
            talk.answer(str(number), 1)
    (found,) = inspected(wire.records).report.sharing.failed.values()
    assert (found.failed, found.others) == (len(failed), len(others))
    return found.shared(99)


def _paths(value: object, path: str = "data") -> set[str]:
    """Return all traits of some data, by brute force."""
    if not isinstance(value, dict):
        return set()
    found = set()
    for key, member in value.items():
        own = f"{path}.{key}"
        found |= {own} | _paths(member, own)
        if not isinstance(member, dict | list):
            found.add(f"{own} = {dumps(member).decode()}")
    return found


@settings(max_examples=150, deadline=None)
@given(
    failed=st.lists(_datas, min_size=1, max_size=4),
    others=st.lists(_datas, max_size=4),
    mixed=st.booleans(),
)
def test_what_is_claimed_holds(
    failed: list[dict[str, Any]], others: list[dict[str, Any]], *, mixed: bool
) -> None:
    for claim in _shared(failed, others, mixed=mixed):
        assert all(claim in _paths(data) for data in failed)
        assert not any(claim in _paths(data) for data in others)


def test_a_key_that_only_failures_have_is_found_before_what_is_below_it() -> None:
    failed = [{"id": n, "card": {"number": "x", "n": n}} for n in range(3)]

    assert _shared(failed, [{"id": 1, "name": "n"}] * 3) == ["data.card"]


def test_a_value_that_only_failures_have_is_found() -> None:
    failed = [{"country": "DE", "id": n} for n in range(3)]
    others = [{"country": "FR", "id": n} for n in range(3)]

    assert _shared(failed, others) == ['data.country = "DE"']


@pytest.mark.parametrize(
    "data",
    [
        b'{"country" : "DE"}',
        b'{"country": "DE"}',
        b'{"country":\t"DE"}',
        b'{"c\\u006funtry":"DE"}',
        b'{ "country":"DE"}',
        b'{"deep":[{"country":"DE"}]}',
    ],
)
def test_another_call_strikes_a_trait_however_it_is_written(data: bytes) -> None:
    wire = Wire()
    talk = wire.connect()
    for number in range(3):
        talk.ask("pay", str(number), {"country": "DE"})
        talk.send(SERVER, failure(str(number), "no"))
    (found,) = inspected(wire.records).report.sharing.failed.values()
    assert found.shared() == ["data.country"]

    found.strike(data, "pay")
    assert found.shared() == []


def test_nothing_is_looked_at_before_a_call_fails() -> None:
    wire = Wire()
    wire.connect().ask("pay", "1", {"a": 1}).answer("1", 1)

    assert inspected(wire.records).report.sharing.failed == {}


def test_data_that_is_no_object_or_very_large_shares_nothing() -> None:
    assert _shared(["text"] * 3, [1] * 3) == []

    wire = Wire()
    talk = wire.connect()
    for number in range(3):
        large = request("pay", str(number), {"a": "x" * 70_000})
        talk.split(CLIENT, large, 30_000, 60_000)
        talk.send(SERVER, failure(str(number), "no"))
    (found,) = inspected(wire.records).report.sharing.failed.values()
    assert (found.failed, found.shared()) == (3, [])
