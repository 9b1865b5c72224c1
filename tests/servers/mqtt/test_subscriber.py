"""A service by MQTT, at a real Mosquitto."""

from __future__ import annotations

import asyncio

import pytest

from captures.brokers import Mosquitto
from protocol import Json
from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    Context,
    ListenError,
    NoHandlerError,
    Service,
)
from servers.mqtt import Mqtt, MqttMessage, MqttRecord
from tests.servers.peers import until


def _service(name: str = "one") -> Service:
    service = Service()
    service.message("subscriber/echo")(lambda data: data)
    service.message("subscriber/name")(lambda: name)
    return service


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


async def test_instances_of_a_group_share_and_others_all_answer(
    mosquitto: Mosquitto,
) -> None:
    heard: list[str] = []
    services = {name: _service(name) for name in ("one", "other")}
    for name, service in services.items():
        service.event("subscriber/log")(lambda name=name: heard.append(name))
    for group, expected in (("workers", 1), ("", 2)):
        heard.clear()
        mqtt = Mqtt(mosquitto.url, group=group)
        async with (
            services["one"].listen(mqtt),
            services["other"].listen(mqtt),
            Client(Mqtt(mosquitto.url)) as nest,
        ):
            await nest.emit("subscriber/log", 1)
            await nest.send("subscriber/name", 1)
            await until(lambda: len(heard) >= expected)  # noqa: B023 — at once
            await until(lambda: nest.unclaimed_replies == expected - 1)  # noqa: B023

        assert len(heard) == expected


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
    service = _service()
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


async def test_a_broker_that_is_not_there_is_an_error_at_the_start() -> None:
    with pytest.raises(ListenError, match=r"connect to mqtt://.*Connection refused"):
        async with _service().listen(Mqtt("mqtt://127.0.0.1:1")):
            raise AssertionError


async def test_calls_in_flight_are_answered_at_the_end(mosquitto: Mosquitto) -> None:
    service, gate = _service(), asyncio.Event()

    @service.message("subscriber/wait")
    async def wait(number: int) -> int:
        await gate.wait()
        return number

    mqtt = Mqtt(mosquitto.url)
    async with Client(mqtt) as nest:
        async with service.listen(mqtt) as server:
            calls = [
                asyncio.create_task(nest.send("subscriber/wait", n)) for n in range(10)
            ]
            await until(lambda: server.in_flight == 10)
            ending = asyncio.create_task(server.stop(60))
            await _until_nobody_hears(nest)
            gate.set()
            await ending
        assert await asyncio.gather(*calls) == [*range(10)]

    assert (server.finished, server.cut) == (10, 0)


async def _until_nobody_hears(nest: Client) -> None:
    while True:
        try:
            await nest.send("subscriber/echo", 1)
        except NoHandlerError:
            return


async def test_a_restart_of_the_broker_is_survived_and_nothing_is_answered_twice() -> (
    None
):
    service, gate, begun = _service(), asyncio.Event(), list[int]()

    @service.message("wait")
    async def wait(number: int) -> int:
        begun.append(number)
        await gate.wait()
        return number

    with Mosquitto() as broker:
        mqtt = Mqtt(broker.url)
        async with service.listen(mqtt) as server, Client(mqtt) as nest:
            calls = [asyncio.create_task(nest.send("wait", n)) for n in range(5)]
            await until(lambda: len(begun) == 5)
            await asyncio.to_thread(broker.stop)
            lost = await asyncio.gather(*calls, return_exceptions=True)
            with pytest.raises(ConnectError, match="Connection refused"):
                await nest.send("subscriber/echo", 1)
            await asyncio.to_thread(broker.start)
            await until(lambda: server.health.status == "ready")
            gate.set()
            values = [await nest.send("subscriber/echo", n) for n in range(5)]

    assert [type(each) for each in lost] == [ConnectionLostError] * 5
    assert values == [*range(5)]
    assert begun == [*range(5)]
    assert nest.unclaimed_replies == 0


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
