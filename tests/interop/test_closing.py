"""Nest that is closed, or gets SIGTERM, while our client waits for its replies.

What our servers do then, with clients of Nest and with ours, is in ``test_shutdown.py``
and ``test_restarts.py``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from servers import Client, ConnectError, ConnectionLostError
from tests.interop.nests import VERSIONS, Nest
from tests.servers.peers import until

if TYPE_CHECKING:
    from tests.interop.nests import Nests


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_nest_that_is_closed_with_calls_in_flight(
    version: str, nests: Nests
) -> None:
    nest = nests[version]
    port = await nest.do("listen", port=0)
    async with Client("127.0.0.1", port) as client:
        assert await client.send("echo", "before") == "before"
        call = asyncio.ensure_future(
            client.send("reversed", {"mine": 1, "all": 2}, timeout=None)
        )
        await client.send("echo", "it has begun")
        await nest.do("shut", port=port)
        if version == "v10":  # only what listens is closed; connections go on
            assert await client.send("reversed", {"mine": 2, "all": 2}) == 2
            assert await call == 1
        else:
            with pytest.raises(ConnectionLostError):
                await call
            await _release(nest)
            with pytest.raises(ConnectError, match="refused"):
                await client.send("echo", "nobody listens")
        assert client.pending == 0


async def _release(nest: Nest) -> None:
    """Let the handler return whose caller is gone."""
    async with Client("127.0.0.1", await nest.port()) as client:
        assert await client.send("reversed", {"mine": 2, "all": 2}) == 2


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_nest_with_shutdown_hooks_that_gets_sigterm(version: str) -> None:
    with Nest.start(version) as nest:
        port = await nest.do("listen", port=0, hooks=True)
        async with Client("127.0.0.1", port) as client:
            call = asyncio.ensure_future(client.send("wait", 0, timeout=None))
            stream = client.stream("stream.endless", 0)
            assert await anext(stream) == 0
            nest.terminate()
            with pytest.raises(ConnectionLostError):
                await call
            with pytest.raises(ConnectionLostError):
                _ = [value async for value in stream]
            await until(lambda: nest.returncode is not None)
            with pytest.raises(ConnectError, match="refused"):
                await client.send("echo", "nobody listens")
    assert nest.returncode == -15
