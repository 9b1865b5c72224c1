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

import msgspec

from protocol import UNDEFINED, dumps

if TYPE_CHECKING:
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


class _Reply(msgspec.Struct):
    """A reply, as ``servers.server.replies`` writes them."""

    response: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    err: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    status: str = ""
    isDisposed: bool = False  # noqa: N815 — the key on the wire


class _Event(msgspec.Struct):
    event: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    data: msgspec.Raw = msgspec.Raw(b"null")


_reply = msgspec.json.Decoder(_Reply)
_event = msgspec.json.Decoder(_Event)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def answer_in(body: bytes) -> Answer:
    """Return what the body of a reply means to a client."""
    reply = _reply.decode(body)
    if reply.err is not msgspec.UNSET:
        err = bytes(reply.err)
        if reply.status:
            err = b'{"status":"error","message":%b}' % err
        return Failed(err, bool(reply.status))
    if reply.response is msgspec.UNSET:
        return Value(None, reply.isDisposed)
    text = bytes(reply.response)
    if text[:1] == b"{":
        found = _event.decode(text)
        if found.event is not msgspec.UNSET and bytes(found.event) not in _EMPTY:
            return Named(_name(found.event), bytes(found.data), reply.isDisposed)
    return Value(text, reply.isDisposed)


def _name(event: msgspec.Raw) -> str:
    """Return the name of an event; JSON text if it is no string."""
    text = bytes(event)
    name = msgspec.json.decode(text)
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
    members = _members.decode(err)
    return bytes(members.get("status", b"")) == b'"error"' and not (
        members.keys() - {"status", "message"}
    )
