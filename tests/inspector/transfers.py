"""Packets of Nest's on their way, as any reader of a capture describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protocol import dumps
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

    from protocol import Json


class Transferred(NamedTuple):
    """A packet of Nest's on its way, as one line of what is compared.

    Attributes:
        number: The captured packet that completes it.
        carrier: ``tcp``, ``nats``.
        kind: ``request``, ``event`` or ``reply``.
        route: Of a reply, that of its request; empty without one.
        id: The id, as JSON if it is no string; empty without one.
        channel: The subject; empty over TCP.
        way: ``in`` towards the broker, ``out`` from it; empty over TCP.
    """

    number: int
    carrier: str
    kind: str
    route: str
    id: str
    channel: str
    way: str


def inspected_transfers(capture: Path) -> list[Transferred]:
    """Return what the inspector's JSON lines say of a capture, over any carrier."""
    exchanges = {
        line["number"]: line for line in run("exchanges", capture, "--json").lines
    }
    found = []
    for packet in run("packets", capture, "--json").lines:
        for frame in packet["frames"]:
            if frame["part"] < frame["parts"]:
                continue
            exchange = exchanges[frame["exchange"]]
            found.append(
                Transferred(
                    packet["number"],
                    exchange["carrier"],
                    frame["kind"],
                    exchange["route"] or "",
                    id_text(exchange["id"]) if "id" in exchange else "",
                    frame.get("channel", ""),
                    frame.get("way", ""),
                )
            )
    return found


def id_text(value: Json) -> str:
    """Return an id as tshark shows it: the string, or JSON if it is no string."""
    return value if isinstance(value, str) else dumps(value).decode()
