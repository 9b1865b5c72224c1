from __future__ import annotations

import asyncio

import pytest

from servers import Limits, NoHandlerError, RequestTimeoutError
from servers.testing import connected
from tests.servers.probe import make_probe


async def test_a_client_calls_a_service_without_a_socket() -> None:
    told: list[object] = []
    async with connected(make_probe(told.append)) as nest:
        assert await nest.send("sum", [1, 2, 3]) == 6
        assert [value async for value in nest.stream("stream5async", 0)] == [*range(5)]
        with pytest.raises(NoHandlerError):
            await nest.send("nope", 1)
        await nest.emit("logOne", "x")
        await nest.send("echo", "after the event")

    assert told[-1] == {"h": "logOne", "d": "x"}


async def test_options_are_those_of_the_client() -> None:
    service = make_probe(lambda _: None)
    async with connected(service, timeout=0.02, grace=0) as nest:
        await nest.connect()  # else that could take all of the time
        with pytest.raises(RequestTimeoutError):
            await nest.send("slow", 60_000)


async def test_a_large_payload_passes_in_both_directions() -> None:
    text = "é😀" * 500_000
    service = make_probe(lambda _: None)
    service.limits = Limits(write_high=1024)
    async with connected(service, limits=Limits(write_high=1024)) as nest:
        echoed = await asyncio.gather(*(nest.send("echo", text) for _ in range(3)))

    assert echoed == [text] * 3
