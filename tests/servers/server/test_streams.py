from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, EncodeError, Json
from servers import RpcError, Service
from servers.server.streams import Outbox, send_values, stream_of
from tests.servers.peers import peer_of, request, settle
from tests.servers.respondents import Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator


async def _bodies(handler: Callable[..., Json], replies: int) -> list[str]:
    service = Service()
    service.message("s")(handler)
    async with peer_of(service) as peer:
        await peer.ask(request("s"), replies)
        await settle()
        return peer.bodies


def _item(value: Json) -> dict[str, Json]:
    return {"response": value, "id": "1"}


def _last(value: Json) -> dict[str, Json]:
    return {"response": value, "isDisposed": True, "id": "1"}


_END = {"isDisposed": True, "id": "1"}


async def _sent(
    values: AsyncIterator[Json] | Generator[Json, None, None],
    identity: bytes | None = b'"1"',
) -> Recorder:
    """Send values, then the end, and let the event loop turn."""
    recorder = Recorder()
    outbox = Outbox(recorder, identity)
    await send_values(values, outbox)
    outbox.end()
    await asyncio.sleep(0)
    return recorder


async def test_a_value_is_held_until_the_loop_has_turned() -> None:
    recorder = Recorder()
    outbox = Outbox(recorder, b'"1"')

    outbox.put(1)
    assert recorder.replies == []
    outbox.put(2)
    assert recorder.replies == [_item(1)]
    await asyncio.sleep(0)
    assert recorder.replies == [_item(1), _item(2)]
    outbox.put(3)
    await asyncio.sleep(0)
    assert recorder.replies == [_item(1), _item(2), _item(3)]
    await asyncio.sleep(0)
    outbox.end()
    assert recorder.replies[3:] == [_END]


async def test_the_end_takes_the_held_value_along_once() -> None:
    recorder = Recorder()
    outbox = Outbox(recorder, b'"1"')

    outbox.put(1)
    outbox.end()
    await asyncio.sleep(0)
    outbox.release()

    assert recorder.replies == [_last(1)]


async def test_undefined_is_held_like_a_value() -> None:
    recorder = Recorder()
    outbox = Outbox(recorder, b'"1"')

    outbox.put(UNDEFINED)
    outbox.put(None)
    outbox.put(UNDEFINED)
    outbox.release()
    outbox.release()
    outbox.end()

    assert recorder.replies == [{"id": "1"}, _item(None), {"id": "1"}, _END]


async def test_one_turn_is_asked_for_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder, asked = Recorder(), list[object]()
    outbox, loop = Outbox(recorder, b'"1"'), asyncio.get_running_loop()

    class Counting:
        def call_soon(self, callback: Callable[[], object]) -> None:
            asked.append(callback)
            loop.call_soon(callback)

    monkeypatch.setattr(asyncio, "get_running_loop", Counting)
    for value in range(5):
        outbox.put(value)
    monkeypatch.undo()
    assert len(asked) == 1

    await asyncio.sleep(0)
    monkeypatch.setattr(asyncio, "get_running_loop", Counting)
    outbox.put(5)
    monkeypatch.undo()
    assert len(asked) == 2
    outbox.end()


async def test_a_value_that_json_cannot_hold_leaves_the_held_one_alone() -> None:
    recorder = Recorder()
    outbox = Outbox(recorder, b'"1"')

    outbox.put(1)
    with pytest.raises(EncodeError):
        outbox.put(float("nan"))
    assert recorder.replies == []
    outbox.release()

    assert recorder.replies == [_item(1)]


async def test_the_values_of_an_event_go_nowhere() -> None:
    recorder = await _sent((value for value in (1, object())), identity=None)
    outbox = Outbox(recorder, None)
    outbox.put(1)
    outbox.release()
    outbox.end()

    assert recorder.bodies == []


@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 128, 200])
async def test_any_number_of_plain_values_ends_with_the_last(count: int) -> None:
    recorder = await _sent(value for value in range(count))

    expected = [_item(value) for value in range(count - 1)]
    assert recorder.replies == [*expected, _last(count - 1) if count else _END]


async def test_others_get_their_turn_every_64_values() -> None:
    turns: list[int] = []
    sent = 0

    def values() -> Iterator[int]:
        nonlocal sent
        while sent < 199:
            yield sent
            sent += 1
        yield sent

    async def other() -> None:
        while sent < 199:
            turns.append(sent)
            await asyncio.sleep(0)

    await asyncio.gather(_sent(values()), other())  # type: ignore[arg-type]

    assert turns == [64, 128, 192]


async def _async(*values: Json) -> AsyncIterator[Json]:
    for value in values:
        yield value


def _plain(*values: Json) -> Generator[Json, None, None]:
    yield from values


@pytest.mark.parametrize("kind", [_async, _plain])
async def test_a_caller_that_reads_slowly_is_waited_for(
    kind: Callable[..., AsyncIterator[Json]],
) -> None:
    recorder = Recorder()
    recorder.write_paused = True
    sending = asyncio.ensure_future(
        send_values(kind(*range(200)), Outbox(recorder, b'"1"'))
    )
    for _ in range(5):
        await asyncio.sleep(0)
    assert recorder.replies == [_item(0)]
    assert recorder.waits == 1

    recorder.gate.set()
    await sending
    await asyncio.sleep(0)
    assert recorder.replies == [_item(value) for value in range(200)]
    assert recorder.waits == 1


class _Iterator:
    """An asynchronous iterator that is not a generator."""

    def __init__(self) -> None:
        self.left = 2

    def __aiter__(self) -> _Iterator:
        return self

    async def __anext__(self) -> int:
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


async def test_an_iterator_that_cannot_be_closed_is_a_stream_too() -> None:
    recorder = await _sent(_Iterator())

    assert recorder.replies == [_item(1), _last(0)]


@pytest.mark.parametrize("kind", ["plain", "async"])
async def test_a_generator_is_closed_when_its_values_cannot_be_sent(kind: str) -> None:
    closed: list[str] = []

    def plain() -> Iterator[Json]:
        try:
            yield object()
        finally:
            closed.append("plain")

    async def asynchronous() -> AsyncIterator[Json]:
        try:
            yield object()
        finally:
            closed.append("async")

    values: Json = plain() if kind == "plain" else asynchronous()
    with pytest.raises(EncodeError):
        await send_values(values, Outbox(Recorder(), b'"1"'))
    assert closed == [kind]
    del values  # until here it was not freed, which closes a generator too


async def test_an_end_without_waiting_is_merged_with_the_last_value() -> None:
    async def values() -> AsyncIterator[int]:
        for value in range(3):
            await asyncio.sleep(0.001)
            yield value

    assert await _bodies(values, 3) == [
        '{"response":0,"id":"1"}',
        '{"response":1,"id":"1"}',
        '{"response":2,"isDisposed":true,"id":"1"}',
    ]


async def test_an_end_after_waiting_comes_alone() -> None:
    async def values() -> AsyncIterator[str]:
        yield "v"
        await asyncio.sleep(0.005)

    assert await _bodies(values, 2) == [
        '{"response":"v","id":"1"}',
        '{"isDisposed":true,"id":"1"}',
    ]


async def test_a_plain_generator_is_a_stream_too() -> None:
    def values() -> Iterator[int]:
        yield from range(200)

    bodies = await _bodies(values, 200)

    assert len(bodies) == 200
    assert bodies[198] == '{"response":198,"id":"1"}'
    assert bodies[199] == '{"response":199,"isDisposed":true,"id":"1"}'


async def test_no_value_is_one_reply() -> None:
    def nothing() -> Iterator[int]:
        yield from ()

    async def nothing_later() -> AsyncIterator[int]:
        for value in list[int]():
            yield value

    for handler in (nothing, nothing_later):
        assert await _bodies(handler, 1) == ['{"isDisposed":true,"id":"1"}']


async def test_undefined_items_have_no_response() -> None:
    async def values() -> AsyncIterator[Json]:
        for value in (UNDEFINED, None, UNDEFINED):
            await asyncio.sleep(0.001)
            yield value

    assert await _bodies(values, 3) == [
        '{"id":"1"}',
        '{"response":null,"id":"1"}',
        '{"isDisposed":true,"id":"1"}',
    ]


@pytest.mark.parametrize("error", ["raised", "unsayable"])
async def test_an_error_in_the_middle_follows_the_values(
    error: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    cleaned: list[str] = []

    def values() -> Iterator[Json]:
        try:
            yield 1
            yield 2
            if error == "unsayable":
                yield object()
            raise RpcError("mid")
        finally:
            cleaned.append("up")

    message = "mid" if error == "raised" else "Internal server error"
    assert await _bodies(values, 3) == [
        '{"response":1,"id":"1"}',
        '{"response":2,"id":"1"}',
        f'{{"err":{{"status":"error","message":"{message}"}},"isDisposed":true,"id":"1"}}',
    ]
    assert cleaned == ["up"]


class _Bare:
    """An asynchronous iterator that cannot be closed."""

    def __aiter__(self) -> _Bare:
        return self

    async def __anext__(self) -> int:
        raise StopAsyncIteration


async def test_any_iterator_is_a_stream_to_a_middleware_and_nothing_else_is() -> None:
    generator = _async(1, 2)
    assert stream_of(generator) is generator
    for values in (generator, _plain(1, 2), iter([1, 2])):
        stream = stream_of(values)
        assert stream is not None
        assert [value async for value in stream] == [1, 2]
    bare = stream_of(_Bare())
    assert bare is not None
    assert [value async for value in bare] == []
    for value in (None, 1, "ab", [1, 2], {"a": 1}, range(2), UNDEFINED):
        assert stream_of(value) is None


async def test_closing_it_lets_a_plain_generator_clean_up() -> None:
    cleaned: list[int] = []

    def values() -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            cleaned.append(1)

    stream = stream_of(values())
    assert stream is not None
    assert await anext(stream) == 0
    await stream.aclose()

    assert cleaned == [1]


async def test_others_get_their_turn_beside_the_values_of_a_plain_generator() -> None:
    stream, turns = stream_of(iter(range(200))), 0
    assert stream is not None

    async def read() -> None:
        async for _ in stream:
            pass

    reading = asyncio.ensure_future(read())
    while not reading.done():
        turns += 1
        await asyncio.sleep(0)

    assert turns == 4  # the one in which it begins, and after 64, 128 and 192 values
