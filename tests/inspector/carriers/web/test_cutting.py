from __future__ import annotations

import gzip
import zlib

import pytest

from inspector.carriers.web.cutting import (
    Body,
    Cutter,
    Flaw,
    Frame,
    Mode,
    Piece,
    Rest,
    inflated_body,
)
from inspector.carriers.web.heads import LONGEST, Head
from tests.inspector.carriers.websocket.written import asked, frame, upgrade


def _cut(cutter: Cutter, data: bytes) -> list[Piece]:
    cutter.feed(data)
    pieces: list[Piece] = []
    while (piece := cutter.cut()) is not None:
        pieces.append(piece)
    return pieces


def test_a_head_is_cut_from_what_follows_it() -> None:
    cutter, request = Cutter(), upgrade()
    (head, text) = _cut(cutter, request + frame("hello", masked=True))

    assert isinstance(head, Head)
    assert isinstance(text, Frame)
    assert (head.begin, head.end) == (0, len(request))
    assert (text.begin, text.payload) == (len(request), b"hello")
    assert cutter.buffered == 0


def test_a_body_is_as_long_as_it_is_said_to_be() -> None:
    cutter = Cutter()
    (head,) = _cut(cutter, asked("GET"))
    cutter.expect(Mode.BODY, 5)
    assert _cut(cutter, b"abc") == []
    assert _cut(cutter, b"deGET ") == [
        Body(head.end, head.end + 5, b"abcde", chunked=False)
    ]
    assert cutter.buffered == 4


def test_an_empty_body_needs_no_bytes() -> None:
    cutter = Cutter()
    cutter.expect(Mode.BODY, 0)
    assert cutter.cut() == Body(0, 0, b"", chunked=False)


def test_chunks_are_put_together() -> None:
    cutter = Cutter()
    cutter.expect(Mode.CHUNKS)
    data = b"3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
    found = [piece for byte in data for piece in _cut(cutter, bytes([byte]))]
    assert found == [Body(0, len(data), b"abc0123456789", chunked=True)]


def test_chunks_are_not_waited_for_without_end() -> None:
    cutter = Cutter()
    cutter.expect(Mode.CHUNKS)
    assert _cut(cutter, b"3\r\nabc\r\n7000000\r\n") == []
    cutter = Cutter()
    cutter.expect(Mode.CHUNKS)
    assert [type(each) for each in _cut(cutter, b"8000001\r\n")] == [Flaw]


def test_a_chunk_without_a_length_is_malformed() -> None:
    cutter = Cutter()
    cutter.expect(Mode.CHUNKS)
    (flaw,) = _cut(cutter, b"z" * 2_000)
    assert isinstance(flaw, Flaw)


def test_after_the_first_frame_only_frames_come() -> None:
    cutter = Cutter()
    first, second = _cut(cutter, frame("x") + b"G" + b"\x00" * 9)
    assert isinstance(first, Frame)
    assert second == Flaw(3, 13, "its opcode is 7")


def test_what_follows_a_flaw_is_not_read() -> None:
    cutter = Cutter()
    assert _cut(cutter, b"\x8f\x00rest") == [Flaw(0, 6, "its opcode is 15")]
    assert _cut(cutter, frame("x")) == [Rest(6, 9)]


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\n" + b"a" * LONGEST, b"GET nothing\r\n\r\n"],
)
def test_a_head_that_is_none_is_a_flaw(data: bytes) -> None:
    (flaw,) = _cut(Cutter(), data)
    assert isinstance(flaw, Flaw)


def test_after_a_loss_anything_may_come() -> None:
    cutter = Cutter()
    _cut(cutter, frame("x") + b"\x81")
    assert cutter.lose() == 1
    assert cutter.buffered == 0
    (head,) = _cut(cutter, upgrade())
    assert isinstance(head, Head)
    assert head.begin == 4


@pytest.mark.parametrize(
    ("data", "coding", "text"),
    [
        (b"ok", "", b"ok"),
        (b"ok", "identity", b"ok"),
        (gzip.compress(b"ok", mtime=0), "gzip", b"ok"),
        (zlib.compress(b"ok"), "deflate", b"ok"),
        (b"ok", "br", None),
        (b"ok", "gzip", None),
        (gzip.compress(b"x" * 101, mtime=0), "gzip", None),
    ],
)
def test_a_body_may_be_coded(data: bytes, coding: str, text: bytes | None) -> None:
    assert inflated_body(data, coding, 100) == text
