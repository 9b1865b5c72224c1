"""Packets of Socket.IO 5: ``2/main,7["sum",[1,2]]``.

::

    type  attachments-  /namespace,  number  JSON

Source: the Socket.IO protocol, revision 5; ``socket.io-parser``, ``lib/index.ts``.
"""

from __future__ import annotations

import re

from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = b"0", b"1", b"2", b"3", b"4"
BINARY_EVENT, BINARY_ACK = b"5", b"6"
NAMES = {
    CONNECT: "CONNECT",
    DISCONNECT: "DISCONNECT",
    EVENT: "EVENT",
    ACK: "ACK",
    CONNECT_ERROR: "CONNECT_ERROR",
    BINARY_EVENT: "BINARY_EVENT",
    BINARY_ACK: "BINARY_ACK",
}
MOST_ATTACHMENTS = 10
"""Attachments of one packet that are waited for.

Source: ``maxAttachments`` of Socket.IO's decoder.
"""
_PACKET = lazy_regex(
    rb"([0-6])(?:([0-9]{1,9})-)?(?:(/[^,\s]*)(?:,|\Z))?([0-9]{0,15})", re.DOTALL
)


class Packet(NamedTuple):
    """A packet.

    Attributes:
        kind: Its type, a digit.
        attachments: How many binary messages follow it.
        namespace: Where it is sent to: ``/`` unless it says so.
        number: Of the acknowledgement that it asks for, or is; None for none.
        place: Where its JSON begins.
        text: That; empty where it has none.
    """

    kind: bytes
    attachments: int
    namespace: str
    number: int | None
    place: int
    text: bytes

    @property
    def name(self) -> str:
        """Its type, by its name."""
        return NAMES[self.kind]


def read_packet(text: bytes) -> Packet | None:
    """Read a packet, as it stands in a message; None for what is none."""
    found = _PACKET.match(text)
    if found is None:
        return None
    kind, attachments = found[1], found[2]
    binary = kind in {BINARY_EVENT, BINARY_ACK}
    if binary != (attachments is not None):
        return None
    namespace = (found[3] or b"/").decode("utf-8", "replace")
    number = int(found[4]) if found[4] else None
    count = int(attachments or 0)
    return Packet(kind, count, namespace, number, found.end(), text[found.end() :])
