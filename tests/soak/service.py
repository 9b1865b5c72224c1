"""A server of a soak: it notes in a file which calls began, and which finished.

::

    python -m tests.soak.service NOTES PORT LOOP

``NOTES`` is appended to with a line for each note, which outlives the process however
it ends: ``port``, ``began`` and ``finished``, with a number each. ``LOOP`` is uvloop or
asyncio.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import uvloop

from servers import Context, RpcError, Service
from tests.servers.peers import until
from tests.soak.held import held_by

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from protocol import Json

GRACE = 60.0
LOOPS = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}
VALUES = 5  # of a stream

_CALLER: ContextVar[int | None] = ContextVar("caller", default=None)


class Order(msgspec.Struct):
    """What a call asks for.

    Attributes:
        number: The number of the call.
        text: What is brought back.
    """

    number: int
    text: str


class Notes:
    """A file of what has happened."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def add(self, what: str, number: int) -> None:
        """Add a line; it is in the hands of the kernel when this returns."""
        os.write(self._file, f"{what} {number}\n".encode())

    @contextmanager
    def handling(self, order: Order) -> Iterator[dict[str, Json]]:
        """Note a call, and give its reply.

        ``found`` in it is what a call of somebody else left in the context, if any.
        """
        reply = {"number": order.number, "text": order.text, "found": _CALLER.get()}
        _CALLER.set(order.number)
        self.add("began", order.number)
        yield reply
        if _CALLER.get() != order.number:
            reply["found"] = _CALLER.get()
        self.add("finished", order.number)


def make_service(notes: Notes) -> Service:
    """Return handlers of every kind."""
    service = Service()

    @service.message("plain")
    def plain(order: Order) -> Json:
        with notes.handling(order) as reply:
            return reply

    @service.message("coroutine")
    async def coroutine(order: Order) -> Json:
        with notes.handling(order) as reply:
            await asyncio.sleep(order.number % 7 / 500)
            return reply

    @service.message("thread", thread=True)
    def thread(order: Order) -> Json:
        with notes.handling(order) as reply:
            return reply

    @service.message("stream")
    async def stream(order: Order) -> AsyncIterator[Json]:
        with notes.handling(order) as reply:
            for _ in range(VALUES):
                yield reply
                await asyncio.sleep(0)

    @service.message("refused")
    async def refused(order: Order) -> None:
        with notes.handling(order) as reply:
            await asyncio.sleep(0)
        raise RpcError(reply)

    @service.event("event")
    async def event(order: Order) -> None:
        with notes.handling(order):
            await asyncio.sleep(0)

    _add_others(service)
    return service


def _add_others(service: Service) -> None:
    """Add what is not in the ledger."""

    @service.message("large")
    async def large(length: int) -> str:
        await asyncio.sleep(0)
        return "x" * length

    @service.message("held")
    async def held(context: Context) -> Json:
        await asyncio.sleep(0)  # so that it is in flight itself
        server = context.server
        return {
            **held_by(os.getpid())._asdict(),
            "tasks": len(asyncio.all_tasks()),
            "in_flight": server.in_flight,
            "connections": server.connections,
        }


async def _serve(notes: Notes, port: int) -> None:
    service = make_service(notes)
    async with asyncio.TaskGroup() as group:
        group.create_task(service.serve("127.0.0.1", port, grace=GRACE))
        await until(lambda: service.servers and service.servers[0].addresses)
        notes.add("port", service.servers[0].port)


def main() -> None:
    """Serve until a signal comes."""
    notes, port, loop = sys.argv[1:]
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(_serve(Notes(Path(notes)), int(port)))


if __name__ == "__main__":
    main()
