"""The properties of MQTT 5: what stands between the head of a packet and its payload.

::

    07  26 00 01 61 00 01 62        seven bytes: the user property a, which is b
    │   └ identifier, and its value, of the type that belongs to it
    └ the length of all properties

Source: MQTT 5.0, section 2.2.2.
"""

from __future__ import annotations

import msgspec

from inspector.carriers.base import Span

from .fields import MalformedError, binary_at, length_at, text_at

REASON_STRING = 0x1F
RESPONSE_TOPIC, RESPONSE_INFORMATION = 0x08, 0x1A
TOPIC_ALIAS = 0x23
SESSION_EXPIRY = 0x11
_METHOD_DATA = 0x16  # authentication data
_USER = 0x26
_LENGTH = 0x0B  # a subscription identifier
_NUMBERS = {
    0x01: 1,
    0x02: 4,
    0x11: 4,
    0x13: 2,
    0x17: 1,
    0x18: 4,
    0x19: 1,
    0x21: 2,
    0x22: 2,
    0x23: 2,
    0x24: 1,
    0x25: 1,
    0x27: 4,
    0x28: 1,
    0x29: 1,
    0x2A: 1,
}  # identifier → bytes of its number
_TEXTS = frozenset({0x03, 0x08, 0x12, 0x15, 0x1A, 0x1C, 0x1F})
_BINARY = frozenset({0x09, 0x16})
_SAID_BY_BROKERS = frozenset({REASON_STRING, RESPONSE_INFORMATION})
"""Texts that may quote a topic."""


class UserProperty(msgspec.Struct, frozen=True, gc=False):
    """A name and a value that a program has set.

    Attributes:
        name: The name.
        value: The value.
        span: Where that stands in the packet, from its first byte on.
    """

    name: str
    value: str
    span: Span


class Properties(msgspec.Struct, frozen=True, gc=False):
    """What the properties of a packet say, as far as it matters.

    Attributes:
        values: Identifier → its number or text; of one that is repeated the last.
        user: What programs have set, in that order.
        secret: Where authentication data stands in the packet, and what brokers say.
        topics: Where a response topic stands in it.
    """

    values: dict[int, int | str] = {}
    user: tuple[UserProperty, ...] = ()
    secret: tuple[Span, ...] = ()
    topics: tuple[Span, ...] = ()

    @property
    def private(self) -> tuple[Span, ...]:
        """Where anything stands that may be secret, whatever it is called."""
        return (*self.secret, *(each.span for each in self.user))


NO_PROPERTIES = Properties()


def properties_at(data: bytes, place: int, end: int) -> tuple[Properties, int]:
    """Return the properties at a place, and the place after them.

    Args:
        data: A control packet.
        place: Where their length stands in it.
        end: Where the packet ends.

    Raises:
        MalformedError: They go beyond the end, or are malformed.
    """
    size, begin = length_at(data, place, end)
    after = begin + size
    if after > end:
        raise MalformedError("it ends inside its properties")
    if not size:
        return NO_PROPERTIES, after
    values: dict[int, int | str] = {}
    user: list[UserProperty] = []
    secret: list[Span] = []
    topics: list[Span] = []
    place = begin
    while place < after:
        identifier, begin, place = data[place], place + 3, place + 1
        if identifier == _USER:
            name, place = text_at(data, place, after)
            begin = place + 2
            value, place = text_at(data, place, after)
            user.append(UserProperty(name, value, Span(begin, place)))
        elif identifier in _BINARY:
            _, place = binary_at(data, place, after)
            if identifier == _METHOD_DATA:
                secret.append(Span(begin, place))
        else:
            values[identifier], place = _value_at(identifier, data, place, after)
            if identifier in _SAID_BY_BROKERS:
                secret.append(Span(begin, place))
            elif identifier == RESPONSE_TOPIC:
                topics.append(Span(begin, place))
    return Properties(values, tuple(user), tuple(secret), tuple(topics)), after


def _value_at(
    identifier: int, data: bytes, place: int, end: int
) -> tuple[int | str, int]:
    """Return the value of a property that is a number or a text, and what follows."""
    size = _NUMBERS.get(identifier)
    if size is not None:
        after = place + size
        if after > end:
            raise MalformedError("it ends inside a property")
        return int.from_bytes(data[place:after]), after
    if identifier in _TEXTS:
        return text_at(data, place, end)
    if identifier == _LENGTH:
        return length_at(data, place, end)
    raise MalformedError(f"it has the property 0x{identifier:02x}, which there is not")
