"""The first bytes of control packets: what each is, and how long.

::

    30 0f …        PUBLISH, quality of service 0, and 15 bytes after these two
    │└ flags
    └ type

Source: MQTT 3.1.1 and 5.0, section 2.1 (of 3.1.1 section 2.2).
"""

from __future__ import annotations

from .fields import LENGTH_BYTES

REACH = 1024
"""Bytes that a control packet may have to be found, or a PUBLISH before its payload."""
CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE = range(1, 9)
SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = range(9, 16)

VERBS = (
    "",
    "CONNECT",
    "CONNACK",
    "PUBLISH",
    "PUBACK",
    "PUBREC",
    "PUBREL",
    "PUBCOMP",
    "SUBSCRIBE",
    "SUBACK",
    "UNSUBSCRIBE",
    "UNSUBACK",
    "PINGREQ",
    "PINGRESP",
    "DISCONNECT",
    "AUTH",
)
"""What each type is called, by its number."""
MAX_PACKET = 1 << 26
"""Bytes of a control packet; brokers take less unless they are told otherwise."""
DUPLICATE, QUALITY, RETAINED = 0x08, 0x06, 0x01
"""Flags of PUBLISH; the second are two bits, which together are a number."""
_SET = 0x02  # flags of PUBREL, SUBSCRIBE and UNSUBSCRIBE
_WITH_FLAGS = {PUBREL, SUBSCRIBE, UNSUBSCRIBE}

FIRSTS = frozenset(
    {kind << 4 | (_SET if kind in _WITH_FLAGS else 0) for kind in range(1, 16)}
    | {
        PUBLISH << 4 | flags
        for flags in range(16)
        if flags & QUALITY != QUALITY  # quality of service 3, which there is not
    }
)
"""First bytes that there are."""
WAIT, WRONG = 0, -1
"""What :func:`measured` returns where it cannot say yet, and where nothing fits."""


def measured(data: bytes | bytearray, place: int) -> tuple[int, int]:
    """Return where the head of a control packet ends, and where the packet does.

    The first is ``WAIT`` while its length is not complete, and ``WRONG`` where no
    control packet begins.

    Args:
        data: Consecutive bytes of one side.
        place: Where it begins in them.
    """
    if data[place] not in FIRSTS:
        return WRONG, place
    size, value = len(data), 0
    for index in range(LENGTH_BYTES):
        at = place + 1 + index
        if at >= size:
            return WAIT, place
        byte = data[at]
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:  # noqa: PLR2004 — the bit that says that one more follows
            return at + 1, at + 1 + value
    return WRONG, place
