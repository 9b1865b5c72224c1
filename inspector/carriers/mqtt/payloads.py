"""JSON to packets: requests and events by their pattern, replies as Nest takes them.

A request and its reply have the ``id`` in common, and that alone: what Nest's client
gets without one, or with that of no call of its own, it drops.

Source: ``client-mqtt.ts``, ``createResponseCallback``; ``server-mqtt.ts``,
``handleMessage``.
"""

from __future__ import annotations

from protocol import (
    UNDEFINED,
    Packet,
    PacketError,
    Request,
    Response,
    UnknownPacketError,
    parse_body,
)
from protocol.carriage import answers, parse_packet

from .topics import REPLY


def parse_payload(body: bytes, topic: str) -> Packet | None:
    """Return the packet in a payload; None if that is not Nest's.

    Args:
        body: The payload.
        topic: Where it was sent to: replies have topics of their own, and elsewhere
            only what nobody but Nest writes is taken for one.
    """
    packet = parse_packet(body)
    if isinstance(packet, Response) and not _is_envelope(packet, topic):
        return None
    return packet


def flaw_of(body: bytes) -> tuple[str, str] | None:
    """Return the code of what is wrong with a payload as a reply, and words for it.

    None for JSON of which Nest's client makes something.
    """
    try:
        packet = parse_body(body)
    except UnknownPacketError:
        return "unknown-packet", "a reply without an id"
    except PacketError as error:
        return "invalid-json", f"its payload is {error.reason}"
    return ("unknown-packet", "a reply without an id") if _lacks_id(packet) else None


def _lacks_id(packet: Packet) -> bool:
    return not isinstance(packet, Request | Response) or packet.id is UNDEFINED


def _is_envelope(packet: Response, topic: str) -> bool:
    """Whether an object with an id is a reply of Nest's."""
    if topic.endswith(REPLY):
        return answers(packet)
    return answers(packet) and not packet.extra and isinstance(packet.id, str)
