"""Traffic of the toy carrier, packet by packet, and the toy for one test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.plugged import plugged
from tests.inspector.carriers.toy.pigeon_post import carrier
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tests.inspector.conversation import Conversation

PORT = 7000


def pigeons() -> AbstractContextManager[None]:
    """Install the toy carrier."""
    return plugged(carrier)


def perch(wire: Wire, client: str = "10.0.0.1:41000") -> Conversation:
    """Open a connection of pigeons, and let both sides greet."""
    call = wire.connect(client=client, server=f"10.0.0.2:{PORT}")
    return call.send(CLIENT, b"pigeon 1 ring 4711\n").send(SERVER, b"perch 1\n")


def fly(call: Conversation) -> Conversation:
    """Let pass a request and its reply, an errand, an event, and signs of life."""
    call.send(CLIENT, b"ask 7 sum [1,2]\n").send(SERVER, b"say 7 3\n")
    call.send(CLIENT, b"heard 7\n")
    call.send(CLIENT, b'tell login {"user":"ann","password":"feathers"}\n').ack(SERVER)
    return call.send(CLIENT, b"ping\n").send(SERVER, b"ping\n")


def confirmed(call: Conversation, identity: int = 7) -> Conversation:
    """Let a request be confirmed before its reply, and that afterwards."""
    call.send(CLIENT, b"ask %d sum [1,2]\n" % identity)
    call.send(SERVER, b"heard %d\n" % identity)
    call.send(SERVER, b"say %d 3\n" % identity)
    return call.send(CLIENT, b"heard %d\n" % identity)


def flight() -> Wire:
    """Return a capture of one connection: data packets 4 to 11, an ACK between."""
    wire = Wire()
    fly(perch(wire))
    return wire
