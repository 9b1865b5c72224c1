from __future__ import annotations

import pytest

from inspector.carriers.kafka.fields import MalformedError
from inspector.carriers.kafka.requests import (
    Head,
    read_commit,
    read_fetch,
    read_head,
    read_name,
    read_produce,
    secret_in,
)
from tests.inspector.carriers.kafka.written import (
    GROUP,
    batch,
    commit,
    fetch,
    heartbeat,
    produce,
    record,
    request,
)

# All versions are compared with what kio writes in test_oracles.


def test_a_request_says_of_which_api_and_version_it_is() -> None:
    head = read_head(request(3, 6, 42, b"", "shop"))

    assert head == Head(3, 6, 42, 18)
    assert not head.compact
    assert read_head(request(3, 9, 42, b"\0", None)) == Head(3, 9, 42, 15)
    assert read_head(request(3, 9, 42, b"\0")).compact


def test_topics_partitions_and_offsets_are_read() -> None:
    records = batch(record("a"))
    data = produce(1, "log", records, partition=2, acks=0)
    said = read_produce(data, read_head(data))
    (part,) = said.parts
    (topic,) = said.topics

    assert said.acks == 0
    assert (part.topic, part.number) == ("log", 2)
    assert data[part.begin : part.end] == records
    assert data[topic.begin : topic.end] == b"log"
    asked = fetch(2, "log", 7, partition=2)
    assert read_fetch(asked, read_head(asked))[0][0].offset == 7
    said_so = commit(3, "log", 8)
    group, parts = read_commit(said_so, read_head(said_so))
    assert (group, parts[0].offset) == (GROUP, 8)


def test_names_and_tokens_are_found() -> None:
    data, _ = heartbeat(1)
    assert read_name(data, read_head(data)) == GROUP
    assert secret_in(data, read_head(data)) is None
    token = request(36, 0, 1, b"\0\0\0\2pw")
    assert token[slice(*secret_in(token, read_head(token)))] == b"pw"  # type: ignore[misc]


@pytest.mark.parametrize("data", [b"\0\0\0\4\0\0\0\1", request(0, 7, 1)[:14]])
def test_what_is_too_short_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_head(data)
