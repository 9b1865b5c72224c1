"""The JSON line of a captured packet, with the keys that docs/output.md promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from inspector.calls.passages import Leg
from inspector.carriers.base import Errand
from protocol import count_units

from .carried import upkeep_words

if TYPE_CHECKING:
    from inspector.journal import CapturedPacket, CarriedFrame, FramePart

_encode = msgspec.json.Encoder().encode


def packet_line(packet: CapturedPacket) -> bytes:
    """Return a packet of a Nest connection as a line."""
    return _encode({"type": "packet", **packet_members(packet)})


def packet_members(packet: CapturedPacket) -> dict[str, Any]:
    """Return the members of the line of a packet of a Nest connection."""
    assert packet.connection is not None
    answered = packet.answers
    return {
        "number": packet.number,
        "time_ns": packet.time_ns,
        "connection": packet.connection.number,
        "from": "client" if packet.from_client else "server",
        "kind": packet.kind,
        "flags": packet.segment.flags & 0xFF,
        "bytes": len(packet.segment.payload),
        "acknowledges": None if answered is None else answered.number,
        "missing_bytes": packet.gap,
        "frames": [_share(share) for share in packet.shares],
        "anomalies": [
            item.reason.encode("utf-8", "replace").decode() for item in packet.anomalies
        ],
        **_upkeep(packet),
    }


def _upkeep(packet: CapturedPacket) -> dict[str, list[str]]:
    """Return what the carrier does besides, where it does: TCP of Nest never does."""
    said: dict[str, list[str]] = {}
    for each in packet.upkeep:
        name = "errands" if isinstance(each.unit, Errand) else "idle_units"
        said.setdefault(name, []).append(upkeep_words(each))
    return said


def _share(share: FramePart) -> dict[str, Any]:
    frame = share.frame
    return {
        "kind": frame.kind,
        "exchange": _number(frame),
        "reply": frame.reply or None,
        "part": share.part,
        "parts": share.parts,
        **_way(frame),
    }


def _number(frame: CarriedFrame) -> int | None:
    """Return the number of its exchange; None where that is not known, or goes on.

    Over a broker a frame may come when its exchange was told.
    """
    if frame.exchange is not None:
        return frame.exchange.number
    ledger = None if frame.way is None else frame.sighting.ledger
    return None if ledger is None or ledger.packets is None else ledger.number


def _way(frame: CarriedFrame) -> dict[str, Any]:
    """Return how a frame passed over a broker; nothing over a direct carrier."""
    if frame.way is None:
        return {}
    return {
        "leg": Leg.REPLY if frame.kind == "reply" else Leg.REQUEST,
        "way": frame.way,
        "channel": frame.sighting.transfer.channel,
    }


def frame_line(packet: CapturedPacket, frame: CarriedFrame) -> bytes:
    """Return a frame as a line, after the packet that completed it."""
    assert packet.connection is not None
    sighting = frame.sighting
    return _encode(
        {
            "type": "frame",
            "connection": packet.connection.number,
            "from": "client" if packet.from_client else "server",
            "kind": frame.kind,
            "exchange": _number(frame),
            "reply": frame.reply or None,
            "time_ns": packet.time_ns,
            "packets": [record.number for record in sighting.records],
            "bytes": sighting.size,
            "units": count_units(sighting.body),
            "text": sighting.body.decode("utf-8", "replace"),
            **_way(frame),
        }
    )
