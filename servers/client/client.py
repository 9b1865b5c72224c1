"""The client: messages, streams and events to one server, or to several equal ones."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, Unpack, overload

from protocol import UNDEFINED, Json
from servers.coroutines import require_coroutine_function
from servers.errors import ClientClosedError
from servers.hooks import guarded
from servers.integers import Integers, UnsafeIntegers, checked_choice
from servers.limits import Budget, Limits
from servers.logs import logger_of
from servers.writing import Shared

from .addresses import addresses_of, dial_to, name_of
from .backoff import Backoff
from .caller import Caller
from .checking import CheckingCaller
from .links import ConnectionEvent, Link
from .middleware import ClientMiddleware, Outgoing, surround
from .pool import Balance, Pool
from .replies import reading
from .streams import Stream

if TYPE_CHECKING:
    import os
    import ssl
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from types import TracebackType

    from typing_extensions import TypeForm

    from servers.hooks import Hooks

    from .addresses import Address, Dial
    from .ejection import Ejection
    from .options import CallOptions

T = TypeVar("T")

logger = logger_of("client")

DEFAULT_TIMEOUT = 30.0
"""Seconds that a call waits for its reply by default; a Nest client waits for ever."""


class _Default(Enum):
    """Stands for an option of the client."""

    TIMEOUT = "the client's timeout"


_CLIENT_TIMEOUT: Final = _Default.TIMEOUT


class Client:
    """Call Nest servers, and ours.

    Nothing is connected before the first call. One connection to each address carries
    all calls; replies are matched by exact id, in any order. A client belongs to the
    event loop that it runs on. Once that has ended, the next call opens the client
    again on the loop that runs then; while it runs, calls from others are refused.

    Args:
        host: The server's host.
        port: The server's port.
        uds: The path of a Unix socket, instead of ``host`` and ``port``.
        addresses: Several equal servers, instead of these: hosts with ports, paths.
        timeout: Seconds that a call waits for its reply, connecting included, and a
            stream for its next value; None for no limit.
        tls: For TLS; see :func:`servers.client_tls`.
        server_hostname: The name expected in the server's certificate, if it is not
            the host.
        balance: How calls are distributed over several addresses.
        wait_for_server: Whether calls wait for a server that cannot be reached, up to
            their timeout, rather than fail once every address has failed.
        backoff: The waits after failed attempts to connect.
        ejection: When a server of several that hangs gets no calls for a time.
        limits: How much servers may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls.
        dial: Connects in another way than by TCP to an address.
        unsafe_integers: What happens to integers beyond 2^53 - 1, which JavaScript
            rounds: "send", "warn" to log them too, or "refuse" with an EncodeError
            before anything is sent.

    Raises:
        UsageError: An address has no host, or a port outside 1 to 65535; both ``uds``
            and ``addresses`` were passed; or ``unsafe_integers`` is none of these.
    """

    def __init__(  # noqa: PLR0913 — every option has its default
        self,
        host: str = "localhost",
        port: int = 3000,
        *,
        uds: str | os.PathLike[str] | None = None,
        addresses: Sequence[Address] = (),
        timeout: float | None = DEFAULT_TIMEOUT,
        tls: ssl.SSLContext | None = None,
        server_hostname: str | None = None,
        balance: Balance = "round_robin",
        wait_for_server: bool = False,
        backoff: Backoff | None = None,
        ejection: Ejection | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        dial: Dial | None = None,
        unsafe_integers: UnsafeIntegers = "send",
    ) -> None:
        self._calling: Callable[..., Caller] = Caller
        if checked_choice(unsafe_integers) != "send":
            self._calling = partial(CheckingCaller, Integers(unsafe_integers, logger))
        self.limits = limits or Limits()
        self.hooks = hooks
        self.timeout = timeout
        self._addresses = addresses_of(host, port, uds, addresses)
        self._tls = tls
        self._server_hostname = server_hostname
        self._balance: Balance = balance
        self._wait_for_server = wait_for_server
        self._backoff = backoff or Backoff()
        self._ejection = ejection
        self._dial = dial
        self._middleware: list[ClientMiddleware] = []
        self._proceed: Callable[[Outgoing], Awaitable[Any]] = self._innermost
        self._listeners: list[Callable[[ConnectionEvent], None]] = []
        self._caller: Caller | None = None
        # The same where there is neither middleware nor hooks, which cost time.
        self._direct: Caller | None = None
        self._unclaimed = 0
        self._closed = False

    @overload
    def send(
        self,
        pattern: Json,
        data: Json,
        *,
        returns: TypeForm[T],
        **options: Unpack[CallOptions],
    ) -> Coroutine[Any, Any, T]: ...

    @overload
    def send(
        self, pattern: Json, data: Json, **options: Unpack[CallOptions]
    ) -> Coroutine[Any, Any, Json]: ...

    # decision 74: `send` gives the last value of a stream
    def send(
        self,
        pattern: Json,
        data: Json,
        *,
        timeout: float | _Default | None = _CLIENT_TIMEOUT,
        metadata: Json = UNDEFINED,
        returns: Any = None,
    ) -> Coroutine[Any, Any, Any]:
        """Send a message and return the value of its reply.

        The value is UNDEFINED if the reply has none; of a stream it is the last one.

        Args:
            pattern: A string, a number or an object, written as it is.
            data: The payload. Nest's clients send no null, so None is refused.
            timeout: Seconds to wait for the end of the reply; None for no limit.
            metadata: What a Nest 12 handler finds in its context.
            returns: The type of the value; without one it is plain JSON.

        Raises:
            InvalidReplyError: The value is not of the type that ``returns`` says.
            RemoteError: The handler failed; NoHandlerError if there is no handler.
            RequestTimeoutError: The reply did not end in time.
            ConnectError: No connection could be made; nothing was sent.
            ConnectionLostError: The connection was lost; the handler may have run.
            InvalidMessageError: The pattern or the data is None or UNDEFINED.
            PatternError: The pattern is not a pattern.
            EncodeError: JSON cannot hold the data.
            UsageError: JSON cannot be read into the type, for which nothing is sent.
        """
        seconds = self.timeout if timeout is _CLIENT_TIMEOUT else timeout
        if returns is not None:
            reading(returns)
        elif self._direct is not None:
            return self._direct.send(pattern, data, metadata, seconds)
        outgoing = Outgoing("message", pattern, data, metadata, seconds, returns)
        return self._send(outgoing)

    async def emit(
        self, pattern: Json, data: Json, *, metadata: Json = UNDEFINED
    ) -> None:
        """Send an event; return once it is written, since there is no reply.

        Args:
            pattern: A string, a number or an object; it is written as its route.
            data: The payload. Nest's clients send no null, so None is refused.
            metadata: What a Nest 12 handler finds in its context.

        Raises:
            ConnectError: No connection could be made; nothing was sent.
            InvalidMessageError: The pattern or the data is None or UNDEFINED.
            PatternError: The pattern is not a pattern.
            EncodeError: JSON cannot hold the data.
        """
        await self._proceed(Outgoing("event", pattern, data, metadata, self.timeout))

    @overload
    def stream(
        self,
        pattern: Json,
        data: Json,
        *,
        returns: TypeForm[T],
        **options: Unpack[CallOptions],
    ) -> Stream[T]: ...

    @overload
    def stream(
        self, pattern: Json, data: Json, **options: Unpack[CallOptions]
    ) -> Stream[Json]: ...

    def stream(
        self,
        pattern: Json,
        data: Json,
        *,
        timeout: float | _Default | None = _CLIENT_TIMEOUT,
        metadata: Json = UNDEFINED,
        returns: Any = None,
    ) -> Stream[Any]:
        """Send a message and iterate over the values of its reply.

        Args:
            pattern: A string, a number or an object, written as it is.
            data: The payload. Nest's clients send no null, so None is refused.
            timeout: Seconds to wait for each value; None for no limit.
            metadata: What a Nest 12 handler finds in its context.
            returns: The type of each value; without one they are plain JSON.

        The iteration raises what :meth:`send` raises, and StreamOverflowError if far
        more values arrived than were read.

        Raises:
            UsageError: JSON cannot be read into the type, for which nothing is sent.
        """
        seconds = self.timeout if timeout is _CLIENT_TIMEOUT else timeout
        reading(returns)
        outgoing = Outgoing("stream", pattern, data, metadata, seconds, returns)
        return Stream(lambda: self._proceed(outgoing))

    def use(self, middleware: ClientMiddleware) -> ClientMiddleware:
        """Put a middleware around every call, inside those used before.

        Raises:
            UsageError: It is not a coroutine function.
        """
        require_coroutine_function(middleware)
        self._middleware.append(middleware)
        self._direct = None
        self._proceed = surround(self._middleware, self._innermost)
        return middleware

    def subscribe(
        self, listener: Callable[[ConnectionEvent], None]
    ) -> Callable[[], None]:
        """Call a function on connection events; return a function that stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def connect(self) -> None:
        """Connect to every address now, rather than at the first call.

        Raises:
            ConnectError: One of them cannot be reached.
        """
        await self._current().wires.connect()

    async def aclose(self) -> None:
        """Close; what is written leaves first, calls that wait fail.

        Raises:
            UsageError: The event loop of the client runs in another thread.
        """
        self._leave()
        self._closed = True
        caller, self._caller, self._direct = self._caller, None, None
        if caller is not None:
            await caller.aclose()
            self._unclaimed += caller.wires.unclaimed

    @property
    def pending(self) -> int:
        """Number of calls that wait for replies."""
        return self._caller.wires.pending if self._caller is not None else 0

    @property
    def unclaimed_replies(self) -> int:
        """Number of replies that no call waited for, such as those after a timeout."""
        now = self._caller.wires.unclaimed if self._caller is not None else 0
        return self._unclaimed + now

    async def __aenter__(self) -> Self:
        """Return the client itself, open again if it was closed; nothing is connected.

        An application that enters its client when it starts can start again, as under
        Starlette's ``TestClient``.
        """
        self._closed = False
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self.aclose()

    async def _send(self, outgoing: Outgoing) -> Any:  # noqa: ANN401
        return await self._proceed(outgoing)

    def _innermost(self, outgoing: Outgoing) -> Awaitable[Any]:
        """Make a call, after all middleware.

        This is not a coroutine, which would cost every call time whenever it resumes.
        """
        caller = self._current()
        if outgoing.kind == "message":
            return caller.message(outgoing)
        if outgoing.kind == "event":
            return caller.event(outgoing)
        return caller.values(outgoing)

    # decision 106: A client moves to the event loop that runs
    def _current(self) -> Caller:
        """Return the caller of the event loop that runs, created now if need be.

        Raises:
            ClientClosedError: The client is closed.
            UsageError: The event loop of the client runs in another thread.
        """
        caller = self._caller
        if caller is not None and caller.is_here:
            return caller
        if self._closed:
            raise ClientClosedError
        self._leave()
        return self._begin()

    def _leave(self) -> None:
        """Let go of what belongs to an event loop that does not run any more.

        Raises:
            UsageError: It runs, in another thread.
        """
        caller = self._caller
        if caller is not None and not caller.is_here:
            caller.abandon()
            self._unclaimed += caller.wires.unclaimed
            self._caller = self._direct = None

    def _begin(self) -> Caller:
        """Create what needs a running event loop."""
        hooks = guarded(self.hooks)
        shared = Shared(self.limits, hooks, Budget(self.limits.buffered_in_all))
        links = [
            Link(
                name, dial, shared, self._backoff, self._notify, ejection=self._ejection
            )
            for name, dial in self._ways()
        ]
        pool = Pool(links, self._balance, persistent=self._wait_for_server)
        self._caller = self._calling(pool, self.limits, hooks, self._current)
        if not self._middleware and hooks is None:
            self._direct = self._caller
        return self._caller

    def _ways(self) -> list[tuple[str, Dial]]:
        """Return the name of each address, and how to connect to it."""
        if self._dial is not None:
            return [("the given connection", self._dial)]
        return [
            (
                name_of(each),
                dial_to(each, self._tls, self._server_hostname, self.limits),
            )
            for each in self._addresses
        ]

    def _notify(self, event: ConnectionEvent) -> None:
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                logger.exception("a listener of connection events failed")
