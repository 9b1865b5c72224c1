"""Requests and events as a Nest client writes them, and the replies of most handlers.

``send`` writes the pattern as it is, ``emit`` its route. The keys and their order are
those of :func:`protocol.encode_packet`, written here in one step because every call
pays for it; a test holds the two equal.

Source: ``packages/microservices/client/client-proxy.ts``, ``send`` and ``emit``;
``client/client-tcp.ts``, ``publish`` and ``dispatchEvent``.
"""

from __future__ import annotations

import math
import secrets
from itertools import chain, count
from typing import TYPE_CHECKING

import msgspec

from protocol import UNDEFINED, EncodeError, Json, dumps, encode_frame, route
from servers.errors import InvalidMessageError, PatternError
from servers.payloads import says_null, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_ID_LENGTH = 21  # as Nest's; source: ``randomStringGenerator``
_COUNTED = 8  # of its digits: four milliards of calls
_CHANCES = 16 ** (_ID_LENGTH - _COUNTED - 1)
# The last digits of ids, since to join two strings is faster than to spell a number.
_ENDINGS = [f"{number:03x}" for number in range(0x1000)]
_MAX_REMEMBERED = 1_024  # patterns whose JSON text is remembered

_SHORT = 1_000
_HEADERS = [b"%d#" % size for size in range(_SHORT)]

_texts: dict[str, bytes] = {}


class _Request(msgspec.Struct, gc=False):
    """What most requests are, to be written at once."""

    pattern: str
    data: Json
    id: str


class Reply(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What nearly every reply is: the only value, and the end.

    Attributes:
        id: The id of the request.
        response: The value; UNDEFINED where there is none.
        is_disposed: Whether it is the end.
    """

    id: str
    response: Json = UNDEFINED
    is_disposed: bool = msgspec.field(default=False, name="isDisposed")


read_reply = msgspec.json.Decoder(Reply).decode
"""Read an ordinary reply in one step, value and all; any other raises REFUSED."""

_encode = msgspec.json.Encoder().encode
_NULL = b"null"


def identities() -> Iterator[str]:
    """Yield ids that no other client has: chance in front, a counter behind."""
    chance = secrets.randbelow(15 * _CHANCES) + _CHANCES  # no zero at the front
    beginnings = map("%x".__mod__, count(chance * 16 ** (_COUNTED - 3)))
    return chain.from_iterable(map(each.__add__, _ENDINGS) for each in beginnings)


def request_frame(pattern: Json, data: Json, metadata: Json, identity: str) -> bytes:
    """Return a request as a whole frame.

    Args:
        pattern: What to call.
        data: The payload; Nest's clients send no null.
        metadata: What a Nest 12 handler finds in its context; UNDEFINED for none.
        identity: What replies repeat; ASCII without anything to escape.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is no pattern.
        EncodeError: JSON cannot hold the data.
    """
    if type(pattern) is str and metadata is UNDEFINED:  # nearly always
        try:
            body = _encode(_Request(pattern, data, identity))
        except Exception:  # noqa: BLE001 — said below, with what is wrong
            body = _NULL
        if data is not UNDEFINED and not says_null(body):
            size = len(body)
            if size < _SHORT and body.isascii():
                return _HEADERS[size] + body
            return encode_frame(body)
    body = b'{"pattern":%b,"data":%b%b,"id":"%b"}' % (
        _pattern_text(pattern),
        _data_text(data),
        b"" if metadata is UNDEFINED else b',"metadata":%b' % to_text(metadata),
        identity.encode(),
    )
    return encode_frame(body)


def event_frame(pattern: Json, data: Json, metadata: Json) -> bytes:
    """Return an event as a whole frame.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is no pattern.
        EncodeError: JSON cannot hold the data.
    """
    body = b'{"pattern":%b,"data":%b%b}' % (
        _route_text(pattern),
        _data_text(data),
        b"" if metadata is UNDEFINED else b',"metadata":%b' % to_text(metadata),
    )
    return encode_frame(body)


def _data_text(data: Json) -> bytes:
    if data is None or data is UNDEFINED:
        raise InvalidMessageError
    return to_text(data)


def _pattern_text(pattern: Json) -> bytes:
    if type(pattern) is not str:
        return _checked_text(pattern)
    text = _texts.get(pattern)
    if text is None:
        text = dumps(pattern)
        if len(_texts) < _MAX_REMEMBERED:
            _texts[pattern] = text
    return text


def _route_text(pattern: Json) -> bytes:
    if type(pattern) is str:
        return _pattern_text(pattern)
    text = _checked_text(pattern)
    # Nest's transformPatternToRoute leaves true and false what they are.
    return text if isinstance(pattern, bool) else dumps(route(pattern))


def _checked_text(pattern: Json) -> bytes:
    if pattern is None or pattern is UNDEFINED:
        raise InvalidMessageError
    if isinstance(pattern, float) and not math.isfinite(pattern):
        raise PatternError(f"{pattern} is no pattern")
    if not isinstance(pattern, str | int | float | dict | list | tuple):
        raise PatternError(f"{pattern!r} is no pattern: a string, number or object is")
    try:
        return to_text(pattern)
    except EncodeError as error:
        raise PatternError(f"{pattern!r} is no pattern: {error}") from None
