"""What is read of Kafka's messages is what ``kio`` wrote, in all of its versions."""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING, Any

import cramjam
import pytest
import zstandard
from kio.schema.index import api_key_map

from inspector.carriers.kafka.apis import (
    APIS,
    CREATE_TOPICS,
    FETCH,
    FIND_COORDINATOR,
    LIST_OFFSETS,
    METADATA,
    NEVER,
    OFFSET_COMMIT,
    PRODUCE,
    SASL_AUTHENTICATE,
)
from inspector.carriers.kafka.compression import decompress
from inspector.carriers.kafka.requests import (
    Head,
    read_commit,
    read_fetch,
    read_head,
    read_produce,
    secret_in,
)
from inspector.carriers.kafka.responses import errors_in, read_fetched, read_produced
from tests.inspector.carriers.kafka.oracle import Maker, versions_of, written
from tests.inspector.carriers.kafka.written import framed, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEEDS = range(4)


def _asked(key: int) -> Iterator[tuple[Any, bytes, Head]]:
    """Yield requests of all versions with their frames and heads."""
    for kind in versions_of(key, "request"):
        for seed in _SEEDS:
            message = Maker(seed).make(kind)
            tags = b"\0" if kind.__flexible__ else b""
            head = struct.pack(">hhi", key, kind.__version__, 7) + text("me") + tags
            frame = framed(head + written(message))
            yield message, frame, read_head(frame)


def _answered(key: int, *, errors: bool = False) -> Iterator[tuple[Any, bytes, Head]]:
    """Yield responses of all versions with frames, and heads of what they answer."""
    for kind in versions_of(key, "response"):
        for seed in _SEEDS:
            message = Maker(seed, errors=errors).make(kind)
            tags = b"\0" if kind.__flexible__ and key != 18 else b""
            frame = framed(struct.pack(">i", 7) + tags + written(message))
            yield message, frame, Head(key, kind.__version__, 7, 0)


def _name(topic: Any) -> str:  # noqa: ANN401
    for name in ("name", "topic"):
        if hasattr(topic, name):
            return getattr(topic, name) or ""
    return "0" * 32 if topic.topic_id is None else topic.topic_id.hex


def test_apis_have_the_versions_and_encodings_that_kafka_has() -> None:
    for key, api in APIS.items():
        if key not in api_key_map or not api.open:  # others are not read
            continue
        kinds = list(versions_of(key, "request"))
        compact = [each.__version__ for each in kinds if each.__flexible__]
        assert api.name.lower() == kinds[0].__name__.removesuffix("Request").lower()
        assert api.latest >= kinds[-1].__version__, api
        assert api.compact == min(compact, default=NEVER) or not compact, api


@pytest.mark.parametrize("key", [PRODUCE, FETCH, OFFSET_COMMIT])
def test_requests_say_what_was_written(key: int) -> None:
    for message, frame, head in _asked(key):
        if key == PRODUCE:
            said = read_produce(frame, head)
            wanted = [
                (_name(topic), part.index, part.records or b"")
                for topic in message.topic_data
                for part in topic.partition_data
            ]
            found = [
                (each.topic, each.number, frame[each.begin : each.end])
                for each in said.parts
            ]
            assert (said.acks, found) == (message.acks, wanted)
        elif key == FETCH:
            parts, _ = read_fetch(frame, head)
            assert [(each.topic, each.number, each.offset) for each in parts] == [
                (_name(topic), part.partition, part.fetch_offset)
                for topic in message.topics
                for part in topic.partitions
            ]
        else:
            group, parts = read_commit(frame, head)
            assert group == message.group_id
            assert [(each.topic, each.number, each.offset) for each in parts] == [
                (_name(topic), part.partition_index, part.committed_offset)
                for topic in message.topics
                for part in topic.partitions
            ]


def test_tokens_are_where_they_were_written() -> None:
    for message, frame, head in _asked(SASL_AUTHENTICATE):
        span = secret_in(frame, head)
        assert span is not None
        assert frame[slice(*span)] == message.auth_bytes


def test_a_producer_is_told_its_offsets() -> None:
    for message, frame, head in _answered(PRODUCE, errors=True):
        parts, _ = read_produced(frame, head)
        assert [
            (each.topic, each.number, each.error, each.offset) for each in parts
        ] == [
            (_name(topic), part.index, part.error_code, part.base_offset)
            for topic in message.responses
            for part in topic.partition_responses
        ]


def test_a_consumer_is_handed_its_records() -> None:
    for message, frame, head in _answered(FETCH, errors=True):
        said = read_fetched(frame, head)
        found = [
            (
                each.topic,
                each.number,
                each.error,
                each.after,
                frame[each.begin : each.end],
            )
            for each in said.parts
        ]
        assert found == [
            (
                _name(topic),
                part.partition_index,
                part.error_code,
                part.high_watermark,
                part.records or b"",
            )
            for topic in message.responses
            for part in topic.partitions
        ]


@pytest.mark.parametrize("key", [11, 12, 13, 14, 17, 18, 22, 25, 26, 36])
def test_one_error_is_where_it_was_written(key: int) -> None:
    for message, frame, head in _answered(key, errors=True):
        code = int(message.error_code)
        assert errors_in(frame, head) == ([(code, "")] if code else [])


def test_errors_of_topics_and_partitions_are_where_they_were_written() -> None:
    for message, frame, head in _answered(METADATA, errors=True):
        wanted = [(each.error_code, each.name or "") for each in message.topics]
        assert errors_in(frame, head) == [each for each in wanted if each[0]]
    for message, frame, head in _answered(CREATE_TOPICS, errors=True):
        first = message.topics[0]
        wanted = [(first.error_code, first.name)]
        assert errors_in(frame, head) == [each for each in wanted if each[0]]
    for key in (OFFSET_COMMIT, LIST_OFFSETS):
        for message, frame, head in _answered(key, errors=True):
            if key == OFFSET_COMMIT and head.version >= 10:
                continue
            wanted = [
                (part.error_code, f"{topic.name}-{part.partition_index}")
                for topic in message.topics
                for part in topic.partitions
            ]
            assert errors_in(frame, head) == [each for each in wanted if each[0]]


def test_of_several_coordinators_none_is_said() -> None:
    for message, frame, head in _answered(FIND_COORDINATOR, errors=True):
        if head.version >= 4:
            assert errors_in(frame, head) == []
        else:
            code = int(message.error_code)
            assert errors_in(frame, head) == ([(code, "")] if code else [])


@pytest.mark.parametrize("size", [0, 1, 100, 100_000])
def test_every_codec_is_read_as_its_own_library_writes_it(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]
    blocks = b"".join(
        struct.pack(">i", len(each)) + each
        for each in (
            bytes(cramjam.snappy.compress_raw(data[at : at + 30_000]))
            for at in range(0, len(data), 30_000)
        )
    )
    head = b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1)

    assert decompress(1, gzip.compress(data)) == data
    assert decompress(2, bytes(cramjam.snappy.compress_raw(data))) == data
    assert decompress(2, head + blocks) == data
    assert decompress(3, bytes(cramjam.lz4.compress(data))) == data
    assert decompress(4, zstandard.compress(data)) == data
