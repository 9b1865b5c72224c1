from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Upkeep
from inspector.carriers.base import Idle
from inspector.findings.subscriptions import MAX_WORK, Subscriptions
from tests.inspector.conversation import Wire, inspected

if TYPE_CHECKING:
    import pytest

BROKER, OTHER = "10.0.0.9:4222", "10.0.0.8:4222"


def _noted(*texts: str, most: int = 100, brokers: int = 10) -> Subscriptions:
    """Return what is known after units on connections to one broker each."""
    known = Subscriptions(most, brokers)
    for text in texts:
        subjects, _, broker = text.partition("@")
        wire = Wire()
        line = wire.connect(client="10.0.0.1:50001", server=broker or BROKER)
        line.ask("sum", "1")
        (call,) = inspected(wire.linger().records).exchanges
        channels = tuple(subjects.split())
        unit = Idle(side=0, begin=0, end=9, verb="SUB", channels=channels)
        direction = call.connection.directions[0]
        known.note(Upkeep(direction, unit, call.request_packets, carrier="nats"))
    return known


def test_who_subscribes_is_known_by_broker_and_subject() -> None:
    known = _noted("sum", "log", "other@10.0.0.8:4222")

    assert known.subscriber(BROKER, "sum") == "10.0.0.1:50001"
    assert known.subscriber(BROKER, "log") == "10.0.0.1:50001"
    assert not known.subscriber(BROKER, "other")
    assert known.elsewhere(BROKER, "other") == OTHER
    assert not known.elsewhere(OTHER, "other")
    assert (known.known(BROKER), known.known(OTHER), known.known("x:1")) == (2, 1, 0)


def test_the_nearest_subject_is_another_one() -> None:
    known = _noted("sum sums", "unlike")

    assert known.closest(BROKER, "sum") == "sums"
    assert not known.closest(BROKER, "zzzzzz")
    assert not known.closest(OTHER, "sum")


def test_other_units_say_nothing() -> None:
    assert not _noted("").known(BROKER)


def test_a_wildcard_covers_what_its_carrier_says() -> None:
    known = _noted("a.*")

    assert known.subscriber(BROKER, "a.b")
    assert not known.subscriber(BROKER, "a.b.c")


def test_no_more_is_kept_than_allowed() -> None:
    assert _noted("a", "b c", most=2).known(BROKER) == 2
    known = _noted("a", "b@10.0.0.8:4222", brokers=1)
    assert (known.known(BROKER), known.known(OTHER)) == (1, 0)


def test_who_named_a_subject_counts_before_whose_pattern_covers_it() -> None:
    known = _noted("a.*", "a.b", "a.>")

    assert known.subscriber(BROKER, "a.b") == "10.0.0.1:50001"
    assert known.subscriber(BROKER, "a.*") == known.subscriber(BROKER, "a.b")
    assert not known.subscriber(BROKER, "b.a")


def test_a_pattern_that_comes_later_is_looked_at_too() -> None:
    wire = Wire()
    line = wire.connect(client="10.0.0.1:50001", server=BROKER)
    line.ask("sum", "1")
    (call,) = inspected(wire.linger().records).exchanges
    known, direction = Subscriptions(), call.connection.directions[0]
    for channel, found in (("b.*", False), ("a.*", True)):
        unit = Idle(side=0, begin=0, end=9, verb="SUB", channels=(channel,))
        known.note(Upkeep(direction, unit, call.request_packets, carrier="nats"))
        assert bool(known.subscriber(BROKER, "a.b")) is found


def test_a_subject_is_compared_with_each_pattern_once_and_with_few_in_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = _noted("x.* y.* z.*")
    monkeypatch.setattr(known, "_work", 3 * 4 * 4)
    for _ in range(1_000):
        assert not known.subscriber(BROKER, "a.b")
    assert known.known(BROKER) == 3
    assert not known.subscriber(BROKER, "a.c")

    assert known.known(BROKER) == 0  # nothing is said of who subscribes from now on
    assert MAX_WORK == 50_000_000
