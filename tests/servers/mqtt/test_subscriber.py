"""A service by MQTT, at a real Mosquitto."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import Json
from servers import Client, Context, Service
from servers.mqtt import Mqtt, MqttMessage, MqttRecord
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import Mosquitto


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_handlers_learn_what_the_broker_says(
    mosquitto: Mosquitto, version: str
) -> None:
    service, seen = Service(), list[MqttMessage]()

    @service.message("subscriber/told/+")
    def told(context: Context) -> str:
        assert isinstance(context.carrier, MqttMessage)
        seen.append(context.carrier)
        return context.route

    mqtt = Mqtt(mosquitto.url, version=version, headers={"x": "1", "y": "2"})
    async with service.listen(mqtt), Client(mqtt) as nest:
        record = MqttRecord(1, {"x": "3"}, qos=2, content_type="json")
        assert await nest.send("subscriber/told/a", record) == "subscriber/told/+"
        assert await nest.send("subscriber/told/b", 1) == "subscriber/told/+"

    first, second = seen
    assert (first.topic, first.qos, second.qos) == ("subscriber/told/a", 1, 1)
    if version == "5":
        assert first.headers == {"x": "3", "y": "2"}
        assert second.headers == {"x": "1", "y": "2"}
        assert first.content_type == "json"


async def test_wildcards_come_after_exact_routes_and_hear_no_replies(
    mosquitto: Mosquitto,
) -> None:
    service, heard = Service(), list[str]()
    for pattern in ("subscriber/w/#", "subscriber/w/+", "subscriber/w/new"):

        @service.message(pattern)
        def order(context: Context) -> str:
            heard.append(f"{context.route} {context.pattern}")
            return context.route

    mqtt = Mqtt(mosquitto.url)
    async with service.listen(mqtt), Client(mqtt) as nest:
        assert await nest.send("subscriber/w/new", 1) == "subscriber/w/new"
        assert await nest.send("subscriber/w/a/b", 1) == "subscriber/w/#"

    assert {*heard} == {
        "subscriber/w/new subscriber/w/new",
        "subscriber/w/# subscriber/w/a/b",
    }


async def test_a_pattern_may_name_its_group_as_in_nest(mosquitto: Mosquitto) -> None:
    service = Service()

    @service.message("$share/workers/subscriber/shared/+")
    def shared(context: Context) -> str:
        assert isinstance(context.carrier, MqttMessage)
        return context.carrier.topic

    mqtt = Mqtt(mosquitto.url)
    async with service.listen(mqtt), Client(mqtt) as nest:
        assert await nest.send("subscriber/shared/a", 1) == "subscriber/shared/a"


async def test_a_route_that_is_no_filter_is_not_reached_and_told(
    mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service()
    service.message("a+b")(lambda: 1)
    async with service.listen(Mqtt(mosquitto.url)):
        pass

    assert "no topic can be named so, so these are not reached: 'a+b'" in caplog.text


async def test_retained_events_reach_who_subscribes_later(
    mosquitto: Mosquitto,
) -> None:
    service, heard = Service(), list[tuple[Json, bool]]()

    @service.event("subscriber/retained")
    def retained(data: Json, context: Context) -> None:
        assert isinstance(context.carrier, MqttMessage)
        heard.append((data, context.carrier.retain))

    mqtt = Mqtt(mosquitto.url)
    async with Client(mqtt) as nest:
        await nest.emit("subscriber/retained", MqttRecord(1, retain=True))
    async with service.listen(mqtt):
        await until(lambda: heard)

    assert heard == [(1, True)]


async def test_a_session_keeps_events_for_a_service_that_is_away(
    mosquitto: Mosquitto,
) -> None:
    heard: list[Json] = []
    service = Service()
    service.event("subscriber/kept")(heard.append)
    mqtt = Mqtt(mosquitto.url, client_id="kept", session=60)
    async with service.listen(mqtt):
        pass
    async with Client(mqtt) as nest:
        for number in range(10):
            await nest.emit("subscriber/kept", number)
        async with service.listen(mqtt):
            await until(lambda: len(heard) == 10)
            await nest.emit("subscriber/kept", 10)
            await until(lambda: len(heard) == 11)

    assert heard == [*range(11)]
