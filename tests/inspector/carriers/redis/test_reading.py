"""One side: values, lines as commands, and on after what is none."""

from __future__ import annotations

import pytest

from inspector.carriers.redis.reading import (
    MAX_KEPT,
    MAX_UNASKED,
    Flaw,
    Reader,
    Value,
)
from inspector.carriers.redis.values import MAX_LINE
from tests.inspector.carriers.redis.conversations import REQUEST, strings

PUBLISH = strings("PUBLISH", "sum", REQUEST)


def _client() -> Reader:
    reader = Reader()
    reader.commands = True
    return reader


def _texts(reader: Reader, data: bytes) -> list[bytes]:
    return [each.text for each in reader.receive(data) if isinstance(each, Value)]


def test_places_count_from_the_first_byte_of_the_side() -> None:
    reader = Reader()
    values = reader.receive(b":1\r\n" + PUBLISH) + reader.receive(b":2\r\n")

    assert [(each.begin, each.end) for each in values] == [
        (0, 4), (4, 4 + len(PUBLISH)), (4 + len(PUBLISH), 8 + len(PUBLISH)),
    ]  # fmt: skip
    assert reader.buffered == 0


def test_a_piece_is_kept_until_the_value_is_whole() -> None:
    reader = Reader()
    assert reader.receive(PUBLISH[:30]) == []
    assert (reader.buffered, reader.begun) == (30, 30)

    (value,) = reader.receive(PUBLISH[30:] + b":1")
    assert isinstance(value, Value)
    assert (value.member(0), value.member(2), value.member(3)) == (
        b"PUBLISH", REQUEST, b"",
    )  # fmt: skip
    assert (reader.buffered, reader.received) == (2, len(PUBLISH) + 2)


@pytest.mark.parametrize("line", [b"PING\r\n", b"ping\n", b"  SET a b\r\n", b"\r\n"])
def test_a_clients_line_is_a_command(line: bytes) -> None:
    assert _texts(_client(), line + PUBLISH) == [line, PUBLISH]
    for size in range(1, len(line)):
        reader = _client()
        assert _texts(reader, line[:size]) == []
        assert _texts(reader, line[size:] + PUBLISH) == [line, PUBLISH]


def test_a_clients_line_of_anything_is_none() -> None:
    reader = _client()
    (flaw,) = reader.receive(b"\x00\x01\x02\r\n")

    assert isinstance(flaw, Flaw)
    assert (flaw.begin, flaw.end) == (0, 1)
    assert flaw.detail == "no command begins with b'\\x00\\x01\\x02\\r\\n'"


def test_a_clients_line_without_end_is_none() -> None:
    reader, found = _client(), []
    for _ in range(MAX_LINE // 1_024):
        found += reader.receive(b"a" * 1_024)

    assert [each.end for each in found] == [MAX_LINE]
    assert reader.buffered < 64


def test_what_is_malformed_ends_where_the_next_message_begins() -> None:
    for cut in range(1, len(b"*2\r\n$x\r\nabc\r\n" + PUBLISH)):
        data = b"*2\r\n$x\r\nabc\r\n" + PUBLISH + b":1\r\n"
        reader = Reader()
        found = reader.receive(data[:cut]) + reader.receive(data[cut:])

        assert [type(each) for each in found] == [Flaw, Value, Value]
        assert (found[0].begin, found[0].end) == (0, 8)
        assert (found[1].begin, found[2].end) == (13, len(data))


def test_after_a_loss_a_value_begins() -> None:
    reader = Reader()
    reader.receive(b":1\r\n*2\r\n")
    assert reader.lose() == 4

    (value,) = reader.receive(b":2\r\n")
    assert (value.begin, value.end) == (8, 12)


def test_a_payload_that_is_too_long_is_not_kept() -> None:
    reader = Reader(keep=True)
    reader.receive(b"*3\r\n$7\r\npublish\r\n$1\r\na\r\n$%d\r\n" % (MAX_KEPT + 1))
    piece = b"x" * (1 << 22)
    for _ in range(16):
        assert not reader.receive(piece)
        assert reader.buffered <= MAX_UNASKED

    (value,) = reader.receive(b"x\r\n")
    assert isinstance(value, Value)
    assert (value.begin, value.end, value.whole) == (0, reader.received, False)
    assert (value.member(0), value.text) == (b"publish", b"")


def test_a_sealed_side_is_not_read() -> None:
    reader = Reader()
    reader.sealed = True

    assert reader.receive(PUBLISH) == []
    assert reader.received == len(PUBLISH)


def test_texts_of_a_value_are_all_but_the_lines() -> None:
    (value,) = Reader().receive(b"*2\r\n$3\r\nGET\r\n*1\r\n$1\r\na\r\n")
    assert isinstance(value, Value)
    assert [value.source[low:high] for low, high in value.texts()] == [b"GET", b"a"]
    assert value.first_word == 8

    (line,) = _client().receive(b"AUTH secret\r\n")
    assert isinstance(line, Value)
    assert line.texts() == [(4, 12)]


@pytest.mark.parametrize(
    "one", [b"+OK\r\n", b"$1\r\nb\r\n", b"_\r\n", b"*0\r\n", b"x\r\n"]
)
def test_thousands_of_values_in_one_piece_are_read_as_one_by_one(one: bytes) -> None:
    at_once, one_by_one = Reader(), Reader()
    at_once.commands = one_by_one.commands = False
    count = 3_000
    found = at_once.receive(one * count)
    pieces = [each for _ in range(count) for each in one_by_one.receive(one)]

    assert [(each.begin, each.end) for each in found] == [
        (each.begin, each.end) for each in pieces
    ]
    assert at_once.buffered == one_by_one.buffered
