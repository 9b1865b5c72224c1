from __future__ import annotations

from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from servers.mqtt.messages import MqttRecord, message_of


def test_a_message_says_what_the_broker_said() -> None:
    theirs = MQTTMessage(1, b"a/b")
    theirs.qos, theirs.retain, theirs.dup = 2, True, True
    theirs.properties = properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.UserProperty = [("x", "1"), ("y", "2"), ("x", "3")]
    properties.ContentType = "json"

    message = message_of(theirs, "a/b")

    assert (message.channel, message.topic) == ("a/b", "a/b")
    assert message.headers == {"x": "3", "y": "2"}
    assert (message.qos, message.retain, message.dup) == (2, True, True)
    assert message.content_type == "json"


def test_a_message_of_mqtt_3_has_no_properties() -> None:
    message = message_of(MQTTMessage(1, b"a"), "a")

    assert (message.headers, message.content_type) == ({}, None)


def test_a_record_sets_nothing_by_itself() -> None:
    record = MqttRecord(1)

    assert (record.qos, record.retain, record.expiry) == (None, False, None)
