from __future__ import annotations

import pytest
from hpack import Encoder

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.grpc.frames import PREFACE, Type
from inspector.carriers.grpc.recognition import find, recognise
from tests.inspector.carriers.grpc.written import (
    asks,
    begins,
    block,
    data,
    frame,
    headers,
    message,
    trailers,
    words,
)

_SETTINGS = frame(Type.SETTINGS, 0, 0, bytes(6))
_PAGE = headers(1, block(("content-type", "text/html"), lead=b"\x82"))


@pytest.mark.parametrize(
    ("beginning", "judged"),
    [
        (PREFACE + _SETTINGS + asks(1), Recognition(asks=True)),
        (_SETTINGS + begins(1), Recognition(asks=False)),
        (PREFACE + _SETTINGS + _PAGE, Verdict.OTHER),
        (PREFACE + _SETTINGS, Verdict.UNDECIDED),
        (b"PRI", Verdict.UNDECIDED),
        (b"", Verdict.UNDECIDED),
        (b"GET / HTTP/1.1", Verdict.OTHER),
        (b'15#{"pattern":"a"}', Verdict.OTHER),
        (PREFACE + frame(Type.PING, 0, 0, b"1234567"), Verdict.OTHER),
        (b"\0\0\x06\x01", Verdict.OTHER),
    ],
)
def test_a_beginning_shows_it_by_its_first_header_block(
    beginning: bytes, judged: Recognition | Verdict
) -> None:
    assert recognise(beginning) == judged


def test_it_does_so_in_the_code_of_huffman() -> None:
    said = [(":status", "200"), ("content-type", "application/grpc+proto")]
    block_ = Encoder().encode(said, huffman=True)
    assert recognise(_SETTINGS + headers(1, block_)) == Recognition(asks=False)


@pytest.mark.parametrize(
    ("middle", "found"),
    [
        (b"rest" + asks(3) + data(3, message(words("a"))), Recognition(4, asks=True)),
        (b"rest" + data(3, message(words("a"))), Recognition(4)),
        (b"rest" + begins(3) + data(3, message(b"")), Recognition(4, asks=False)),
        (b"rest" + data(3, b"no message") + b"rest", None),
        (b"", None),
        (bytes(200), None),
    ],
)
def test_a_frame_is_found_in_the_middle(
    middle: bytes, found: Recognition | None
) -> None:
    assert find(middle, boundary=False) == found


def test_frames_without_a_sign_are_found_where_a_packet_begins() -> None:
    reset = frame(Type.RST_STREAM, 0, 1, bytes(4))
    assert find(reset + trailers(3), boundary=True) == Recognition(0)
