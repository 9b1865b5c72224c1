from __future__ import annotations

import struct

import pytest

from inspector.carriers.kafka.batches import CRC_FROM, CRC_PLACE, Room, checksum
from inspector.carriers.kafka.fields import MalformedError
from inspector.carriers.kafka.opening import hidden, hide_topic, opened
from inspector.carriers.kafka.requests import read_head, read_produce
from tests.inspector.carriers.kafka.written import (
    ANSWERS,
    batch,
    produce,
    record,
    zipped,
)


class _Concealing:
    """Hides what is called ``pw``, and all of a channel."""

    hides_channels = True

    def body(self, text: bytes) -> bytes:
        return text.replace(b"pw", b"xx")

    addressed = body

    def channel(self, name: bytes) -> bytes:
        return b"x" * len(name)

    def words(self, words: str) -> str:
        return words


def _hidden(batches: bytes) -> tuple[bytes, bytes, list[bytes]]:
    """Return a frame, what is shown of it, and the values that are."""
    data = produce(1, "log", batches)
    said = read_produce(data, read_head(data))
    found = list(opened(data, said.parts))
    shown, kept = hidden(data, found, said.topics, _Concealing())
    values = [
        each.data[slice(*one.value)]
        for each in kept
        for one in each.records
        if one.value is not None
    ]
    return data, shown, values


def test_values_keys_headers_and_topics_are_hidden_in_as_many_bytes() -> None:
    said = record(
        '{"a":"pw"}', ANSWERS | {"x": "pw", "kafka_nest-err": "pw"}, key=b"pw"
    )
    data, shown, values = _hidden(batch(said, record("a pw", delta=1)))

    assert len(shown) == len(data)
    assert b"pw" not in shown
    assert b"log" not in shown
    assert values == [b'{"a":"xx"}', b"a xx"]


def test_what_is_hidden_has_a_checksum_of_its_own() -> None:
    data, shown, _ = _hidden(batch(record("pw")))
    place = data.index(batch(record("pw")))
    (crc,) = struct.unpack_from(">I", shown, place + CRC_PLACE)

    assert crc == checksum(shown[place + CRC_FROM :])
    assert crc != checksum(data[place + CRC_FROM :])


def test_compressed_records_are_read_and_not_shown() -> None:
    data, shown, values = _hidden(zipped(record("a pw"), record("b", delta=1)))

    assert values == [b"a xx", b"b"]
    assert shown.endswith(b"x" * 30)
    assert len(shown) == len(data)


def test_a_text_whose_quoted_form_is_longer_is_hidden_whole() -> None:
    _, _, values = _hidden(batch(record('say "pw"\n')))
    assert values == [b"x" * 9]


def test_the_topic_of_replies_is_hidden_as_that_of_the_request() -> None:
    assert hide_topic(b"sum.reply", _Concealing()) == b"xxx.reply"


@pytest.mark.parametrize("room", [Room(size=2_000), Room(count=5)])
def test_batches_of_a_frame_have_no_more_room_together_than_one(room: Room) -> None:
    """Each of these is a few bytes that become many, and small enough by itself."""
    many = zipped(record("a" * 400), record("b" * 400, delta=1))
    data = produce(1, "log", many * 4)
    parts = read_produce(data, read_head(data)).parts
    assert len(many) < 200
    assert len(list(opened(data, parts))) == 4
    found = opened(data, parts, room)

    assert [len(each.records) for each in (next(found), next(found))] == [2, 2]
    with pytest.raises(MalformedError, match=r"take more than|a batch of 2 records"):
        next(found)
