"""What CONNECT says, and which of it is secret.

Source: MQTT 3.1.1 and 5.0, section 3.1; of 3.1, which Nest's library speaks where it is
told to, the specification of 2010. A bridge of Mosquitto sets the highest bit of the
level.
"""

from __future__ import annotations

import msgspec

from inspector.carriers.base import Span

from .fields import MalformedError, binary_at, number_at, text_at
from .properties import properties_at

NAMES = {b"MQTT": (4, 5), b"MQIsdp": (3,)}
"""What the protocol calls itself → its levels."""
FIVE = 5
"""The level from which on packets have properties."""
BRIDGE = 0x80
"""The bit that a bridge sets in the level."""
_WILL, _PASSWORD, _USER = 0x04, 0x40, 0x80


class Greeting(msgspec.Struct, gc=False):
    """A CONNECT.

    Attributes:
        level: The level of the protocol: 3, 4 (MQTT 3.1.1) or 5.
        client: The name of the client.
        keep_alive_s: After how many seconds of silence it pings; 0 for never.
        will: The topic of its will; empty where it has none.
        secret: Where user name, password, the payload of the will and authentication
            data stand in the packet.
        topics: Where the topic of the will stands in it, and that of responses to it.
    """

    level: int
    client: str
    keep_alive_s: int
    will: str = ""
    secret: tuple[Span, ...] = ()
    topics: tuple[Span, ...] = ()


def read_connect(data: bytes, head: int) -> Greeting:
    """Return what a CONNECT says.

    Args:
        data: All of it.
        head: Where its first bytes end in it.

    Raises:
        MalformedError: It is malformed, or of no level that there is.
    """
    end = len(data)
    name, place = binary_at(data, head, end)
    if place + 4 > end:  # level, flags, keep-alive
        raise MalformedError("it ends before its flags")
    level, flags = data[place] & ~BRIDGE, data[place + 1]
    if level not in NAMES.get(name, ()):
        raise MalformedError(f"its protocol is {name[:8]!r}, level {level}")
    keep_alive_s = number_at(data, place + 2, end)
    place += 4
    greeting = Greeting(level, "", keep_alive_s)
    if level == FIVE:
        said, place = properties_at(data, place, end)
        greeting.secret += said.private
    greeting.client, place = text_at(data, place, end)
    place = _will_at(data, place, flags, level, greeting)
    for flag in (_USER, _PASSWORD):
        if flags & flag:
            begin = place + 2
            _, place = binary_at(data, place, end)
            greeting.secret += (Span(begin, place),)
    if place != end:
        raise MalformedError("bytes follow its content")
    return greeting


def _will_at(
    data: bytes, place: int, flags: int, level: int, greeting: Greeting
) -> int:
    """Take in a will; return the place after all of it."""
    if not flags & _WILL:
        return place
    end = len(data)
    if level == FIVE:
        said, place = properties_at(data, place, end)
        greeting.secret += said.private
        greeting.topics += said.topics
    begin = place + 2
    greeting.will, place = text_at(data, place, end)
    greeting.topics += (Span(begin, place),)
    begin = place + 2
    _, place = binary_at(data, place, end)
    greeting.secret += (Span(begin, place),)
    return place
