from __future__ import annotations

import pytest

from inspector.carriers.kafka.batches import batches_in, records_of
from inspector.carriers.kafka.plain import (
    NOTHING_HANDED,
    Handed,
    asked_from,
    handed_in,
    produced_in,
    receipt_in,
    record_in,
)
from inspector.carriers.kafka.requests import Head, read_fetch, read_head
from inspector.carriers.kafka.responses import read_fetched
from protocol import Request
from tests.inspector.carriers.kafka.oracle import Maker, versions_of, written
from tests.inspector.carriers.kafka.written import (
    ASKS,
    batch,
    fetch,
    fetched,
    framed,
    produce,
    produced,
    record,
    zipped,
)

# That hops made of all this are as ever is tested in test_hops.

_HEAD = Head(1, 11, 1, 0)
_AFTER = 18  # of the name "peer"


@pytest.mark.parametrize("seed", range(30))
def test_what_brings_nothing_says_nothing_at_length_either(seed: int) -> None:
    """Of answers with all kinds of partitions the short way takes only plain ones."""
    kinds = {int(each.__version__): each for each in versions_of(1, "response")}
    message = Maker(seed, errors=seed % 2 == 0, words=("log", "a")).make(kinds[11])
    answer = framed(b"\0\0\0\7" + written(message))
    said = read_fetched(answer, _HEAD)
    brought = [part for part in said.parts if part.end > part.begin]
    wrong = said.error or any(part.error for part in said.parts)
    handed = handed_in(answer)
    if handed is NOTHING_HANDED:
        assert not brought
        assert not wrong
    elif handed is not None:
        (part,) = brought
        assert not wrong
        assert (handed.topic, handed.partition) == (part.topic, part.number)
        assert (handed.begin, handed.end) == (part.begin, part.end)
        assert handed.after == part.after
    assert handed_in(answer[:-1]) is None


def test_polls_that_bring_nothing_are_known_at_once() -> None:
    assert handed_in(fetched(1, "log")) is NOTHING_HANDED
    assert handed_in(fetched(1, "log", error=1)) is None


def test_a_topic_of_a_negative_length_is_none() -> None:
    empty = bytearray(fetched(1, "log"))
    place = empty.index(b"\0\3log")
    empty[place : place + 2] = (-48).to_bytes(2, "big", signed=True)
    empty[place - 4 : place] = (
        b"\x7f\xff\xff\xff"  # topics, each of which takes nothing
    )

    assert handed_in(bytes(empty)) is None


def test_a_record_is_read_as_at_length() -> None:
    held = batch(record('{"a":1}', ASKS, key=b"k"), first=8)
    data = fetched(1, "log", held, partition=2, after=20)
    handed = handed_in(data)
    assert handed is not None
    assert (handed.topic, handed.partition, handed.after) == ("log", 2, 20)
    found = record_in(data, handed)
    assert found is not None
    plain, offset = found
    (batch_read,) = batches_in(data, handed.begin, handed.end)
    source, (known,) = records_of(data, batch_read)
    assert offset == known.offset == 8
    assert isinstance(plain.packet, Request)
    assert (plain.packet.pattern, plain.packet.id) == ("log", "5d0c")
    assert (plain.raw, plain.body, plain.key) == (b'{"a":1}', b'{"a":1}', b"k")
    assert plain.headers == {name: source[slice(*at)] for name, at in known.headers}


@pytest.mark.parametrize(
    "held",
    [
        zipped(record("a")),
        batch(record("a"), record("b")),
        batch(record("a"), attributes=0x10),
        batch(record("a"), attributes=0x20),
        batch(record("a", {"x": "y"})),
        batch(record(None)),
        batch(record(b"\xff")),
        batch(b"\x08\0\0\0\1"),  # it ends in its middle
        batch(b"\x0e\0\0\0\1\2a\1"),  # with -1 headers
        b"short",
    ],
)
def test_any_other_record_is_read_at_length_alone(held: bytes) -> None:
    data = fetched(1, "log", held)
    handed = handed_in(data)
    assert handed is not None
    assert record_in(data, handed) is None


def test_what_is_produced_is_one_batch_with_a_receipt() -> None:
    held = batch(record("a"))
    data = produce(1, "log", held, partition=3)
    handed = Handed("log", 3, data.index(held), len(data))
    assert produced_in(data, _AFTER) == handed
    assert produced_in(produce(1, "log", held, acks=0), _AFTER) is None
    assert produced_in(data + b"\0", _AFTER) is None
    assert receipt_in(produced(1, "log", 9, partition=3)) == (("log", 3), 9)
    assert receipt_in(produced(1, "log", 9, error=1)) is None
    assert receipt_in(produced(1, "log")[:-1]) is None


def test_where_a_poll_begins_is_read_as_at_length() -> None:
    data = fetch(1, "log", 7, partition=2)
    head = read_head(data)
    ((part,), _) = read_fetch(data, head)
    asked = asked_from(data, head.after, Handed("log", 2, 0, 0))
    assert asked == part.offset == 7
    assert asked_from(data, head.after, Handed("log", 1, 0, 0)) is None
    assert asked_from(data[:60], head.after, Handed("log", 2, 0, 0)) is None
