from __future__ import annotations

import pytest

from inspector.calls.seen import Upkeep
from inspector.carriers.base import Idle
from inspector.findings.subscriptions import Subscriptions, covers
from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint
from tests.inspector.conversation import Wire, inspected

BROKER, OTHER = "10.0.0.9:4222", "10.0.0.8:4222"


def _noted(
    *texts: bytes, verb: str = "SUB", most: int = 100, brokers: int = 10
) -> Subscriptions:
    """Return what is known after units on connections to one broker each."""
    known = Subscriptions(most, brokers)
    for text in texts:
        subject, _, broker = text.decode().partition("@")
        wire = Wire()
        line = wire.connect(client="10.0.0.1:50001", server=broker or BROKER)
        line.ask("sum", "1")
        (call,) = inspected(wire.linger().records).exchanges
        unit = Idle(
            side=0, begin=0, end=9, verb=verb, text=b"SUB %b 1\r\n" % subject.encode()
        )
        known.note(Upkeep(call.connection.directions[0], unit, call.request_packets))
    return known


def test_who_subscribes_is_known_by_broker_and_subject() -> None:
    known = _noted(b"sum", b"log workers", b"other@10.0.0.8:4222")

    assert known.subscriber(BROKER, "sum") == "10.0.0.1:50001"
    assert known.subscriber(BROKER, "log") == "10.0.0.1:50001"
    assert not known.subscriber(BROKER, "other")
    assert known.elsewhere(BROKER, "other") == OTHER
    assert not known.elsewhere(OTHER, "other")
    assert (known.known(BROKER), known.known(OTHER), known.known("x:1")) == (2, 1, 0)


def test_the_nearest_subject_is_another_one() -> None:
    known = _noted(b"sum", b"sums", b"unlike")

    assert known.closest(BROKER, "sum") == "sums"
    assert not known.closest(BROKER, "zzzzzz")
    assert not known.closest(OTHER, "sum")


def test_inboxes_and_other_verbs_say_nothing() -> None:
    assert not _noted(b"_INBOX.abc.*").known(BROKER)
    assert not _noted(b"sum", verb="PING").known(BROKER)


def test_no_more_is_kept_than_allowed() -> None:
    assert _noted(b"a", b"b", b"c", most=2).known(BROKER) == 2
    known = _noted(b"a", b"b@10.0.0.8:4222", brokers=1)
    assert (known.known(BROKER), known.known(OTHER)) == (1, 0)


@pytest.mark.parametrize(
    ("pattern", "subject", "covered"),
    [
        ("sum", "sum", True),
        ("sum", "sums", False),
        ("*", "sum", True),
        ("*", "a.b", False),
        (">", "a.b", True),
        ("a.>", "a", False),
        ("a.>", "a.b.c", True),
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.b.d", False),
        ("a.*", "a.b.c", False),
    ],
)
def test_wildcards_cover_subjects(pattern: str, subject: str, covered: bool) -> None:  # noqa: FBT001 — a parameter of the test
    assert covers(pattern, subject) is covered


@pytest.mark.parametrize(
    ("pattern", "subject", "covered"),
    [
        ("#", "a.b", True),
        ("#", "", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#", "b.a", False),
        ("#.c", "a.b.c", True),
        ("a.#.c", "a.c", True),
        ("a.#.c", "a.b", False),
        ("a.*.#", "a", False),
        ("a.*.#", "a.b", True),
        ("b.#.#", "a", False),
    ],
)
def test_over_rabbitmq_any_number_of_words_may_be_meant(
    pattern: str,
    subject: str,
    covered: bool,  # noqa: FBT001
) -> None:
    assert covers(pattern, subject) is covered


def test_other_carriers_say_what_is_subscribed_to() -> None:
    known = Subscriptions()
    unit = Idle(side=0, begin=0, end=1, verb="basic.consume", subscribes="cats_q")
    connection = Connection(1, (Endpoint("a", 1), Endpoint("b", 2)), 1, 0)
    known.note(Upkeep(Direction(connection, 0), unit, []))

    assert known.subscriber("b:2", "cats_q") == "a:1"
