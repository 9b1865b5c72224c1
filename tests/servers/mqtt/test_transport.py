from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import UsageError
from servers.mqtt import Mqtt

if TYPE_CHECKING:
    from servers.client.brokers import Broker
    from servers.server.endpoints import Transport


def test_it_is_a_transport_and_a_broker() -> None:
    transport: Transport = (mqtt := Mqtt())
    broker: Broker = mqtt

    assert transport.name == broker.name == "mqtt://localhost:1883"


def test_its_name_has_no_password() -> None:
    assert Mqtt("mqtts://u:secret@a:1").name == "mqtts://a:1"


def test_processes_share_the_messages_of_a_group() -> None:
    assert Mqtt(group="workers").shared
    assert not Mqtt().shared


@pytest.mark.parametrize("url", ["http://h", "mqtt://", "mqtt://h:x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        Mqtt(url)


def test_an_option_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match=r"MQTT: .*protocolVersion"):
        Mqtt(protocolVersion=5)
