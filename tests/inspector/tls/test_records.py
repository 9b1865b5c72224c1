from __future__ import annotations

from inspector.streams.packets import DataPacket
from inspector.tls.records import RecordReader, begins_hello, begins_protected

_RECORD = b"\x17\x03\x03\x00\x03abc"


def _packet(number: int) -> DataPacket:
    return DataPacket(number, number, 0, 0)


def test_records_come_with_the_packets_that_carried_them() -> None:
    reader = RecordReader()
    for number, data in enumerate((_RECORD[:4], _RECORD[4:] + _RECORD[:1]), start=1):
        reader.feed(data, _packet(number))

    peeked = reader.peek()
    assert peeked is not None
    kind, head, body = peeked
    record = reader.take(head, body)

    assert (kind, body, record.size) == (23, b"abc", 8)
    assert [(each.number, size) for each, size in record.parts] == [(1, 4), (2, 4)]
    assert (len(reader), reader.peek(), reader.damaged) == (1, None, False)


def test_what_is_no_record_is_damage() -> None:
    for data in (b"HTTP/1.1", b"\x17\x02", b"\x17\x03\x09", b"\x17\x03\x03\xff\xff"):
        reader = RecordReader()
        reader.feed(data, _packet(1))
        assert reader.peek() is None
        assert reader.damaged, data


def test_what_may_become_a_record_is_not() -> None:
    reader = RecordReader()
    for place in range(len(_RECORD)):
        assert reader.peek() is None
        assert not reader.damaged
        reader.feed(_RECORD[place : place + 1], _packet(place))
    assert reader.peek() is not None


def test_the_next_place_of_a_record_is_found() -> None:
    reader = RecordReader()
    reader.feed(b"some" + _RECORD, _packet(1))

    assert reader.find(0) == 4
    assert reader.complete(4)
    reader.drop(4)
    assert reader.latest is not None
    assert reader.peek() == (23, _RECORD[:5], b"abc")


def test_beginnings_are_known() -> None:
    assert begins_hello(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00")
    assert not begins_hello(b"\x16\x03\x01\x00\x05\x02\x00")
    assert begins_protected(_RECORD)
    assert not begins_protected(_RECORD[:4])
    assert not begins_protected(b"\x17\x03\x03\xff\xff")
