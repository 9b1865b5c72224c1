from __future__ import annotations

import pytest

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.kafka.recognition import (
    REACH,
    begins_request,
    find,
    is_answer,
    may_be_request,
    recognise,
)
from tests.inspector.carriers.kafka.written import (
    batch,
    fetch,
    fetched,
    framed,
    heartbeat,
    produce,
    produced,
    record,
    request,
    versions,
)


@pytest.mark.parametrize(
    "beginning",
    [
        versions()[0],
        request(18, 3, 0, b"\0", None),  # a client without a name asks that first
        request(3, 6, 0),
        fetch(1, "log"),  # on a connection beside another
        produce(1, "log", b"")[:20],
    ],
)
def test_a_client_is_known_by_its_first_request(beginning: bytes) -> None:
    assert recognise(beginning) == Recognition(asks=True)


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\n",
        b'27#{"pattern":"sum","data":[1]}',
        b"AMQP\0\0\x09\1",
        b"\x16\3\1\2\0\1\0\1\xfc\3\3" + b"\0" * 30,  # TLS
        b"*2\r\n$4\r\nPING\r\n",
        b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4peer",
        request(1, 40, 1),  # no such version
        request(99, 0, 1),  # no such API
        request(8, 5, 1, b"", None),  # a commit of nobody
        framed(b"\0\x12\0\0\xff\xff\xff\xff\0\4peer"),
        b"\0\0\0\x08\0\x12\0\0\0\0\0\1\0\4peer",  # shorter than its name
        versions()[0][:14] + b"\1\2\3\4",
    ],
)
def test_what_is_not_kafka_is_something_else(beginning: bytes) -> None:
    assert recognise(beginning) is Verdict.OTHER


def test_in_the_middle_the_next_request_is_found() -> None:
    data = produce(7, "log", batch(record("hello")))
    place = len(data) - 5

    assert find(data[5:] + fetch(8, "log"), boundary=False) == Recognition(
        place, asks=True
    )
    assert find(data, boundary=True) == Recognition(0, asks=True)
    assert find(b"x" * REACH, boundary=False) is None


def test_a_response_is_found_by_its_topic_or_as_all_of_a_packet() -> None:
    rest = heartbeat(3)[1][6:]
    said = produced(4, "log")
    assert find(rest + said, boundary=False) == Recognition(len(rest), asks=False)
    handed = fetched(5, "log", batch(record("hello")))
    assert find(handed, boundary=False) == Recognition(0, asks=False)
    beat = heartbeat(6)[1]
    assert find(beat, boundary=True) == Recognition(0, asks=False)
    assert find(beat, boundary=False) is None
    assert is_answer(beat)
    assert not is_answer(beat + b"x")


def test_the_first_responses_of_a_connection_are_not_taken_for_requests() -> None:
    """One to Produce has numbers where a request has its API and version."""
    assert find(produced(2, "sum"), boundary=True) == Recognition(0, asks=False)
    assert may_be_request(produced(2, "sum"))
    assert not begins_request(produced(2, "sum"))
    assert begins_request(produce(2, "sum", b""))
