"""A connection of aiormq with one channel, which ends where it is lost; its errors.

aiormq is what aio-pika is made of, without the part that connects again: that is the
business of whoever has the connection.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from servers.errors import ConnectError
from servers.tls import system_reason

from .passage import CHANNEL, Passage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiormq.abc import AbstractChannel, AbstractConnection

    from .frames import Taken
    from .options import Options

# It logs what it raises, with its traces, which whoever has the connection is told in
# a line. An application that wants to read it all the same sets another level.
if logging.getLogger("aiormq").level == logging.NOTSET:
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)

_CLOSING = 5.0  # seconds for the broker to say goodbye


class Settings(NamedTuple):
    """Where a RabbitMQ is, and how it is used.

    Attributes:
        name: The broker, without a password.
        urls: Of its nodes, of which the first that answers is used.
        options: How it is used.
    """

    name: str
    urls: list[str]
    options: Options


class Link:
    """A connection with a channel.

    Args:
        connection: The connection.
        passage: Its socket.
        lost: Called once when it is lost, with the cause.

    Attributes:
        channel: The channel: aiormq's, for all but messages.
    """

    channel: AbstractChannel

    def __init__(
        self,
        connection: AbstractConnection,
        passage: Passage,
        lost: Callable[[Exception | None], None],
    ) -> None:
        self._connection = connection
        self._passage = passage
        self._lost = lost
        self._over = False

    async def open(self) -> None:
        """Open the channel.

        Raises:
            AMQPError: The broker refuses.
        """
        self._connection.closing.add_done_callback(self._ended)
        self.channel = await self._connection.channel(CHANNEL, publisher_confirms=False)
        self.channel.closing.add_done_callback(self._ended)
        self.channel.on_consumer_cancel_callbacks.add(self._cancelled)

    @property
    def largest(self) -> int:
        """Bytes of the largest frame that the broker takes."""
        return int(self._connection.connection_tune.frame_max or _FRAME_MAX)

    @property
    def usable(self) -> bool:
        """Whether something can be written."""
        return not self._over

    def write(self, frames: bytes) -> None:
        """Write whole frames."""
        self._passage.write(frames)

    async def drained(self) -> None:
        """Wait until the broker has caught up.

        Raises:
            ConnectionError: The connection is lost.
        """
        await self._passage.drained()

    def hold(self) -> None:
        """Read nothing until :meth:`resume`."""
        self._passage.hold()

    def resume(self) -> None:
        """Read on."""
        self._passage.resume()

    def abandon(self) -> None:
        """Close the socket: its event loop does not run."""
        self._over = True
        self._passage.abandon()

    async def close(self) -> None:
        """Say goodbye, and disconnect."""
        self._over = True
        self._passage.resume()  # or the goodbye of the broker is not heard
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING):
                await self._connection.close(None)
        self._passage.abort()

    def _ended(self, closing: asyncio.Future[None]) -> None:
        cause = None if closing.cancelled() else closing.exception()
        self._end(cause if isinstance(cause, Exception) else None)

    def _cancelled(self, _: object) -> None:
        self._end(ConnectError("the queue was deleted"))

    def _end(self, cause: Exception | None) -> None:
        if not self._over:
            self._over = True
            self._lost(None if cause is None else ConnectError(reason(cause)))


_FRAME_MAX = 131_072  # RabbitMQ's, for a broker that sets no limit


async def connect(
    settings: Settings,
    taken: Callable[[list[Taken]], None],
    lost: Callable[[Exception | None], None],
    prepare: Callable[[Link], Awaitable[None]],
) -> Link:
    """Connect to the first node that answers.

    Args:
        settings: Where they are.
        taken: Called with the messages and confirms that come.
        lost: Called once the connection is lost.
        prepare: Declares and consumes.

    Raises:
        ConnectError: None of them can be reached, or it refuses.
    """
    failure: ConnectError | None = None
    for url in settings.urls:
        try:
            return await _connect(url, settings, taken, lost, prepare)
        except ConnectError as error:
            failure = error
    assert failure is not None
    raise failure


async def _connect(
    url: str,
    settings: Settings,
    taken: Callable[[list[Taken]], None],
    lost: Callable[[Exception | None], None],
    prepare: Callable[[Link], Awaitable[None]],
) -> Link:
    """Connect to a node.

    Raises:
        ConnectError: It cannot be reached, or refuses.
    """
    from aiormq import Connection  # noqa: PLC0415 — an extra
    from aiormq.exceptions import AMQPError, InvalidFrameError  # noqa: PLC0415

    passage = Passage(taken)
    connection = Connection(url, transport_factory=passage)  # type: ignore[arg-type]
    try:
        await connection.connect()
    except InvalidFrameError as error:  # a refusal, of which aiormq drops the reason
        passage.abort()
        raise ConnectError(
            f"cannot connect to {settings.name}: it refuses the virtual host "
            f"{connection.vhost!r}, or is no RabbitMQ"
        ) from error
    except (OSError, AMQPError) as error:
        passage.abort()
        raise ConnectError(
            f"cannot connect to {settings.name}: {reason(error)}"
        ) from error
    except BaseException:
        passage.abort()
        raise
    link = Link(connection, passage, lost)
    await _prepare(link, settings, prepare)
    return link


async def _prepare(
    link: Link, settings: Settings, prepare: Callable[[Link], Awaitable[None]]
) -> None:
    """Open what is needed at a node; close its connection if that cannot be.

    Raises:
        ConnectError: The node refuses.
    """
    from aiormq.exceptions import AMQPError  # noqa: PLC0415 — an extra

    try:
        await link.open()
        await prepare(link)
    except (OSError, AMQPError) as error:
        await link.close()
        raise ConnectError(f"{settings.name}: {reason(error)}") from error
    except BaseException:
        await link.close()
        raise


def reason(error: BaseException) -> str:
    """Return what an error of aiormq, or of the system, says, in one line."""
    from aiormq.exceptions import AMQPError  # noqa: PLC0415 — an extra

    # What the broker says is an OSError, too, with a number of AMQP's.
    if isinstance(error, OSError) and error.errno and not isinstance(error, AMQPError):
        return system_reason(error)
    for each in error.args:
        if isinstance(each, str) and each:
            return each.strip()
    return str(error) or type(error).__name__
