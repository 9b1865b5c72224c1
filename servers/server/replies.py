"""Replies as Nest writes them: these keys, in this order, and no other ever.

===============================================  ============================
reply                                            frame
===============================================  ============================
the only value, or the last                      response, isDisposed, id
a value with more to come                        response, id
the end without a value                          isDisposed, id
an error                                         err, isDisposed, id
nobody handles the pattern                       id, status, err
===============================================  ============================

A value that is UNDEFINED has no ``response``.

Source: ``packages/microservices/server/server.ts``, ``send``;
``server/server-tcp.ts``, ``handleMessage``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import NO_MESSAGE_HANDLER, UNDEFINED, count_units, dumps, encode_frame
from servers.payloads import to_text

if TYPE_CHECKING:
    from protocol import Json

_NO_HANDLER = dumps(NO_MESSAGE_HANDLER)


def value_frame(value: Json, identity: bytes) -> bytes:
    """Return the reply with the only value of a call."""
    if value is UNDEFINED:
        return end_frame(identity)
    body = b'{"response":%b,"isDisposed":true,"id":%b}' % (to_text(value), identity)
    if body.isascii():
        return b"%d#%b" % (len(body), body)
    return b"%d#%b" % (count_units(body), body)


def last_frame(response: bytes | None, identity: bytes) -> bytes:
    """Return the reply with the last value of a stream, if it has one."""
    if response is None:
        return end_frame(identity)
    return encode_frame(
        b'{"response":%b,"isDisposed":true,"id":%b}' % (response, identity)
    )


def item_frame(response: bytes | None, identity: bytes) -> bytes:
    """Return the reply with one value of a stream; None is UNDEFINED."""
    if response is None:
        return encode_frame(b'{"id":%b}' % identity)
    return encode_frame(b'{"response":%b,"id":%b}' % (response, identity))


def end_frame(identity: bytes) -> bytes:
    """Return the reply that ends a call without a value."""
    return encode_frame(b'{"isDisposed":true,"id":%b}' % identity)


def error_frame(err: Json, identity: bytes) -> bytes:
    """Return the reply that ends a call with an error.

    Raises:
        EncodeError: JSON cannot hold the error.
    """
    return encode_frame(
        b'{"err":%b,"isDisposed":true,"id":%b}' % (to_text(err), identity)
    )


def no_handler_frame(identity: bytes) -> bytes:
    """Return the reply to a request that nobody handles."""
    return encode_frame(
        b'{"id":%b,"status":"error","err":%b}' % (identity, _NO_HANDLER)
    )
