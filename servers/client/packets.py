"""Bodies of requests and events as a Nest client writes them, and the ids of requests.

``send`` writes the pattern as it is, ``emit`` its route. The keys and their order are
those of :func:`protocol.encode_packet`; a test holds the two equal.

Source: ``packages/microservices/client/client-proxy.ts``, ``send`` and ``emit``;
``client/client-tcp.ts``, ``publish`` and ``dispatchEvent``.
"""

from __future__ import annotations

import secrets
from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from protocol import UNDEFINED, EncodeError, Json, route
from servers.errors import InvalidMessageError, PatternError
from servers.payloads import U, says_null, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ID_LENGTH = 21  # hexadecimal digits; source: Nest's ``randomStringGenerator``
_COUNTED = 8  # of these digits count the calls, four billion of them
CHANCE_DIGITS = _ID_LENGTH - _COUNTED
"""Digits with which all ids of one client begin, and of no other."""
_CHANCES = 16 ** (_ID_LENGTH - _COUNTED - 1)
# The last digits of ids, since joining two strings is faster than formatting a number.
_ENDINGS = [f"{number:03x}" for number in range(0x1000)]


_encode = msgspec.json.Encoder().encode


class _Request(msgspec.Struct, gc=False):
    """The keys of a request, in Nest's order; one that is UNDEFINED is not written."""

    pattern: Json
    data: Json
    metadata: Json
    id: str


class _Event(msgspec.Struct, gc=False):
    """The keys of an event, likewise."""

    pattern: Json
    data: Json
    metadata: Json


class Bodies(NamedTuple):
    """How a client writes what it sends.

    Attributes:
        request: As :func:`request_body` …
        event: … and :func:`event_body`. Brokers need more than the text.
    """

    request: Callable[[Json, Json, Json, str], bytes]
    event: Callable[[Json, Json, Json], bytes]


def identities() -> Iterator[str]:
    """Yield ids that no other client has: random digits, then a counter."""
    chance = secrets.randbelow(15 * _CHANCES) + _CHANCES  # the first digit is not 0
    beginnings = map("%x".__mod__, count(chance * 16 ** (_COUNTED - 3)))
    return chain.from_iterable(map(each.__add__, _ENDINGS) for each in beginnings)


def request_body(pattern: Json, data: Json, metadata: Json, identity: str) -> bytes:
    """Return the body of a request.

    Args:
        pattern: What to call.
        data: The payload; Nest's clients send no null.
        metadata: What a Nest 12 handler finds in its context; UNDEFINED for none.
        identity: What replies repeat; ASCII that needs no escapes.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
        EncodeError: JSON cannot hold the data.
    """
    if type(pattern) is not str:
        pattern = checked_pattern(pattern)
    if data is None or data is UNDEFINED:
        raise InvalidMessageError
    request = _Request(pattern, data, metadata, identity)
    try:
        body = _encode(request)
    except Exception:  # noqa: BLE001 — to_text knows what is unusual, and what is wrong
        return _closer_look(request)
    # Without the letter there is no null, and no call to find that out.
    return _closer_look(request) if U in body and says_null(body) else body


def event_body(pattern: Json, data: Json, metadata: Json) -> bytes:
    """Return the body of an event.

    Args:
        pattern: What to call; its route is written.
        data: The payload; Nest's clients send no null.
        metadata: What a Nest 12 handler finds in its context; UNDEFINED for none.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
        EncodeError: JSON cannot hold the data.
    """
    if type(pattern) is not str:
        pattern = checked_pattern(pattern)
        # Nest's transformPatternToRoute returns true and false unchanged.
        pattern = pattern if isinstance(pattern, bool | str) else route(pattern)
    return plain_event_body(pattern, data, metadata)


def plain_event_body(pattern: Json, data: Json, metadata: Json) -> bytes:
    """Return the body of an event, whose pattern is written as it is.

    So do Nest's clients of brokers, which name the route otherwise: as the channel.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
        EncodeError: JSON cannot hold the data.
    """
    if type(pattern) is not str:
        pattern = checked_pattern(pattern)
    if data is None or data is UNDEFINED:
        raise InvalidMessageError
    return _closer_look(_Event(pattern, data, metadata))


PLAIN = Bodies(request_body, event_body)
"""As TCP carries them."""


def _closer_look(packet: _Request | _Event) -> bytes:
    """Return a body of any values.

    Raises:
        EncodeError: JSON cannot hold one of them.
    """
    members = msgspec.structs.asdict(packet)
    return to_text(
        {key: value for key, value in members.items() if value is not UNDEFINED}
    )


def checked_pattern(pattern: Json) -> Json:
    """Return a pattern; refuse what Nest's clients refuse, and what JSON cannot hold.

    Raises:
        InvalidMessageError: The pattern is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
    """
    if pattern is None or pattern is UNDEFINED:
        raise InvalidMessageError
    if not isinstance(pattern, str | int | float | dict | list | tuple):
        raise PatternError(
            f"{pattern!r} is not a pattern: it must be a string, a number or an object"
        )
    if isinstance(pattern, str):
        return str.__str__(pattern)  # of an enumeration, its value
    try:
        to_text(pattern)
    except EncodeError as error:
        raise PatternError(f"{pattern!r} is not a pattern: {error}") from None
    return pattern
