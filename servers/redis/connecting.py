"""A connection of redis-py, on which commands are written together, and not awaited.

redis-py's own client awaits the reply to each command before it writes the next one on
a connection. Here the replies, and the messages of channels, are read in their order by
a task, which gives them to whoever has the connection.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from servers.errors import ConnectError, UsageError
from servers.sockets import abort_elsewhere
from servers.tls import system_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Settings(NamedTuple):
    """Where a Redis server is, and how it is used.

    Attributes:
        name: The server, without a password.
        url: The same with it.
        wildcards: Whether a service subscribes to its routes as patterns.
        options: More for the connections of redis-py.
    """

    name: str
    url: str
    wildcards: bool
    options: Mapping[str, Any]


def made(settings: Settings) -> Any:  # noqa: ANN401 — redis-py has no type for it
    """Return a connection of redis-py that is not connected yet.

    Raises:
        UsageError: Some of the options are none, or no such values.
    """
    from redis.asyncio import ConnectionPool  # noqa: PLC0415 — an extra

    # RESP2, whose messages are arrays as all replies are.
    fixed = {"protocol": 2, "socket_timeout": None, "decode_responses": False}
    try:
        pool = ConnectionPool.from_url(settings.url, **{**settings.options, **fixed})
        return pool.make_connection()  # type: ignore[no-untyped-call]
    except (TypeError, ValueError) as error:
        why = str(error).rpartition("() ")[2]
        raise UsageError(f"{settings.name}: {why}") from None


class Connection:
    """One connection to a Redis server, for as long as it lasts.

    Args:
        settings: Where the server is.
        received: Takes each reply and each message; an error of the server is one.
        lost: Called once the connection is lost, with the cause.
    """

    def __init__(
        self,
        settings: Settings,
        received: Callable[[Any], None],
        lost: Callable[[Exception | None], None],
    ) -> None:
        self._settings = settings
        self._received = received
        self._lost = lost
        self._connection: Any = None  # redis-py has no type for what any URL gives
        self._reader: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Connect, and begin to read.

        Raises:
            ConnectError: The server cannot be reached, or refuses.
        """
        from redis.exceptions import RedisError  # noqa: PLC0415 — an extra

        self._connection = made(self._settings)
        try:
            await self._connection.connect()
        except (OSError, RedisError, ValueError) as error:
            name = self._settings.name
            raise ConnectError(f"cannot connect to {name}: {_reason(error)}") from error
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def write(self, commands: Sequence[tuple[str | bytes, ...]]) -> None:
        """Write commands, and wait if the server reads too slowly.

        Raises:
            ConnectError: The connection is lost.
        """
        from redis.exceptions import RedisError  # noqa: PLC0415 — an extra

        connection = self._connection
        if connection is None or not connection.is_connected:
            raise ConnectError(f"{self._settings.name}: the connection was lost")
        try:
            packed = connection.pack_commands(commands)
            await connection.send_packed_command(packed, check_health=False)
        except (OSError, RedisError) as error:
            raise ConnectError(f"{self._settings.name}: {_reason(error)}") from error

    async def close(self) -> None:
        """Disconnect; what was written leaves first."""
        reader, self._reader = self._reader, None
        if reader is not None and reader is not asyncio.current_task():
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # whatever it says of a socket that is gone
                await connection.disconnect()

    def abandon(self) -> None:
        """Close the socket: its event loop does not run."""
        connection, self._connection = self._connection, None
        # redis-py closes it on that loop alone, and has no other name for it.
        writer = getattr(connection, "_writer", None)
        if writer is not None:
            abort_elsewhere(writer.transport)
            connection._writer = connection._reader = None  # noqa: SLF001

    async def _read(self) -> None:
        from redis.exceptions import RedisError, ResponseError  # noqa: PLC0415

        connection = self._connection
        while True:
            try:
                reply = await connection.read_response(
                    disable_decoding=True, timeout=math.inf, disconnect_on_error=False
                )
            except ResponseError as error:
                reply = error
            except (OSError, RedisError) as error:
                self._lost(ConnectError(_reason(error)))
                return
            self._received(reply)


def _reason(error: Exception) -> str:
    system = error.__context__  # redis-py words it anew, with numbers
    if isinstance(system, OSError) and system.errno:
        return system_reason(system)
    return str(error).rstrip(".") or type(error).__name__
