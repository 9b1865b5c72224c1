"""A client by MQTT, at a real Mosquitto."""

from __future__ import annotations

import asyncio
import gc

import pytest

from captures.brokers import Mosquitto
from protocol import EncodeError
from servers import CallError, Client, NoHandlerError, PatternError, Service
from servers.mqtt import Mqtt, MqttRecord
from servers.mqtt.connecting import Link, Listener, Settings
from servers.mqtt.options import Options
from servers.mqtt.packets import Envelope, properties_field, string_field
from tests.servers.peers import until


async def test_what_is_no_topic_is_refused(mosquitto: Mosquitto) -> None:
    async with Client(Mqtt(mosquitto.url)) as nest:
        for pattern in ("a/+", "a/#", {"a": "b+c"}, "x" * 65_536):
            with pytest.raises(PatternError, match="not a topic of MQTT"):
                await nest.emit(pattern, 1)


async def test_a_body_above_the_limit_of_the_broker_is_refused() -> None:
    with Mosquitto({"max_packet_size": 10_000}) as broker:
        async with Client(Mqtt(broker.url)) as nest:
            with pytest.raises(EncodeError, match=r"more than .* takes: 10,000"):
                await nest.send("a", "x" * 10_000)
            assert nest.pending == 0


async def test_a_message_that_the_broker_refuses_fails_the_call() -> None:
    with Mosquitto() as broker:
        (broker.folder / "acl").write_text(
            "topic read #\ntopic write allowed\n", encoding="utf-8"
        )
        broker.settings["acl_file"] = str(broker.folder / "acl")
        broker.restart()
        async with Client(Mqtt(broker.url)) as nest:
            with pytest.raises(CallError, match="refused the message: reason 0x87"):
                await nest.send("forbidden", 1)
            with pytest.raises(NoHandlerError):
                await nest.send("allowed", 1)


async def test_whoever_replies_with_its_id_is_understood(
    mosquitto: Mosquitto,
) -> None:
    """Others' replies come by the same topic, and are passed over."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    listener = Listener(
        lambda message: heard.put_nowait(message.body),
        lambda *_: None,
        lambda _: None,
    )
    link = Link(Settings("mqtt", mosquitto.url, Options()), listener)
    await link.open()
    await link.subscribe({"wire/bare": 1})
    envelope = Envelope(
        string_field("wire/bare/reply"),
        1,
        retain=False,
        properties=properties_field({}),
    )
    async with Client(Mqtt(mosquitto.url)) as nest:
        call = asyncio.create_task(nest.send("wire/bare", 1))
        identity = (await heard.get()).rpartition(b'"id":"')[2][:-2]
        for other in (b'{"response":1,"isDisposed":true,"id":"x"}', b"[]", b"{no"):
            link.publish(envelope, other)
        reply = b'{"response":6,"isDisposed":true,"id":"%b"}' % identity
        link.publish(envelope, reply)
        assert await call == 6
    await link.close()


async def test_a_record_may_ask_for_no_confirmation(mosquitto: Mosquitto) -> None:
    service = Service()
    service.message("wire/quick")(lambda data: data)
    mqtt = Mqtt(mosquitto.url)
    async with service.listen(mqtt), Client(mqtt) as nest:
        assert await nest.send("wire/quick", MqttRecord(1, qos=0)) == 1


async def test_events_are_confirmed_before_the_end(mosquitto: Mosquitto) -> None:
    service, heard = Service(), list[object]()
    service.event("wire/events")(heard.append)
    mqtt = Mqtt(mosquitto.url)
    async with service.listen(mqtt):
        async with Client(mqtt) as nest:
            for number in range(500):
                await nest.emit("wire/events", number)
        await until(lambda: len(heard) == 500)

    assert heard == [*range(500)]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the loop is gone, with it all
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_is_let_go_of_when_another_event_loop_runs(
    mosquitto: Mosquitto,
) -> None:
    service = Service()
    service.message("wire/loops")(lambda data: data)
    broker = Mqtt(mosquitto.url)
    nest = Client(broker)

    async def call() -> object:
        async with service.listen(broker):
            return await nest.send("wire/loops", 1)

    async def close() -> None:
        await nest.aclose()

    mosquitto.await_truth(lambda: _connected(mosquitto) == 0, "be left")
    assert [asyncio.run(call()), asyncio.run(call())] == [1, 1]
    mosquitto.await_truth(lambda: _connected(mosquitto) == 1, "miss the first one")
    asyncio.run(close())
    gc.collect()  # what would warn of what is left, amid another test


def _connected(broker: Mosquitto) -> int:
    """Return how many clients are connected, by the log."""
    lines = [each.partition(": ")[2] for each in broker.log().splitlines()]
    come = sum(each.startswith("New client connected") for each in lines)
    words = ("disconnected", "closed its connection", "not authorised")
    return come - sum(any(word in each for word in words) for each in lines)
