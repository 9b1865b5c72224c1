"""The messages of a connection: who writes what, and when it is confirmed."""

from __future__ import annotations

from itertools import count

import pytest

from servers.mqtt.exchange import Exchange
from servers.mqtt.packets import (
    PUBACK,
    PUBCOMP,
    PUBREC,
    PUBREL,
    Answer,
    Arrived,
    Envelope,
    PacketReader,
    Taken,
    answered,
    string_field,
)


class _Side:
    """An exchange, and what it has written, heard and confirmed."""

    def __init__(self, in_flight: int = 20, *, manual: bool = False) -> None:
        self.heard: list[Arrived] = []
        self.confirmed: list[tuple[int, int]] = []
        self._bytes = b""
        numbers = count(1)
        self.exchange = Exchange(
            self._write,
            lambda: (next(numbers) - 1) % 30 + 1,
            in_flight,
            self.heard.append,
            lambda number, reason: self.confirmed.append((number, reason)),
            manual=manual,
        )

    def _write(self, packets: bytes) -> None:
        self._bytes += packets

    def written(self) -> list[Taken]:
        """Return what was written since the last time."""
        packets, self._bytes = self._bytes, b""
        return PacketReader(newest=False).receive(packets)[0]

    def publish(self, qos: int, body: bytes = b"1") -> int:
        return self.exchange.publish(_envelope(qos), body)


def _envelope(qos: int) -> Envelope:
    return Envelope(string_field("a"), qos, retain=False, properties=b"")


def _arrived(qos: int, number: int, body: bytes = b"1") -> Arrived:
    return Arrived(
        "a", body, qos, retain=False, dup=False, number=number, properties=b""
    )


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_two_sides_bring_a_message_over_once_and_confirm_it(qos: int) -> None:
    one, other = _Side(), _Side()
    counts = [one.publish(qos, b"%d" % number) for number in range(100)]
    for _ in range(400):
        for source, target in ((one, other), (other, one)):
            for each in source.written():
                target.exchange.take(each)

    assert [each.body for each in other.heard] == [b"%d" % n for n in range(100)]
    assert one.confirmed == ([(number, 0) for number in counts] if qos else [])
    assert one.exchange.settled
    assert other.heard[0].qos == qos


def test_messages_wait_until_others_are_confirmed() -> None:
    side = _Side(in_flight=2)
    for _ in range(4):
        side.publish(1)
    side.publish(0)  # which needs no confirmation

    assert [each.number for each in _arrivals(side)] == [1, 2, 0]
    assert (side.exchange.waiting, side.exchange.settled) == (2, False)
    side.exchange.take(Answer(PUBACK, 2, 0))
    assert [each.number for each in _arrivals(side)] == [3]
    assert side.confirmed == [(2, 0)]


def _arrivals(side: _Side) -> list[Arrived]:
    return [each for each in side.written() if isinstance(each, Arrived)]


def test_a_number_that_is_in_use_is_not_used_again() -> None:
    side = _Side(in_flight=30)
    for _ in range(30):
        side.publish(1)
    side.exchange.take(Answer(PUBACK, 7, 0))
    side.written()
    side.publish(1)

    assert [each.number for each in _arrivals(side)] == [7]


def test_the_reason_of_the_first_confirmation_counts() -> None:
    side = _Side()
    nobody, refused = side.publish(2), side.publish(2)
    side.written()
    side.exchange.take(Answer(PUBREC, 1, 0x10))
    side.exchange.take(Answer(PUBREC, 2, 0x97))

    assert side.confirmed == [(refused, 0x97)]
    assert side.written() == [Answer(PUBREL, 1, 0)]
    side.exchange.take(Answer(PUBCOMP, 1, 0))
    assert side.confirmed == [(refused, 0x97), (nobody, 0x10)]


def test_a_confirmation_of_nothing_is_passed_over() -> None:
    side = _Side()
    for kind in (PUBACK, PUBREC, PUBCOMP):
        side.exchange.take(Answer(kind, 9, 0))

    assert (side.confirmed, side.written()) == ([], [])


def test_a_message_of_qos_2_is_heard_once_until_it_is_released() -> None:
    side = _Side()
    for _ in range(2):
        side.exchange.take(_arrived(2, 5))

    assert len(side.heard) == 1
    assert side.written() == [Answer(PUBREC, 5, 0)] * 2
    side.exchange.take(Answer(PUBREL, 5, 0))
    assert side.written() == [Answer(PUBCOMP, 5, 0)]
    side.exchange.take(_arrived(2, 5))
    assert len(side.heard) == 2


@pytest.mark.parametrize(("qos", "kind"), [(1, PUBACK), (2, PUBREC)])
def test_messages_are_acknowledged_by_hand_where_that_is_asked_for(
    qos: int, kind: int
) -> None:
    side = _Side(manual=True)
    side.exchange.take(_arrived(qos, 3))
    assert side.written() == []
    side.exchange.acknowledge(side.heard[0])
    assert side.written() == [Answer(kind, 3, 0)]


def test_what_is_under_way_is_forgotten_with_the_connection() -> None:
    side = _Side(in_flight=1)
    side.publish(1)
    side.publish(1)
    side.exchange.abandon()

    assert (side.exchange.waiting, side.exchange.settled) == (0, True)


def test_a_step_is_the_same_read_and_written() -> None:
    taken, _ = PacketReader(newest=False).receive(answered(PUBREL, 300))

    assert taken == [Answer(PUBREL, 300, 0)]
