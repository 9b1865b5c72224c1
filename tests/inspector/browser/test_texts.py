"""Words are found in many payloads at once, and in no payload that was replaced."""

from __future__ import annotations

import sqlite3

import pytest

from inspector.browser.packing import Packed
from inspector.browser.schema import TABLES
from inspector.browser.texts import Texts

_LONG = 20_000  # bytes, of which two make a block


def _texts() -> tuple[sqlite3.Connection, Texts]:
    database = sqlite3.connect("")
    database.executescript(TABLES)
    return database, Texts(database)


def _found(texts: Texts, *words: bytes) -> list[int]:
    blocks = texts.blocks
    return sorted(number for each in blocks for number in texts.having(words, each))


def test_words_are_found_where_they_are() -> None:
    database, texts = _texts()
    long = b"y" * _LONG
    texts.add(
        [
            (7, Packed(b'{"a":"cat"}\0"dog"', b"head of 7")),
            (5, Packed(b"", b"head of 5")),
            (6, Packed(b'"dog dog"', b"head of 6")),
            (8, Packed(long + b"cat", b"8")),
            (9, Packed(long + b"dog", b"9")),
            (10, Packed(b"dog" + long, b"10")),
        ]
    )

    assert [(each.lowest, each.highest) for each in texts.blocks] == [(5, 9), (10, 10)]
    assert _found(texts, b"dog") == [6, 7, 9, 10]
    assert _found(texts, b"cat", b"dog") == [7]
    assert _found(texts, b"g\0d") == _found(texts, b"bird") == []
    assert _found(texts, b'"', b"dog") == [6, 7]
    assert sorted(texts.read([5, 6, 7, 11])) == [
        (5, b"", b"head of 5"),
        (6, b'"dog dog"', b"head of 6"),
        (7, b'{"a":"cat"}\0"dog"', b"head of 7"),
    ]
    database.close()


def test_what_was_replaced_or_forgotten_is_found_no_more() -> None:
    database, texts = _texts()
    texts.add([(1, Packed(b"old", b"")), (2, Packed(b"old", b""))])
    (first,) = texts.blocks

    texts.replace([2])
    texts.add([(2, Packed(b"new", b""))])

    assert _found(texts, b"old") == [1]
    assert _found(texts, b"new") == [2]
    texts.replace([1])
    assert first not in texts.blocks
    assert texts.having([b"old"], first) == []
    texts.add([(1, Packed(b"new", b"")), (3, Packed(b"new", b""))])
    assert _found(texts, b"new") == [1, 2, 3]
    texts.forget(2)
    assert len(texts.blocks) == 1
    assert [number for number, *_ in texts.read([1, 2, 3])] == [3]
    texts.forget(3)
    assert texts.blocks == []
    assert database.execute("SELECT COUNT(*) FROM texts").fetchone() == (0,)
    database.close()


@pytest.mark.parametrize("count", [1, 300])
def test_a_call_that_waits_for_long_takes_no_room(count: int) -> None:
    database, texts = _texts()
    texts.add([(1, Packed(b"waits", b""))])
    for _ in range(count):
        texts.replace([1])
        texts.add([(1, Packed(b"waits", b""))])

    assert len(texts.blocks) == 1
    assert database.execute("SELECT COUNT(*) FROM texts").fetchone() == (1,)
    database.close()
