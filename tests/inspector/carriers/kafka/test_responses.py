from __future__ import annotations

import pytest

from inspector.carriers.kafka.requests import Head
from inspector.carriers.kafka.responses import (
    errors_in,
    fetch_answered,
    read_fetched,
    read_produced,
)
from tests.inspector.carriers.kafka.oracle import Maker, versions_of, written
from tests.inspector.carriers.kafka.written import (
    batch,
    committed,
    fetched,
    framed,
    heartbeat,
    produced,
    record,
)

# All versions are compared with what kio writes in test_oracles.


def _head(key: int, version: int) -> Head:
    return Head(key, version, 1, 0)


def test_offsets_records_and_errors_are_read() -> None:
    ((part,), (topic,)) = read_produced(produced(1, "log", 7), _head(0, 7))
    assert (part.topic, part.offset, part.error) == ("log", 7, 0)
    assert topic == (14, 17)
    records = batch(record("a"))
    data = fetched(1, "log", records, after=9)
    (handed,) = read_fetched(data, _head(1, 11)).parts
    assert (handed.after, data[handed.begin : handed.end]) == (9, records)
    assert errors_in(committed(1, "log", 22), _head(8, 5)) == [(22, "log-0")]
    assert errors_in(heartbeat(1, error=27)[1], _head(12, 3)) == [(27, "")]
    assert errors_in(heartbeat(1)[1], _head(12, 3)) == []
    assert errors_in(heartbeat(1)[1], _head(60, 0)) == []


@pytest.mark.parametrize("version", range(4, 12))
def test_a_poll_that_was_not_seen_is_known_by_its_answer(version: int) -> None:
    kinds = {int(each.__version__): each for each in versions_of(1, "response")}
    message = Maker(version, words=("log", "sum.reply")).make(kinds[version])
    data = framed(b"\0\0\0\7" + written(message))
    head = fetch_answered(data)
    assert head is not None
    assert (head.key, head.number) == (1, 7)

    found = read_fetched(data, head).parts
    assert found == read_fetched(data, _head(1, version)).parts


@pytest.mark.parametrize(
    "data",
    [produced(1, "log"), heartbeat(1)[1], committed(1, "log"), framed(b"\0" * 20)],
)
def test_other_answers_are_not_taken_for_that(data: bytes) -> None:
    assert fetch_answered(data) is None
