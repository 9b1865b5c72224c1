from __future__ import annotations

from inspector.carriers.grpc.calls import Call
from inspector.carriers.grpc.contents import read_content
from inspector.carriers.grpc.frames import Frame, read_head
from inspector.redaction.texts import Redaction
from protocol import JsonText
from tests.inspector.carriers.grpc.written import data, message, number, words


def _frame(content: bytes, *, padded: bool = False) -> Frame:
    said = data(1, content)
    if padded:
        said = data(1, b"\x02" + content + b"pp")
        said = said[:4] + b"\x08" + said[5:]
    return Frame(read_head(said), 100, said)


def test_each_message_has_the_bytes_up_to_the_next() -> None:
    frame = _frame(message(number(1)) + message(number(2)) + message(words("a"))[:3])
    found = read_content(frame, Call(), 0, None, asks=True)
    assert [each.value.text for each in found.pieces] == [
        JsonText(b'{"1":1}'),
        JsonText(b'{"1":2}'),
    ]
    assert found.rest is not None
    parts = [*(each.part for each in found.pieces), found.rest]
    assert [part.begin for part in parts[1:]] == [part.end for part in parts[:-1]]
    assert b"".join(part.sent for part in parts) == frame.data
    assert (parts[0].low, parts[1].low) == (9, 0)


def test_padding_is_of_the_last_message() -> None:
    frame = _frame(message(number(1)), padded=True)
    (piece,), rest, empty = read_content(frame, Call(), 0, None, asks=True)
    assert (piece.part.end, rest, empty) == (frame.end, None, False)
    assert piece.part.sent[piece.part.low : piece.part.high] == message(number(1))


def test_nothing_of_a_message_is_shown_where_no_file_says_what_it_is() -> None:
    frame = _frame(message(words("secret")))
    (piece,), _, _ = read_content(frame, Call(), 0, Redaction(["auto"]), asks=True)
    assert piece.value.written is None
    assert b"secret" not in piece.part.shown
    assert len(piece.part.shown) == len(frame.data)


def test_a_frame_may_hold_nothing() -> None:
    found = read_content(_frame(b""), Call(), 0, None, asks=True)
    assert (found.pieces, found.empty) == ([], True)
    assert found.rest is not None
