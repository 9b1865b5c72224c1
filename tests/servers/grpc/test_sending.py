from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

from captures.grpc_stage import PROTO
from servers import CallError, Client, Context, Service
from servers.grpc import Grpc, GrpcMessage, method
from servers.grpc.sending import is_stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_ADD = method("Calculator", "Add", stream=True)
_CHAT = method("Calculator", "Chat", stream=True)


def _service(heard: list[str]) -> Service:
    service = Service()

    def messages(context: Context) -> AsyncIterator[Any]:
        assert isinstance(context.carrier, GrpcMessage)
        return context.carrier.messages()

    @service.message(_ADD)
    async def total(_: Any, context: Context) -> Any:  # noqa: ANN401
        return {"value": sum([sum(each["values"]) async for each in messages(context)])}

    @service.message(_CHAT)
    async def chat(_: Any, context: Context) -> AsyncIterator[Any]:  # noqa: ANN401
        yield {"text": "hello"}  # before the client has said anything
        async for each in messages(context):
            heard.append(each["text"])
            yield {"text": f"{each['text']}?"}
            if each["text"] == "enough":
                return

    return service


class _Numbers:
    """What can be iterated over again and again."""

    def __aiter__(self) -> AsyncIterator[Any]:
        return _numbers()


async def _numbers() -> AsyncIterator[Any]:
    for each in (1, 2, 3):
        await asyncio.sleep(0)
        yield {"values": [each]}


def test_what_json_holds_is_no_stream() -> None:
    values: list[object] = [[], (), {}, "a", b"a", 1, None, {1}]
    assert not any(map(is_stream, values))
    assert all(map(is_stream, [iter([]), range(3), deque(), {}.values(), _numbers()]))


async def test_a_stream_is_whatever_can_be_iterated_over() -> None:
    heard: list[str] = []
    transport = Grpc("127.0.0.1:0", proto=PROTO)
    async with _service(heard).listen(transport):
        target = Grpc(f"127.0.0.1:{transport.port}", proto=PROTO)
        async with Client(target) as client:
            again = _Numbers()
            several: list[Any] = [_numbers(), again, again, deque([{"values": [6]}])]
            several += [({"values": [each]} for each in (1, 5)), [{"values": [6]}], ()]
            sums = [await client.send(_ADD, each) for each in several]
            assert sums == [{"value": 6}] * 6 + [{}]
            await _converse(client)
            assert heard == ["a", "b", "enough"]
            await _fail(client)


async def _converse(client: Client) -> None:
    """Say something once the service has answered what was said before."""
    said: asyncio.Queue[str] = asyncio.Queue()
    closed = asyncio.Event()

    async def says() -> AsyncIterator[Any]:
        try:
            while True:
                yield {"text": await said.get()}
        finally:
            closed.set()

    answers = []
    async for each in client.stream(_CHAT, says()):
        answers.append(each["text"])
        for word in ("a", "b", "enough")[len(answers) - 1 : len(answers)]:
            said.put_nowait(word)
    assert answers == ["hello", "a?", "b?", "enough?"]
    await closed.wait()


async def _fail(client: Client) -> None:
    begun = _numbers()
    assert await client.send(_ADD, begun) == {"value": 6}
    with pytest.raises(CallError, match="a stream is sent once"):
        await client.send(_ADD, begun)

    def broken() -> Iterator[Any]:
        yield {"values": [1]}
        raise ValueError("no more")

    with pytest.raises(CallError, match="ended with a ValueError: no more"):
        await client.send(_ADD, broken())
    with pytest.raises(CallError, match="nope"):
        await client.send(_ADD, iter([{"nope": 1}]))
    with pytest.raises(CallError, match=r"messages are an object of calc\.Numbers"):
        await client.send(_ADD, [5])
    with pytest.raises(CallError, match=r"one message, an object of .*, and not a str"):
        await client.send("Calculator.Sum", _numbers())
    with pytest.raises(CallError, match=r"one message, an object of .*, and not an a"):
        await client.send("Calculator.Sum", [1, 2])
    with pytest.raises(CallError, match="and not a text"):
        await client.send("Calculator.Sum", "a")
