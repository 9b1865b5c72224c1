from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, Json, JsonText
from servers import Hooks, RemoteError, RpcError, Service
from servers.server.calls import Call
from servers.server.handlers import Handler
from servers.testing import connected
from tests.servers.peers import frame, peer_of, request, until
from tests.servers.respondents import Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator

_MASKED = {"status": "error", "message": "Internal server error"}


async def _err_of(handler: Callable[..., Json]) -> Json:
    service = Service()
    service.message("a")(handler)
    async with connected(service) as nest:
        with pytest.raises(RemoteError) as raised:
            await nest.send("a", 0)
    return raised.value.err


def _raise(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def _raise_later(error: BaseException) -> Callable[[], Json]:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise error

    return fail


@pytest.mark.parametrize("raising", [_raise, _raise_later])
async def test_only_what_is_meant_for_the_caller_crosses(
    raising: Callable[[BaseException], Callable[[], Json]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await _err_of(raising(RpcError({"code": 42}))) == {"code": 42}
    assert not caplog.records

    assert await _err_of(raising(ValueError("secret"))) == _MASKED
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert "secret" in str(record.exc_info[1])
    assert record.__dict__["route"] == "a"


@pytest.mark.parametrize("value", [object(), float("nan"), {1, object()}])
async def test_what_json_cannot_hold_is_an_error_and_no_silence(
    value: Json, caplog: pytest.LogCaptureFixture
) -> None:
    assert await _err_of(lambda: value) == _MASKED
    assert "EncodeError" in caplog.text


async def test_an_error_that_json_cannot_hold_is_masked() -> None:
    assert await _err_of(_raise(RpcError({"oh": object()}))) == _MASKED


async def test_a_handler_cancelled_from_inside_fails() -> None:
    assert await _err_of(_raise_later(asyncio.CancelledError())) == _MASKED


@pytest.mark.parametrize(
    "value", [None, False, 0, "", UNDEFINED, [], {}, 1.5, "text", (1, 2), {"a": None}]
)
async def test_values_are_kept_apart(value: Json) -> None:
    service = Service()
    service.message("plain")(lambda: value)

    @service.message("coroutine")
    async def coroutine() -> Json:
        await asyncio.sleep(0)
        return value

    @service.message("stream")
    def stream() -> Json:
        yield value

    async with connected(service) as nest:
        expected = list(value) if isinstance(value, tuple) else value
        for name in ("plain", "coroutine", "stream"):
            found = await nest.send(name, 0)
            assert found == expected
            assert type(found) is type(expected)


async def test_whatever_can_be_awaited_is_awaited() -> None:
    service = Service()

    @service.message("future")
    def future() -> asyncio.Future[int]:
        waiting = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(waiting.set_result, 5)
        return waiting

    async with connected(service) as nest:
        assert await nest.send("future", 0) == 5


async def test_replies_come_as_they_are_ready() -> None:
    service = Service()
    gates = [asyncio.Event() for _ in range(100)]

    @service.message("wait")
    async def wait(number: int) -> int:
        await gates[number].wait()
        return number

    async with peer_of(service) as peer:
        peer.write(b"".join(request("wait", n, str(n)) for n in range(100)))
        for number in reversed(range(100)):
            known = len(peer.bodies)
            gates[number].set()
            await until(lambda: len(peer.bodies) > known)  # noqa: B023 — awaited here

        assert [packet["response"] for packet in peer.packets] == [*range(99, -1, -1)]


async def test_handlers_begin_in_the_order_of_the_requests() -> None:
    service, begun = Service(), list[int]()

    @service.message("plain")
    def plain(number: int) -> None:
        begun.append(number)

    @service.message("coroutine")
    async def coroutine(number: int) -> None:
        begun.append(number)
        await asyncio.sleep(0)

    names = ["plain", "coroutine", "coroutine", "plain", "coroutine", "plain"] * 20
    async with peer_of(service) as peer:
        frames = [request(name, n, str(n)) for n, name in enumerate(names)]
        await peer.ask(b"".join(frames), len(frames))

    assert begun == [*range(len(names))]


@pytest.mark.parametrize("raising", [_raise, _raise_later])
async def test_an_event_is_never_answered(
    raising: Callable[[BaseException], Callable[[], Json]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service()
    service.event("value")(lambda: 1)
    service.event("fails")(raising(ValueError("secret")))
    service.event("refuses")(raising(RpcError("secret")))
    service.message("echo")(lambda data: data)
    async with peer_of(service) as peer:
        for name in ("value", "fails", "refuses", "unknown", "echo"):
            peer.write(frame({"pattern": name, "data": 1}))
        await peer.ask(request("echo", 5))
        await until(lambda: len(caplog.records) == 3)

        assert [packet["response"] for packet in peer.packets] == [5]
    assert caplog.text.count("secret") >= 2
    assert "no handler for event 'unknown'" in caplog.text


class _Notes(Hooks):
    """Keep what is reported of calls."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str]] = []
        self.finished: list[tuple[str, ...]] = []
        self.seconds: list[float] = []

    def call_started(self, side: str, route: str) -> None:
        self.started.append((side, route))

    def call_finished(
        self, side: str, route: str, kind: str, outcome: str, seconds: float
    ) -> None:
        self.finished.append((side, route, kind, outcome))
        self.seconds.append(seconds)


async def _run(
    function: Callable[..., Json], identity: bytes | None = b"1"
) -> tuple[Recorder, _Notes]:
    """Run a handler to its end."""
    notes = _Notes()
    recorder = Recorder(notes)
    Call(recorder, Handler(function, "a"), identity).run(JsonText(b"0"), None)
    await recorder.until_done()
    return recorder, notes


def _refuse() -> None:
    raise RpcError("no")


async def _later() -> int:
    await asyncio.sleep(0.02)
    return 1


async def _fail_later() -> None:
    await asyncio.sleep(0)
    raise ValueError("secret")


def _stream() -> Iterator[int]:
    yield from range(2)


def _broken_stream() -> Iterator[int]:
    yield 0
    raise RpcError("mid")


@pytest.mark.parametrize(
    ("function", "outcome", "replies"),
    [
        (lambda: 1, "completed", [{"response": 1, "isDisposed": True, "id": 1}]),
        (_later, "completed", [{"response": 1, "isDisposed": True, "id": 1}]),
        (
            _stream,
            "completed",
            [
                {"response": 0, "id": 1},
                {"response": 1, "isDisposed": True, "id": 1},
            ],
        ),
        (
            _refuse,
            "error",
            [
                {
                    "err": {"status": "error", "message": "no"},
                    "isDisposed": True,
                    "id": 1,
                }
            ],
        ),
        (object, "error", [{"err": _MASKED, "isDisposed": True, "id": 1}]),
        (_fail_later, "error", [{"err": _MASKED, "isDisposed": True, "id": 1}]),
        (
            _broken_stream,
            "error",
            [
                {"response": 0, "id": 1},
                {
                    "err": {"status": "error", "message": "mid"},
                    "isDisposed": True,
                    "id": 1,
                },
            ],
        ),
    ],
)
async def test_every_outcome_is_replied_and_reported(
    function: Callable[..., Json], outcome: str, replies: list[Json]
) -> None:
    recorder, notes = await _run(function)
    assert recorder.replies == replies
    assert recorder.done == len(recorder.tasks)
    assert notes.started == [("server", "a")]
    assert notes.finished == [("server", "a", "message", outcome)]

    recorder, notes = await _run(function, None)
    assert recorder.bodies == []
    reported = "completed" if function is object else outcome
    assert notes.finished == [("server", "a", "event", reported)]


async def test_the_time_of_a_call_is_reported() -> None:
    begun = time.perf_counter()
    _, notes = await _run(_later)

    assert 0.01 < notes.seconds[0] <= time.perf_counter() - begun


@pytest.mark.parametrize("identity", [b"1", None])
async def test_a_stream_is_for_a_caller_if_there_is_one(identity: bytes | None) -> None:
    recorder, _ = await _run(_stream, identity)
    assert recorder.streams == (identity is not None)

    recorder, _ = await _run(_later, identity)
    assert recorder.streams == 0


class _Awaitable:
    """What can be awaited, and is not a coroutine."""

    def __await__(self) -> Generator[None, None, int]:
        yield
        return 7


async def test_what_is_awaited_may_give_anything() -> None:
    async def nested() -> Iterator[int]:
        return _stream()

    for function, last in ((_Awaitable, 7), (nested, 1)):
        recorder, notes = await _run(function)
        assert recorder.replies[-1] == {"response": last, "isDisposed": True, "id": 1}
        assert [outcome for *_, outcome in notes.finished] == ["completed"]


async def _endless() -> AsyncIterator[int]:
    yield 0
    await asyncio.Event().wait()


async def _never() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("function", [_never, _endless])
async def test_a_cancelled_call_is_reported_and_not_answered(
    function: Callable[..., Json],
) -> None:
    notes = _Notes()
    recorder = Recorder(notes)
    Call(recorder, Handler(function, "a"), b"1").run(JsonText(b"0"), None)
    await asyncio.sleep(0)
    (task,) = recorder.tasks
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    assert recorder.done == 1
    assert [outcome for *_, outcome in notes.finished] == ["cancelled"]
    assert all("isDisposed" not in reply for reply in recorder.replies)


async def _cancel_itself() -> AsyncIterator[int]:
    yield 0
    raise asyncio.CancelledError


async def test_a_stream_that_cancels_itself_fails() -> None:
    recorder, notes = await _run(_cancel_itself)

    await asyncio.sleep(0)
    assert recorder.replies == [
        {"response": 0, "id": 1},
        {"err": _MASKED, "isDisposed": True, "id": 1},
    ]
    assert [outcome for *_, outcome in notes.finished] == ["error"]


async def test_a_refusal_is_logged_for_an_event_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _run(_refuse)
    assert not caplog.records

    await _run(_refuse, None)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "handler of 'a' failed: RpcError('no')"
    assert record.exc_info is None
    assert record.__dict__["route"] == "a"
    assert record.__dict__["peer"] == "recorder:1"
