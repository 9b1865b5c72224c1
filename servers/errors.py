"""The errors of servers and clients.

ServersError
├── RpcError                       what a handler raises to say more than "failed"
│   ├── ForbiddenError                 a guard refused the call
│   ├── RetriableError                 it may succeed if it is tried again
│   ├── UnknownPatternError            the pattern has no handler
│   └── InvalidDataError               the payload is not what the handler takes
├── UsageError                     what was asked for is impossible
│   ├── PatternError                   not a pattern, or one that no packet can reach
│   ├── DuplicateHandlerError          a second message handler for one route
│   ├── HandlerError                   a function that cannot be a handler
│   ├── InvalidMessageError            data or pattern that Nest refuses to send
│   └── ListenError                    an address that cannot be listened on
└── CallError                      a call did not end with a value
    ├── ConnectError                   no connection could be made
    │   └── CircuitOpenError               … or is tried, after too many failures
    ├── ConnectionLostError            … or the connection was lost during the call
    ├── RequestTimeoutError            no reply in time
    ├── StreamOverflowError            values arrived faster than they were read
    ├── ClientClosedError              the client was closed
    ├── InvalidReplyError              the reply is not what the caller expects
    └── RemoteError                    the server replied with an error
        └── NoHandlerError                 … since it has no handler for the pattern

Where Nest raises the same error the name is Nest's, with ``Error`` for ``Exception``.
Data that JSON cannot hold raises :class:`protocol.EncodeError`.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from protocol import NO_MESSAGE_HANDLER, UNDEFINED, route
from protocol.errors import reduced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol import Json


def kept(error: Exception) -> Exception:
    """Return an equal error to keep: the frames of one that was raised hold much."""
    try:
        again = copy.copy(error)
    except Exception:  # noqa: BLE001 — of another library, which need not allow it
        return ServersError(str(error))
    # Dask has all exceptions copied with their frames in a process that imports it.
    again.__traceback__ = again.__cause__ = again.__context__ = None
    return again


def named(pattern: Json) -> str:
    """Return a pattern as errors name it: its route."""
    return str.__str__(pattern) if isinstance(pattern, str) else route(pattern)


class ServersError(Exception):
    """A server or a client cannot do what it was asked for."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle makes an equal error, in a process pool for one."""
        return reduced(self)


class RpcError(ServersError):
    """Reply to a request with an error that the caller is meant to see.

    An object or an array is sent as it is; anything else becomes the ``message`` of
    ``{"status":"error","message":…}``. With a message besides, the error is a code, as
    those of gRPC: ``RpcError(5, "no such cat")`` is ``{"code":5,"message":…}``.

    Attributes:
        error: Any JSON value.

    Source: ``packages/microservices/exceptions/base-rpc-exception-filter.ts``.
    """

    def __init__(self, error: Json = UNDEFINED, message: str | None = None) -> None:
        if message is not None:
            error = {"code": error, "message": message}
        super().__init__(error)
        self.error = error

    @property
    def err(self) -> Json:
        """The value of ``err`` in the reply."""
        if isinstance(self.error, dict | list | tuple):
            return self.error
        if self.error is UNDEFINED:
            return {"status": "error"}
        return {"status": "error", "message": self.error}


class ForbiddenError(RpcError):
    """A guard refused the call.

    Source: ``packages/core/guards/constants.ts``, ``FORBIDDEN_MESSAGE``.
    """

    def __init__(self, error: Json = "Forbidden resource") -> None:
        super().__init__(error)


class RetriableError(RpcError):
    """The message may be handled if it is handled again.

    Over Kafka it is, up to ``retries`` times, unless a reply was sent already; over
    whatever else carries messages this is an RpcError like any other.

    Source: ``packages/microservices/exceptions/kafka-retriable-exception.ts``.
    """


class UnknownPatternError(RpcError):
    """The pattern has no handler; only middleware that asks for it sees this."""

    def __init__(self, error: Json = NO_MESSAGE_HANDLER) -> None:
        super().__init__(error)


class DataProblem(NamedTuple):
    """A part of a payload that does not fit.

    Attributes:
        path: Where it is, from ``$``, the whole payload, on: ``$.user.tags[0]``. Of a
            field that is missing msgspec names the object, and pydantic the field.
        message: What is wrong with it.
    """

    path: str
    message: str


class InvalidDataError(RpcError):
    """The payload does not fit the type that the handler declares.

    Attributes:
        problems: What does not fit: the first problem of msgspec's types, the first
            hundred of pydantic's.
    """

    def __init__(
        self, error: Json = UNDEFINED, problems: Sequence[DataProblem] = ()
    ) -> None:
        super().__init__(error)
        self.problems = tuple(problems)


class UsageError(ServersError):
    """What was asked for is impossible, whatever the other side does."""


class PatternError(UsageError):
    """This is not a pattern, or not one that Nest's lookup can find."""


class DuplicateHandlerError(UsageError):
    """The route has a message handler already, which Nest would drop silently."""


class HandlerError(UsageError):
    """The function cannot be called with a payload and a context.

    Or it declares to take or to return a type that JSON does not hold.
    """


class InvalidMessageError(UsageError):
    """The pattern or the data is null or undefined, which Nest's clients refuse.

    Source: ``packages/microservices/errors/invalid-message.exception.ts``.
    """

    def __init__(self) -> None:
        super().__init__(
            "the data or the pattern is null or undefined; Nest's clients send neither"
        )


class ListenError(UsageError):
    """The address is in use, does not resolve, or is not ours to listen on."""


class CallError(ServersError):
    """A call did not end with a value."""


class ConnectError(CallError):
    """No connection could be made; nothing was sent."""


class CircuitOpenError(ConnectError):
    """The server gets no calls for a time, since they failed; nothing was sent.

    Attributes:
        address: The server, as it was passed to the client.
        open_for: Seconds since the first call was refused.
        retry_in: Seconds until a call is let through.
    """

    def __init__(
        self, address: str, open_for: float, retry_in: float, cause: str
    ) -> None:
        super().__init__(
            f"{address} has had no calls for {open_for:.1f} s, and is tried again in "
            f"{retry_in:.1f} s: {cause}"
        )
        self.address = address
        self.open_for = open_for
        self.retry_in = retry_in


class ConnectionLostError(CallError):
    """The connection was lost before the reply; whether the handler ran is unknown."""

    def __init__(self, reason: str = "the connection was closed") -> None:
        super().__init__(f"{reason} before the reply arrived")


class RequestTimeoutError(CallError, TimeoutError):
    """No reply arrived in time; the handler may still be running.

    Attributes:
        seconds: The timeout.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no reply within {seconds:g} s")
        self.seconds = seconds

    def waited(self, seconds: float) -> None:
        """Name the timeout of the call, rather than what was left of it."""
        self.args = RequestTimeoutError(seconds).args
        self.seconds = seconds


class StreamOverflowError(CallError):
    """More values of a stream arrived than may wait for their reader."""


class ClientClosedError(CallError):
    """The client was closed, so it sends nothing more."""

    def __init__(self) -> None:
        super().__init__("the client is closed")


class InvalidReplyError(CallError):
    """The value of the reply does not fit the type that the caller expects.

    Attributes:
        reason: What does not fit, and where.
        value: The value, as it was received; UNDEFINED if there was none.
        pattern: The pattern that was called.
        address: ``host:port`` of the server.
    """

    def __init__(self, reason: str, value: Json, pattern: Json, address: str) -> None:
        super().__init__(f"invalid reply: {reason} ({named(pattern)} at {address})")
        self.reason = reason
        self.value = value
        self.pattern = pattern
        self.address = address


class RemoteError(CallError):
    """The server replied with an error.

    Attributes:
        err: The value of ``err``, as it was received.
        pattern: The pattern that was called; UNDEFINED if that is not known.
        address: ``host:port`` of the server; empty if that is not known.
    """

    def __init__(self, err: Json) -> None:
        super().__init__(err)
        self.err = err
        self.pattern: Json = UNDEFINED
        self.address = ""

    def __str__(self) -> str:
        text = str(self.err)
        if isinstance(self.err, dict) and "message" in self.err:
            text = str(self.err["message"])
        if self.pattern is UNDEFINED:
            return text
        return f"{text} ({named(self.pattern)} at {self.address})"

    def came_from(self, pattern: Json, address: str) -> None:
        """Name the call that failed, which the reply does not."""
        self.pattern, self.address = pattern, address


class NoHandlerError(RemoteError):
    """The server has no handler for the pattern."""
