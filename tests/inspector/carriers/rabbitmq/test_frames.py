"""Bytes of one side are cut to frames, wherever they are cut themselves."""

from __future__ import annotations

from random import Random

from pamqp.frame import unmarshal

from inspector.carriers.rabbitmq.frames import (
    BODY,
    GREETING,
    HEARTBEAT,
    MAX_FRAME,
    METHOD,
    Flaw,
    Frame,
    FrameReader,
)
from tests.inspector.carriers.rabbitmq import wire

STREAM = (
    wire.PREAMBLE
    + wire.HEARTBEAT
    + wire.publish(wire.REQUEST, most=10)
    + wire.method(wire.Basic.Ack(1))
)


def _cut(reader: FrameReader, data: bytes) -> list[tuple[int, int, bytes] | str]:
    found: list[Frame | Flaw] = []
    text = reader.cut(data, found)
    return [
        each.detail
        if isinstance(each, Flaw)
        else (each.kind, each.channel, text[each.begin : each.end])
        for each in found
    ]


def test_each_cut_gives_the_same_frames() -> None:
    whole = _cut(FrameReader(), STREAM)
    kinds = [each[0] for each in whole]
    assert kinds == [GREETING, HEARTBEAT, METHOD, 2, *[BODY] * 5, METHOD]

    for place in range(len(STREAM)):
        reader = FrameReader()
        cut = _cut(reader, STREAM[:place])
        assert reader.received == place
        assert [*cut, *_cut(reader, STREAM[place:])] == whole
        assert (reader.received, reader.buffered) == (len(STREAM), 0)


def test_frames_are_those_that_pamqp_reads() -> None:
    data, sizes = STREAM[len(wire.PREAMBLE) :], []
    while data:
        size, channel, _ = unmarshal(data)
        sizes.append((size, channel))
        data = data[size:]

    frames = _cut(FrameReader(), STREAM)[1:]
    assert [(len(each[2]) + 8, each[1]) for each in frames] == sizes


def test_after_what_is_malformed_it_goes_on_with_the_next_method() -> None:
    for malformed, detail in (
        (b"GET / HTTP/1.1\r\n\r\n", "its type is 71"),
        (b"\x01\0\x01\0\0\0\x04\0\x3c\0\x50\0", "no end octet follows"),
        (b"\x03\0\x01\x7f\0\0\0rest", "its size of 2,130,706,432 bytes is too large"),
    ):
        reader = FrameReader()
        after = wire.method(wire.Basic.Ack(7))
        flaw, *rest = _cut(reader, malformed + b"\xce" + after + after)

        assert isinstance(flaw, str)
        assert flaw.startswith(detail)
        assert [each[0] for each in rest] == [METHOD, METHOD]
        assert not reader.lost


def test_what_is_lost_is_forgotten() -> None:
    reader = FrameReader()
    assert _cut(reader, STREAM[:-1])[-1][0] == BODY
    assert reader.lose() == 20
    assert (reader.buffered, reader.lost) == (0, False)
    assert _cut(reader, wire.HEARTBEAT) == [(HEARTBEAT, 0, b"")]


def test_little_is_kept_of_what_cannot_be_read() -> None:
    random, reader = Random(1), FrameReader()  # noqa: S311
    _cut(reader, b"nonsense")
    for _ in range(300):
        _cut(reader, b"\xce\x01" + random.randbytes(500))
        assert reader.buffered <= 1_024
    assert reader.lost
    assert MAX_FRAME == 1 << 27
