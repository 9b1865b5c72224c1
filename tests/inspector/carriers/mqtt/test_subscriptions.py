from __future__ import annotations

from sys import getsizeof

from inspector.carriers.mqtt.subscriptions import (
    MOST,
    MOST_WILDCARDS,
    Subscription,
    Subscriptions,
)
from inspector.carriers.mqtt.topics import Filter


def test_a_delivery_is_for_the_topic_itself_rather_than_for_a_wildcard() -> None:
    some = Subscriptions()
    some.add("w/+", 1)
    assert some.get("w/one") == Subscription("w/+", Filter("w/+"), 1, wildcard=True)

    some.add("w/one", 2)
    assert some.get("w/one") == Subscription("w/one", Filter("w/one"), 2)

    some.remove("w/one")
    some.remove("w/+")
    assert some.get("w/one") is None


def test_a_group_is_known_by_its_name() -> None:
    some = Subscriptions()
    some.add("$share/workers/sum", 0)
    some.add("$share/others/w/#", 0)

    found = [some.get(topic) for topic in ("sum", "w/a")]
    assert [each and each.filter.group for each in found] == ["workers", "others"]


def test_one_that_is_made_again_has_been_there_since_it_was_made() -> None:
    some = Subscriptions()
    for since_ns in (5, 9):
        some.add("sum", since_ns)
        some.add("w/+", since_ns)

    assert {each.since_ns for each in map(some.get, ("sum", "w/a")) if each} == {5}


def test_what_is_kept_is_bounded() -> None:
    some = Subscriptions()
    for number in range(MOST + 1):
        some.add(f"t/{number}", 0)
    for number in range(MOST_WILDCARDS + 1):
        some.add(f"w/{number}/+", 0)
        some.add(f"$share/{number}/same", 0)

    assert [some.get(each) for each in ("t/0", "t/1")] == [None, None]
    assert some.get("t/2") is not None
    assert some.get("w/0/a") is None
    assert some.get("w/1/a") is not None
    assert some.get("same") is not None


def test_what_was_found_is_bounded_too() -> None:
    some = Subscriptions()
    some.add("w/+", 0)
    before = getsizeof(some._known)  # noqa: SLF001 — what it keeps shows nowhere else
    for number in range(50_000):
        assert some.get(f"t/{number}") is None
    assert getsizeof(some._known) < before + 100_000  # noqa: SLF001
