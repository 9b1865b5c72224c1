"""A respondent that keeps what it is given, and lets tests steer the rest."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from servers.server.states import State

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from protocol import Event, Json
    from servers import Hooks
    from servers.deliveries import Delivery
    from servers.server.respondent import Respondent, Running


class Standing:
    """A server that does nothing."""

    state: Any = None
    connections = 0
    in_flight = 0
    health = State()

    def exit(self, error: BaseException) -> None:
        raise error


class Recorder:
    """The way back of calls, without a transport.

    Attributes:
        bodies: The replies, in order.
        ignored: The patterns of events without a handler.
        streams: How many streams were started.
        done: How many tasks have reported their end.
        waits: How often a call waited for the caller to catch up.
    """

    peer = "recorder:1"
    number = 7
    carrier: Delivery | None = None
    server: Running = Standing()

    def __init__(self, hooks: Hooks | None = None) -> None:
        self.hooks = hooks
        self.write_paused = False
        self.starting = False
        self.bodies: list[str] = []
        self.ignored: list[Json] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.streams = self.done = self.waits = 0
        self.again = False  # what retry() says
        self.gate = asyncio.Event()  # opens when the caller has caught up

    @property
    def replies(self) -> list[Json]:
        return [json.loads(body) for body in self.bodies]

    def send(self, body: bytes) -> None:
        self.bodies.append(body.decode())

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        self.streams += stream
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    def streaming(self) -> None:
        self.streams += 1

    def finished(self) -> None:
        self.done += 1

    async def drained(self) -> None:
        self.waits += 1
        await self.gate.wait()
        self.write_paused = False

    def retry(self) -> bool:
        return self.again

    def unhandled(self, event: Event) -> None:
        self.ignored.append(event.pattern)

    async def until_done(self) -> None:
        """Wait for everything that was started, whatever comes of it."""
        while self.done < len(self.tasks):
            await asyncio.wait(self.tasks)


def as_respondent(recorder: Recorder) -> Respondent:
    """Return a recorder as what it stands for, which mypy checks."""
    return recorder
