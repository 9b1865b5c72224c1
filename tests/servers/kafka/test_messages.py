"""What Kafka says of a message, and payloads with more beside them."""

from __future__ import annotations

import pytest

from servers import UsageError
from servers.kafka import KafkaRecord
from servers.kafka.messages import (
    CORRELATION,
    message_of,
    partition_of,
    raw_headers,
    raw_key,
)
from servers.records import Record as Plain
from tests.servers.kafka.records import Record


def test_a_message_has_the_headers_of_the_caller_alone() -> None:
    headers = [("x-user", b"ada"), (CORRELATION, b"1"), ("bad", b"\xff")]
    record = Record(7, headers=headers, topic="orders", partition=2, key=b"k")
    message = message_of(record, 1, None)

    assert (message.topic, message.partition, message.offset) == ("orders", 2, 7)
    assert message.headers == {"x-user": "ada", "bad": "\ufffd"}
    assert (message.key, message.attempt) == (b"k", 1)
    assert message.raw_headers == tuple(headers)
    assert "offset=7" in repr(message)
    assert "settle" not in repr(message)


def test_a_message_is_settled_once_and_by_hand_alone() -> None:
    verdicts: list[str] = []

    def settle(verdict: str) -> bool:
        verdicts.append(verdict)
        return len(verdicts) < 3

    message = message_of(Record(), 0, settle)
    message.nack(requeue=True)
    message.nack()
    with pytest.raises(UsageError, match="before"):
        message.ack()
    with pytest.raises(UsageError, match='ack="manual"'):
        message_of(Record(), 0, None).ack()

    assert verdicts == ["retry", "ack", "ack"]


def test_a_record_has_a_key_and_a_partition() -> None:
    record = KafkaRecord(1, {"a": "é"}, key={"id": 7}, partition=3)

    assert raw_key(record) == b'{"id":7}'
    assert partition_of(record) == 3
    assert (raw_key(Plain(1)), partition_of(None)) == (None, None)
    assert raw_headers({"a": "é"}) == [("a", "é".encode())]
