"""The socket to a server that says what a test wants; and to a real one, by TLS."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import pytest
import uvloop

from captures.brokers import NatsServer
from servers import Client, ConnectError, Service
from servers.nats import Nats
from tests.servers.certificates import Certificates
from tests.servers.nats.scripted import scripted
from tests.servers.peers import until

if TYPE_CHECKING:
    from pathlib import Path


async def test_messages_come_past_nats_py_which_gets_the_rest() -> None:
    async with scripted() as script:
        await script.say_in_pieces(
            b"MSG a 1 r 3\r\na\r\n\r\nPING\r\nHMSG a 1 12 13\r\nNATS/1.0\r\n\r\nb\r\n"
            b"-ERR 'Permissions Violation for Publish to \"b\"'\r\n"
            b'INFO {"max_payload":9}\r\nMSG a 99 1\r\nx\r\nMSG a 1 0\r\n\r\n'
        )
        await until(lambda: len(script.heard) == 3)
        await script.until_told(b"PONG")

        assert [each[1:4] for each in script.heard] == [
            ("a", "r", b"a\r\n"),
            ("a", "", b"b"),
            ("a", "", b""),
        ]
        assert script.link.is_open
    assert "permissions violation" in str(script.lost[0])  # nats-py got the -ERR


async def test_what_is_unusual_is_left_to_nats_py() -> None:
    async with scripted() as script:
        script.say(b"MSG a 1 1\r\n1\r\nMSG\ta 1  1\r\n2\r\nMSG a 1 1\r\n3\r\n")
        script.say(b"HMSG a 1 17 18\r\nNATS/1.0\r\nb:c\r\n\r\n4\r\n")
        await until(lambda: len(script.heard) == 4)

        assert [each.body for each in script.heard] == [b"1", b"2", b"3", b"4"]
        assert script.heard[3].headers == {"b": "c"}
        assert script.link.is_open

        script.say(b"HTTP/1.1 400 Bad Request\r\n")
        await until(lambda: script.lost)
        assert "Protocol" in type(script.lost[0]).__name__


async def test_a_message_larger_than_any_can_be_ends_the_connection() -> None:
    async with scripted() as script:
        script.say(b"MSG a 1 99999999999\r\n")
        await until(lambda: script.lost)

        assert str(script.lost[0]) == "a message of 100,000,000,022 bytes"


async def test_whoever_writes_waits_for_a_server_that_reads_slowly() -> None:
    async with scripted() as script:
        script.reading.clear()
        for _ in range(64):
            script.link.write(b"PUB a 1000000\r\n" + b"x" * 1_000_000 + b"\r\n")
        drained = asyncio.create_task(script.link.drained())
        await asyncio.sleep(0.1)
        assert not drained.done()

        script.hang_up()
        with pytest.raises(ConnectError, match="nats: "):
            await drained
        await until(lambda: script.lost)
        with pytest.raises(ConnectError, match="nats: the connection is lost"):
            script.link.write(b"PUB a 0\r\n\r\n")


def test_by_tls_and_uvloop_it_is_the_same(tmp_path: Path) -> None:
    async def call() -> list[object]:
        service = Service()
        service.message("echo")(lambda data: data)
        async with service.listen(nats), Client(nats) as nest:
            bodies = [1, "x" * 500_000, {"é": [None]}]
            return list(await asyncio.gather(*(nest.send("echo", b) for b in bodies)))

    files = Certificates.issued(tmp_path)
    certificate = {"cert_file": f"{files.server}", "key_file": f"{files.server_key}"}
    trusting = ssl.create_default_context(cafile=files.authority)
    with NatsServer({"tls": certificate}) as server:
        nats = Nats(server.url.replace("nats://", "tls://"), tls=trusting)
        for run in (asyncio.run, uvloop.run):
            assert run(call()) == [1, "x" * 500_000, {"é": [None]}]
