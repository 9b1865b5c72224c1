from __future__ import annotations

from servers.mqtt.messages import MqttRecord, message_of
from servers.mqtt.packets import Arrived

_PROPERTIES = b"\x26\0\1x\0\x011\x26\0\1y\0\x012\x03\0\4json\x26\0\1x\0\x013"
"""Three user properties, two of one name, and a content type."""


def test_a_message_says_what_the_broker_said() -> None:
    theirs = Arrived("a/b", b"", 2, True, True, 1, _PROPERTIES)  # noqa: FBT003

    message = message_of(theirs)

    assert (message.channel, message.topic) == ("a/b", "a/b")
    assert message.headers == {"x": "3", "y": "2"}
    assert (message.qos, message.retain, message.dup) == (2, True, True)
    assert message.content_type == "json"


def test_a_message_of_mqtt_3_has_no_properties() -> None:
    message = message_of(Arrived("a", b"", 0, False, False, 0, b""))  # noqa: FBT003

    assert (message.headers, message.content_type) == ({}, None)


def test_a_record_sets_nothing_by_itself() -> None:
    record = MqttRecord(1)

    assert (record.qos, record.retain, record.expiry) == (None, False, None)
