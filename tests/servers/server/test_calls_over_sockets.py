"""Every call is answered over real sockets, whatever its handler raises."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
from concurrent.futures import CancelledError
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servers import Client, Limits, RemoteError, RpcError, Service
from servers.testing import connected
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractAsyncContextManager

_ROOT = Path(__file__).parents[3]
_MASKED = {"status": "error", "message": "Internal server error"}


class _Panic(BaseException):
    """What a Rust panic is in Python, and gevent.Timeout."""


_ERRORS = {
    "panic": _Panic("secret"),
    "cancelled": asyncio.CancelledError(),
    "cancelled in a pool": CancelledError(),
    "stop": StopIteration(1),
    "stop async": StopAsyncIteration(),
    "generator exit": GeneratorExit(),
    "test failed": pytest.fail.Exception("secret"),
}
_KINDS = ["plain", "thread", "coroutine", "stream", "plain stream", "thread stream"]


def _service() -> Service:
    """Return handlers of all kinds that raise the error with a name."""
    service = Service(limits=Limits(in_flight=4, threads=1))

    @service.message("plain")
    def plain(name: str) -> None:
        raise _ERRORS[name]

    service.message("thread", thread=True)(plain)

    @service.message("coroutine")
    async def coroutine(name: str) -> None:
        await asyncio.sleep(0)
        raise _ERRORS[name]

    @service.message("stream")
    async def stream(name: str) -> AsyncIterator[int]:
        yield 1
        raise _ERRORS[name]

    def plain_stream(name: str) -> Iterator[int]:
        yield 1
        raise _ERRORS[name]

    service.message("plain stream")(plain_stream)
    service.message("thread stream", thread=True)(plain_stream)

    @service.message("slow")
    async def slow(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    service.message("echo")(lambda data: data)
    return service


def _in_memory(service: Service) -> AbstractAsyncContextManager[Client]:
    return connected(service, timeout=PATIENCE)


class _OverTcp:
    """A client of a service that listens."""

    def __init__(self, service: Service) -> None:
        self._listening = service.listen("127.0.0.1", 0)

    async def __aenter__(self) -> Client:
        server = await self._listening.__aenter__()
        self._client = Client("127.0.0.1", server.port, timeout=PATIENCE)
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._listening.__aexit__(None, None, None)


@pytest.mark.parametrize("opened", [_OverTcp, _in_memory])
@pytest.mark.parametrize("kind", _KINDS)
async def test_every_call_is_answered_and_ends_no_other(
    kind: str, opened: type[_OverTcp], caplog: pytest.LogCaptureFixture
) -> None:
    lost: list[str] = []
    async with opened(_service()) as nest:
        nest.subscribe(lambda event: lost.append(event.kind))
        other = asyncio.ensure_future(nest.send("slow", 0.2))
        for name in _ERRORS:
            with caplog.at_level(logging.ERROR), pytest.raises(RemoteError) as raised:
                await nest.send(kind, name)
            assert raised.value.err == _MASKED, name
            assert "secret" not in str(raised.value)
        for _ in range(2):  # more than may be in flight: no place is lost
            assert await nest.send("echo", 1) == 1
        assert await other == "done"
    assert lost.count("connected") == 1


class _Patterns(StrEnum):
    GROUP = "group"
    BUG = "bug first"


class _Older(str, Enum):  # noqa: UP042 — as before StrEnum
    HEARD = "heard"


async def test_the_first_error_of_a_task_group_is_the_reply(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service()

    async def fail(error: Exception) -> None:
        raise error

    @service.message(_Patterns.GROUP)
    async def group() -> None:
        async with asyncio.TaskGroup() as outer, asyncio.TaskGroup() as inner:
            inner.create_task(fail(RpcError({"code": 42})))
            outer.create_task(asyncio.sleep(PATIENCE))

    @service.message(_Patterns.BUG)
    async def bug() -> None:
        raise ExceptionGroup("two", [ValueError("secret"), RpcError("shown")])

    async with _OverTcp(service) as nest:
        for pattern, err in ((_Patterns.GROUP, {"code": 42}), ("bug first", _MASKED)):
            with pytest.raises(RemoteError) as raised:
                await nest.send(pattern, {})
            assert raised.value.err == err
    (record,) = caplog.records  # the bug is logged, what the caller saw is not
    assert record.__dict__["route"] == "bug first"


async def test_a_member_of_an_enumeration_is_a_pattern() -> None:
    service, heard = Service(), asyncio.Event()
    service.event(_Older.HEARD)(heard.set)
    service.message({"cmd": _Patterns.GROUP})(lambda: "object")
    service.message(_Patterns.BUG)(lambda: "text")
    async with _OverTcp(service) as nest:
        assert await nest.send({"cmd": "group"}, 0) == "object"
        assert await nest.send({"cmd": _Patterns.GROUP}, 0) == "object"
        assert await nest.send(_Patterns.BUG, 0) == await nest.send("bug first", 0)
        await nest.emit(_Older.HEARD, 0)
        await heard.wait()


_LEAVING = """
import asyncio, sys
from servers import Client, RemoteError, Service

service = Service()
kinds = {"exit": SystemExit(3), "interrupt": KeyboardInterrupt()}

def leave(name: str) -> None:
    raise kinds[name]

async def leave_later(name: str) -> None:
    raise kinds[name]

async def slow(data: int) -> int:
    await asyncio.sleep(0.3)
    return data

service.message("slow")(slow)
service.message("plain")(leave)
service.message("thread", thread=True)(leave)
service.message("coroutine")(leave_later)
"""
_SERVING = {
    "asyncio": 'asyncio.run(service.serve("127.0.0.1", 0))',
    "the fastest": 'service.run("127.0.0.1", 0)',
}


@pytest.mark.parametrize("loop", _SERVING)
@pytest.mark.parametrize("kind", ["plain", "thread", "coroutine"])
@pytest.mark.parametrize("name", ["exit", "interrupt"])
async def test_what_ends_the_program_is_answered_first(
    kind: str, name: str, loop: str
) -> None:
    logging = "import logging; logging.basicConfig(level='INFO')"
    code = logging + _LEAVING + _SERVING[loop]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=_ROOT, stderr=subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        line = b""
        while b"listening on" not in line:
            line = await process.stderr.readline()
        port = int(line.split()[2].rsplit(b":", 1)[1])
        async with Client("127.0.0.1", port, timeout=PATIENCE) as nest:
            await nest.connect()
            others = asyncio.gather(*[nest.send("slow", each) for each in range(3)])
            await asyncio.sleep(0)  # they are sent first
            with pytest.raises(RemoteError) as raised:
                await nest.send(kind, name)
            if loop == "asyncio":
                process.send_signal(signal.SIGTERM)  # the first: it changes nothing
            assert await others == [0, 1, 2]  # the service ends in order
        assert raised.value.err == _MASKED
        await process.stderr.read()
        assert (await process.wait() == 3) == (name == "exit")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
