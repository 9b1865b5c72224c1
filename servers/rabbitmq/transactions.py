"""Events that are published together, or not at all.

::

    async with rabbit.transactions() as publisher:
        async with publisher.transaction():
            publisher.emit("order.paid", {"id": 7})
            publisher.emit("parcel.due", {"id": 7})

Source: https://www.rabbitmq.com/docs/semantics ("tx.commit"): atomic where one queue is
concerned; over several a broker that dies amid a commit may have done half of it.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

from protocol import UNDEFINED, Json
from servers.brokers.letters import event_letter
from servers.errors import ConnectionLostError, NoHandlerError, UsageError

from .connecting import connect, reason
from .declaring import declare_exchange
from .frames import Returned, published, route_to
from .messages import properties_of
from .passage import CHANNEL
from .properties import encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from .connecting import Link, Settings
    from .frames import Taken


class Transactions:
    """A connection whose messages leave together.

    Args:
        settings: Where the broker is, and where messages go.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._link: Link | None = None
        self._returned: list[Returned] = []

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        self._link = await connect(
            self._settings, self._take, lambda _: None, self._prepare
        )
        return self

    async def _prepare(self, link: Link) -> None:
        if self._settings.options.routed:
            await declare_exchange(link.channel, self._settings.options)
        await link.channel.tx_select()

    def _take(self, taken: list[Taken]) -> None:
        self._returned += [each for each in taken if isinstance(each, Returned)]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Self]:
        """Commit what is published in the block; none of it, if that raises something.

        Raises:
            NoHandlerError: No queue takes some of it; the rest is committed.
            ConnectionLostError: The connection is lost.
        """
        try:
            yield self
        except BaseException:
            if self._opened.usable:
                await self.rollback()
            raise
        await self.commit()

    def emit(self, pattern: Json, data: Json = UNDEFINED) -> None:
        """Publish an event, once it is committed.

        Args:
            pattern: Which event.
            data: The payload, which may be a :class:`RabbitRecord`.

        Raises:
            InvalidMessageError: The pattern or the data is None or UNDEFINED.
            PatternError: The pattern is not a pattern.
            EncodeError: JSON cannot hold the data.
            ConnectionLostError: The connection is lost.
        """
        link, options = self._opened, self._settings.options
        letter = event_letter(pattern, data, UNDEFINED)
        properties = properties_of(
            letter.record, options.headers, None, persistent=options.persistent
        )
        exchange = options.topic if options.routed else ""
        key = letter.channel if exchange else options.queue
        route = route_to(exchange, key, CHANNEL, mandatory=True)
        link.write(published(route, encode(properties), letter, CHANNEL, link.largest))

    async def commit(self) -> None:
        """Let all that was published arrive.

        Raises:
            NoHandlerError: No queue takes some of it; the rest is committed.
            ConnectionLostError: The connection is lost; whether it was committed is
                not known.
        """
        from aiormq.exceptions import AMQPError  # noqa: PLC0415 — an extra

        try:
            await self._opened.channel.tx_commit()
        except (OSError, AMQPError) as error:
            raise ConnectionLostError(
                f"{self._settings.name}: {reason(error)}"
            ) from error
        returned, self._returned = self._returned, []
        if returned:
            raise NoHandlerError(
                f"no queue takes {len(returned)} of the events that were committed: "
                f"{returned[0].reason}, {returned[0].routing_key!r}"
            )

    async def rollback(self) -> None:
        """Forget all that was published since the last commit.

        Raises:
            ConnectionLostError: The connection is lost, and all of that with it.
        """
        from aiormq.exceptions import AMQPError  # noqa: PLC0415 — an extra

        try:
            await self._opened.channel.tx_rollback()
        except (OSError, AMQPError) as error:
            raise ConnectionLostError(
                f"{self._settings.name}: {reason(error)}"
            ) from error

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disconnect; what is not committed is forgotten."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    @property
    def _opened(self) -> Link:
        """The connection.

        Raises:
            UsageError: It is not connected.
            ConnectionLostError: It was lost.
        """
        if self._link is None:
            raise UsageError("transactions are connected with: async with")
        if not self._link.usable:
            raise ConnectionLostError(f"{self._settings.name} closed")
        return self._link
