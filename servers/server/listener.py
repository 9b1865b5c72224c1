"""A server that listens: its sockets, its connections, its brokers, its shutdown."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, Self

from servers.errors import UsageError
from servers.hooks import guarded
from servers.limits import Budget
from servers.logs import logger_of
from servers.serving.binding import BACKLOG, Bound, acceptor, bind, unlistenable
from servers.sockets import address_name
from servers.writing import Shared

from .connection import Connection
from .desk import Desk
from .endpoints import Reception
from .states import State

if TYPE_CHECKING:
    import socket
    import ssl
    from asyncio.trsock import TransportSocket
    from collections.abc import Callable
    from types import TracebackType

    from servers.hooks import Hooks
    from servers.limits import Limits
    from servers.serving.places import Place

    from .endpoints import Endpoint, Transport
    from .routes import Routes

logger = logger_of("server")

_LONGEST_CHECK = 1.0  # seconds between two checks for late peers, at most …
_SHARE = 4  # … and at least this many checks in the shortest time allowed


class Server:
    """A service that listens.

    Args:
        routes: The handlers of the service.
        limits: How much peers may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls; None for no callbacks.
        state: What the lifespan of the service yielded; None without one.

    Attributes:
        accepted: Number of connections so far.
        finished: Number of calls that were in flight when it stopped, and ended.
        cut: Number of those that did not end in time, and were cancelled.
        state: What the lifespan of the service yielded; None without one.
        on_exit: Called when a handler ends the program, by whoever can end it in
            order; None where nobody can.
        exit_error: The error by which a handler did; None while none has.
    """

    def __init__(
        self, routes: Routes, limits: Limits, hooks: Hooks | None, state: object = None
    ) -> None:
        self.accepted = self.finished = self.cut = 0
        self.state: Any = state
        self._desk = Desk(routes)
        self._routes = routes
        self._limits = limits
        self._shared = Shared(limits, guarded(hooks), Budget(limits.buffered_in_all))
        self._endpoints: list[Endpoint] = []
        self._connections: set[Connection] = set()
        self._refused = 0
        self._bound = Bound(())
        self._listening: list[asyncio.Server] = []
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._stopping = self._draining = False
        self._begun = self._loop.time()
        self._stopped = asyncio.Event()
        self.on_exit: Callable[[], None] | None = None
        self.exit_error: BaseException | None = None

    @property
    def connections(self) -> int:
        """Number of open connections, those to brokers and of browsers included."""
        others = sum(endpoint.connections for endpoint in self._endpoints)
        return len(self._connections) + others

    @property
    def in_flight(self) -> int:
        """Number of messages and events being handled."""
        by_tcp = sum(connection.in_flight for connection in self._connections)
        return by_tcp + sum(len(endpoint.tasks) for endpoint in self._endpoints)

    @property
    def health(self) -> State:
        """What the server is doing, since when, and how much of it."""
        if self._stopping or self._draining:
            status: Literal["starting", "ready", "stopping"] = "stopping"
        else:
            status = "ready" if self._reachable else "starting"
        uptime = self._loop.time() - self._begun
        return State(status, self.connections, self.in_flight, uptime)

    # decision 141
    @property
    def _reachable(self) -> bool:
        """Whether callers reach it, by each of the transports that it has."""
        if self._endpoints:
            return all(endpoint.connected for endpoint in self._endpoints)
        return bool(self._listening or self.accepted)

    def drain(self) -> None:
        """Say that it is stopping, some time before :meth:`stop`, and serve on."""
        self._draining = True

    def exit(self, error: BaseException) -> None:
        """End the program, as a handler asks by KeyboardInterrupt or SystemExit.

        The event loop raises the error at once where nobody ends it in order.
        """
        self.exit_error = self.exit_error or error
        if self.on_exit is not None:
            self.on_exit()
        else:
            # Not from here: uvloop ends but the connection for what a read raises.
            self._loop.call_soon(_raise, error)

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Hosts and ports the server listens on; empty for a Unix socket."""
        names = [each.getsockname() for each in self._sockets]
        return [each[:2] for each in names if isinstance(each, tuple)]

    @property
    def names(self) -> list[str]:
        """What it listens on: ``host:port``, ``unix:`` and a path, URLs of brokers."""
        sockets = [address_name(each.getsockname()) for each in self._sockets]
        return sockets + [endpoint.name for endpoint in self._endpoints]

    @property
    def port(self) -> int:
        """The first port the server listens on.

        Raises:
            UsageError: It listens on none, but on a Unix socket, or nowhere.
        """
        if not self.addresses:
            raise UsageError(f"no port, but {', '.join(self.names) or 'nowhere'}")
        return self.addresses[0][1]

    @property
    def _sockets(self) -> list[socket.socket | TransportSocket]:
        return [found for each in self._listening for found in each.sockets]

    async def listen(self, place: Place, tls: ssl.SSLContext | None = None) -> None:
        """Begin to accept connections.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        self._bound = await asyncio.to_thread(bind, place)  # names take time
        try:
            for each in self._bound.sockets:
                self._listening.append(await self._accept(each, tls))
        except OSError as error:
            self._end_listening()
            raise unlistenable(place, error) from error
        self.watch()

    async def attend(self, transport: Transport) -> None:
        """Begin to take messages from a broker.

        Raises:
            ListenError: The broker cannot be reached, or refuses.
        """
        hooks = self._shared.hooks
        reception = Reception(self, self._desk, self._routes, self._limits, hooks)
        self._endpoints.append(await transport.attend(reception))

    async def _accept(
        self, bound: socket.socket, tls: ssl.SSLContext | None
    ) -> asyncio.Server:
        """Return what accepts the connections of a socket."""
        handshake = self._limits.handshake if tls is not None else None
        bound.listen(BACKLOG)  # uvloop reports no failure of it
        return await acceptor(bound)(
            self.new_connection,
            sock=bound,
            ssl=tls,
            ssl_handshake_timeout=handshake,
            backlog=BACKLOG,
        )

    def _end_listening(self) -> None:
        for each in self._listening:
            each.close()
        self._bound.close()

    def new_connection(self) -> Connection:
        """Return the protocol of a new connection, for a transport to drive."""
        self.accepted += 1
        return Connection(self, self._desk, self._shared, self.accepted)

    def admit(self, connection: Connection) -> bool:
        """Register a new connection; return False where there are too many."""
        if self._stopping or len(self._connections) >= self._limits.connections:
            self._refused += 1
            if self._refused & (self._refused - 1) == 0:
                logger.warning(
                    "%s: refused, %d connections are open (%d refused so far)",
                    connection.peer,
                    len(self._connections),
                    self._refused,
                )
            return False
        self._connections.add(connection)
        return True

    def dismiss(self, connection: Connection) -> None:
        """Note that a connection is closed; its calls in flight may finish."""
        if not connection.in_flight:
            self._connections.discard(connection)

    def watch(self) -> None:
        """Begin to check for late peers, time after time."""
        times = (
            self._limits.partial_frame,
            self._limits.idle,
            self._limits.write_stall,
        )
        shortest = min((each for each in times if each), default=_LONGEST_CHECK)
        self._timer = self._loop.call_later(
            min(shortest / _SHARE, _LONGEST_CHECK), self._check
        )

    def _check(self) -> None:
        now = self._loop.time()
        for connection in list(self._connections):
            connection.sweep()
            if not connection.closed:
                connection.check_time(now)
            elif not connection.in_flight:
                self._connections.discard(connection)
        self.watch()

    async def stop(self, grace: float = 10.0) -> None:
        """Accept nothing more, let calls in flight finish, then close.

        Args:
            grace: Seconds that calls may take before they are cancelled. What they
                leave of it is for peers to read their replies.
        """
        deadline = self._loop.time() + grace
        if not self._stopping:
            self._stopping = True
            self._end_listening()
            for connection in self._connections:
                connection.stop()
            self.finished = len(self._tasks())
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await asyncio.gather(*(each.stop() for each in self._endpoints))
                await self._until_idle()
        late = len(self._tasks())
        self.cut += late
        self.finished -= late
        await self._close_connections(deadline)
        if self._timer is not None:
            self._timer.cancel()
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether :meth:`stop` has completed: its lifespan may be over."""
        return self._stopped.is_set()

    async def wait_stopped(self) -> None:
        """Wait until :meth:`stop` has completed."""
        await self._stopped.wait()

    async def _until_idle(self) -> None:
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    def _tasks(self) -> list[asyncio.Task[None]]:
        for connection in self._connections:
            connection.sweep()
        return [task for each in self._sources for task in each.tasks]

    @property
    def _sources(self) -> tuple[Connection | Endpoint, ...]:
        """What brings packets."""
        return (*self._connections, *self._endpoints)

    async def _close_connections(self, deadline: float) -> None:
        """Close all connections; abort those whose peer does not read to the end."""
        for source in self._sources:
            source.cancel()
        if tasks := self._tasks():  # cancelled calls clean up
            await asyncio.wait(tasks, timeout=self._limits.closing)
        await asyncio.gather(*(each.close(deadline) for each in self._endpoints))
        self._endpoints.clear()
        connections = list(self._connections)
        for connection in connections:
            connection.close(deadline)
        for connection in connections:  # each aborts itself when its time is over
            await connection.wait_closed()
        self._connections.clear()

    async def __aenter__(self) -> Self:
        """Return the server itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, with the default grace."""
        await self.stop()


def _raise(error: BaseException) -> None:
    raise error
