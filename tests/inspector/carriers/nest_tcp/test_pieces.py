from __future__ import annotations

from inspector.carriers.nest_tcp.pieces import Piece, Pieces


def _pieces(*data: bytes) -> Pieces:
    """Return pieces that came, each a nanosecond after the other."""
    pieces, end = Pieces(), 0
    for time_ns, each in enumerate(data):
        end += len(each)
        pieces.add(Piece(each, time_ns, end))
    return pieces


def test_a_frame_takes_the_pieces_that_end_with_it() -> None:
    pieces = _pieces(b"abc", b"de", b"fgh")

    pieces.take(4)
    assert [piece.data for piece in pieces.waiting] == [b"de", b"fgh"]
    pieces.take(5)
    assert [piece.data for piece in pieces.waiting] == [b"fgh"]
    pieces.take(8)
    assert pieces.waiting == []
    assert pieces.received == 8


def test_bytes_are_found_by_their_place() -> None:
    pieces = _pieces(b"abc", b"de", b"fgh")

    assert pieces.bytes_from(2, 99) == b"cdefgh"
    assert pieces.bytes_from(2, 4) == b"cdef"
    assert pieces.bytes_from(3, 2) == b"de"
    assert pieces.bytes_from(8, 2) == b""


def test_what_came_after_a_place_can_be_read_anew() -> None:
    pieces = _pieces(b"abc", b"de", b"fgh")
    again = pieces.restart(4)

    assert [(each.data, each.time_ns, each.end) for each in again] == [
        (b"e", 1, 5),
        (b"fgh", 2, 8),
    ]
    assert (pieces.received, pieces.waiting) == (4, [])


def test_a_piece_that_begins_at_a_place_is_whole_after_it() -> None:
    piece = Piece(b"de", 0, 5)

    assert piece.after(3) is piece
    assert piece.after(4).data == b"e"


def test_what_is_dropped_keeps_its_place() -> None:
    pieces = _pieces(b"abc")
    pieces.drop()

    assert (pieces.received, pieces.waiting) == (3, [])
