from __future__ import annotations

from inspector.carriers.mqtt.headers import MAX_PACKET, PINGREQ, PUBLISH, REACH
from inspector.carriers.mqtt.reading import Control, Flaw, Reader
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    REQUEST,
    length,
    packet,
    publish,
)


def test_packets_have_their_places() -> None:
    first, second = packet(0xC0), publish("sum", REQUEST, FIVE)
    reader = Reader()

    assert reader.receive(first + second) == [
        Control(PINGREQ, 0, 2, first),
        Control(PUBLISH, 2, 2, second),
    ]
    assert (reader.received, reader.buffered, reader.begun) == (2 + len(second), 0, 0)


def test_what_is_not_complete_waits() -> None:
    data = publish("sum", b"x" * 300, FIVE)
    reader = Reader()

    for byte in data[:-1]:
        assert reader.receive(bytes([byte])) == []
    assert reader.buffered == reader.begun == len(data) - 1
    assert reader.receive(data[-1:]) == [Control(PUBLISH, 0, 3, data)]


def test_after_a_flaw_it_goes_on_with_the_next_packet_that_shows() -> None:
    data = publish("sum", REQUEST, FIVE)
    reader = Reader()

    flaw, control = reader.receive(b"\x66\0\0" + data)

    assert flaw == Flaw(0, 1, "it begins with 66")
    assert control == Control(PUBLISH, 3, 2, data)


def test_a_length_that_does_not_end_is_a_flaw() -> None:
    (flaw,) = Reader().receive(b"\x30" + b"\xff" * 9)
    assert flaw == Flaw(0, 5, "it begins with 30 ff ff ff ff")


def test_nothing_longer_than_the_limit_is_waited_for() -> None:
    reader = Reader()
    (flaw,) = reader.receive(b"\x30" + length(MAX_PACKET))

    assert isinstance(flaw, Flaw)
    assert flaw.detail.startswith("it has 67,108,864 bytes")
    reader.receive(b"x" * 10_000)
    assert reader.buffered == REACH
    assert reader.begun == 0


def test_what_is_kept_is_forgotten_where_bytes_are_missing() -> None:
    data = publish("sum", REQUEST, FIVE)
    reader = Reader()
    reader.receive(data[:9])

    assert reader.lose() == 9
    assert reader.receive(data) == [Control(PUBLISH, 9, 2, data)]


def test_a_length_of_two_bytes_is_not_taken_for_one_of_one() -> None:
    data = publish("t", b"x" * 125, FIVE)  # its second byte, 129, says two bytes less
    longer = data + packet(0xC0) * 1

    assert data[1] >= 0x80
    assert len(Reader().receive(longer)) == 2
    assert Reader().receive(data) == [Control(PUBLISH, 0, 3, data)]
    for size in range(200):
        whole = publish("t", b"x" * size, FIVE)
        assert Reader().receive(whole) == [
            Control(PUBLISH, 0, 3 if size > 123 else 2, whole)
        ]
