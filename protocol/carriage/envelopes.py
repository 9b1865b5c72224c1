"""JSON to packets: requests by their pattern, replies as Nest 12 takes them.

Where a request has asked for its replies, whatever is JSON is one::

    {"response":6,"isDisposed":true,"id":"1"}   an envelope: with some of Nest's keys
    6   {"sum":6}   null                        a foreign value: the one and last reply

Nest 12 takes an object for an envelope if it has no other keys; Nest 10 and 11 do if
``err``, ``response`` or ``isDisposed`` is among its keys. Where they differ it is read
as an envelope with other keys besides, which a finding tells.

Source: ``deserializers/incoming-response.deserializer.ts``.
"""

from __future__ import annotations

import msgspec

from protocol.errors import PacketError, UnknownPacketError
from protocol.javascript import UNDEFINED, JsonText
from protocol.packets import Event, Packet, Request, Response, parse_body

_NO_ID = b'{"id":null,'
_BLANKS = b" \t\r\n"


class Reply(msgspec.Struct, gc=False):
    """What a client takes a payload for.

    Attributes:
        packet: The response.
        foreign: Whether the payload as a whole is the value in it.
    """

    packet: Response
    foreign: bool = False


def parse_packet(body: bytes) -> Packet | None:
    """Return the packet in a payload, be it a reply; None if it is none of Nest's."""
    if not body.startswith(b"{"):
        return None
    try:
        packet = parse_body(body)
    except PacketError:
        return None
    if isinstance(packet, Response) or packet.pattern is not UNDEFINED:
        return packet
    return None


def parse_request(body: bytes) -> Request | Event | None:
    """Return the packet in a payload that is not a reply; None if it is not Nest's."""
    packet = parse_packet(body)
    return None if isinstance(packet, Response) else packet


def answers(packet: Response) -> bool:
    """Whether a reply has any of the keys that Nest writes into one."""
    return (
        packet.is_disposed
        or packet.response is not UNDEFINED
        or packet.err is not UNDEFINED
    )


def parse_reply(body: bytes, *, asked: bool) -> Reply | None:
    """Return the reply in a payload; None if it may be anybody's.

    Args:
        body: The payload.
        asked: Whether a request of Nest's named the inbox: then any value is one.

    Raises:
        InvalidJsonError: It is not JSON.
    """
    packet: Packet | None
    try:
        packet = parse_body(body)
    except UnknownPacketError:
        packet = _without_id(body)
    if isinstance(packet, Response) and _is_envelope(packet, asked=asked):
        return Reply(packet)
    if not asked:
        return None
    identity = packet.id if isinstance(packet, Request | Response) else None
    value = JsonText(body.strip(_BLANKS))
    return Reply(Response(identity, value, is_disposed=True), foreign=True)


def _is_envelope(packet: Response, *, asked: bool) -> bool:
    """Whether an object is what Nest sends, and not a value."""
    written = answers(packet)
    return (written or asked) if not packet.extra else (written and asked)


def _without_id(body: bytes) -> Packet | None:
    """Return the packet in an object without an id, which Nest does not miss."""
    text = body.strip(_BLANKS)
    if not text.startswith(b"{"):
        return None
    try:
        return parse_body(_NO_ID + text[1:])
    except PacketError:  # it is empty
        return None
