"""MQTT over WebSocket, at a real Mosquitto and at brokers that are none."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from captures.brokers import Mosquitto
from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    NoHandlerError,
    Service,
)
from servers.locating import broker_at
from servers.mqtt import Mqtt
from servers.mqtt.framing import is_framed
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONNACK = b"\x20\x03\0\0\0"


@pytest.fixture(scope="module")
def framed() -> Iterator[Mosquitto]:
    with Mosquitto({"protocol": "websockets"}) as broker:
        yield broker


def test_schemes_of_websocket_are_known() -> None:
    schemes = ("ws", "wss", "mqtt+ws", "mqtt+wss", "mqtt", "mqtts")
    assert [each for each in schemes if is_framed(each)] == list(schemes[:4])
    assert Mqtt("wss://u:secret@a/mqtt").name == "wss://a/mqtt"


async def test_a_service_answers_and_a_client_asks(framed: Mosquitto) -> None:
    assert framed.url.startswith("ws://")
    service = Service()

    @service.message("digest")
    def digest(data: str) -> str:
        return hashlib.sha256(data.encode()).hexdigest()

    @service.message("echo")
    def echo(data: str) -> str:
        return data

    text = "大" * 5_000  # Mosquitto hands on some 40 KB a second by WebSocket
    async with (
        service.listen(Mqtt(framed.url), grace=0),
        Client(Mqtt(f"{framed.url}/mqtt?a=b")) as nest,
    ):
        expected = hashlib.sha256(text.encode()).hexdigest()
        assert await nest.send("digest", text) == expected
        calls = [nest.send("echo", f"{number}") for number in range(500)]
        assert await asyncio.gather(*calls) == [f"{number}" for number in range(500)]
        with pytest.raises(NoHandlerError):
            await nest.send("nobody", 1)
        assert await nest.send("echo", text) == text


async def test_a_command_names_it_by_a_scheme_of_its_own(framed: Mosquitto) -> None:
    url = framed.url.replace("ws://", "mqtt+ws://")
    located = broker_at(f"{url}?qos=1")
    assert isinstance(located, Mqtt)
    async with Client(located) as nest:
        with pytest.raises(NoHandlerError):
            await nest.send("nobody", 1)


async def test_a_broker_that_goes_away_ends_calls_and_the_next_connects() -> None:
    service = Service()
    service.message("echo")(lambda data: data)
    with Mosquitto({"protocol": "websockets"}) as broker:
        async with Client(Mqtt(broker.url)) as nest:
            async with service.listen(Mqtt(broker.url), grace=0):
                assert await nest.send("echo", 1) == 1
            broker.restart()
            async with service.listen(Mqtt(broker.url), grace=0):
                assert await nest.send("echo", 2) == 2


async def test_what_is_no_websocket_is_refused_with_the_reason() -> None:
    async def refuse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    for answer, reason in ((refuse, "no WebSocket: .*403"), (leave, "no WebSocket|")):
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with Client(Mqtt(f"ws://127.0.0.1:{port}")) as nest:
            with pytest.raises(ConnectError, match=f"127.0.0.1:{port}: {reason}"):
                await nest.send("sum", 1)
        server.close()


async def test_pings_and_pieces_are_nothing_to_mqtt_and_a_close_ends_it() -> None:
    """A broker may write parts of packets, in fragments, with pings between."""
    heard: list[bytes] = []

    async def speak(link: ServerConnection) -> None:
        heard.append(await link.recv(decode=False))
        await (await link.ping(b"?"))
        await link.send(_CONNACK[:1])
        await link.send([_CONNACK[1:3], _CONNACK[3:4], b""])
        await link.send(_CONNACK[4:])
        heard.append(await link.recv(decode=False))
        await link.close(1011, "gone")

    options = {"subprotocols": [Subprotocol("mqtt")]}
    async with serve(speak, "127.0.0.1", 0, **options) as server:  # type: ignore[arg-type]
        port = next(iter(server.sockets)).getsockname()[1]
        async with Client(Mqtt(f"ws://127.0.0.1:{port}")) as nest:
            with pytest.raises(ConnectionLostError, match="closed the connection"):
                await nest.send("log", 1)
    assert [each[0] >> 4 for each in heard] == [1, 8]  # CONNECT, and then SUBSCRIBE


async def test_a_large_message_is_one_of_websocket() -> None:
    heard: list[bytes] = []

    async def speak(link: ServerConnection) -> None:
        async for message in link:
            assert isinstance(message, bytes)
            heard.append(message)
            if message[0] >> 4 == 1:
                await link.send(_CONNACK)
            elif message[0] >> 4 == 10:  # UNSUBSCRIBE
                await link.send(b"\xb0\x04" + message[2:4] + b"\0\0")

    options = {"subprotocols": [Subprotocol("mqtt")], "max_size": None}
    async with serve(speak, "127.0.0.1", 0, **options) as server:  # type: ignore[arg-type]
        port = next(iter(server.sockets)).getsockname()[1]
        async with Client(Mqtt(f"ws://127.0.0.1:{port}", qos=0)) as nest:
            await nest.emit("log", "x" * 5_000_000)
            await until(lambda: len(heard) > 1)
    assert len(heard[1]) > 5_000_000
