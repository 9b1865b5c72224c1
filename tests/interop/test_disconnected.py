"""Clients whose server is away: what each tells, and that it finds the server later."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from servers import Client, ConnectError
from tests.interop.application import Application
from tests.interop.pairs import WE_ARE_CALLED, WE_CALL, Pair, opened

if TYPE_CHECKING:
    from tests.interop.nests import Nests


def _free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_a_client_of_nest_finds_us_once_we_listen(
    name: str, nests: Nests
) -> None:
    nest, port = Pair.of(name, nests).nest, _free_port()
    refused = [["error", f"connect ECONNREFUSED 127.0.0.1:{port}"]]
    async with opened(nest, port) as caller:
        assert await caller.observe({"cmd": "none"}, [1, 2, 3]) == refused
        emitted = await nest.do("emit", client=caller.number, pattern="event", data=1)
        assert emitted == refused
        async with Application().service.listen("127.0.0.1", port, grace=0):
            found = await caller.observe("echo", "found")
            heard = await caller.observe("heard", 0)

    assert found == [["value", "found"], ["end"]]
    assert heard == [["value", []], ["end"]]  # an event that failed is not sent later


@pytest.mark.parametrize("name", WE_CALL)
async def test_our_client_finds_nest_once_it_listens(name: str, nests: Nests) -> None:
    nest, port = Pair.of(name, nests).nest, _free_port()
    told = f"cannot connect to 127.0.0.1:{port}: Connection refused"
    async with Client("127.0.0.1", port) as client:
        with pytest.raises(ConnectError, match=told):
            await client.send({"cmd": "none"}, [1, 2, 3])
        with pytest.raises(ConnectError, match=told):
            await client.emit("event", 1)
        with pytest.raises(ConnectError, match=told):
            await anext(client.stream("stream.many", 1))
        assert client.pending == 0
        await nest.do("listen", port=port)
        assert await client.send("echo", "found") == "found"
        assert await client.send("heard", 0) == []
    await nest.do("shut", port=port)
