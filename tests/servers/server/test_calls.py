from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, Json
from servers import RemoteError, RpcError, Service
from servers.testing import connected
from tests.servers.peers import frame, peer_of, request, until

if TYPE_CHECKING:
    from collections.abc import Callable

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
