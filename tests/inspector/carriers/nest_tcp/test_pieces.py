from __future__ import annotations

from inspector.carriers.nest_tcp.pieces import Pieces
from inspector.streams.items import Chunk
from inspector.streams.packets import DataPacket
from protocol import Frame
from tests.inspector.directions import direction


def _pieces(*data: bytes) -> tuple[Pieces, list[DataPacket]]:
    """Return chunks that came, each in a data packet of its own."""
    pieces, records, own = Pieces(), [], direction()
    for number, each in enumerate(data, start=1):
        records.append(DataPacket(number, number, 0, len(each)))
        pieces.add(Chunk(own, each, records[-1]))
    return pieces, records


def test_a_frame_has_the_data_packets_with_a_byte_of_it() -> None:
    pieces, records = _pieces(b"abc", b"de", b"fgh")

    assert pieces.take(Frame(b"", 0, 4), records[1]) == records[:2]
    assert pieces.take(Frame(b"", 4, 1), records[1]) == [records[1]]
    assert pieces.take(Frame(b"", 5, 3), records[2]) == [records[2]]
    assert pieces.waiting == []


def test_bytes_and_chunks_are_found_by_their_place() -> None:
    pieces, records = _pieces(b"abc", b"de", b"fgh")

    assert pieces.received == 8
    assert pieces.bytes_from(2, 99) == b"cdefgh"
    assert pieces.bytes_from(2, 4) == b"cdef"
    chunks = pieces.chunks_from(4)
    assert [chunk.data for chunk in chunks] == [b"e", b"fgh"]
    assert [chunk.packet for chunk in chunks] == records[1:]
    assert [chunk.data for chunk in pieces.chunks_from(3)] == [b"de", b"fgh"]
    assert pieces.chunks_from(8) == []


def test_a_data_packet_counts_each_of_its_frames_once() -> None:
    pieces, (first, second) = _pieces(b"abc", b"de")
    pieces.count_rest(first)
    pieces.count_rest(first)
    pieces.take(Frame(b"", 0, 4), second)
    pieces.count_rest(second)

    assert (first.frames, second.frames) == (1, 2)


def test_what_was_counted_early_can_be_taken_back() -> None:
    pieces, (first, second) = _pieces(b"abc", b"de")
    pieces.count_rest(first)
    pieces.count_rest(second)
    pieces.uncount()
    pieces.uncount()

    assert (first.frames, second.frames) == (0, 0)


def test_what_is_dropped_is_counted_anew() -> None:
    pieces, (first,) = _pieces(b"abc")
    pieces.count_rest(first)
    pieces.drop()

    assert pieces.waiting == []
    pieces.count_rest(first)
    assert first.frames == 2
