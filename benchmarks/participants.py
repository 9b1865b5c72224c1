"""Ours as a server and as a client, in a process of its own, for servers.py.

::

    python -m benchmarks.participants ROLE uvloop|asyncio [URL]

The roles are ``serve``, ``ws``, ``socketio``, ``call``, ``nothing`` and ``reply``.

What each prints and reads is described in ``participants.mjs``. ``nothing`` answers
without reading what is asked, ``reply`` reads no more than whom to answer.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import time
from collections import deque
from math import ceil
from typing import TYPE_CHECKING

from benchmarks.load import Run, answer, reply
from servers import Client, Service, Tcp
from servers.gateways import SocketIo, Ws
from servers.locating import Broker, broker_at
from servers.running import loop_factory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

service = Service()


@service.message("plain")
def total(numbers: list[int]) -> int:
    """Return a sum from a plain function."""
    return sum(numbers)


@service.message("async")
async def total_later(numbers: list[int]) -> int:
    """Return a sum from a coroutine."""
    return sum(numbers)


async def serve(url: str) -> None:
    """Listen until the process is ended, and log no bad peer: there are too many."""
    logging.getLogger("servers").setLevel(logging.ERROR)
    async with service.listen(_broker(url) or Tcp("127.0.0.1", 0)) as server:
        _say({"port": server.port if server.addresses else 0})
        await asyncio.Event().wait()


async def serve_gateway(kind: str) -> None:
    """Be a gateway of plain WebSockets, or of Socket.IO, until the process is ended."""
    place = (Ws if kind == "ws" else SocketIo)("127.0.0.1", 0)
    answering = Service()

    @answering.message("plain")
    def total_of(numbers: list[int]) -> object:
        value = sum(numbers)
        return {"event": "plain", "data": value} if kind == "ws" else value

    async with answering.listen(place) as server:
        _say({"port": int(server.names[0].rpartition(":")[2])})
        await asyncio.Event().wait()


def _broker(url: str) -> Broker | None:
    """Return the broker of a URL; None where there is none."""
    return broker_at(url) if url else None


async def call(
    port: int,
    in_flight: int,
    seconds: float,
    many: bool = False,  # noqa: FBT001, FBT002
    url: str = "",
) -> Run:
    """Call for some seconds, so many calls at a time.

    Args:
        port: Where the server listens on this machine.
        in_flight: Calls at a time.
        seconds: For how long.
        many: Whether one ``send_many`` makes all calls, instead of callers.
        url: The broker where the server is, if it is at one.
    """
    async with Client(_broker(url) or Tcp("127.0.0.1", port)) as nest:
        await nest.connect()
        begun = time.perf_counter()
        end = begun + seconds
        if many:
            times = await _call_many(nest, in_flight, end)
        else:
            callers = [_call_alone(nest, begun, end) for _ in range(in_flight)]
            times = [each for part in await asyncio.gather(*callers) for each in part]
        took = time.perf_counter() - begun
    return Run(len(times), took, sorted(times)[ceil(len(times) * 0.99) - 1])


async def _call_alone(nest: Client, now: float, end: float) -> list[float]:
    """Make one call after the other; return how long each took."""
    times: list[float] = []
    while now < end:
        _check(await nest.send("plain", [1, 2, 3]))
        then, now = now, time.perf_counter()
        times.append(now - then)
    return times


async def _call_many(nest: Client, in_flight: int, end: float) -> list[float]:
    """Make calls in flight together; return how long each took, its turn included."""
    times: list[float] = []
    begun: deque[float] = deque()

    def payloads() -> Iterator[list[int]]:
        while (now := time.perf_counter()) < end:
            begun.append(now)
            yield [1, 2, 3]

    async for value in nest.send_many("plain", payloads(), in_flight=in_flight):
        _check(value)
        times.append(time.perf_counter() - begun.popleft())
    return times


def _check(value: int) -> None:
    if value != 6:  # noqa: PLR2004
        raise RuntimeError(f"expected 6, got {value}")


def do_without_server(answering: Callable[[socket.socket], None]) -> None:
    """Answer what is asked with no server of ours."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        _say({"port": listening.getsockname()[1]})
        answering(listening)


def main(role: str, loop: str, url: str = "") -> None:
    """Be what is wanted."""
    factory: Callable[[], asyncio.AbstractEventLoop] = (
        loop_factory() if loop == "uvloop" else asyncio.new_event_loop
    )
    if role in {"nothing", "reply"}:
        do_without_server(answer if role == "nothing" else reply)
    with asyncio.Runner(loop_factory=factory) as runner:
        if role == "serve":
            runner.run(serve(url))
        if role in {"ws", "socketio"}:
            runner.run(serve_gateway(role))
        for line in sys.stdin:
            _say(runner.run(call(**json.loads(line), url=url))._asdict())


def _say(what: dict[str, float]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
