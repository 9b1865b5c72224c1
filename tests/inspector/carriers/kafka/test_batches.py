from __future__ import annotations

import struct

import pytest
from aiokafka.record import MemoryRecords

from inspector.carriers.kafka.batches import (
    Room,
    batches_in,
    checksum,
    records_of,
)
from inspector.carriers.kafka.fields import MalformedError
from tests.inspector.carriers.kafka.written import batch, record, zipped


def _read(
    data: bytes,
) -> list[tuple[int, bytes | None, bytes | None, dict[str, bytes]]]:
    """Return offset, key, value and headers of each record."""
    found = []
    for each in batches_in(data, 0, len(data)):
        source, records = records_of(data, each)
        for one in records:
            key = None if one.key is None else source[slice(*one.key)]
            value = None if one.value is None else source[slice(*one.value)]
            headers = {name: source[slice(*span)] for name, span in one.headers}
            found.append((one.offset, key, value, headers))
    return found


SOME = (
    record("a"),
    record(None, {"x": "1", "y": b""}, delta=1, key=b"k"),
    record("求" * 100, delta=70),
)


@pytest.mark.parametrize("write", [batch, zipped])
def test_records_are_read_as_they_were_written(write: type) -> None:
    assert _read(write(*SOME, first=5)) == [
        (5, None, b"a", {}),
        (6, b"k", None, {"x": b"1", "y": b""}),
        (75, None, ("求" * 100).encode(), {}),
    ]


def test_several_batches_follow_each_other_and_the_last_may_be_truncated() -> None:
    data = batch(SOME[0]) + batch(SOME[0], first=1, attributes=0x30) + batch(*SOME)
    found = batches_in(data[:-1], 0, len(data) - 1)

    assert [each.first for each in found] == [0, 1]
    assert [each.control for each in found] == [False, True]
    assert [each.transactional for each in found] == [False, True]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:16] + b"\1" + data[17:], "magic 1"),
        (lambda data: data[:8] + struct.pack(">i", 3) + data[12:], "15 bytes"),
        (lambda data: data[:57] + struct.pack(">i", 9_999) + data[61:], "9,999"),
        (lambda data: data[:57] + struct.pack(">i", 2) + data[61:], "longer"),
        (lambda data: data[:61] + b"\x7f" + data[62:], "longer|end"),
        (lambda data: data[:61] + b"\xff" * (len(data) - 61), "does not end|longer"),
    ],
)
def test_what_is_not_a_batch_is_malformed(change: object, words: str) -> None:
    data = change(batch(record("hello")))  # type: ignore[operator]
    with pytest.raises(MalformedError, match=words):
        _read(data)


def test_a_checksum_is_that_of_castagnoli() -> None:
    assert checksum(b"123456789") == 0xE3069283
    assert checksum(b"") == 0


def test_batches_of_ours_are_read_by_another_library() -> None:
    said = MemoryRecords(batch(*SOME, first=5) + zipped(*SOME, first=80))
    found = []
    while said.has_next():
        found += [
            (each.offset, each.key, each.value, dict(each.headers))
            for each in said.next_batch()
        ]

    assert found == _read(batch(*SOME, first=5) + zipped(*SOME, first=80))


def test_a_batch_has_no_more_records_than_anybody_writes() -> None:
    data = batch(record("a"), record("b"), record("c"))
    (found,) = batches_in(data, 0, len(data))
    assert len(records_of(data, found)[1]) == 3

    with pytest.raises(MalformedError, match="a batch of 3 records"):
        records_of(data, found, Room(count=2))
