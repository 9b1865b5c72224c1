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

from types import NoneType

import msgspec

from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    Json,
    dumps,
    encode_frame,
)
from servers.payloads import says_null, to_text


class _Reply(msgspec.Struct, gc=False):
    """The reply with the only value, to be written at once."""

    response: Json
    isDisposed: bool  # noqa: N815 — the key on the wire
    id: Json


# Kinds of values that need no second look; in the others a number may be none.
_ORDINARY = frozenset({NoneType, bool, int, str, list, dict, float})
_encode = msgspec.json.Encoder().encode
_NO_HANDLER = dumps(NO_MESSAGE_HANDLER)


def ordinary_frame(value: Json, identity: Json) -> bytes | None:
    """Return the reply with the only value of a call in one step, as most can be.

    Args:
        value: What a handler gave.
        identity: The id of the request.

    Returns:
        None for anything that :func:`value_frame` has to look at, or is no value.
    """
    if type(value) not in _ORDINARY:
        return None
    try:
        body = _encode(_Reply(value, True, identity))  # noqa: FBT003 — by position
    except Exception:  # noqa: BLE001 — said by value_frame, with what is wrong
        return None
    if value is not None and says_null(body):
        return None
    return encode_frame(body)


def value_frame(value: Json, identity: bytes) -> bytes:
    """Return the reply with the only value of a call."""
    if value is UNDEFINED:
        return end_frame(identity)
    return last_frame(to_text(value), identity)


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
