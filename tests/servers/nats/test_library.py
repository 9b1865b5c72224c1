"""What of nats-py has no public name: it is there, and does what it should.

If one of these fails, nats-py has changed: look at ``servers/nats/library.py``.
"""

from __future__ import annotations

import asyncio

from servers.nats.library import client_class, leave, number_of, socket_of, transport_of
from servers.nats.passage import Passage
from tests.servers.nats.scripted import scripted
from tests.servers.peers import until


async def test_before_it_has_connected_a_client_has_no_socket() -> None:
    client = client_class()()

    assert transport_of(client) is None
    assert socket_of(client) is None


async def test_what_is_written_to_the_transport_leaves_on_the_socket() -> None:
    async with scripted() as script:
        client = script.link._client  # noqa: SLF001
        transport, socket = transport_of(client), socket_of(client)
        assert transport is not None
        assert socket is not None
        transport.write(b"PUB one 0\r\n\r\n")
        await transport.drain()  # type: ignore[no-untyped-call]
        socket.write(b"PUB two 0\r\n\r\n")
        await until(lambda: script.told[-2:] == [b"PUB two 0", b""])

        assert script.told[-4:] == [b"PUB one 0", b"", b"PUB two 0", b""]


async def test_the_number_of_a_subscription_is_that_which_the_server_knows() -> None:
    async with scripted() as script:
        client = script.link._client  # noqa: SLF001
        heard: list[bytes] = []

        async def hear(message: object) -> None:
            heard.append(getattr(message, "data", b""))

        subscription = await client.subscribe("b", cb=hear)
        number = number_of(subscription)
        await script.until_told(b"SUB b  " + number)
        await leave(client, subscription)
        await script.until_told(b"UNSUB " + number + b" ")
        script.say(b"MSG b " + number + b" 1\r\nx\r\n")
        await until(lambda: heard)

        assert heard == [b"x"]


async def test_the_socket_has_a_protocol_that_can_be_replaced() -> None:
    async with scripted() as script:
        socket = socket_of(script.link._client)  # noqa: SLF001
        assert socket is not None
        passage = socket.get_protocol()
        assert isinstance(passage, Passage)
        assert isinstance(passage._inner, asyncio.StreamReaderProtocol)  # noqa: SLF001


def test_a_client_knows_whether_the_server_asks_for_tls() -> None:
    client = client_class()()
    names = ("_current_server", "_server_info", "_connect_command", "options")

    assert [each for each in names if not hasattr(client, each)] == []
