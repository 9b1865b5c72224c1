"""Clients of gateways: python-socketio's and websockets' own, and a service to ask."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import socketio
from websockets.asyncio.client import ClientConnection, connect

from servers import Context, RpcError, Service
from servers.gateways import client_of
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from servers.gateways import SocketIo, Ws


class Browser:
    """A client of Socket.IO, and what it has heard.

    Args:
        session: Its connections.
        namespace: Where it is.
    """

    def __init__(self, session: aiohttp.ClientSession, namespace: str = "/") -> None:
        self.namespace = namespace
        self.client = socketio.AsyncClient(reconnection=False, http_session=session)
        self.heard: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.client.on("*", self._hear, namespace=namespace)
        self.client.on("disconnect", self._go, namespace=namespace)

    async def _hear(self, *event: Any) -> Any:  # noqa: ANN401
        await self.heard.put(event)
        return ["answer", *event[1:]]

    def _go(self, _reason: str) -> None:
        self.gone.set()

    async def emit(self, event: str, *data: Any) -> None:  # noqa: ANN401
        await self.client.emit(event, data, namespace=self.namespace)

    async def ask(self, event: str, *data: Any) -> Any:  # noqa: ANN401
        return await self.client.call(
            event, data, namespace=self.namespace, timeout=PATIENCE
        )

    async def next(self) -> tuple[Any, ...]:
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()


@asynccontextmanager
async def browsing(
    gateway: SocketIo,
    namespace: str = "/",
    *,
    transports: Sequence[str] = ("websocket",),
    **options: Any,  # noqa: ANN401
) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        browser = Browser(session, namespace)
        await browser.client.connect(
            f"http://127.0.0.1:{gateway.port}",
            namespaces=[namespace],
            transports=list(transports),
            **options,
        )
        try:
            yield browser
        finally:
            await browser.client.disconnect()


@asynccontextmanager
async def plain(
    gateway: Ws,
    path: str = "/",
    **options: Any,  # noqa: ANN401
) -> AsyncIterator[ClientConnection]:
    url = f"ws://127.0.0.1:{gateway.port}{path}"
    async with connect(url, compression=None, **options) as connection:
        yield connection


def raw(gateway: SocketIo, **options: object) -> connect:
    """Connect as a client of Socket.IO does, and do nothing else."""
    url = f"ws://127.0.0.1:{gateway.port}/socket.io/?EIO=4&transport=websocket"
    return connect(url, compression=None, **options)  # type: ignore[arg-type]


async def enter(connection: ClientConnection) -> None:
    """Become a client of the main namespace."""
    assert str(await connection.recv()).startswith("0{")
    await connection.send("40")
    assert str(await connection.recv()).startswith('40{"sid":"')


async def heard(connection: ClientConnection) -> Any:  # noqa: ANN401 — JSON
    async with asyncio.timeout(PATIENCE):
        return json.loads(await connection.recv())


def make_service() -> Service:
    """Return a service with handlers of every kind."""
    service = Service()
    service.message("echo")(lambda data: data)
    service.message("object")(_object)
    service.message("fail")(_fail)

    @service.message("sum")
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    @service.message("named")
    def named(data: object) -> dict[str, object]:
        return {"event": "named", "data": data}

    @service.message("count")
    def count(upto: int) -> Iterator[dict[str, object]]:
        for number in range(upto):
            yield {"event": "count", "data": number}

    @service.message("values")
    def values(upto: int) -> Iterator[int]:
        yield from range(upto)

    @service.message("refuse")
    async def refuse(_data: object) -> None:
        raise RpcError("不行")

    @service.message("question")
    async def question(data: object, context: Context) -> object:
        return await client_of(context).ask("asked", data, timeout=PATIENCE)

    @service.message("join")
    def join(room: str, context: Context) -> list[str]:
        client_of(context).join(room)
        return sorted(client_of(context).rooms)

    return service


def _fail(_data: object) -> None:
    raise ValueError("on purpose")


def _object(_data: object) -> None:
    raise RpcError({"code": 42})
