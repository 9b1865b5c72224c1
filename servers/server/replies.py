"""Bodies of replies as Nest writes them: these keys, in this order, and no others.

===============================================  ============================
reply                                            keys
===============================================  ============================
the only value, or the last                      response, isDisposed, id
a value with more to come                        response, id
the end without a value                          isDisposed, id
an error                                         err, isDisposed, id
no handler matches the pattern                   id, status, err
===============================================  ============================

A value that is UNDEFINED has no ``response``. Every body is JSON text in UTF-8, and
every ``identity`` the JSON text of a request's id.

Source: ``packages/microservices/server/server.ts``, ``send``;
``server/server-tcp.ts``, ``handleMessage``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import NO_MESSAGE_HANDLER, UNDEFINED, Json, dumps
from servers.payloads import to_text

if TYPE_CHECKING:
    from servers.payloads import Write

_NO_HANDLER = dumps(NO_MESSAGE_HANDLER)


def value_body(value: Json, identity: bytes, write: Write = to_text) -> bytes:
    """Return the reply with the only value of a call.

    Raises:
        EncodeError: JSON cannot hold the value.
    """
    if value is UNDEFINED:
        return end_body(identity)
    return last_body(write(value), identity)


def last_body(response: bytes | None, identity: bytes) -> bytes:
    """Return the reply with the last value of a stream; None is UNDEFINED."""
    if response is None:
        return end_body(identity)
    return b'{"response":%b,"isDisposed":true,"id":%b}' % (response, identity)


def item_body(response: bytes | None, identity: bytes) -> bytes:
    """Return the reply with a value of a stream that goes on; None is UNDEFINED."""
    if response is None:
        return b'{"id":%b}' % identity
    return b'{"response":%b,"id":%b}' % (response, identity)


def end_body(identity: bytes) -> bytes:
    """Return the reply that ends a call without a value."""
    return b'{"isDisposed":true,"id":%b}' % identity


def error_body(err: Json, identity: bytes, write: Write = to_text) -> bytes:
    """Return the reply that ends a call with an error.

    Raises:
        EncodeError: JSON cannot hold the error.
    """
    return b'{"err":%b,"isDisposed":true,"id":%b}' % (write(err), identity)


def no_handler_body(identity: bytes) -> bytes:
    """Return the reply to a request that no handler matches."""
    return b'{"id":%b,"status":"error","err":%b}' % (identity, _NO_HANDLER)
