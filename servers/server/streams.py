"""The values of a generator as replies, the last merged with the end as in Nest.

Nest queues replies for the next tick, and marks the queued value as the last one if the
stream ends while the value waits. Here likewise: a value is held until the event loop
has turned. If the generator ends before that, without having waited for anything, the
value carries the end. So ``yield 1; await sleep(1)`` is a value, then a separate end.

Source: ``packages/microservices/server/server.ts``, ``send``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED
from servers.payloads import to_text

from .replies import item_body, last_body

if TYPE_CHECKING:
    from protocol import Json
    from servers.payloads import Write

    from .respondent import Respondent

_TURN = 64  # values of a plain generator before other tasks get their turn


class Outbox:
    """The values of one stream on their way to the caller.

    Args:
        respondent: Where the replies go.
        identity: The JSON text of the id; None for an event, whose values are dropped.
        write: Gives the JSON text of a value.
    """

    __slots__ = ("_due", "_held", "_holding", "_write", "identity", "respondent")

    def __init__(
        self, respondent: Respondent, identity: bytes | None, write: Write = to_text
    ) -> None:
        self._write = write
        self.respondent = respondent
        self.identity = identity
        self._held: bytes | None = None  # JSON text; None for UNDEFINED
        self._holding = False
        self._due = False  # whether the event loop will release the held value

    def put(self, value: Json) -> None:
        """Hold a value, and send the one before it.

        Raises:
            EncodeError: JSON cannot hold the value.
        """
        if self.identity is None:
            return
        text = None if value is UNDEFINED else self._write(value)
        self.release()
        self._held, self._holding = text, True
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def release(self) -> None:
        """Send the held value, if there is one, as a value that is not the last."""
        if self._holding and self.identity is not None:
            self._holding = False
            self.respondent.send(item_body(self._held, self.identity))

    def end(self) -> None:
        """Send the end, together with the last value if that is still held."""
        if self.identity is not None:
            held = self._held if self._holding else None
            self._holding = False
            self.respondent.send(last_body(held, self.identity))

    def _turn(self) -> None:
        self._due = False
        self.release()


def stream_of(result: Any) -> AsyncGenerator[Any, None] | None:  # noqa: ANN401
    """Return the values of a stream, for a middleware to read or to wrap.

    Args:
        result: What a handler returned.

    Returns:
        The values, whatever kind of iterator the handler has; None where the result is
        a value. Closing it lets the handler clean up.
    """
    if isinstance(result, AsyncGenerator):
        return result
    if isinstance(result, AsyncIterator | Iterator):
        return _values_of(result)
    return None


async def _values_of(
    values: AsyncIterator[Json] | Iterator[Json],
) -> AsyncGenerator[Json, None]:
    try:
        if isinstance(values, AsyncIterator):
            async for value in values:
                yield value
            return
        for count, value in enumerate(values):
            if count and count % _TURN == 0:
                await asyncio.sleep(0)
            yield value
    finally:
        await _close(values)


async def send_values(
    values: AsyncIterator[Json] | Iterator[Json], outbox: Outbox
) -> None:
    """Put every value into the outbox, no faster than the caller reads them.

    Raises:
        Exception: Whatever the generator raises.
    """
    try:
        if isinstance(values, Iterator):
            await _send_plain(values, outbox)
        else:
            async for value in values:
                outbox.put(value)
                if outbox.respondent.write_paused:
                    await outbox.respondent.drained()
    finally:
        await _close(values)


async def _send_plain(values: Iterator[Json], outbox: Outbox) -> None:
    for count, value in enumerate(values):
        # Before a value, not after one: it may be the last, which carries the end.
        if count and count % _TURN == 0:
            await asyncio.sleep(0)
        outbox.put(value)
        if outbox.respondent.write_paused:
            await outbox.respondent.drained()


async def _close(values: AsyncIterator[Json] | Iterator[Json]) -> None:
    """Let a generator that has not ended clean up."""
    if (aclose := getattr(values, "aclose", None)) is not None:
        await aclose()
    elif (close := getattr(values, "close", None)) is not None:
        close()
