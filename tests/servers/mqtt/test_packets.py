"""Packets with messages, beside paho-mqtt's own writer and reader."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from servers.mqtt.packets import (
    PUBACK,
    PUBCOMP,
    PUBREC,
    PUBREL,
    Answer,
    Arrived,
    Envelope,
    MalformedPacketError,
    PacketReader,
    Taken,
    answered,
    properties_field,
    published,
    read_properties,
    string_field,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_PINGRESP, _SUBACK = b"\xd0\0", b"\x90\4\0\1\0\1"


class Sent(NamedTuple):
    """A message, and its packet by paho-mqtt."""

    message: Arrived
    packet: bytes


_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@st.composite
def _messages(draw: st.DrawFn, *, newest: bool) -> Sent:
    topic = draw(st.one_of(_words.filter(bool), st.just("é" * 200)))  # over a byte
    body = draw(st.one_of(st.binary(max_size=40), st.just(b"x" * 20_000)))
    qos, retain = draw(st.integers(0, 2)), draw(st.booleans())
    dup, number = draw(st.booleans()), draw(st.integers(1, 65_535)) if qos else 0
    given: dict[str, Any] = {}
    if newest:
        pairs = st.lists(st.tuples(_words, _words), min_size=1, max_size=3)
        given["UserProperty"] = draw(pairs)
        given["ContentType"] = draw(_words)
        given["SubscriptionIdentifier"] = draw(st.integers(1, 268_435_455))
        given["MessageExpiryInterval"] = draw(st.integers(0, 2**32 - 1))
        given["CorrelationData"] = draw(st.binary(max_size=9))
        given["PayloadFormatIndicator"] = draw(st.integers(0, 1))
    packed = _properties(given)
    fields = (topic, body, qos, retain, dup, number)
    raw = packed.pack()[1 if len(packed.pack()) < 129 else 2 :] if newest else b""  # type: ignore[no-untyped-call]
    message = Arrived(*fields, raw)
    return Sent(message, _by_paho(message, packed if newest else None))


def _properties(given: dict[str, Any]) -> Properties:
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    for name, value in given.items():
        setattr(properties, name, value)
    return properties


def _by_paho(message: Arrived, properties: Properties | None) -> bytes:
    """Return the packet of a message whose properties are those that are given."""
    version = MQTTProtocolVersion.MQTTv5 if properties else MQTTProtocolVersion.MQTTv311
    client = Client(CallbackAPIVersion.VERSION2, protocol=version)
    client.on_socket_register_write = lambda *_: None
    client._sock = object()  # type: ignore[assignment]  # noqa: SLF001 — to be written to
    topic, body, qos, retain, dup, number, _ = message
    client._send_publish(  # noqa: SLF001 — the oracle
        number, topic.encode(), body, qos, retain, dup, None, properties
    )
    packet = bytes(client._out_packet.pop()["packet"])  # noqa: SLF001
    client._sock = None  # noqa: SLF001
    return packet


def _received(packets: Iterable[bytes], *, newest: bool) -> tuple[list[Taken], bytes]:
    reader, taken, rest = PacketReader(newest=newest), list[Taken](), b""
    for piece in packets:
        some, others = reader.receive(piece)
        taken += some
        rest += others
    return taken, rest


def _cut(data: bytes, sizes: Iterable[int]) -> Iterable[bytes]:
    at = 0
    for size in cycle(sizes):
        yield data[at : at + size]
        at += size
        if at >= len(data):
            return


_sizes = st.lists(st.sampled_from((1, 2, 3, 7, 100, 30_000)), min_size=1)
_TO = Envelope(string_field("a"), 0, retain=False, properties=b"")


@pytest.mark.parametrize("newest", [False, True])
@given(data=st.data())
def test_any_cut_gives_the_messages_that_paho_writes(
    newest: bool,  # noqa: FBT001
    data: st.DataObject,
) -> None:
    sent = data.draw(st.lists(_messages(newest=newest), max_size=4))
    answers = [Answer(PUBACK, 7, 0), Answer(PUBREL, 65_535, 0)]
    stream = [each.packet for each in sent]
    stream += [answered(each.kind, each.number) for each in answers]
    stream[len(sent) // 2 : len(sent) // 2] = [_PINGRESP, _SUBACK]

    pieces = _cut(b"".join(stream), data.draw(_sizes))
    taken, rest = _received(pieces, newest=newest)

    assert taken == [each.message for each in sent] + answers
    assert rest == _PINGRESP + _SUBACK


@pytest.mark.parametrize("newest", [False, True])
@given(data=st.data())
def test_a_message_is_written_as_paho_does(
    newest: bool,  # noqa: FBT001
    data: st.DataObject,
) -> None:
    sent = data.draw(_messages(newest=newest))
    topic, body, qos, retain, _, number, properties = sent.message
    packed = properties_field({}) if newest else b""
    if newest:
        headers, content_type = read_properties(properties)
        expiry = data.draw(st.none() | st.integers(0, 2**32 - 1))
        packed = properties_field(headers, expiry, content_type)
        given = {"MessageExpiryInterval": expiry, "ContentType": content_type}
        given["UserProperty"] = [*headers.items()]  # type: ignore[assignment]
        named = {name: each for name, each in given.items() if each is not None}
        theirs = _properties(named)
    envelope = Envelope(string_field(topic), qos, retain, packed)
    ours = published(envelope, number, body)

    bare = sent.message._replace(dup=False)
    expected = _by_paho(bare, theirs if newest else None)
    if newest:  # whose properties paho-mqtt writes in the order of their names
        ((mine,), _), ((other,), _) = (
            _received([each], newest=True) for each in (ours, expected)
        )
        assert isinstance(mine, Arrived)
        assert isinstance(other, Arrived)
        assert read_properties(mine.properties) == read_properties(other.properties)
        assert len(ours) == len(expected)
        assert mine._replace(properties=b"") == other._replace(properties=b"")
    else:
        assert ours == expected


@given(data=st.data())
def test_properties_are_read_as_paho_wrote_them(data: st.DataObject) -> None:
    sent = data.draw(_messages(newest=True))
    client_side: Any = _properties({})
    field = sent.message.properties
    size = len(field)
    prefix = bytes((size,)) if size < 128 else bytes((size & 0x7F | 0x80, size >> 7))
    client_side.unpack(prefix + field)

    headers, content_type = read_properties(field)

    assert headers == dict(client_side.UserProperty)
    assert content_type == client_side.ContentType


@pytest.mark.parametrize("kind", [PUBACK, PUBREC, PUBREL, PUBCOMP])
def test_steps_of_a_delivery_have_a_reason_or_none(kind: int) -> None:
    packet = answered(kind, 0x1234)
    with_reason = bytes((packet[0], 3)) + packet[2:] + b"\x10"
    with_properties = bytes((packet[0], 4)) + packet[2:] + b"\x87\0"

    taken, rest = _received([packet, with_reason, with_properties], newest=True)

    assert taken == [Answer(kind, 0x1234, reason) for reason in (0, 0x10, 0x87)]
    assert rest == b""


def test_the_flags_of_a_step_are_those_of_the_standard() -> None:
    flags = [answered(kind, 1)[0] for kind in (PUBACK, PUBREC, PUBREL, PUBCOMP)]

    assert flags == [0x40, 0x50, 0x62, 0x70]


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
        b"\x30\2\0\5",  # a topic that is longer than its packet
        b"\x32\3\0\1a",  # no number
        b"\x30\4\0\1a\x7f",  # properties that are longer than their packet
        b"\x40\1\0",  # no number
        b"\x30\0",
    ],
)
def test_what_is_not_mqtt_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedPacketError):
        _received([data], newest=True)


@given(data=st.binary(max_size=60), newest=st.booleans())
def test_no_bytes_raise_anything_else(data: bytes, newest: bool) -> None:  # noqa: FBT001
    try:
        taken, _ = _received(_cut(data, [1]), newest=newest)
    except MalformedPacketError:
        return
    for each in taken:
        if isinstance(each, Arrived):
            read_properties(each.properties)


@given(data=st.binary())
def test_no_properties_raise(data: bytes) -> None:
    read_properties(data)


def test_what_cannot_be_written_is_refused() -> None:
    assert len(string_field("x" * 65_535)) == 65_537
    with pytest.raises(ValueError, match="more than 65,535 bytes"):
        string_field("é" * 32_768)
    with pytest.raises(ValueError, match="expiry is from 0"):
        properties_field({}, expiry=-1)
    with pytest.raises(ValueError, match="too long for MQTT"):
        published(_TO, 0, bytes(268_435_456))


def test_a_large_message_in_small_pieces_is_not_looked_at_again_and_again() -> None:
    reader = PacketReader(newest=False)
    packet = published(_TO, 0, b"x" * 1_000_000)
    looks = 0
    divide = reader._divide  # noqa: SLF001 — what costs something is counted

    def counted(data: bytes) -> tuple[list[Taken], bytes]:
        nonlocal looks
        looks += 1
        return divide(data)

    reader._divide = counted  # type: ignore[method-assign]  # noqa: SLF001
    taken = [
        each
        for at in range(0, len(packet), 1_000)
        for each in reader.receive(packet[at : at + 1_000])[0]
    ]

    assert [len(each.body) for each in taken if isinstance(each, Arrived)] == [
        1_000_000
    ]
    assert looks <= 2
