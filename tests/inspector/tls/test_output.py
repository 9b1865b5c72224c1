from __future__ import annotations

from inspector.streams.items import Alarm, Chunk, Gap, Handshake, Unread
from inspector.streams.packets import DataPacket
from inspector.tls.output import Output
from inspector.tls.protection import Opened
from inspector.tls.records import Record
from tests.inspector.tls_talk import connection

_ON = connection()
_WHERE, _BACK = _ON.directions
_PACKET, _NEXT = DataPacket(1, 1, 0, 0), DataPacket(2, 2, 0, 0)


def _record(*parts: tuple[DataPacket, int]) -> Record:
    return Record(23, b"\x17\x03\x03\0\0", b"", list(parts))


def test_what_records_of_one_packet_carry_is_one_chunk() -> None:
    out = Output()
    for data in (b"one", b"two"):
        out.data(_WHERE, Opened(23, data, 5), _record((_PACKET, 24)))

    assert out.take() == [Chunk(_WHERE, b"onetwo", _PACKET)]
    assert out.take() == []


def test_the_order_is_kept() -> None:
    out = Output()
    record = _record((_PACKET, 24))
    out.message(_WHERE, "client hello", record)
    out.message(_WHERE, "finished", _record((_NEXT, 24)))
    out.message(_BACK, "", record)
    out.data(_WHERE, Opened(23, b"one", 5), record)
    out.note(_WHERE, "TLS session ticket", record)
    out.note(_WHERE, "TLS session ticket", record)
    out.alarm(_WHERE, "decode error", record)
    out.gap(_BACK, 5, 1)
    out.unread(_BACK, "because", _PACKET, begun=True)

    assert out.take() == [
        Handshake(_WHERE, "TLS handshake: client hello, finished", [_PACKET, _NEXT]),
        Handshake(_BACK, "TLS handshake: a piece of a message", [_PACKET]),
        Chunk(_WHERE, b"one", _PACKET),
        Handshake(_WHERE, "TLS session ticket", [_PACKET]),
        Alarm(_WHERE, "decode error", _PACKET),
        Gap(_BACK, 5, 1),
        Unread(_BACK, "because", _PACKET, begun=True),
    ]


def test_a_packet_without_a_byte_of_data_is_noted() -> None:
    out = Output()
    out.data(_WHERE, Opened(23, b"a", 5), _record((_PACKET, 9), (_NEXT, 9)))

    assert out.take() == [
        Chunk(_WHERE, b"a", _PACKET),
        Handshake(_WHERE, "TLS, a piece of a record", [_NEXT]),
    ]
