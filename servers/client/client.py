"""A client: messages, streams and events to one server, or to several alike."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final, Self

from protocol import UNDEFINED, Json
from servers.channel import LAST_PORT, Shared
from servers.errors import ClientClosedError, UsageError
from servers.limits import Budget, Limits

from .backoff import Backoff
from .caller import Caller
from .links import ConnectionEvent, Dial, Link, dial_tcp
from .middleware import Middleware, Outgoing, surround
from .pool import Balance, Pool
from .streams import Stream

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from types import TracebackType

    from servers.hooks import Hooks

logger = logging.getLogger("servers.client")

DEFAULT_TIMEOUT = 30.0
"""Seconds that a call waits for its reply unless it is told otherwise; a Nest client
waits for ever."""


class _Default:
    """What stands for the timeout of the client."""


_CLIENT_TIMEOUT: Final = _Default()


class Client:
    """Call Nest servers, and ours.

    Nothing is connected before the first call. One connection to each address carries
    all calls; replies find theirs by exact id, in any order. A client belongs to the
    event loop that it first runs on.

    Args:
        host: The server.
        port: Its port.
        addresses: Several servers alike, instead of ``host`` and ``port``.
        timeout: Seconds that a call waits for its reply, connecting included, and a
            stream for its next value; None waits for ever.
        tls: What to speak TLS with; see :func:`servers.client_tls`.
        server_hostname: The name to look for in the server's certificate, where it is
            not the host.
        balance: How calls are shared out among several addresses.
        wait_for_server: Whether calls wait for a server that cannot be reached, up to
            their timeout, rather than fail when every address has failed once.
        backoff: The waits after failed attempts to connect.
        limits: What servers may make us hold and wait for.
        hooks: Who is told of connections, bytes and calls.
        dial: How to connect, instead of by TCP to an address.

    Raises:
        UsageError: An address has no host, or a port outside 1 to 65535.
    """

    def __init__(  # noqa: PLR0913 — every option has its default
        self,
        host: str = "localhost",
        port: int = 3000,
        *,
        addresses: Sequence[tuple[str, int]] = (),
        timeout: float | None = DEFAULT_TIMEOUT,
        tls: ssl.SSLContext | None = None,
        server_hostname: str | None = None,
        balance: Balance = "round_robin",
        wait_for_server: bool = False,
        backoff: Backoff | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        dial: Dial | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.hooks = hooks
        self.timeout = timeout
        self._addresses = list(addresses) or [(host, port)]
        for name, number in self._addresses:
            if not name or not 0 < number <= LAST_PORT:
                raise UsageError(f"{name}:{number} is no address")
        self._tls = tls
        self._server_hostname = server_hostname
        self._balance: Balance = balance
        self._wait_for_server = wait_for_server
        self._backoff = backoff or Backoff()
        self._dial = dial
        self._middleware: list[Middleware] = []
        self._proceed: Callable[[Outgoing], Awaitable[Any]] = self._innermost
        self._listeners: list[Callable[[ConnectionEvent], None]] = []
        self._caller: Caller | None = None
        # … where no middleware and no hooks stand between, for which a call costs more.
        self._direct: Caller | None = None
        self._unclaimed = 0
        self._closed = False

    # What a client is for.

    def send(
        self,
        pattern: Json,
        data: Json,
        *,
        timeout: float | _Default | None = _CLIENT_TIMEOUT,
        metadata: Json = UNDEFINED,
    ) -> Coroutine[Any, Any, Json]:
        """Send a message and return the value of its reply.

        The value of a handler that gives none is UNDEFINED; of a stream it is the last.

        Args:
            pattern: A string, a number or an object, written as it is.
            data: The payload. Nest's clients send no null, so None is refused.
            timeout: Seconds to wait for the end of the reply; None waits for ever.
            metadata: What a Nest 12 handler finds in its context.

        Raises:
            RemoteError: The handler failed; NoHandlerError if there is none.
            RequestTimeoutError: The reply did not end in time.
            ConnectError: No connection could be made; nothing was sent.
            ConnectionLostError: The connection went; the handler may have run.
            InvalidMessageError: The pattern or the data is None or UNDEFINED.
            PatternError: The pattern is no pattern.
            EncodeError: JSON cannot hold the data.
        """
        seconds = self.timeout if isinstance(timeout, _Default) else timeout
        if self._direct is not None:
            return self._direct.send(pattern, data, metadata, seconds)
        outgoing = Outgoing("message", pattern, data, metadata, seconds)
        return self._send(outgoing)

    async def emit(
        self, pattern: Json, data: Json, *, metadata: Json = UNDEFINED
    ) -> None:
        """Send an event; return when it is written, since nothing ever comes back.

        Args:
            pattern: A string, a number or an object; it is written as its route.
            data: The payload. Nest's clients send no null, so None is refused.
            metadata: What a Nest 12 handler finds in its context.

        Raises:
            ConnectError: No connection could be made; nothing was sent.
            InvalidMessageError: The pattern or the data is None or UNDEFINED.
            PatternError: The pattern is no pattern.
            EncodeError: JSON cannot hold the data.
        """
        await self._proceed(Outgoing("event", pattern, data, metadata, self.timeout))

    def stream(
        self,
        pattern: Json,
        data: Json,
        *,
        timeout: float | _Default | None = _CLIENT_TIMEOUT,
        metadata: Json = UNDEFINED,
    ) -> Stream:
        """Send a message and iterate over the values of its reply.

        Args:
            pattern: A string, a number or an object, written as it is.
            data: The payload. Nest's clients send no null, so None is refused.
            timeout: Seconds to wait for each value; None waits for ever.
            metadata: What a Nest 12 handler finds in its context.

        The iteration raises what :meth:`send` raises, and StreamOverflowError when far
        more values came than were taken.
        """
        seconds = self.timeout if isinstance(timeout, _Default) else timeout
        outgoing = Outgoing("stream", pattern, data, metadata, seconds)
        return Stream(lambda: self._proceed(outgoing))

    def use(self, middleware: Middleware) -> Middleware:
        """Put a middleware around every call, inside of those used before."""
        self._middleware.append(middleware)
        self._direct = None
        self._proceed = surround(self._middleware, self._innermost)
        return middleware

    def subscribe(
        self, listener: Callable[[ConnectionEvent], None]
    ) -> Callable[[], None]:
        """Tell a function what happens to the connections; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def connect(self) -> None:
        """Connect to every address now, rather than at the first call.

        Raises:
            ConnectError: One of them cannot be reached.
        """
        links = (self._caller or self._begin()).pool.links
        await asyncio.gather(*(link.connect() for link in links))

    async def aclose(self) -> None:
        """Close; what is written leaves before, calls that wait fail."""
        self._closed = True
        caller, self._caller, self._direct = self._caller, None, None
        if caller is not None:
            await caller.aclose()
            self._unclaimed = caller.pool.unclaimed

    # What can be known of it.

    @property
    def pending(self) -> int:
        """Calls that wait for replies."""
        return self._caller.pool.pending if self._caller is not None else 0

    @property
    def unclaimed_replies(self) -> int:
        """Replies that nobody waited for, such as those that came too late."""
        caller = self._caller
        return caller.pool.unclaimed if caller is not None else self._unclaimed

    async def __aenter__(self) -> Self:
        """Return the client itself; nothing is connected yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self.aclose()

    # How it is done.

    async def _send(self, outgoing: Outgoing) -> Json:
        return await self._proceed(outgoing)

    def _innermost(self, outgoing: Outgoing) -> Awaitable[Any]:
        """Do a call, behind every middleware.

        No coroutine of its own: every call would pay for it each time it is resumed.
        """
        caller = self._caller or self._begin()
        if outgoing.kind == "message":
            return caller.message(outgoing)
        if outgoing.kind == "event":
            return caller.event(outgoing)
        return caller.values(outgoing)

    def _begin(self) -> Caller:
        """Make what needs a running event loop."""
        if self._closed:
            raise ClientClosedError
        shared = Shared(self.limits, self.hooks, Budget(self.limits.buffered_in_all))
        links = [
            Link(name, dial, shared, self._backoff, self._tell)
            for name, dial in self._ways()
        ]
        pool = Pool(links, self._balance, persistent=self._wait_for_server)
        self._caller = Caller(pool, self.limits, self.hooks)
        if not self._middleware and self.hooks is None:
            self._direct = self._caller
        return self._caller

    def _ways(self) -> list[tuple[str, Dial]]:
        """Return the addresses, by name, and how to connect to each."""
        if self._dial is not None:
            return [("the given connection", self._dial)]
        return [
            (
                f"{host}:{port}",
                dial_tcp(host, port, self._tls, self._server_hostname, self.limits),
            )
            for host, port in self._addresses
        ]

    def _tell(self, event: ConnectionEvent) -> None:
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                logger.exception("a listener of connection events failed")
