"""A service that notes what it is asked, and clients of every kind that ask it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED
from servers import Breaker, Client, Context, Hooks, RpcError, Service
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers import ClientProceed, Outgoing


@dataclass
class Order:
    number: int


class Desk:
    """A service that notes what it is asked.

    Attributes:
        asked: The payloads, in the order in which they came.
        most: The most calls that were in flight.
        gate: Opens for the calls of ``wait``.
    """

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.metadata: list[Any] = []
        self.most = self._now = 0
        self.gate = asyncio.Event()
        self.service = Service()
        for function in (self.double, self.odd, self.order, self.wait, self.shaky):
            self.service.message(function.__name__)(function)
        self.service.message("stream")(lambda data: iter(range(data)))
        self.service.message("undef")(lambda: UNDEFINED)

    async def double(self, number: int, context: Context) -> int:
        """Answer the later, the smaller the number is."""
        self.asked.append(number)
        self.metadata.append(context.metadata)
        self._now += 1
        self.most = max(self.most, self._now)
        for _ in range(20 - number % 20):
            await asyncio.sleep(0)
        self._now -= 1
        return number * 2

    def odd(self, number: int) -> int:
        """Refuse numbers that are even."""
        self.asked.append(number)
        if number % 2 == 0:
            raise RpcError(f"{number} is even")
        return number

    def order(self, number: int) -> Order:
        """Return an order, or for 0 something else."""
        return Order(number) if number else Order("none")  # type: ignore[arg-type]

    async def wait(self, data: Any) -> Any:  # noqa: ANN401
        """Wait for the gate, except with 0."""
        self.asked.append(data)
        if data:
            await self.gate.wait()
        return data

    def shaky(self, number: int) -> int:
        """Fail the first time that a number comes."""
        self.asked.append(number)
        if self.asked.count(number) == 1:
            raise RpcError("again")
        return number


async def _passed(outgoing: Outgoing, proceed: ClientProceed) -> Any:  # noqa: ANN401
    return await proceed(outgoing)


@asynccontextmanager
async def direct(desk: Desk) -> AsyncIterator[Client]:
    async with connected(desk.service) as nest:
        yield nest
        desk.gate.set()  # the server waits for its handlers


@asynccontextmanager
async def surrounded(desk: Desk) -> AsyncIterator[Client]:
    async with connected(desk.service) as nest:
        nest.use(_passed)
        yield nest
        desk.gate.set()


@asynccontextmanager
async def checked(desk: Desk) -> AsyncIterator[Client]:
    async with desk.service.listen("127.0.0.1", 0) as server:
        options: Any = {"unsafe_integers": "refuse"}
        async with Client("127.0.0.1", server.port, **options) as nest:
            yield nest
        desk.gate.set()


@asynccontextmanager
async def watched(desk: Desk) -> AsyncIterator[Client]:
    async with desk.service.listen("127.0.0.1", 0) as server:
        breaker = Breaker(failures=1000)
        address = ("127.0.0.1", server.port)
        async with Client(addresses=[address], breaker=breaker, hooks=Hooks()) as nest:
            yield nest
        desk.gate.set()
