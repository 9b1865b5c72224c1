from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, Json, JsonText
from servers import (
    Client,
    ConnectionLostError,
    Limits,
    NoHandlerError,
    RemoteError,
    RequestTimeoutError,
    RpcError,
    Service,
    StreamOverflowError,
    UsageError,
)
from servers.client.deadlines import Deadlines
from servers.client.observations import Observation
from servers.client.streams import PendingStream, Stream, Values
from servers.testing import connected
from tests.servers.peers import settle, steady, until
from tests.servers.wires import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from servers.client.calls import FutureLike


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)

    @service.message("count")
    def count(to: int) -> Iterator[int]:
        yield from range(to)

    @service.message("never")
    async def never(values: int) -> AsyncIterator[int]:
        for value in range(values):
            yield value
        await asyncio.Event().wait()

    @service.message("mixed")
    async def mixed() -> AsyncIterator[Json]:
        for value in (None, UNDEFINED, 0, False, ""):
            await asyncio.sleep(0.001)
            yield value

    @service.message("broken")
    async def broken(values: int) -> AsyncIterator[int]:
        for value in range(values):
            yield value
        raise RpcError("mid")

    @service.message("forever")
    async def forever() -> AsyncIterator[int]:
        value = 0
        while True:
            yield value
            value += 1
            await asyncio.sleep(0.001)

    return service


@pytest.mark.parametrize("count", [0, 1, 5, 10_000])
async def test_every_value_comes_in_order(count: int) -> None:
    async with connected(_service()) as nest:
        assert [value async for value in nest.stream("count", count)] == [*range(count)]


async def test_values_are_kept_apart() -> None:
    async with connected(_service()) as nest:
        values = [value async for value in nest.stream("mixed", 0)]

    assert [(type(value), value) for value in values] == [
        (type(value), value) for value in (None, UNDEFINED, 0, False, "")
    ]


@pytest.mark.parametrize("before", [0, 3])
async def test_an_error_comes_after_the_values(before: int) -> None:
    async with connected(_service()) as nest:
        stream = nest.stream("broken", before)
        values = [await anext(stream) for _ in range(before)]
        with pytest.raises(RemoteError, match="mid"):
            await anext(stream)
        with pytest.raises(NoHandlerError):
            await anext(nest.stream("unknown", 0))

    assert values == [*range(before)]


class _Deadlines(Deadlines):
    """Keep the timeouts that are asked for."""

    def __init__(self) -> None:
        super().__init__(asyncio.get_running_loop())
        self.asked: list[float | None] = []

    def add(self, call: FutureLike, seconds: float | None) -> dict[FutureLike, float]:
        self.asked.append(seconds)
        return super().add(call, seconds)


async def test_every_value_has_the_whole_timeout() -> None:
    deadlines, wire = _Deadlines(), Wire()
    call = PendingStream("1", wire, 1_000)
    values = Values(call, deadlines, 60)
    call.take(JsonText(b"0"))
    assert await anext(values) == 0  # it was there already

    for number in range(1, 4):
        waiting = asyncio.ensure_future(anext(values))
        await asyncio.sleep(0)
        assert len(deadlines) == 1
        call.take(JsonText(b"%d" % number))
        assert await waiting == number
        assert len(deadlines) == 0
    assert deadlines.asked == [60] * 3
    deadlines.close()


async def test_a_value_that_does_not_come_in_time_ends_the_stream() -> None:
    call = PendingStream("1", Wire(), 1_000)
    values = Values(call, Deadlines(asyncio.get_running_loop()), 0.01)
    call.take(JsonText(b"0"))
    assert await anext(values) == 0  # which was there already

    with pytest.raises(RequestTimeoutError) as raised:
        await anext(values)
    assert raised.value.seconds == 0.01
    assert call.done()


async def test_a_stream_without_any_value_ends_in_time() -> None:
    async with connected(_service()) as nest:
        await nest.connect()  # else that could take all of the time
        stream = nest.stream("never", 0, timeout=0.02)
        with pytest.raises(RequestTimeoutError) as raised:
            await anext(stream)
        assert raised.value.seconds == 0.02
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        assert nest.pending == 0


async def test_nothing_is_sent_before_a_value_is_asked_for() -> None:
    service, asked = _service(), list[int]()
    service.message("note")(lambda: asked.append(1))
    async with connected(service) as nest:
        stream = nest.stream("note", 0)
        await settle()
        assert not asked
        assert [value async for value in stream] == [None]
        assert asked == [1]


@pytest.mark.parametrize("how", ["aclosing", "freed"])
async def test_a_stream_left_early_is_forgotten(how: str) -> None:
    async with connected(_service()) as nest:
        if how == "aclosing":
            async with aclosing(nest.stream("forever", 0)) as stream:
                assert await anext(stream) == 0
        else:
            async for _ in nest.stream("forever", 0):
                break
            gc.collect()
        assert nest.pending == 0
        assert await nest.send("echo", "the next call") == "the next call"
        await until(lambda: nest.unclaimed_replies > 3)


async def test_a_cancelled_wait_can_be_resumed() -> None:
    service, gate = _service(), asyncio.Event()

    @service.message("gate")
    async def gated() -> AsyncIterator[str]:
        await gate.wait()
        yield "at last"

    async with connected(service) as nest:
        stream = nest.stream("gate", 0)
        waiting = asyncio.ensure_future(anext(stream))
        await until(lambda: nest.pending)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert nest.pending == 1
        gate.set()
        assert await anext(stream) == "at last"


async def test_streams_and_calls_share_the_connection() -> None:
    async with connected(_service()) as nest:

        async def collect(to: int) -> list[Json]:
            return [value async for value in nest.stream("count", to)]

        found = await asyncio.gather(
            *(collect(n) for n in range(50)), *(nest.send("echo", n) for n in range(50))
        )

    assert found == [[*range(n)] for n in range(50)] + [*range(50)]


async def test_a_stream_fails_when_the_connection_goes() -> None:
    async with (
        _service().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        stream = nest.stream("forever", 0)
        assert await anext(stream) == 0
        await server.stop(grace=0)
        with pytest.raises(ConnectionLostError):
            async for _ in stream:
                pass


async def test_a_reader_that_is_slow_stops_the_writer() -> None:
    service, made = Service(), 0

    @service.message("numbers")
    async def numbers() -> AsyncIterator[str]:
        nonlocal made
        for _ in range(20_000):
            made += 1
            yield "x" * 1_000

    limits = Limits(stream_values=10)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, limits=limits) as nest,
    ):
        stream = nest.stream("numbers", 0)
        await anext(stream)
        assert await steady(lambda: made) < 20_000
        count = 1 + len([value async for value in stream])

    assert count == 20_000


async def test_a_reader_that_is_slow_does_not_stop_other_calls() -> None:
    limits = Limits(stream_values=10)
    async with connected(_service(), limits=limits) as nest:
        stream = nest.stream("forever", 0)
        await anext(stream)
        await settle()
        for number in range(5):
            assert await nest.send("echo", number) == number
        await stream.aclose()


async def test_far_too_many_values_are_an_error() -> None:
    limits = Limits(stream_values=10)
    async with connected(_service(), limits=limits) as nest:
        other = asyncio.ensure_future(nest.send("never", 0))  # reading must go on
        stream = nest.stream("count", 10_000)
        assert await anext(stream) == 0
        await until(lambda: nest.pending == 1)
        with pytest.raises(StreamOverflowError):
            async for _ in stream:
                pass
        other.cancel()


def _pending(limit: int, *values: str) -> tuple[PendingStream, Wire]:
    """Return a stream with some values that wait, and the wire that they came on."""
    wire = Wire()
    stream = PendingStream("1", wire, limit)
    for value in values:
        stream.take(JsonText(value.encode()))
    return stream, wire


def test_a_stream_is_full_with_as_many_values_as_should_wait() -> None:
    almost, wire = _pending(3, "1", "2")
    assert (almost.full, wire.crowds) == (False, 0)

    almost.take(JsonText(b"3"))
    assert (almost.full, wire.crowds) == (True, 1)


def test_a_stream_overflows_with_the_first_value_beyond_64_times_as_many() -> None:
    stream, wire = _pending(1, *("0" for _ in range(64)))
    assert (stream.done(), wire.forgotten) == (False, [])

    stream.take(JsonText(b"0"))
    assert (stream.done(), wire.forgotten) == (True, ["1"])


async def test_reading_is_resumed_when_half_of_what_should_wait_is_left() -> None:
    stream, wire = _pending(4, "1", "2", "3", "4")
    deadlines = Deadlines(asyncio.get_running_loop())
    reliefs = []
    for _ in range(4):
        await stream.next(deadlines, None)
        reliefs.append(wire.reliefs)

    assert reliefs == [0, 1, 2, 3]  # with three values left there are too many


def test_a_stream_that_is_discarded_holds_no_value_and_resumes_reading() -> None:
    stream, wire = _pending(2, "1", "2")
    stream.discard()

    assert (stream.full, stream.done()) == (False, True)
    assert (wire.forgotten, wire.reliefs) == (["1"], 1)


async def test_the_iterator_of_a_stream_is_its_own() -> None:
    stream, _ = _pending(2)
    values = Values(stream, Deadlines(asyncio.get_running_loop()), None)

    assert aiter(values) is values
    await values.aclose()


class _Ends(Observation):
    """Keep how a stream is reported to have ended."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def end(self, outcome: str) -> None:
        self.outcomes.append(outcome)


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (PendingStream.end, "completed"),
        (PendingStream.discard, "cancelled"),
        (lambda stream: stream.set_exception(ConnectionLostError("x")), "lost"),
    ],
)
async def test_the_end_of_a_stream_is_reported_once(
    last: Callable[[PendingStream], None], outcome: str
) -> None:
    stream, _ = _pending(10, "1")
    ends = _Ends()
    stream.watch(ends)
    assert not ends.outcomes
    last(stream)
    stream.set_exception(ConnectionLostError("y"))
    stream.discard()
    stream.end()

    assert ends.outcomes == [outcome]


async def test_a_stream_that_is_closed_before_it_began_never_begins() -> None:
    begun = 0

    async def begin() -> AsyncIterator[Json]:
        nonlocal begun
        begun += 1
        raise AssertionError

    stream = Stream(begin)
    await stream.aclose()

    assert [value async for value in stream] == []
    assert not begun


async def test_a_stream_has_one_reader() -> None:
    async with connected(_service()) as nest:
        stream = nest.stream("mixed", 0)
        first = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        with pytest.raises(UsageError, match="another task is reading this stream"):
            await anext(stream)

        assert await first is None
        assert len([value async for value in stream]) == 4
