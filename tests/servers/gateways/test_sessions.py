"""Sessions, with what no library sends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed

from servers import RpcError, Service
from servers.gateways import SocketIo
from servers.gateways.sessions import reason_of
from servers.limits import Limits
from tests.servers.gateways.talking import enter, make_service, raw
from tests.servers.peers import until

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection


async def _until_closed(connection: ClientConnection) -> None:
    while True:
        await connection.recv()


_MALFORMED: tuple[str | bytes, ...] = (
    "4",
    "49",
    "42",
    "42{}",
    '42["a"',
    "42[1]",
    '451-["a",{"_placeholder":true,"num":7}]',
    "44{}",
    b"bytes",
)


async def test_what_is_no_packet_ends_the_session(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway = SocketIo("127.0.0.1", 0)
    async with make_service().listen(gateway):
        for text in _MALFORMED:
            async with raw(gateway) as connection:
                await enter(connection)
                await connection.send(text)
                if "placeholder" in str(text):
                    await connection.send(b"attachment")
                with pytest.raises(ConnectionClosed):
                    await _until_closed(connection)
                await until(lambda: not gateway.clients)

    assert caplog.text.count("is no packet") == 4  # the 1st, 2nd, 4th and 8th
    assert "Traceback" not in caplog.text


async def test_events_of_whoever_is_in_no_namespace_mean_nothing() -> None:
    gateway = SocketIo("127.0.0.1", 0)
    async with make_service().listen(gateway), raw(gateway) as connection:
        assert str(await connection.recv()).startswith("0{")
        for text in ('421["sum",[1]]', "431[1]", '42/main,["sum",[1]]'):
            await connection.send(text)
        for text in ("40", "40", '431["of nothing"]', '427["sum",[1,2]]'):
            await connection.send(text)
        assert str(await connection.recv()).startswith("40")
        assert await connection.recv() == "437[3]"


async def test_pages_from_elsewhere_and_too_many_are_refused() -> None:
    gateway = SocketIo("127.0.0.1", 0)
    async with Service(limits=Limits(connections=1)).listen(gateway):
        with pytest.raises(Exception, match="HTTP 40"):
            async with raw(gateway, origin="http://evil.example"):
                pass
        own = f"http://127.0.0.1:{gateway.port}"
        async with raw(gateway, origin=own) as connection:
            await enter(connection)
            with pytest.raises(Exception, match="HTTP 40"):
                async with raw(gateway):
                    pass


async def test_a_client_that_lets_too_much_wait_is_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway = SocketIo("127.0.0.1", 0)
    service = Service(limits=Limits(write_buffer=1 << 20))
    async with service.listen(gateway), raw(gateway, max_queue=1) as connection:
        await enter(connection)
        text = "x" * (1 << 18)
        while gateway.emit("said", text):  # noqa: ASYNC110 — until it is dropped
            await asyncio.sleep(0)
        connection.transport.abort()

    assert "it reads too slowly" in caplog.text


def test_why_somebody_is_refused() -> None:
    assert reason_of(RpcError("No")) == {"message": "No"}
    assert reason_of(RpcError()) == {"message": "Unauthorized"}
    assert reason_of(RpcError([1])) == {"message": "Unauthorized"}
    said = {"message": "No", "data": {"code": 7}, "more": 1}
    assert reason_of(RpcError(said)) == {"message": "No", "data": {"code": 7}}
