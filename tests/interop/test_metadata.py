"""Metadata crosses between Nest 12 and us; older versions look past it.

Clients of older versions have no hook that could attach any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import (
    Client,
    ClientProceed,
    Outgoing,
    Service,
    pass_trace,
    receive_trace,
)
from tests.interop.application import Application
from tests.interop.pairs import WE_CALL, Pair, opened

if TYPE_CHECKING:
    from protocol import Json
    from tests.interop.nests import Nests

_METADATA = {"trace 😀": ["1", 2]}


@pytest.mark.parametrize("name", WE_CALL)
async def test_a_handler_of_nest_12_finds_our_metadata(name: str, nests: Nests) -> None:
    nest = Pair.of(name, nests).nest
    async with Client("127.0.0.1", await nest.port()) as client:
        found = await client.send("metadata", 0, metadata=_METADATA)
        without = await client.send("metadata", 0)

    assert found == (_METADATA if nest.version == "v12" else None)
    assert without is None


async def test_our_handler_finds_the_metadata_of_nest_12(nests: Nests) -> None:
    nest = nests["v12"]
    async with Application().service.listen("127.0.0.1", 0, grace=0) as server:
        async with opened(nest, server.port, metadata=_METADATA) as caller:
            found = await caller.observe("metadata", 0)
        async with opened(nest, server.port) as caller:
            without = await caller.observe("metadata", 0)

    assert found == [["value", _METADATA], ["end"]]
    assert without == [["value", None], ["end"]]


@pytest.mark.parametrize("name", WE_CALL)
async def test_an_event_carries_it_to_nest_12(name: str, nests: Nests) -> None:
    nest = Pair.of(name, nests).nest
    async with Client("127.0.0.1", await nest.port()) as client:
        await client.emit("with metadata", {"order": 7}, metadata=_METADATA)
        await client.emit("with metadata", {"order": 8})
        heard = await client.send("heard", 0)

    found = _METADATA if nest.version == "v12" else None
    assert heard == [[{"order": 7}, found], [{"order": 8}, None]]


async def test_an_event_carries_it_from_nest_12(nests: Nests) -> None:
    nest = nests["v12"]
    async with (
        Application().service.listen("127.0.0.1", 0, grace=0) as server,
        opened(nest, server.port, metadata=_METADATA) as caller,
    ):
        await caller.emit("with metadata", {"order": 7})
        heard = await caller.observe("heard", 0)

    assert heard == [["value", [[{"order": 7}, _METADATA]]], ["end"]]


async def test_a_middleware_attaches_it_once_for_each_packet(nests: Nests) -> None:
    seen = []
    async with Client("127.0.0.1", await nests["v12"].port()) as client:

        @client.use
        async def attach(outgoing: Outgoing, proceed: ClientProceed) -> object:
            seen.append((outgoing.pattern, outgoing.data))
            return await proceed(outgoing.replace(metadata=len(seen)))

        found = [await client.send("metadata", n) for n in ("a", "b")]

    assert found == [1, 2]
    assert seen == [("metadata", "a"), ("metadata", "b")]


_TRACE = {
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "tracestate": "rojo=1",
}


@pytest.mark.parametrize("name", WE_CALL)
async def test_a_trace_of_nest_12_crosses_our_service(name: str, nests: Nests) -> None:
    called, calling = Pair.of(name, nests).nest, nests["v12"]
    service = Service()
    service.use(receive_trace)
    async with Client("127.0.0.1", await called.port()) as inner:
        inner.use(pass_trace)

        @service.message("outer")
        async def outer() -> Json:
            return await inner.send("metadata", 0)

        async with service.listen("127.0.0.1", 0, grace=0) as server:
            async with opened(calling, server.port, metadata=_TRACE) as caller:
                found = await caller.observe("outer", 0)
            async with opened(calling, server.port, metadata=_METADATA) as caller:
                without = await caller.observe("outer", 0)

    assert found == [["value", _TRACE if name.endswith("v12") else None], ["end"]]
    assert without == [["value", None], ["end"]]
