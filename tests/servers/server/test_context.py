from __future__ import annotations

from datetime import date

import pytest

from protocol import UNDEFINED, Json
from servers import Client, Context, EncodeError, Service, UsageError
from servers.testing import connected
from tests.servers.peers import frame, peer_of, until


def _service(seen: list[Context]) -> Service:
    service = Service()

    @service.message([{"cmd": "who"}, "who"])
    def who(context: Context) -> str:
        seen.append(context)
        return context.peer

    @service.event("happened")
    def happened(data: Json, context: Context) -> None:
        assert data == context.data
        seen.append(context)

    return service


async def test_a_handler_learns_who_asked_and_what() -> None:
    seen: list[Context] = []
    async with (
        _service(seen).listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        peer = await nest.send({"cmd": "who"}, {"a": 1}, metadata={"trace": "00"})

    (context,) = seen
    assert peer == context.peer
    assert peer.startswith("127.0.0.1:")
    assert context.pattern == {"cmd": "who"}
    assert context.pattern_text == context.route == '{"cmd":"who"}'
    assert context.data == {"a": 1}
    assert context.metadata == {"trace": "00"}
    assert context.connection_id == 1
    assert not context.is_event
    assert len(context.id) == 21


async def test_what_is_absent_is_undefined() -> None:
    seen: list[Context] = []
    async with peer_of(_service(seen)) as peer:
        peer.write(frame({"pattern": "happened", "data": 1}))
        await peer.ask(frame({"pattern": "who", "id": None}))
        await until(lambda: len(seen) == 2)

    event, request = seen
    assert event.is_event
    assert event.id is UNDEFINED
    assert event.metadata is UNDEFINED
    assert request.data is UNDEFINED
    assert request.id is None
    assert request.pattern_text == "who"


async def test_over_tcp_no_message_is_acknowledged() -> None:
    service = Service()

    @service.message("done")
    def done(context: Context) -> list[str]:
        said = []
        for settle in (context.ack, context.nack):
            with pytest.raises(UsageError) as caught:
                settle()
            said.append(str(caught.value))
        return said

    async with connected(service) as nest:
        said = await nest.send("done", 1)

    assert said == ["over TCP no message is acknowledged"] * 2


async def test_connections_are_numbered() -> None:
    seen: list[Context] = []
    async with _service(seen).listen("127.0.0.1", 0) as server:
        for _ in range(2):
            async with Client("127.0.0.1", server.port) as nest:
                await nest.send("who", 0)

    assert [context.connection_id for context in seen] == [1, 2]


async def test_a_copy_may_have_other_data_metadata_and_state() -> None:
    seen: list[Context] = []
    async with connected(_service(seen)) as nest:
        await nest.send("who", {"a": 1}, metadata={"trace": "00"})
    (context,) = seen

    same = context.replace()
    other = context.replace(data=[date(2026, 1, 2)], metadata=None, state="mine")
    without = other.replace(data=UNDEFINED, metadata=UNDEFINED)

    assert same == context
    assert (other.data, other.metadata, other.state) == (["2026-01-02"], None, "mine")
    assert (without.data, without.metadata, without.state) == (
        UNDEFINED,
        UNDEFINED,
        "mine",
    )
    assert (context.data, context.state) == ({"a": 1}, None)
    assert other.id == context.id
    with pytest.raises(EncodeError):
        context.replace(data=object())
