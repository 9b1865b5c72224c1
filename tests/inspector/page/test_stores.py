from __future__ import annotations

from inspector.page.page_limits import PageLimits
from inspector.page.stores import Latest, Store, Stores
from inspector.page.trimming import kept
from tests.inspector.conversation import inspected
from tests.inspector.page.pages import calls

_LIMITS = PageLimits(exchanges=8, payloads=4)


def test_what_has_least_to_say_has_to_go() -> None:
    three = [kept(each, _LIMITS) for each in inspected(calls(3).records).exchanges]
    store = Store(2)

    gone = [
        each.number
        for key, one in zip((5, 1, 9), three, strict=True)
        for each in store.add(key, one)
    ]

    assert gone == [2]
    assert sorted(each.number for each in store) == [1, 3]


def test_the_latest_stay_in_whatever_order_they_come() -> None:
    found = inspected(calls(6).records).exchanges
    store = Latest(3)

    gone = [
        each.number
        for place in (0, 2, 1, 5, 3, 4)
        for each in store.add(kept(found[place], _LIMITS))
    ]

    assert gone == [1, 2, 3]
    assert [each.number for each in store] == [4, 5, 6]


def test_payloads_have_an_end_as_well() -> None:
    found = inspected(calls(2, data="y" * 800).records).exchanges
    store = Store(10, most_bytes=1000)

    gone = [
        each.number
        for one in (kept(exchange, _LIMITS) for exchange in found)
        for each in store.add(one.number, one)
    ]

    assert gone == [1]


def test_each_exchange_is_in_one_store_and_those_in_trouble_stay() -> None:
    held = Stores(_LIMITS)
    for each in inspected(calls(40, failing=[2, 3]).records).exchanges:
        held.add(kept(each, _LIMITS))

    numbers = sorted(each.number for each in held)
    assert len(numbers) == len(set(numbers)) == 18  # failed 2, slowest 4, newest 4 + 8
    assert {2, 3} <= set(numbers)
    assert set(range(34, 41)) <= set(numbers)
    assert {each.number for each in held if not each.stripped} >= {2, 3, 40}
    assert any(each.stripped for each in held)
