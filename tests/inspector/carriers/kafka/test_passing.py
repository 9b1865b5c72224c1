from __future__ import annotations

import pytest

from inspector.carriers.base import Idle, Remark, Transfer, Unit
from protocol import Event, JsonText
from tests.inspector.carriers.kafka.written import (
    ASKS,
    BROKER,
    CLIENT,
    batch,
    fetch,
    fetched,
    produce,
    read,
    record,
    zipped,
)


def _sent(*records: bytes) -> list[Unit]:
    return read((CLIENT, produce(1, "log", batch(*records))))


def test_a_record_is_a_packet_with_where_it_is_and_what_it_carries() -> None:
    (unit,) = _sent(record('{"a":1}', {"x-trace": "7"}, key=b"k"))
    assert isinstance(unit, Transfer)

    assert unit.packet == Event("log", JsonText(b'{"a":1}'))
    assert unit.channel == "log"
    assert unit.facts == {"x-trace": "7", "key": "k", "partition": 0}
    (asked,) = _sent(record("[1]", ASKS))
    assert isinstance(asked, Transfer)
    assert asked.reply_channel == "sum.reply"
    assert asked.facts == {"partition": 0}


def test_the_transfers_of_a_frame_have_all_of_its_bytes() -> None:
    records = [record(word, delta=delta) for delta, word in enumerate("abc")]
    for said in (batch(*records), batch(*records[:2]) + zipped(records[2], first=2)):
        data = fetched(1, "log", said, after=3)
        _, *units = read((CLIENT, fetch(1, "log")), (BROKER, data))
        assert units[0].begin == 0
        assert units[-1].end == len(data)
        assert [each.begin for each in units[1:]] == [each.end for each in units[:-1]]
    _, *units = read(
        (CLIENT, fetch(1, "log")),
        (BROKER, fetched(1, "log", zipped(*records), after=3)),
    )
    assert {(each.begin, each.end > 80) for each in units} == {(0, True)}


def test_what_differs_in_key_headers_or_partition_is_not_alike() -> None:
    units = _sent(
        record("a"),
        record("a", delta=1),
        record("a", delta=2, key=b"k"),
        record("a", {"x": "1"}, delta=3),
    )
    first, second, keyed, headed = (
        each.likeness for each in units if isinstance(each, Transfer)
    )
    assert first == second
    assert len({first, keyed, headed}) == 3


def test_binary_values_are_somebody_elses() -> None:
    (unit,) = _sent(record(b"\0\0\0\0\1avro"))
    assert isinstance(unit, Idle)


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("42", ["number-as-text"]),
        ("-1.5e3", ["number-as-text"]),
        ("true", ["number-as-text"]),
        (None, ["null-for-undefined"]),
        ("4 2", []),
        ("-", []),
        ("", []),
        ("[1]", []),
        ("truely", []),
    ],
)
def test_what_the_serializer_may_have_changed_is_remarked_once(
    value: str | None, codes: list[str]
) -> None:
    units = _sent(record(value), record(value, delta=1))
    remarks = [each for each in units if isinstance(each, Remark)]

    assert [each.code for each in remarks] == codes
    assert {each.subject for each in remarks} <= {"log"}
