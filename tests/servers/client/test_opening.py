from __future__ import annotations

import asyncio

import pytest

from servers import Client, ClientClosedError, ConnectionEvent, Service
from servers.client.opening import Opening
from tests.patience import PATIENCE


async def test_a_listener_that_raises_keeps_nothing_from_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kinds: list[str] = []

    def fail(event: ConnectionEvent) -> None:
        raise ValueError(event.kind)

    async with (
        Service().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, timeout=PATIENCE) as nest,
    ):
        nest.subscribe(fail)
        stop = nest.subscribe(lambda event: kinds.append(event.kind))
        await nest.connect()
        stop()

    assert kinds == ["connected"]
    assert "a listener of connection events failed" in caplog.text


def test_each_loop_has_a_caller_of_its_own_until_the_client_is_closed() -> None:
    opening = Client("127.0.0.1", 1)._opening  # noqa: SLF001
    assert isinstance(opening, Opening)

    async def current() -> object:
        assert opening.current() is opening.current()
        return opening.caller

    assert asyncio.run(current()) is not asyncio.run(current())
    asyncio.run(opening.close())
    assert opening.caller is None
    with pytest.raises(ClientClosedError):
        asyncio.run(current())
