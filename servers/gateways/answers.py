"""Replies as Nest's gateways send them.

=======================  ==========================================================
a handler returns        the client gets
=======================  ==========================================================
``{"event":…,"data":…}``  this event
another value            an acknowledgement, if it asked for one; else nothing over
                         Socket.IO, and over plain WebSockets the value itself
an error                 the event ``exception``
=======================  ==========================================================

An exception has the pattern and the data that caused it, as in Nest 11 and 12, unless
the error is an object of the handler's own.

Source: ``packages/platform-socket.io/adapters/io-adapter.ts``,
``bindMessageHandlers``; ``packages/platform-ws/adapters/ws-adapter.ts``;
``packages/websockets/exceptions/base-ws-exception-filter.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from protocol import UNDEFINED, dumps, loads

from .members import members_of

if TYPE_CHECKING:
    import msgspec

    from protocol import JsonText

_EMPTY = frozenset({b"null", b"false", b'""', b"0"})  # no name of an event


class Value(NamedTuple):
    """A value that names no event: JSON text; None for UNDEFINED."""

    text: bytes | None
    last: bool


class Named(NamedTuple):
    """A value that is an event: its name, and JSON text of its data."""

    event: str
    data: bytes
    last: bool


class Failed(NamedTuple):
    """An error: JSON text; and whether that is because there is no handler."""

    err: bytes
    no_handler: bool


Answer: TypeAlias = Value | Named | Failed


def answer_in(body: bytes) -> Answer:
    """Return what the body of a reply means to a client."""
    reply = members_of(body)
    if "err" in reply:
        no_handler = "status" in reply
        err = reply["err"]
        if no_handler:
            err = b'{"status":"error","message":%b}' % err
        return Failed(err, no_handler)
    last = reply.get("isDisposed") == b"true"
    text = reply.get("response")
    if text is not None and text[:1] == b"{":
        value = members_of(text)
        if value.get("event", b"null") not in _EMPTY:
            return Named(_name(value["event"]), value.get("data", b"null"), last)
    return Value(text, last)


def _name(text: bytes) -> str:
    """Return the name of an event; JSON text if it is no string."""
    name = loads(text)
    return name if isinstance(name, str) else text.decode()


# decision 149
def exception_of(
    err: bytes, event: str, data: JsonText | msgspec.UnsetType, *, cause: bool
) -> bytes:
    """Return the JSON text of what ``exception`` carries.

    Args:
        err: JSON text of an error.
        event: The event that caused it …
        data: … and what it carried.
        cause: Whether the client gets that back.
    """
    if not cause or not _is_plain(err):
        return err
    carried = b"" if data is UNDEFINED else b',"data":%b' % data
    repeated = b'{"pattern":%b%b}' % (dumps(event), carried)
    return b'%b,"cause":%b}' % (err[:-1], repeated)


def _is_plain(err: bytes) -> bool:
    """Whether an error is a message alone, and not an object of a handler's own."""
    if err[:1] != b"{":
        return False
    members = members_of(err)
    return members.get("status") == b'"error"' and not (
        members.keys() - {"status", "message"}
    )
