"""A wire that keeps what it is given, and answers when a test says so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from servers import ConnectionLostError
from servers.client.packets import PLAIN

if TYPE_CHECKING:
    from collections.abc import Collection

    from protocol import Json
    from servers.client import wire
    from servers.client.breaker import Note
    from servers.client.calls import Pending


class Wire:
    """A way to a server, without a transport.

    Attributes:
        asks: Whether it asks how calls end …
        ended: … and how they did, events included.
        sent: The bodies of events and requests, in order.
        asked: The calls for one value, by id.
        calls: The calls for all replies, by id.
        forgotten: The ids of requests whose replies are to be dropped.
        timeouts: The times in which requests got no reply.
        crowds: How often a stream was said to be crowded …
        reliefs: … and how often its reader had caught up.
    """

    peer = "server:1"

    def __init__(self) -> None:
        self.usable = True
        self.write_paused = False
        self.asks = False
        self.ended: list[BaseException | None] = []
        self.sent: list[bytes] = []
        self.asked: dict[str, asyncio.Future[Json]] = {}
        self.calls: dict[str, Pending] = {}
        self.forgotten: list[str] = []
        self.timeouts: list[float] = []
        self.crowds = self.reliefs = 0
        self.gate = asyncio.Event()  # opens when the server has caught up

    def check_usable(self) -> None:
        if not self.usable:
            raise ConnectionLostError

    async def drained(self) -> None:
        await self.gate.wait()
        self.write_paused = False

    def send(self, body: bytes) -> None:
        self.sent.append(body)

    def ask(self, identity: str, body: bytes) -> asyncio.Future[Json]:
        self.sent.append(body)
        self.asked[identity] = asyncio.get_running_loop().create_future()
        return self.asked[identity]

    def follow(self, identity: str, body: bytes, call: Pending) -> None:
        self.sent.append(body)
        self.calls[identity] = call

    def forget(self, identity: str) -> None:
        self.forgotten.append(identity)

    def timed_out(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def watch(self) -> Note | None:
        return self.ended.append if self.asks else None

    def written(self) -> None:
        self.ended.append(None)

    def crowded(self) -> None:
        self.crowds += 1

    def relieved(self) -> None:
        self.reliefs += 1


class Wires:
    """One wire after the other, as a test provides them.

    Attributes:
        left: What is still to be acquired.
        acquired: How many were.
        avoided: What was to be avoided each time.
    """

    bodies = PLAIN
    pending = 0
    unclaimed = 0
    watched = False
    status = ()

    def __init__(self, *wires: Wire, alternatives: bool = False) -> None:
        self.alternatives = alternatives
        self.left = list(wires)
        self.acquired = 0
        self.avoided: list[list[str]] = []
        self.closed = False

    async def connect(self) -> None:
        """Do nothing: every wire is there."""

    async def acquire(self, avoided: Collection[str] = ()) -> wire.Wire:
        self.avoided.append(list(avoided))
        self.acquired += 1
        return self.left.pop(0)

    async def close(self) -> None:
        self.closed = True

    def abandon(self) -> None:
        self.closed = True


def as_wires(wires: Wires) -> wire.Wires:
    """Return wires as what they stand for, which mypy checks."""
    return wires
