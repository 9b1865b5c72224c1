from __future__ import annotations

import pytest

from inspector.carriers.mqtt.contents import (
    read_acknowledgement,
    read_listed,
    read_publish,
    read_subscribe,
)
from inspector.carriers.mqtt.fields import MalformedError
from inspector.carriers.mqtt.levels import Level
from inspector.carriers.mqtt.reading import Control
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    FOUR,
    PUBACK,
    REQUEST,
    acknowledge,
    publish,
    suback,
    subscribe,
    unsuback,
    user,
)
from tests.inspector.carriers.mqtt.written import Level as Written


def _control(data: bytes) -> Control:
    return Control(data[0] >> 4, 0, 2, data)


@pytest.mark.parametrize("written", [FOUR, FIVE])
def test_it_is_learnt_by_what_fits_one_alone(written: Written) -> None:
    for reading, data in (
        (read_publish, publish("sum", REQUEST, written)),
        (read_subscribe, subscribe("sum/reply", level=written)),
        (read_listed, unsuback(written)),
    ):
        level = Level()
        level.read(reading, _control(data))
        assert level.five is written.five, data


def test_user_properties_before_json_are_those_of_mqtt_5() -> None:
    level = Level()
    data = publish("sum", REQUEST, FIVE, said=user(a="1"))

    said = level.read(read_publish, _control(data))
    assert data[said.payload :] == REQUEST
    assert level.five


def test_it_is_not_learnt_by_what_fits_both() -> None:
    level = Level()
    level.read(read_acknowledgement, _control(acknowledge(PUBACK)))
    level.read(read_publish, _control(publish("t", b"21.5", FIVE)))
    level.read(read_listed, _control(suback(0)))
    assert level.five is None

    level.read(read_acknowledgement, _control(acknowledge(PUBACK, code=0x10)))
    assert level.five is True


def test_once_known_nothing_else_fits() -> None:
    level = Level()
    level.five = False

    with pytest.raises(MalformedError):
        level.read(read_acknowledgement, _control(acknowledge(PUBACK, code=0x10)))
