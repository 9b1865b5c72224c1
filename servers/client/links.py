"""One address of a client: its connection, made on demand and made again when lost.

A failed attempt is followed by a wait, during which no attempt is made; the next call
to the address waits for the rest of it. Nothing that was sent is ever sent again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from protocol import UNDEFINED
from servers.errors import (
    ClientClosedError,
    ConnectError,
    RequestTimeoutError,
    kept,
)
from servers.logs import logger_of
from servers.tls import system_reason

from .breaker import Circuit
from .connection import Connection
from .ejection import Ejection, Health
from .packets import request_body
from .statuses import ServerStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json
    from servers.writing import Shared

    from .addresses import Dial
    from .backoff import Backoff
    from .breaker import Breaker, CircuitEvent
    from .statuses import ServerState

logger = logger_of("client")


EventKind: TypeAlias = Literal[
    "connected",
    "disconnected",
    "failed",
    "ejected",
    "recovered",
    "opened",
    "half_open",
    "closed",
]


class ConnectionEvent(msgspec.Struct, frozen=True):
    """What happened to a connection of a client.

    Attributes:
        kind: What happened; ``failed`` is an attempt that made no connection,
            ``ejected`` a server that hangs, and ``recovered`` one that answers again;
            ``opened``, ``half_open`` and ``closed`` are what a breaker does.
        address: The address, as it was passed to the client.
        error: The cause; None where nothing went wrong.
    """

    kind: EventKind
    address: str
    error: Exception | None = None


class Link:
    """The connection to one server.

    Args:
        address: The address, for messages.
        dial: Connects a protocol to it.
        shared: What the connections of the client have in common.
        backoff: The waits after failures.
        notify: Called with what happens to the connection.
        ejection: When the server gets no calls.
        breaker: The same in another way, which takes the place of the ejection.
        changed: Called with the status whenever it may have changed.

    Attributes:
        address: The address, for messages.
        connection: The connection, if there is one.
        peer: What the last connection called the server; empty before there was one.
        circuit: Lets calls through, or does not; None without a breaker.
    """

    def __init__(  # noqa: PLR0913 — each is a thing of its own
        self,
        address: str,
        dial: Dial,
        shared: Shared,
        backoff: Backoff,
        notify: Callable[[ConnectionEvent], None],
        *,
        ejection: Ejection | None = None,
        breaker: Breaker | None = None,
        changed: Callable[[ServerStatus], None] | None = None,
    ) -> None:
        self._changed = changed
        self._error: Exception | None = None
        self._out: set[Link] = set()
        self._may_eject = False
        self._ejection = ejection or Ejection()
        self._health = Health(self._ejection)
        self._probe = ""  # the id of the last one
        self.address = address
        self.connection: Connection | None = None
        self.peer = ""
        self._unclaimed = 0  # replies of connections that are gone
        self._dial = dial
        self._shared = shared
        self._backoff = backoff
        self._notify = notify
        self._failures = 0
        self._not_before = 0.0
        self._attempt: asyncio.Task[Connection] | None = None
        self._loop = asyncio.get_running_loop()
        self.circuit: Circuit | None = None
        if breaker is not None:
            time = self._loop.time
            self.circuit = Circuit(breaker, address, time, self._circuit_changed)

    def join(self, out: set[Link], *, several: bool) -> None:
        """Become one of the links of a pool.

        Args:
            out: Those that get no calls, or only some.
            several: Whether there are others, without which none is ejected.
        """
        self._out = out
        self._may_eject = several and self.circuit is None

    @property
    def status(self) -> ServerStatus:
        """What is known of the server."""
        return ServerStatus(self.address, self._state, self.pending, self._error)

    @property
    def _state(self) -> ServerState:
        if self.circuit is not None and self.circuit.state != "closed":
            return self.circuit.state
        if self in self._out:
            return "ejected"
        if self.usable:
            return "connected"
        trying = self._attempt is not None and not self._attempt.done()
        return "connecting" if trying else "disconnected"

    @property
    def usable(self) -> bool:
        """Whether a request can be sent now."""
        return self.connection is not None and self.connection.usable

    @property
    def pending(self) -> int:
        """Number of calls that wait for replies."""
        return self.connection.pending if self.connection is not None else 0

    @property
    def unclaimed(self) -> int:
        """Number of replies that no call waited for, those of lost connections too."""
        now = self.connection.unclaimed if self.connection is not None else 0
        return self._unclaimed + now

    @property
    def delay(self) -> float:
        """Seconds until the next attempt may be made."""
        return max(self._not_before - self._loop.time(), 0.0)

    async def connect(self) -> Connection:
        """Return the connection, made now if need be.

        Raises:
            ConnectError: It could not be made.
            ClientClosedError: The client was closed in the meantime.
        """
        if self.connection is not None and self.connection.usable:
            return self.connection
        if self._attempt is None or self._attempt.done():
            self._attempt = self._loop.create_task(self._connect())
            self._attempt.add_done_callback(self._attempted)
            self._tell(self._error)
        # One attempt serves every call that waits, so none of them may cancel it.
        attempt = self._attempt
        try:
            return await asyncio.shield(attempt)
        except asyncio.CancelledError:
            if attempt.cancelled():
                raise ClientClosedError from None
            raise

    def check(self) -> bool:
        """Return whether the server may get a call now."""
        if self not in self._out:
            return True
        if self.circuit is not None:
            return self.circuit.admits()
        self._check_ejected()
        return self not in self._out

    def enter(self) -> None:
        """Note that a server that is out gets a call nevertheless."""
        if self.circuit is not None:
            self.circuit.enter()

    # decision 107: A server that hangs is known by its silence
    def _check_ejected(self) -> None:
        """Take back a server that was ejected, or ask whether it answers again."""
        connection, now = self.connection, self._loop.time()
        if connection is None:
            self._take_back()
        elif self._health.recovered(connection.last_read):
            connection.forget(self._probe)  # or it would count as a call that waits
            self._take_back()
        elif self._health.probe_due(now) and not connection.write_paused:
            connection.forget(self._probe)
            self._probe = f"probe-{now}"
            body = request_body(self._ejection.pattern, {}, UNDEFINED, self._probe)
            # Whatever the answer is, it is one.
            connection.ask(self._probe, body).add_done_callback(_ignore)

    def _late(self, seconds: float) -> None:
        """Eject a server that hangs, if there are others."""
        connection = self.connection
        if not self._may_eject or connection is None:
            return
        if self._health.timed_out(seconds, connection.last_read, self._loop.time()):
            self._out.add(self)
            logger.warning(
                "%s: ejected: %d calls timed out, and nothing arrived",
                self.address,
                self._ejection.timeouts,
            )
            self._tell(RequestTimeoutError(seconds), "ejected")

    def _take_back(self) -> None:
        if self in self._out:
            self._out.discard(self)
            self._tell(None, "recovered")

    def _circuit_changed(self, event: CircuitEvent, error: Exception | None) -> None:
        """Get calls, or none, from now on."""
        if event == "closed":
            self._out.discard(self)
        else:
            self._out.add(self)
        if event == "opened":
            logger.warning("%s: opened: too many failures: %s", self.address, error)
        self._tell(error, event)

    async def close(self) -> None:
        """Close the connection; what is written leaves first."""
        if self._attempt is not None:
            self._attempt.cancel()
        connection = self.connection
        if connection is not None:
            connection.close()
            await connection.wait_closed()

    def _tell(self, error: Exception | None, event: EventKind | None = None) -> None:
        """Tell of an event, and of the status that follows from it."""
        self._error = kept(error) if error is not None else None
        if event is not None:
            self._notify(ConnectionEvent(event, self.address, error))
        if self._changed is not None:
            self._changed(self.status)

    def abandon(self) -> None:
        """Let go of the connection: its event loop does not run."""
        if self.connection is not None:
            self.connection.abandon()

    async def _connect(self) -> Connection:
        await asyncio.sleep(self.delay)
        connection = Connection(self._shared, self._lost)
        try:
            async with asyncio.timeout(self._shared.limits.connect):
                await self._dial(lambda: connection)
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            raise self._failed(error) from error
        self._failures = 0
        self.connection = connection
        self.peer = connection.peer
        self._health = Health(self._ejection)
        connection.late = self._late
        connection.circuit = self.circuit
        self._tell(None, "connected")
        return connection

    def _attempted(self, attempt: asyncio.Task[Connection]) -> None:
        """Forget an attempt: its error keeps the frames of every call that waited."""
        if not attempt.cancelled():
            attempt.exception()  # asyncio logs one that no call waits for any more
        if self._attempt is attempt:
            self._attempt = None

    def _failed(self, error: OSError | ValueError) -> ConnectError:
        self._failures += 1
        self._not_before = self._loop.time() + self._backoff.wait(self._failures)
        failure = ConnectError(f"cannot connect to {self.address}: {_reason(error)}")
        self._attempt = None
        self._tell(failure, "failed")
        if self.circuit is not None:
            self.circuit.failed(failure)
        return failure

    def _lost(self, connection: Connection, error: Exception | None) -> None:
        self._unclaimed += connection.unclaimed
        connection.unclaimed = 0
        if self.connection is connection:
            self.connection = None
            if self.circuit is None:
                self._out.discard(self)
            self._tell(error, "disconnected")
            if self.circuit is not None and connection.pending:
                self.circuit.failed(connection.lost_error(error))


def _reason(error: OSError | ValueError) -> str:
    if not isinstance(error, OSError):  # UnicodeError
        return "no name of a host"
    if isinstance(error, ConnectionResetError) and error.errno is None:
        return "closed during the TLS handshake; it may not speak TLS"
    return system_reason(error)


def _ignore(probe: asyncio.Future[Json]) -> None:
    """Retrieve the error of a probe, which asyncio would log."""
    if not probe.cancelled():
        probe.exception()
