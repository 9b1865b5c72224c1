"""Packets read many at a time, and what is read by msgspec alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import (
    Event,
    Frame,
    JsonText,
    Packet,
    PacketError,
    encode_frame,
    encode_packet,
    parse_bodies,
    parse_body,
    parse_packet,
)
from protocol import packets as module
from tests.strategies import packets, wild_texts

_PLAIN = ["1", "0", "null", "-5", "1.5", "true", "[1]", '{"a":1}', "9007199254740993"]
"""Ids of every type."""


def _parse(body: str | bytes) -> Packet:
    return parse_body(body.encode() if isinstance(body, str) else body)


def _body(packet: Packet) -> str:
    return encode_packet(packet).partition(b"#")[2].decode()


@given(st.lists(packets.map(_body) | wild_texts, max_size=5), st.integers(0, 100))
def test_bodies_are_read_together_as_each_is_by_itself(
    texts: list[str], place: int
) -> None:
    bodies = [text.encode("utf-8", "surrogatepass") for text in texts]
    alone: list[Packet | tuple[type[PacketError], str, int]] = []
    offset = place
    for body in bodies:
        try:
            alone.append(parse_packet(Frame(body, offset, 0)))
        except PacketError as error:
            alone.append(_told(error))
        offset += len(encode_frame(body))

    assert [
        _told(each) if isinstance(each, PacketError) else each
        for each in parse_bodies(bodies, place)
    ] == alone


def _told(error: PacketError) -> tuple[type[PacketError], str, int]:
    return type(error), error.reason, error.offset


@pytest.mark.parametrize(
    "kinds",
    [
        ['{"pattern":"a","data":1,"id":"1"}', '{"pattern":"b"}'],
        ['{"response":1,"isDisposed":true,"id":"1"}', '{"err":"no","id":"2"}'],
        ['{"pattern":"a","id":"1"}', '{"response":1,"id":"1"}'],
        ['{"pattern":"a","id":"1"}', '{"pattern":"a","id":2}'],
    ],
)
def test_packets_of_any_kinds_may_stand_together(kinds: list[str]) -> None:
    assert parse_bodies([body.encode() for body in kinds]) == [*map(_parse, kinds)]


def test_an_unusual_body_says_together_what_it_says_alone() -> None:
    bodies = [b'{"pattern":"a"}', b'{"data":"\xff","pattern":"b"}']

    assert parse_bodies(bodies) == [parse_body(body) for body in bodies]
    assert _parse(bodies[1]) == Event("b", JsonText(b'"\xff"'))


@pytest.mark.parametrize(
    "body",
    [
        *(f'{{"pattern":"p","data":1,"id":{text}}}' for text in _PLAIN),
        *(f'{{"response":1,"id":{text}}}' for text in _PLAIN),
        '{"response":1,"isDisposed":1,"id":"1"}',
        '{"pattern":"p","trace":{"b":1},"id":"1"}',
    ],
)
def test_only_what_javascript_alone_reads_takes_a_reader_of_its_own(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _parse(f" {body} ")
    monkeypatch.delattr(module, "JsonReader")  # a hundred times as slow as msgspec

    assert _parse(body) == expected


def test_a_packet_shows_its_payloads_as_they_are() -> None:
    told = '{"pattern":"p","data":[1],"trace":2,"id":"1"}'

    assert repr(_parse(told)) == (
        "Request(pattern='p', id='1', data=b'[1]', extra={'trace': b'2'})"
    )
    assert repr(_parse('{"pattern":1}')) == "Event(pattern=1)"
    assert repr(_parse('{"id":"1"}')) == "Response(id='1', is_disposed=False)"
