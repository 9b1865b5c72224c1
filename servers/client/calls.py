"""Calls that wait for replies, and what each reply means to them.

============================  ====================================================
reply                         meaning for the call
============================  ====================================================
``err`` that is truthy        failure with RemoteError, whatever else is there
``response``, more to come    a value
no ``response``, more …       a value that is UNDEFINED
``isDisposed`` …              the end, after a last value if there is a ``response``
a key that Nest does not use  the whole packet is the only value, then the end
============================  ====================================================

Source: ``packages/microservices/client/client-tcp.ts``, ``handleResponse``;
``client/client-proxy.ts``, ``createObserver``;
``deserializers/incoming-response.deserializer.ts``, ``isExternal`` (12.0.2 and later).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    Json,
    JsonText,
    Response,
    UndefinedType,
    loads,
)
from servers.errors import NoHandlerError, RemoteError

if TYPE_CHECKING:
    import asyncio

Text: TypeAlias = JsonText | UndefinedType
"""A value as JSON text, or UNDEFINED."""


class FutureLike(Protocol):
    """Something that can fail, such as a future."""

    def done(self) -> bool:
        """Whether it has ended."""

    def set_exception(self, error: Exception) -> None:
        """End it with an exception."""


class Pending(FutureLike, Protocol):
    """A call that waits for the replies to its request."""

    @property
    def full(self) -> bool:
        """Whether more values wait to be read than should."""

    def take(self, text: Text) -> None:
        """Receive a value."""

    def end(self) -> None:
        """End the call without an error."""


class PendingText:
    """A call for the text of the last value.

    Args:
        future: Receives the text, UNDEFINED if there was no value.
    """

    __slots__ = ("_future", "_text")

    def __init__(self, future: asyncio.Future[Any]) -> None:
        self._future = future
        self._text: Text = UNDEFINED

    @property
    def full(self) -> bool:
        """One value is never too many."""
        return False

    def done(self) -> bool:
        """Whether the future has a result, or was cancelled."""
        return self._future.done()

    def take(self, text: Text) -> None:
        """Keep a value until the end, or until the next value."""
        self._text = text

    def end(self) -> None:
        """Resolve the future with the last value, UNDEFINED if there was none."""
        if not self._future.done():
            self._future.set_result(self._result(self._text))

    def set_exception(self, error: Exception) -> None:
        """Reject the future."""
        if not self._future.done():
            self._future.set_exception(error)

    def _result(self, text: Text) -> Any:  # noqa: ANN401
        return text


class PendingValue(PendingText):
    """A call for the last value, as ``lastValueFrom`` gives it."""

    __slots__ = ()

    def _result(self, text: Text) -> Json:
        return UNDEFINED if text is UNDEFINED else loads(text)


def deliver(packet: Response, call: Pending) -> bool:
    """Pass a reply to its call; return whether it was the last."""
    err, response = packet.err, packet.response
    if err is not UNDEFINED and packet.failed:
        call.set_exception(remote_error(loads(err)))
        return True
    if not packet.is_disposed:
        call.take(response)
        return False
    if response is not UNDEFINED:
        call.take(response)
    call.end()
    return True


def remote_error(err: Json) -> RemoteError:
    """Return the exception for an ``err``."""
    kind = NoHandlerError if err == NO_MESSAGE_HANDLER else RemoteError
    return kind(err)
