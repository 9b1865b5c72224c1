from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.nats.reading import (
    MAX_LINE,
    MAX_PAYLOAD,
    TLS,
    Flaw,
    Operation,
    Read,
    Reader,
)

_STREAM = (
    b"SUB sum workers 1\r\n"
    b"PUB sum inbox 4\r\na\r\nb\r\n"
    b"HPUB sum 12 14\r\nNATS/1.0\r\n\r\nhi\r\n"
    b"PUB a b c d\r\nPUB x 9\r\nhi\r\nNO\r\nPING\r\nUNSUB 1\r\nMSG a 1 2\r\nhi"
)


def _read(*pieces: bytes) -> list[Read]:
    reader = Reader()
    return [each for piece in pieces for each in reader.receive(piece)]


def _shown(reads: list[Read]) -> list[tuple[object, ...]]:
    return [
        (each.verb, each.names, each.payload, each.headers)
        if isinstance(each, Operation)
        else (each.begin, each.end)
        for each in reads
    ]


def test_operations_are_cut_and_malformed_ones_passed_over() -> None:
    assert _shown(_read(_STREAM)) == [
        ("SUB", [b"sum", b"workers", b"1"], None, 0),
        ("PUB", [b"sum", b"inbox"], b"a\r\nb", 0),
        ("HPUB", [b"sum"], b"NATS/1.0\r\n\r\nhi", 12),
        (74, 87),  # too many words
        (87, 96),  # no line end after the payload
        ("UNSUB", [b"1"], None, 0),  # PING is what others may say as well
    ]


@given(st.sets(st.integers(1, len(_STREAM) - 1)))
def test_any_cuts_give_the_same(cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), len(_STREAM)]
    pieces = [_STREAM[a:b] for a, b in itertools.pairwise(edges)]

    assert _read(*pieces) == _read(_STREAM)


def test_what_is_not_complete_is_kept() -> None:
    reader = Reader()
    assert reader.receive(b"PUB a 5\r\nhel") == []
    assert (reader.received, reader.buffered, reader.begun) == (12, 12, 12)

    assert reader.lose() == 12
    assert (reader.buffered, reader.begun) == (0, 0)
    assert _shown(reader.receive(b"PING\r\n")) == [("PING", [], None, 0)]


def test_a_line_without_end_is_given_up() -> None:
    reader = Reader()
    reader.receive(b"SUB " + b"a" * 100)
    found = [each for _ in range(MAX_LINE) for each in reader.receive(b"b")]

    assert _shown(found) == [(0, MAX_LINE)]
    assert reader.buffered == 0
    assert _shown(reader.receive(b"\nSUB a 1\r\n")) == [("SUB", [b"a", b"1"], None, 0)]


def test_a_payload_that_no_broker_takes_is_not_waited_for() -> None:
    (flaw,) = _read(b"PUB a %d\r\n" % (MAX_PAYLOAD + 1))
    assert isinstance(flaw, Flaw)
    assert flaw.detail == "its payload of 67,108,865 bytes is larger than 67,108,864"

    reader = Reader()
    reader.limit = 10
    assert isinstance(reader.receive(b"PUB a 11\r\n")[0], Flaw)


def test_what_cannot_begin_a_line_is_a_flaw_at_once() -> None:
    (flaw,) = _read(b"PUX")

    assert isinstance(flaw, Flaw)
    assert (flaw.begin, flaw.end, flaw.detail) == (0, 3, "it begins with 'PUX'")


def test_after_a_greeting_the_bytes_may_be_encrypted() -> None:
    reader = Reader()
    reader.receive(b"INFO {}\r\n")
    found = [*reader.receive(b"\x16"), *reader.receive(b"\x03\x01\n\nPUB a 0\r\n\r\n")]

    assert [each.verb for each in found if isinstance(each, Operation)] == [TLS]
    assert reader.sealed
    assert reader.receive(b"PUB a 0\r\n\r\n") == []
    assert (reader.received, reader.buffered) == (36, 0)


def test_after_anything_else_they_are_not() -> None:
    (ping, flaw) = _read(b"PING\r\n\x16\x03\x01")

    assert isinstance(ping, Operation)
    assert isinstance(flaw, Flaw)


def test_the_text_of_an_operation_is_all_of_it() -> None:
    data = b"PUB a 2\r\nhi\r\n"
    (published,) = _read(data)

    assert isinstance(published, Operation)
    assert published.text == data
