"""Handlers, hooks and options: what may be given to a service and to a client.

``tests/test_typing.py`` has mypy check it, and says how.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import assert_type

from servers import (
    Backoff,
    Client,
    ConnectionEvent,
    Context,
    Hooks,
    Limits,
    RpcError,
    Server,
    Service,
)

service = Service(limits=Limits(frame=1_000))


@service.message("plain")
def plain(numbers: list[int]) -> int:
    return sum(numbers)


@service.message(["one", {"cmd": "two"}], thread=True)
def blocks(data: str, context: Context) -> str:
    return f"{context.pattern_text}: {data}"


@service.message("coroutine", replace=True)
async def coroutine(data: dict[str, int], context: Context) -> dict[str, int]:
    if not context.id:
        raise RpcError({"code": 42})
    return data


@service.message("stream")
def stream(count: int) -> Iterator[int]:
    yield from range(count)


@service.event("asynchronous stream")
async def asynchronous_stream(count: int) -> AsyncIterator[int]:
    yield count


class Methods:
    async def handle(self, data: int) -> int:
        return data


service.message("method")(Methods().handle)
service.message("lambda")(lambda data: data)


async def stay_as_they_were(context: Context) -> None:
    """A handler that is registered is what it was before."""
    assert_type(plain([1]), int)
    assert_type(blocks("a", context), str)
    assert_type(await coroutine({}, context), dict[str, int])
    assert_type(stream(3), Iterator[int])
    plain("text")  # type: ignore[arg-type]
    blocks("a")  # type: ignore[call-arg]
    text: str = await coroutine({}, context)  # type: ignore[assignment]
    del text


service.message("not callable")(42)  # type: ignore[type-var]
service.event("not callable")("text")  # type: ignore[type-var]
service.message("misspelt", threads=True)  # type: ignore[call-arg]
service.message("no flag", thread="yes")  # type: ignore[arg-type]
service.event("for messages", replace=True)  # type: ignore[call-arg]


class Counting(Hooks):
    def bytes_received(self, side: str, count: int) -> None:
        del side, count

    def bytes_sent(self, side: str) -> None:  # type: ignore[override]
        del side

    def call_started(self, side: str, route: int) -> None:  # type: ignore[override]
        del side, route


Service(hooks=Counting())
Service(hooks=print)  # type: ignore[arg-type]
Service(limits={"frame": 1_000})  # type: ignore[arg-type]
Limits(frame="large")  # type: ignore[arg-type]
Limits(1_000)  # type: ignore[call-arg]


@asynccontextmanager
async def lifespan(service: Service) -> AsyncIterator[dict[str, int]]:
    yield {"handlers": len(service.routes)}


Service(lifespan=lifespan)
Service(lifespan=coroutine)  # type: ignore[arg-type]


def on_connection(event: ConnectionEvent) -> None:
    assert_type(event.address, str)


async def runs() -> None:
    client = Client("127.0.0.1", 3000, backoff=Backoff(first=1))
    client.subscribe(on_connection)()
    client.subscribe(on_connection(None))  # type: ignore[arg-type, func-returns-value]
    Client("127.0.0.1", "3000")  # type: ignore[arg-type]
    Client(addresses=["127.0.0.1:3000"])  # type: ignore[list-item]
    Client(balance="random")  # type: ignore[arg-type]
    Client(hooks=Counting)  # type: ignore[arg-type]
    async with service.listen("127.0.0.1", 0, grace=1) as server:
        assert_type(server, Server)
        assert_type(server.port, int)
    async with service.listen(port="0") as server:  # type: ignore[arg-type]
        await server.stop()
