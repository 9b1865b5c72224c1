"""The ends of connections in memory, which keep what arrives."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, ClassVar, cast

from protocol import FrameDecoder, InvalidJsonError, dumps, encode_frame
from servers import Limits
from servers.channel import IN_FLIGHT, Channel
from servers.limits import Budget
from servers.pipes import connect_pair
from servers.writing import Shared

if TYPE_CHECKING:
    from protocol import Json
    from servers import Hooks
    from servers.hooks import Side


class Kept(Channel):
    """A channel that keeps the bodies that arrive.

    The body ``bad`` breaks the protocol, and ``hold`` holds reading.
    """

    side: ClassVar[Side] = "server"

    def __init__(
        self,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        budget: Budget | None = None,
    ) -> None:
        shared = Shared(limits or Limits(), hooks, budget or Budget(1 << 30))
        super().__init__(shared)
        self.bodies: list[bytes] = []
        self.errors: list[Exception] = []
        self.reads = 0

    def data_received(self, data: bytes) -> None:
        self.reads += 1
        super().data_received(data)

    def bodies_received(self, bodies: list[bytes]) -> int:
        for count, body in enumerate(bodies):
            if body == b"bad":
                if count:
                    return count
                raise InvalidJsonError("bad")
            self.bodies.append(body)
            if body == b"hold":
                self.hold(IN_FLIGHT)
                return count + 1
        return len(bodies)

    def broken(self, error: Exception) -> None:
        self.errors.append(error)


class Sink(asyncio.Protocol):
    """Keep the bytes that arrive."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.data = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.data += data


class End(asyncio.Protocol):
    """A peer, byte by byte.

    Attributes:
        packets: The packets that have arrived.
        ended: Whether the other side has closed its half.
        lost: Whether the connection is gone.
    """

    def __init__(self) -> None:
        self.packets: list[Json] = []
        self.ended = self.lost = False
        self._decoder = FrameDecoder()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._decoder.receive_data(data)
        while (found := self._decoder.next_frame()) is not None:
            self.packets.append(json.loads(found.text))

    def eof_received(self) -> bool:
        self.ended = True
        return True

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self.lost = True

    def send(self, *packets: Json) -> None:
        """Write packets, all at once."""
        frames = [encode_frame(dumps(packet)) for packet in packets]
        self.transport.write(b"".join(frames))


def shared(limits: Limits | None = None, hooks: Hooks | None = None) -> Shared:
    """Return what the connections of a test have in common."""
    return Shared(limits or Limits(), hooks, Budget(1 << 30))


def connected(connection: Channel) -> End:
    """Connect a connection in memory; return its other end."""
    end = End()
    connect_pair(connection, end)
    return end


def begin_tasks_later() -> None:
    """Let no task of the running loop begin before its next turn, as in Python 3.11."""
    asyncio.get_running_loop().set_task_factory(
        lambda loop, work, **options: asyncio.Task(work, loop=loop, **options)
    )


async def turns(count: int = 5) -> None:
    """Let the event loop turn some times."""
    for _ in range(count):
        await asyncio.sleep(0)
