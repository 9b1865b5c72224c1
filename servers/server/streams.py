"""The values of a generator to replies, the last merged with the end as Nest does it.

Nest queues replies for the next tick, and marks the queued value as the last when the
stream ends while it waits. So here: a value is held until the loop has turned; if the
generator ends before that, without having waited for anything, the value carries the
end. ``yield 1; await sleep(1)`` is a value, and an end behind it.

Source: ``packages/microservices/server/server.ts``, ``send``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED
from servers.payloads import to_text

from .replies import item_frame, last_frame

if TYPE_CHECKING:
    from protocol import Json

    from .connection import Connection

_TURN = 64  # values of a plain generator before others get their turn


class Outbox:
    """The values of one stream on their way out.

    Args:
        connection: Where the replies go.
        identity: The JSON text of the id; None for an event, whose values go nowhere.
    """

    __slots__ = ("_due", "_held", "_holding", "connection", "identity")

    def __init__(self, connection: Connection, identity: bytes | None) -> None:
        self.connection = connection
        self.identity = identity
        self._held: bytes | None = None  # JSON text; None for UNDEFINED
        self._holding = False
        self._due = False  # whether the loop will release what is held

    def put(self, value: Json) -> None:
        """Take the next value; send the one before it.

        Raises:
            EncodeError: JSON cannot hold the value.
        """
        if self.identity is None:
            return
        text = None if value is UNDEFINED else to_text(value)
        self.release()
        self._held, self._holding = text, True
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def release(self) -> None:
        """Send what is held as a value that is not the last."""
        if self._holding and self.identity is not None:
            self._holding = False
            self.connection.send(item_frame(self._held, self.identity))

    def end(self) -> None:
        """Send the end, with the last value if that is still held."""
        if self.identity is not None:
            held = self._held if self._holding else None
            self._holding = False
            self.connection.send(last_frame(held, self.identity))

    def _turn(self) -> None:
        self._due = False
        self.release()


async def send_values(
    values: AsyncIterator[Json] | Generator[Json, Any, Any], outbox: Outbox
) -> None:
    """Put every value into the outbox, no faster than the peer takes them.

    Raises:
        Exception: Whatever the generator raises.
    """
    try:
        if isinstance(values, Generator):
            await _send_plain(values, outbox)
        else:
            async for value in values:
                outbox.put(value)
                if outbox.connection.write_paused:
                    await outbox.connection.drained()
    finally:
        await _close(values)


async def _send_plain(values: Generator[Json, Any, Any], outbox: Outbox) -> None:
    for count, value in enumerate(values, start=1):
        outbox.put(value)
        if outbox.connection.write_paused:
            await outbox.connection.drained()
        elif count % _TURN == 0:
            await asyncio.sleep(0)


async def _close(values: AsyncIterator[Json] | Generator[Json, Any, Any]) -> None:
    """Let a generator that is left in the middle clean up."""
    if isinstance(values, Generator):
        values.close()
    elif (aclose := getattr(values, "aclose", None)) is not None:
        await aclose()
