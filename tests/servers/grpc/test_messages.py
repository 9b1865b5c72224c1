from __future__ import annotations

from typing import TYPE_CHECKING

from servers.grpc.messages import GrpcMessage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from protocol import Json


async def _two() -> AsyncIterator[Json]:
    yield 1
    yield 2


async def test_a_call_has_the_messages_of_its_client() -> None:
    call = GrpcMessage("/a.B/C", {"x": "1"}, 1.5, _two())
    assert [each async for each in call.messages()] == [1, 2]
    assert (call.channel, call.headers, call.deadline) == ("/a.B/C", {"x": "1"}, 1.5)


async def test_one_without_a_stream_has_none() -> None:
    assert [each async for each in GrpcMessage("/a.B/C").messages()] == []
