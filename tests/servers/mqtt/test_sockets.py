"""The socket of a client of paho-mqtt on the event loop."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.enums import CallbackAPIVersion

from servers.mqtt.packets import Arrived, Envelope, published, string_field
from servers.mqtt.sockets import BufferedSocket, Driver, client_class
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import Client

    from captures.brokers import Mosquitto
    from servers.mqtt.packets import Taken

_TO = Envelope(string_field("sockets/a"), 0, retain=False, properties=b"")


def _client(
    broker: Mosquitto, taken: Callable[[list[Taken]], None] = lambda _: None
) -> tuple[Client, Driver]:
    client = client_class()(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    driver = Driver(client, taken, newest=False)
    client.connect("127.0.0.1", broker.port)
    return client, driver


async def test_messages_go_both_ways_on_the_event_loop(mosquitto: Mosquitto) -> None:
    heard: list[int] = []
    threads: set[int] = set()

    def hear(taken: list[Taken]) -> None:
        heard.extend(len(each.body) for each in taken if isinstance(each, Arrived))
        threads.add(threading.get_ident())

    client, driver = _client(mosquitto, hear)
    driver.start()
    await until(client.is_connected)
    subscribed: list[object] = []
    client.on_subscribe = lambda *facts: subscribed.append(facts)
    client.subscribe("sockets/#")  # which what is written would overtake
    await until(lambda: subscribed)
    for size in (1, 5_000_000, 2):
        driver.write(published(_TO, 0, b"x" * size))
        await driver.drained()
    client.publish("sockets/a", b"xxx")
    await until(lambda: len(heard) == 4)
    client.disconnect()
    await driver.drained()

    assert heard == [1, 5_000_000, 2, 3]
    assert threads == {threading.get_ident()}


async def test_what_is_not_mqtt_ends_the_connection() -> None:
    async def accept(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"\x20\2\0\0" + b"\x30\xff\xff\xff\xff\xff")
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    ended: list[object] = []
    client = client_class()(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    client.on_disconnect = lambda *facts: ended.append(facts)
    driver = Driver(client, lambda _: None, newest=False)
    port = server.sockets[0].getsockname()[1]
    await asyncio.to_thread(client.connect, "127.0.0.1", port)
    driver.start()
    await until(lambda: ended)
    driver.write(b"lost")
    await driver.drained()  # which does not wait for ever
    server.close()


async def test_a_broker_that_reads_slowly_is_waited_for() -> None:
    release = asyncio.Event()

    async def accept(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"\x20\2\0\0")  # CONNACK
        await release.wait()
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    client = client_class()(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    driver = Driver(client, lambda _: None, newest=False)
    port = server.sockets[0].getsockname()[1]
    await asyncio.to_thread(client.connect, "127.0.0.1", port)
    driver.start()
    await until(client.is_connected)
    client.publish("a", b"x" * 20_000_000)
    await until(lambda: driver.slow)
    waiting = asyncio.create_task(driver.drained())
    await asyncio.sleep(0)
    assert not waiting.done()
    release.set()
    await waiting
    assert not driver.slow
    client.disconnect()
    await driver.drained()
    driver.stop()
    server.close()


async def test_the_end_of_the_socket_ends_it(mosquitto: Mosquitto) -> None:
    client, driver = _client(mosquitto)
    ended: list[object] = []
    client.on_disconnect = lambda *facts: ended.append(facts)
    driver.start()
    await until(client.is_connected)
    client.publish("a", b"1")
    client.disconnect()
    await until(lambda: ended)
    await driver.drained()  # which does not wait for ever


async def test_an_end_that_came_with_the_last_bytes_is_noticed() -> None:
    # The system tells of both at once, and uvloop then watches the socket no more.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = client_class()(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        ended: list[object] = []
        client.on_disconnect = lambda *facts: ended.append(facts)
        driver = Driver(client, lambda _: None, newest=False)
        port = listening.getsockname()[1]
        await asyncio.to_thread(client.connect, "127.0.0.1", port)
        broker, _ = listening.accept()
    driver.start()
    await asyncio.sleep(0)
    broker.sendall(b"\x20\2\0\0")
    broker.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    broker.close()  # by a reset
    await until(lambda: ended)

    assert isinstance(driver.cause, OSError)


def test_a_buffered_socket_reads_and_writes_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0)
        buffered = BufferedSocket(ours)
        assert buffered.read() is None
        theirs.sendall(b"abcdef")
        assert buffered.read() == b"abcdef"
        assert buffered.send(b"12") + buffered.send(b"3") == 3
        buffered.keep(b"4")
        assert buffered.unsent == 4
        buffered.flush()
        assert (theirs.recv(9), buffered.unsent) == (b"1234", 0)
        theirs.close()
        assert buffered.read() == b""
        assert not buffered.decrypted()


def test_what_is_fed_is_received_in_its_order_and_then_the_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        buffered = BufferedSocket(ours)
        with pytest.raises(BlockingIOError):
            buffered.recv(1)
        buffered.feed(b"abc")
        assert buffered.recv(1) == b"a"
        buffered.feed(b"def")
        assert (buffered.recv(2), buffered.fed, buffered.recv(9)) == (b"bc", 3, b"def")
        buffered.feed(b"g")
        buffered.feed_end(ConnectionResetError("over"))
        assert buffered.recv(9) == b"g"
        with pytest.raises(ConnectionResetError, match="over"):
            buffered.recv(1)


def _send_for_ever(buffered: BufferedSocket) -> None:
    while True:
        buffered.send(b"x" * 100_000)


def test_a_buffered_socket_keeps_no_more_than_it_should() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0)
        buffered = BufferedSocket(ours)
        with pytest.raises(BlockingIOError):
            _send_for_ever(buffered)
        kept = buffered.unsent
        while theirs.recv(1_000_000, socket.MSG_DONTWAIT):
            buffered.flush()
            if not buffered.unsent:
                break
        assert 0 < kept < 500_000
