"""Frames of AMQP, written by pamqp, and conversations between clients and RabbitMQ.

Those that were captured are read from the captures of real Nest over a real broker:
nothing is missing in them, and nothing was sent twice.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from struct import unpack_from
from typing import TYPE_CHECKING, Any

from pamqp import commands
from pamqp.body import ContentBody
from pamqp.frame import marshal
from pamqp.header import ContentHeader, ProtocolHeader
from pamqp.heartbeat import Heartbeat

from inspector.carriers.rabbitmq.carrier import carrier
from inspector.carriers.testing import Turn
from inspector.sources.files import read_capture
from tests.inspector.captures import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pamqp.base import Frame

    from inspector.carriers.base import Unit

__all__ = ["Basic", "ContentBody", "ContentHeader", "commands", "marshal"]

FOLDER = ROOT / "captures" / "rabbitmq"
CLIENT, BROKER = 0, 1
PREAMBLE = marshal(ProtocolHeader(0, 9, 1), 0)
HEARTBEAT = marshal(Heartbeat(), 0)
REPLY_TO = "amq.rabbitmq.reply-to"
DIRECT = f"{REPLY_TO}.g1h2AA.x=="
REQUEST = b'{"pattern":"sum","data":[1,2,3],"id":"c1"}'
EVENT = b'{"pattern":"log","data":"x"}'
REPLY = b'{"response":6,"isDisposed":true}'
Basic = commands.Basic
_ETHERNET = 14


def method(frame: Frame, channel: int = 1) -> bytes:
    """Return a method in its frame."""
    return marshal(frame, channel)


def message(
    frame: Frame,
    body: bytes,
    channel: int = 1,
    most: int = 131_064,
    **said: Any,  # noqa: ANN401
) -> bytes:
    """Return a message: a method, a header, and a body in frames of limited size.

    Args:
        frame: The method.
        body: The body.
        channel: Where it passes.
        most: Bytes of a body in one frame.
        said: Its properties.
    """
    properties = Basic.Properties(**said)
    head = ContentHeader(body_size=len(body), properties=properties)
    parts = [body[place : place + most] for place in range(0, len(body), most)]
    frames: list[Any] = [frame, head, *map(ContentBody, parts)]
    return b"".join(marshal(each, channel) for each in frames)


def publish(body: bytes, key: str = "cats_q", exchange: str = "", **said: Any) -> bytes:  # noqa: ANN401
    """Return a message that is published."""
    mandatory = bool(said.pop("mandatory", False))
    frame = Basic.Publish(exchange=exchange, routing_key=key, mandatory=mandatory)
    return message(frame, body, **said)


def deliver(body: bytes, number: int, key: str = "cats_q", **said: Any) -> bytes:  # noqa: ANN401
    """Return a message that is delivered."""
    options = {
        name: said.pop(name) for name in ("redelivered", "exchange") if name in said
    }
    frame = Basic.Deliver("tag", number, routing_key=key, **options)
    return message(frame, body, **said)


def read(*turns: tuple[int, bytes], whole: bool = True) -> list[Unit]:
    """Return the units of some turns."""
    talk = carrier.talk(None, whole=whole)
    return [unit for side, data in turns for unit in talk.receive(side, data, 0)]


@cache
def captured(capture: Path) -> list[list[Turn]]:
    """Return the conversations over RabbitMQ in a capture: side 0 is the client's."""
    return [turns for turns in turned(capture) if turns[0].data == PREAMBLE]


def turned(capture: Path) -> list[list[Turn]]:
    """Return all conversations in a capture: side 0 is the client's."""
    found: dict[frozenset[int], list[Turn]] = defaultdict(list)
    clients: dict[frozenset[int], int] = {}
    for record in read_capture(str(capture)):
        packet = record.data[_ETHERNET:]
        head = (packet[0] & 15) * 4
        size = unpack_from(">H", packet, 2)[0]
        here, there = unpack_from(">HH", packet, head)
        data = packet[head + (packet[head + 12] >> 4) * 4 : size]
        pair = frozenset((here, there))
        clients.setdefault(pair, here)
        if data:
            found[pair].append(Turn(int(clients[pair] != here), bytes(data)))
    return list(found.values())
