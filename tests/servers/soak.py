"""Mixed traffic for as long as wanted: every reply checked, nothing left behind.

::

    python -m tests.servers.soak --minutes 10        for as long as wanted
    tests/servers/test_soak.py                       the short form

Here nothing goes wrong but what clients do; ``tests/soak`` has servers that end, too.

Several clients call one server over sockets: values and texts of all kinds and sizes,
streams read to their end or abandoned, errors, patterns that nobody handles, calls
that time out and are answered too late, events, connections that come and go, and
peers that vanish. A reply that is lost, doubled or wrong ends the run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import random
import time
import tracemalloc
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from servers import (
    Client,
    NoHandlerError,
    RemoteError,
    RequestTimeoutError,
    RpcError,
    Service,
)
from servers.running import run
from tests.servers.peers import frame, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from protocol import Json

_CALLERS = 8  # at a time
_BATCH = 400  # operations before what is left behind is counted
_ALPHABET = 'aé求😀#1\\"\u2028'
_LONGEST_TEXT = 30_000
_SECONDS = 20.0  # for any reply


class Held(NamedTuple):
    """What a process holds when nothing is going on.

    Attributes:
        memory: Bytes that Python has allocated since tracing began.
        tasks: Tasks that are not done.
        descriptors: Open files and sockets.
    """

    memory: int
    tasks: int
    descriptors: int


class Soak:
    """One server and its clients.

    Attributes:
        operations: Done so far.
        told: Events that were sent and not checked.
        late: Calls that timed out, so that their replies came too late.
    """

    def __init__(self, clients: list[Client], port: int, seed: int) -> None:
        self.operations = 0
        self.told = 0
        self.late = 0
        self._clients = clients
        self._port = port
        self._rng = random.Random(seed)  # noqa: S311 — the same traffic every time
        self._kinds: list[Callable[[Client], Awaitable[None]]] = [
            self._sum,
            self._sum_later,
            self._echo,
            self._stream,
            self._abandon,
            self._refused,
            self._unhandled,
            self._too_late,
            self._event,
            self._come_and_go,
            self._vanish,
        ]

    async def run(self, operations: int) -> None:
        """Do so many operations, several at a time, and wait until all is quiet."""
        left = iter(range(operations))

        async def caller() -> None:
            for _ in left:
                client = self._rng.choice(self._clients)
                await self._rng.choice(self._kinds)(client)
                self.operations += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(_CALLERS):
                group.create_task(caller())
        await until(lambda: not any(client.pending for client in self._clients))

    def check(self, heard: list[Json]) -> None:
        """Check that every event was heard once, and every late reply was dropped."""
        assert sorted(each["n"] for each in heard) == list(range(1, self.told + 1))
        assert sum(each.unclaimed_replies for each in self._clients) >= self.late
        heard.clear()
        self.told = 0

    async def _sum(self, client: Client) -> None:
        numbers = [self._rng.randrange(1_000) for _ in range(self._rng.randrange(9))]
        assert await client.send("sum", numbers) == sum(numbers)

    async def _sum_later(self, client: Client) -> None:
        numbers = [self._rng.random() for _ in range(5)]
        assert await client.send({"cmd": "sum", "v": 2}, numbers) == sum(numbers)

    async def _echo(self, client: Client) -> None:
        length = int(_LONGEST_TEXT ** self._rng.random())
        text = "".join(self._rng.choices(_ALPHABET, k=length))
        assert await client.send("echo", text) == text

    async def _stream(self, client: Client) -> None:
        count = self._rng.randrange(50)
        values = [value async for value in client.stream("count", count)]
        assert values == list(range(count))

    async def _abandon(self, client: Client) -> None:
        stream = client.stream("count", 20)
        assert await anext(stream) == 0
        await stream.aclose()

    async def _refused(self, client: Client) -> None:
        number = self._rng.randrange(1_000)
        try:
            await client.send("refuse", number)
        except RemoteError as error:
            assert error.err == {"number": number}  # noqa: PT017
        else:
            raise AssertionError("an error was lost")

    async def _unhandled(self, client: Client) -> None:
        try:
            await client.send(f"nobody {self._rng.randrange(9)}", {})
        except NoHandlerError:
            return
        raise AssertionError("an error was lost")

    async def _too_late(self, client: Client) -> None:
        try:
            await client.send("late", 0.02, timeout=0.001)
        except RequestTimeoutError:
            self.late += 1
            return
        raise AssertionError("a reply came before it was made")

    async def _event(self, client: Client) -> None:
        self.told += 1
        await client.emit("event", {"n": self.told})

    async def _come_and_go(self, client: Client) -> None:
        del client
        async with Client("127.0.0.1", self._port, timeout=_SECONDS) as other:
            await self._sum(other)

    async def _vanish(self, client: Client) -> None:
        del client
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(frame({"pattern": "late", "data": 0.001, "id": "1"}) + b'99#{"pa')
        await writer.drain()
        writer.transport.abort()


def make_service(heard: list[Json]) -> Service:
    """Return what is called; events are kept in ``heard``."""
    service = Service()
    service.message("sum")(sum)
    service.message("echo")(lambda data: data)
    service.event("event")(heard.append)

    @service.message({"cmd": "sum", "v": 2})
    async def sum_later(numbers: list[float]) -> float:
        await asyncio.sleep(0)
        return sum(numbers)

    @service.message("count")
    async def count(to: int) -> AsyncIterator[int]:
        for value in range(to):
            yield value
            await asyncio.sleep(0)

    @service.message("refuse")
    def refuse(number: int) -> None:
        raise RpcError({"number": number})

    @service.message("late")
    async def late(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "too late"

    return service


@asynccontextmanager
async def soaking(seed: int = 1) -> AsyncIterator[Callable[[], Awaitable[Held]]]:
    """Give what does a batch of operations, and tells what is held after it."""
    heard: list[Json] = []
    with _unlogged():
        async with make_service(heard).listen("127.0.0.1", 0) as server:
            clients = [
                Client("127.0.0.1", server.port, timeout=_SECONDS) for _ in range(4)
            ]
            await asyncio.gather(*(client.connect() for client in clients))
            soak = Soak(clients, server.port, seed)

            async def batch() -> Held:
                await soak.run(_BATCH)
                await until(lambda: len(heard) == soak.told)
                await until(lambda: server.in_flight == 0)
                await until(lambda: server.connections == len(clients))
                soak.check(heard)
                return held()

            try:
                yield batch
            finally:
                await asyncio.gather(*(client.aclose() for client in clients))


@contextmanager
def _unlogged() -> Iterator[None]:
    """Log no peer that breaks the protocol: there are too many, and logs are kept."""
    logger = logging.getLogger("servers.server")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def held() -> Held:
    """Return what is held now."""
    gc.collect()
    memory, _ = tracemalloc.get_traced_memory()
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    return Held(memory, len(asyncio.all_tasks()), descriptors)


async def _soak(minutes: float, seed: int) -> None:
    end = time.monotonic() + minutes * 60
    operations = 0
    async with soaking(seed) as batch:
        while time.monotonic() < end:
            for _ in range(20):
                now = await batch()
                operations += _BATCH
            print(f"{operations:,} operations: {now}", flush=True)  # noqa: T201


def main() -> None:
    """Soak for some minutes, and print what is held from time to time."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tracemalloc.start()
    run(_soak(options.minutes, options.seed))


if __name__ == "__main__":
    main()
