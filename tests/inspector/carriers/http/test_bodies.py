from __future__ import annotations

import pytest

from inspector.carriers.http.bodies import MOST, Chunked, Length, Reach, UntilEnd
from tests.inspector.carriers.http.written import chunks


def _all(reach: Reach, raw: bytes) -> int:
    return reach.read(bytearray(raw), 0, MOST)


def test_a_length_ends_a_body() -> None:
    reach = Length(3)
    assert (_all(reach, b"ab"), reach.done) == (2, False)
    assert (reach.read(bytearray(b"abcd"), 2, MOST), reach.done) == (3, True)
    assert bytes(reach.content) == b"abc"
    assert reach.spans == [(0, 3)]
    assert Length(0).done


def test_a_body_without_end_takes_all() -> None:
    reach = UntilEnd()
    assert (_all(reach, b"abc"), reach.done) == (3, False)


def test_chunks_are_taken_apart() -> None:
    raw = chunks("ab", "cde", extension=";x=1", trailers=("A: b",))
    reach = Chunked()
    assert (_all(reach, raw + b"more"), reach.done) == (len(raw), True)
    assert bytes(reach.content) == b"abcde"
    assert [raw[begin:end] for begin, end in reach.spans] == [b"ab", b"cde"]
    assert [raw[begin:end] for begin, end in reach.hidden] == [b"x=1", b"x=1", b" b"]


def test_chunks_are_the_same_byte_by_byte() -> None:
    raw, reach, place = chunks("ab", "cde", trailers=("A: b",)), Chunked(), 0
    for size in range(len(raw) + 1):
        place = reach.read(bytearray(raw[:size]), place, MOST)
    assert (place, reach.done, bytes(reach.content)) == (len(raw), True, b"abcde")


@pytest.mark.parametrize(
    "raw", [b"x\r\n", b"2\r\nabc\r\n", b"1" * 1_100, b"-1\r\n", b"\r\n"]
)
def test_what_is_no_chunk_is_broken(raw: bytes) -> None:
    reach = Chunked()
    _all(reach, raw)
    assert reach.broken
    assert not reach.done


def test_trailers_that_do_not_end_are_broken() -> None:
    reach = Chunked()
    _all(reach, b"0\r\n" + b"A: b\r\n" * 4_000)
    assert reach.broken


def test_a_part_ends_where_there_is_enough() -> None:
    raw = bytearray(chunks("abc", "def"))
    reach = Chunked()
    place = reach.read(raw, 0, 4)
    assert bytes(reach.content) == b"abcd"
    assert reach.place_of(2) == raw.index(b"c")
    reach.part(place, 4)
    rest = raw[place:]
    assert reach.read(rest, 0, MOST) == len(rest)
    assert bytes(reach.content) == b"ef"
    assert [bytes(rest[begin:end]) for begin, end in reach.spans] == [b"ef"]


def test_a_part_may_end_inside_what_was_read() -> None:
    raw, reach = bytearray(b"abcdef"), Length(6)
    reach.read(raw, 0, MOST)
    reach.part(2, 2)
    assert (bytes(reach.content), reach.spans) == (b"cdef", [(0, 4)])


def test_much_framing_makes_a_part_full() -> None:
    assert Length(1).full(1 << 19)
    assert not Length(1).full(0)
