"""A packet that is read as one plain hop is what the talk would have made of it."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    CONFIRMED,
    EMITTED,
    NOTED,
    NOTHING,
    POLLED,
    SETTLED,
    SPREAD,
    TOLD,
)
from inspector.carriers.kafka.talk import KafkaTalk
from inspector.redaction.texts import AUTO, Redaction
from tests.inspector.carriers.hopped import disturbed, read_both_ways
from tests.inspector.carriers.kafka.written import (
    ANSWERS,
    ASKS,
    BROKER,
    CLIENT,
    TOPIC,
    batch,
    commit,
    committed,
    fetch,
    fetched,
    heartbeat,
    produce,
    produced,
    record,
    versions,
    zipped,
)
from tests.inspector.carriers.rabbitmq.wire import turned
from tests.inspector.kafka_evidence import FOLDER

_talk = partial(KafkaTalk, None)
_ASKED, _ANSWERED = record('{"a":1}', ASKS), record('{"b":1}', ANSWERS)
_EMITTED = record("text")
_BEGUN = [
    (CLIENT, versions()[0]),
    (BROKER, versions()[1]),
    (CLIENT, fetch(1, TOPIC)),  # what such a Fetch asks for is known after that
    (BROKER, fetched(1, TOPIC)),
    (CLIENT, commit(2, TOPIC, 1)),
    (BROKER, committed(2, TOPIC)),
]
_CONVERSATIONS = [
    turns
    for path in sorted(FOLDER.glob("kafka-n*nest12.pcap.gz"))
    for turns in turned(path)
]


def _hops(*turns: tuple[int, bytes]) -> list[int]:
    """Return what hops there are after the beginning, which was read both ways."""
    found: Counter[int] = Counter()
    read_both_ways(_talk, _BEGUN, found)
    found.clear()
    read_both_ways(_talk, [*_BEGUN, *turns], found)
    found[NOTHING] -= 1  # of the beginning
    return sorted(found.elements())


def _polled(
    *records: bytes, at: int = 0, attributes: int = 0
) -> list[tuple[int, bytes]]:
    held = batch(*records, first=at, attributes=attributes)
    return [(CLIENT, fetch(9, TOPIC, at)), (BROKER, fetched(9, TOPIC, held))]


def test_a_call_and_an_event_are_read_hop_by_hop() -> None:
    for said, what in ((_ASKED, ASKED), (_ANSWERED, ANSWERED), (_EMITTED, EMITTED)):
        turns = [
            (CLIENT, produce(3, TOPIC, batch(said))),
            (BROKER, produced(3, TOPIC, 7)),
        ]
        assert _hops(*turns) == sorted([what, CONFIRMED])
    for said, what in ((_ASKED, ASKED_OF), (_ANSWERED, TOLD), (_EMITTED, SPREAD)):
        assert _hops(*_polled(said)) == sorted([POLLED, what])


def test_polls_in_vain_and_commits_are_read_hop_by_hop() -> None:
    polls = [(CLIENT, fetch(3, TOPIC, 5)), (BROKER, fetched(3, TOPIC))]
    commits = [(CLIENT, commit(4, TOPIC, 2)), (BROKER, committed(4, TOPIC))]

    assert _hops(*polls, *commits) == sorted([POLLED, NOTHING, SETTLED, NOTED])


@pytest.mark.parametrize(
    "turns",
    [
        [(CLIENT, produce(3, TOPIC, batch(_EMITTED), acks=0))],
        [(CLIENT, produce(3, TOPIC, batch(_EMITTED, _EMITTED)))],
        [(CLIENT, produce(3, TOPIC, zipped(_EMITTED)))],
        [(CLIENT, produce(3, TOPIC, batch(_EMITTED, attributes=0x10)))],
        [(CLIENT, produce(3, TOPIC, batch(_EMITTED) * 2))],
        [(CLIENT, produce(3, TOPIC, batch(record("7"))))],
        [(CLIENT, produce(3, TOPIC, batch(record(None))))],
        [(CLIENT, produce(3, TOPIC, batch(record(b"\0\1"))))],
        [(CLIENT, produce(3, TOPIC, batch(record("a", {"trace": "b"}))))],
        [(CLIENT, produce(3, TOPIC, batch(record("a", delta=1))))],
        [(CLIENT, produce(3, TOPIC, batch(_EMITTED))[:-1])],
        [(CLIENT, commit(4, TOPIC, 4))],  # of three records
        [(CLIENT, commit(4, TOPIC, 1))],  # of none
        [(CLIENT, commit(4, "other", 2))],
        [(CLIENT, heartbeat(5)[0]), (BROKER, heartbeat(5)[1])],
        [(BROKER, produced(3, TOPIC, 7))],
        [(CLIENT, fetch(6, "a-longer-topic"))],
    ],
)
def test_what_is_not_plain_is_read_as_ever(turns: list[tuple[int, bytes]]) -> None:
    assert _hops(*turns) == []


def test_what_is_handed_on_in_an_unusual_way_is_read_as_ever() -> None:
    refused = record(None, ANSWERS | {"kafka_nest-err": "no"})
    for turns in (
        _polled(refused),
        _polled(_EMITTED, _EMITTED),
        _polled(_EMITTED, attributes=0x20),
        [
            (CLIENT, fetch(9, TOPIC, 3)),
            (BROKER, fetched(9, TOPIC, batch(_EMITTED, first=2))),
        ],
        [(CLIENT, fetch(9, TOPIC)), (BROKER, fetched(9, TOPIC, error=1))],
    ):
        assert _hops(*turns) == [POLLED]
    assert _hops(*_polled(_EMITTED), *_polled(_EMITTED)) == [POLLED, POLLED, SPREAD]


def test_an_objection_is_read_as_ever() -> None:
    sent = CLIENT, produce(3, TOPIC, batch(_EMITTED))
    assert _hops(sent, (BROKER, produced(3, TOPIC, -1, error=10))) == [EMITTED]
    done = CLIENT, commit(4, TOPIC, 2)
    assert _hops(done, (BROKER, committed(4, TOPIC, error=22))) == [SETTLED]


def test_where_anything_is_hidden_no_hop_is_read() -> None:
    talk = KafkaTalk(Redaction(AUTO))
    for side, data in _BEGUN:
        talk.receive(side, data, 0)

    assert talk.hops(CLIENT) is None


def test_of_real_peers_hops_are_read_alike() -> None:
    found: Counter[int] = Counter()
    for turns in _CONVERSATIONS:
        read_both_ways(_talk, turns, found)

    assert min(found[what] for what in (ASKED, ANSWERED, EMITTED, TOLD, SPREAD)) > 4
    assert min(found[what] for what in (CONFIRMED, POLLED, NOTHING, NOTED)) > 4


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1 << 20))
def test_what_was_disturbed_is_read_alike(seed: int) -> None:
    turns = _CONVERSATIONS[seed % len(_CONVERSATIONS)][:120]
    read_both_ways(_talk, disturbed(turns, seed), Counter())
