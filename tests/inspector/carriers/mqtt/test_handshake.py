from __future__ import annotations

import pytest

from inspector.carriers.mqtt.fields import MalformedError
from inspector.carriers.mqtt.handshake import read_connect
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    FOUR,
    Level,
    binary,
    connect,
    packet,
    user,
)


@pytest.mark.parametrize("level", [FOUR, FIVE])
def test_what_a_client_says_of_itself_and_which_of_it_is_secret(level: Level) -> None:
    data = connect(
        level, "caller", name="reader", passed="horse", will=("gone", b"battery")
    )
    said = read_connect(data, 2)

    assert (said.level, said.client, said.keep_alive_s) == (level.number, "caller", 60)
    assert said.will == "gone"
    hidden = [data[begin:end] for begin, end in said.secret]
    assert hidden == [b"battery", b"reader", b"horse"]
    assert [data[begin:end] for begin, end in said.topics] == [b"gone"]


def test_values_of_user_properties_and_authentication_data_are_secret_too() -> None:
    words = user(mark="staple") + b"\x15" + binary("SCRAM") + b"\x16" + binary("proof")
    data = connect(FIVE, said=words)

    said = read_connect(data, 2)
    assert [data[begin:end] for begin, end in said.secret] == [b"proof", b"staple"]


def test_older_levels_and_bridges_are_known() -> None:
    old = packet(0x10, binary("MQIsdp") + b"\x03\x02\0\x3c" + binary("old"))
    bridge = packet(0x10, binary("MQTT") + b"\x84\x02\0\x3c" + binary("bridge"))

    assert read_connect(old, 2).level == 3
    assert read_connect(bridge, 2).level == 4


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (binary("MQTT") + b"\x06\x02\0\0" + binary("a"), "level 6"),
        (binary("HTTP") + b"\x04\x02\0\0" + binary("a"), "HTTP"),
        (binary("MQTT") + b"\x04\x02", "before its flags"),
        (binary("MQTT") + b"\x04\x02\0\0" + binary("a") + b"b", "bytes follow"),
        (binary("MQTT") + b"\x04\x40\0\0" + binary("a"), "length of a string"),
    ],
)
def test_others_are_malformed(content: bytes, detail: str) -> None:
    with pytest.raises(MalformedError, match=detail):
        read_connect(packet(0x10, content), 2)
