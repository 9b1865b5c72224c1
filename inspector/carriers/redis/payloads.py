"""JSON to packets: requests by their pattern, replies as Nest takes them.

On a reply channel an object with an id is a reply, whatever else is in it::

    {"response":6,"isDisposed":true,"id":"1"}   an envelope: with some of Nest's keys
    {"id":"1"}                                  one, too: a value that is undefined
    {"sum":6,"id":"1"}                          a foreign value: the one and last reply

The second Nest 10 and 11 take for the last reply as well. Elsewhere a packet has to
look like Nest's. What has no id is a reply to nothing: a client looks its call up by
that.

Source: ``packages/microservices/client/client-redis.ts``, ``createResponseCallback``;
``deserializers/incoming-response.deserializer.ts``.
"""

from __future__ import annotations

import msgspec

from protocol import JsonText, Packet, Response
from protocol.carriage import answers, parse_packet

_BLANKS = b" \t\r\n"


class Read(msgspec.Struct, gc=False):
    """What a payload is taken for.

    Attributes:
        packet: The packet.
        foreign: Whether the payload as a whole is the value in it.
    """

    packet: Packet
    foreign: bool = False


def read_payload(body: bytes, *, replies: bool) -> Read | None:
    """Return the packet in a payload; None if it is not one of Nest's.

    Args:
        body: The payload.
        replies: Whether it was sent to a reply channel.
    """
    packet = parse_packet(body)
    if not isinstance(packet, Response):
        return None if packet is None else Read(packet)
    written, alone = answers(packet), not packet.extra
    if (written or alone) if replies else (written and alone):
        return Read(packet)
    if not replies or packet.id is None:
        return None
    value = JsonText(body.strip(_BLANKS))
    return Read(Response(packet.id, value, is_disposed=True), foreign=True)
