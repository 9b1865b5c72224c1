from __future__ import annotations

import pytest

from servers import UsageError
from servers.rabbitmq.frames import Delivered
from servers.rabbitmq.messages import RabbitRecord, message_of, properties_of
from servers.rabbitmq.properties import Properties, encode
from servers.records import Record


def _delivered(properties: Properties) -> Delivered:
    return Delivered(
        tag=7,
        redelivered=True,
        exchange="ex",
        routing_key="key",
        properties=encode(properties),
        body=b"{}",
    )


def test_a_message_says_what_the_broker_said() -> None:
    properties = Properties(headers={"a": "b", "n": 1}, priority=3)
    message = message_of(_delivered(properties), None)

    assert (message.channel, message.routing_key) == ("key", "key")
    assert (message.exchange, message.redelivered, message.delivery_tag) == (
        "ex",
        True,
        7,
    )
    assert message.headers == {"a": "b"}
    assert message.properties == properties


def test_a_message_is_shown_as_the_broker_says_it() -> None:
    message = message_of(_delivered(Properties(headers={"a": "b"})), lambda _: True)

    assert repr(message) == (
        "RabbitMessage(channel='key', headers={'a': 'b'}, exchange='ex', "
        "redelivered=True, delivery_tag=7)"
    )


def test_a_message_is_acknowledged_once_and_by_hand_alone() -> None:
    verdicts: list[str] = []

    def settle(verdict: str) -> bool:
        verdicts.append(verdict)
        return len(verdicts) < 4

    message = message_of(_delivered(Properties()), settle)
    message.ack()
    message.nack()
    message.nack(requeue=True)
    with pytest.raises(UsageError, match="was acknowledged already"):
        message.ack()
    with pytest.raises(UsageError, match='by hand with ack="manual"'):
        message_of(_delivered(Properties()), None).ack()

    assert verdicts == ["ack", "reject", "requeue", "ack"]


def test_a_record_says_what_is_sent_beside_the_data() -> None:
    record = RabbitRecord(
        1,
        {"a": "1", "b": "2"},
        persistent=True,
        priority=5,
        expiration=1_000,
        cc=["x"],
        bcc=["y"],
        type="t",
    )

    properties = properties_of(record, {"b": "0", "c": "3"}, "re", persistent=False)

    assert properties == Properties(
        headers={"a": "1", "b": "2", "c": "3", "CC": ["x"], "BCC": ["y"]},
        delivery_mode=2,
        priority=5,
        expiration="1000",
        reply_to="re",
        type="t",
    )


def test_a_record_of_any_broker_has_headers() -> None:
    plain = properties_of(Record(1, {"a": "1"}), {}, None, persistent=False)

    assert plain == Properties(headers={"a": "1"}, delivery_mode=1)
    assert properties_of(None, {}, None, persistent=True) == Properties(delivery_mode=2)
