"""The client: messages, streams and events to one server, or to several equal ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, overload

from protocol import UNDEFINED, Json
from servers.coroutines import require_coroutine_function
from servers.errors import UsageError
from servers.integers import Integers, UnsafeIntegers, checked_choice
from servers.limits import Limits
from servers.logs import logger_of
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT

from .assembly import Assembly
from .backoff import Backoff
from .many import SendsMany
from .middleware import ClientMiddleware, Outgoing, surround
from .opening import Opening
from .options import CLIENT_TIMEOUT, DEFAULT_TIMEOUT, Default
from .policies import Retry, RetryBudget
from .replies import reading
from .retries import Retries
from .streams import Stream
from .targets import refuse_options, target_of

if TYPE_CHECKING:
    import os
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
    from types import TracebackType

    from typing_extensions import TypeForm

    from servers.hooks import Hooks
    from servers.tcp import Tcp

    from .addresses import Address, Dial
    from .breaker import Breaker
    from .brokers import Broker
    from .caller import Caller
    from .discovery import Discovery
    from .ejection import Ejection
    from .links import ConnectionEvent
    from .options import CallOptions
    from .pool import Balance
    from .statuses import ServerStatus

T = TypeVar("T")

logger = logger_of("client")


class Client(SendsMany):
    """Call Nest servers, and ours.

    Nothing is connected before the first call. One connection to each address carries
    all calls; replies are matched by exact id, in any order. A client belongs to the
    event loop that it runs on. Once that has ended, the next call opens the client
    again on the loop that runs then; while it runs, calls from others are refused.

    Args:
        host: The server's host; or ``Tcp(…)``, or a broker such as ``Nats(…)``.
        port: The server's port.
        uds: The path of a Unix socket, instead of ``host`` and ``port``.
        addresses: Several equal servers, instead of these: hosts with ports, paths.
        discover: Says which equal servers there are, now and later, as
            ``servers.discovery.consul("calc")`` does; instead of addresses.
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
        breaker: When a server whose calls fail gets none for a time, and calls fail at
            once if there is no other; takes the place of ``ejection``.
        retry: How calls that fail are made again: any after a ConnectError, those that
            are called idempotent after other errors too. None makes none again.
        retry_budget: How many retries there may be in all; clients may share one.
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
        host: str | Tcp | Broker = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        *,
        uds: str | os.PathLike[str] | None = None,
        addresses: Sequence[Address] = (),
        discover: Discovery | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        tls: ssl.SSLContext | None = None,
        server_hostname: str | None = None,
        balance: Balance = "round_robin",
        wait_for_server: bool = False,
        backoff: Backoff | None = None,
        ejection: Ejection | None = None,
        breaker: Breaker | None = None,
        retry: Retry | None = None,
        retry_budget: RetryBudget | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        dial: Dial | None = None,
        unsafe_integers: UnsafeIntegers = "send",
    ) -> None:
        checks = checked_choice(unsafe_integers) != "send"
        target = target_of(host, port, uds, addresses, tls, discover)
        if target.broker is not None:
            refuse_options(ejection=ejection, breaker=breaker, dial=dial)
        if target.discovery is not None and dial is not None:
            raise UsageError("pass either discover or dial: both say where to connect")
        self.limits = limits or Limits()
        self.hooks = hooks
        self.timeout = timeout
        assembly = Assembly(
            addresses=target.addresses,
            tls=target.tls,
            server_hostname=server_hostname,
            balance=balance,
            wait_for_server=wait_for_server,
            backoff=backoff or Backoff(),
            ejection=ejection,
            breaker=breaker,
            limits=self.limits,
            dial=dial,
            integers=Integers(unsafe_integers, logger) if checks else None,
            broker=target.broker,
            discovery=target.discovery,
        )
        self._retry = retry
        self._breaker = breaker
        self._opening = Opening(assembly, hooks, self._changed)
        self._current = self._opening.current
        self._retries = Retries(self._current, retry_budget or RetryBudget())
        self._middleware: list[ClientMiddleware] = []
        self._proceed: Callable[[Outgoing], Awaitable[Any]] = self._innermost
        # What makes calls where there is nothing around them, which costs time.
        self._direct: Caller | None = None

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
    def send(  # noqa: PLR0913 — every option has its default
        self,
        pattern: Json,
        data: Json,
        *,
        timeout: float | Default | None = CLIENT_TIMEOUT,
        metadata: Json = UNDEFINED,
        returns: Any = None,
        idempotent: bool = False,
        retry: Retry | None = None,
    ) -> Coroutine[Any, Any, Any]:
        """Send a message and return the value of its reply.

        The value is UNDEFINED if the reply has none; of a stream it is the last one.

        Args:
            pattern: A string, a number or an object, written as it is.
            data: The payload. Nest's clients send no null, so None is refused.
            timeout: Seconds to wait for the end of the reply; None for no limit.
            metadata: What a Nest 12 handler finds in its context.
            returns: The type of the value; without one it is plain JSON.
            idempotent: Whether the call may be made again though it may have been
                handled; how is the client's ``retry``, by default ``Retry()``.
            retry: How this call is made again if it fails; it is then idempotent.

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
        seconds = self.timeout if timeout is CLIENT_TIMEOUT else timeout
        direct = self._direct
        if direct is not None and returns is None and retry is None and not idempotent:
            return direct.send(pattern, data, metadata, seconds)
        reading(returns)
        outgoing = Outgoing("message", pattern, data, metadata, seconds, returns)
        outgoing = self._with_retries(outgoing, retry, idempotent=idempotent)
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
        outgoing = Outgoing("event", pattern, data, metadata, self.timeout)
        await self._proceed(self._with_retries(outgoing, None, idempotent=False))

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

    def stream(  # noqa: PLR0913 — likewise
        self,
        pattern: Json,
        data: Json,
        *,
        timeout: float | Default | None = CLIENT_TIMEOUT,
        metadata: Json = UNDEFINED,
        returns: Any = None,
        idempotent: bool = False,
        retry: Retry | None = None,
    ) -> Stream[Any]:
        """Send a message and iterate over the values of its reply.

        Args:
            pattern: A string, a number or an object, written as it is.
            data: The payload. Nest's clients send no null, so None is refused.
            timeout: Seconds to wait for each value; None for no limit.
            metadata: What a Nest 12 handler finds in its context.
            returns: The type of each value; without one they are plain JSON.
            idempotent: As for :meth:`send`. After its first value a stream is not made
                again.
            retry: As for :meth:`send`.

        The iteration raises what :meth:`send` raises, and StreamOverflowError if far
        more values arrived than were read.

        Raises:
            UsageError: JSON cannot be read into the type, for which nothing is sent.
        """
        seconds = self.timeout if timeout is CLIENT_TIMEOUT else timeout
        reading(returns)
        outgoing = Outgoing("stream", pattern, data, metadata, seconds, returns)
        outgoing = self._with_retries(outgoing, retry, idempotent=idempotent)
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
        self._opening.listeners.append(listener)
        return lambda: self._opening.listeners.remove(listener)

    @property
    def status(self) -> tuple[ServerStatus, ...]:
        """What is known of each server, in the order of the addresses."""
        return self._opening.status

    def statuses(self) -> AsyncIterator[ServerStatus]:
        """Iterate over the status of each server, then over each whose state changes.

        The iteration ends when the client is closed. Of a reader that is slow, the
        latest thousand changes wait.
        """
        return self._opening.watchers.watch()

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
        await self._opening.close()

    @property
    def pending(self) -> int:
        """Number of calls that wait for replies."""
        caller = self._opening.caller
        return caller.wires.pending if caller is not None else 0

    @property
    def unclaimed_replies(self) -> int:
        """Number of replies that no call waited for, such as those after a timeout."""
        return self._opening.unclaimed

    async def __aenter__(self) -> Self:
        """Return the client itself, open again if it was closed; nothing is connected.

        An application that enters its client when it starts can start again, as under
        Starlette's ``TestClient``.
        """
        self._opening.closed = False
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

    def _with_retries(
        self, outgoing: Outgoing, retry: Retry | None, *, idempotent: bool
    ) -> Outgoing:
        """Return a call with the policy by which it is made again, if there is one."""
        policy = retry or self._retry or (Retry() if idempotent else None)
        if policy is None:
            return outgoing
        idempotent = idempotent or retry is not None
        return outgoing.replace(retry=policy, idempotent=idempotent)

    def _innermost(self, outgoing: Outgoing) -> Awaitable[Any]:
        """Make a call, after all middleware.

        This is not a coroutine, which would cost every call time whenever it resumes.
        """
        caller = self._current() if outgoing.retry is None else self._retries
        if outgoing.kind == "message":
            return caller.message(outgoing)
        if outgoing.kind == "event":
            return caller.event(outgoing)
        return caller.values(outgoing)

    def _changed(self, caller: Caller | None) -> None:
        """Note what makes calls from now on."""
        around = (self.hooks, self._retry, self._breaker)
        plain = not self._middleware and all(each is None for each in around)
        self._direct = caller if plain else None
