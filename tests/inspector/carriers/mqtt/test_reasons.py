from __future__ import annotations

from inspector.carriers.mqtt.reasons import reason_of, refusal_of


def test_a_reason_is_said_in_the_words_of_the_specification() -> None:
    assert reason_of(0x87) == "not authorized"
    assert reason_of(0x87, "no such user") == "not authorized: no such user"
    assert reason_of(0x87, "Not authorized") == "not authorized"
    assert reason_of(0xFE) == "reason code 0xfe"


def test_a_refusal_before_mqtt_5_has_a_code_of_its_own() -> None:
    assert refusal_of(4) == "bad user name or password"
    assert refusal_of(9) == "reason code 0x09"
