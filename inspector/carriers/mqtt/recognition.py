"""Whether a stream is MQTT, by what it begins with, or somewhere in it.

The client speaks first: CONNECT with the name and level of the protocol. The broker's
first packet is CONNACK. In the middle of a stream a packet is looked for that carries
JSON, or a list of subscriptions, which only clients ask for. Over WebSocket the
handshake shows it, or a frame with which such a packet begins: :mod:`.framing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Recognition, Verdict
from protocol.on_demand import on_demand

from .fields import MalformedError, length_at
from .framing import MASKED, begins_handshake, find_framed, judge_handshake
from .handshake import BRIDGE, NAMES
from .headers import (
    CONNACK,
    CONNECT,
    SUBACK,
    SUBSCRIBE,
    UNSUBACK,
    UNSUBSCRIBE,
    WAIT,
    WRONG,
    measured,
)

if TYPE_CHECKING:
    from .searching import first_packet
else:  # decision 158
    first_packet = on_demand("inspector.carriers.mqtt.searching:first_packet")

_ASKS = {SUBSCRIBE: True, UNSUBSCRIBE: True, SUBACK: False, UNSUBACK: False}
_SHORT = 2  # bytes of a CONNACK before MQTT 5, after its head
_REFUSALS = 6  # reasons there are before MQTT 5, success included
_SIGNS = {
    len(name).to_bytes(2) + name + bytes([level | bridge])
    for name, levels in NAMES.items()
    for level in levels
    for bridge in (0, BRIDGE)
}


def recognise(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with."""
    if not beginning:
        return Verdict.UNDECIDED
    if begins_handshake(beginning):
        return judge_handshake(beginning)
    return _judge_packet(beginning)


def _judge_packet(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream that begins with a control packet, if it is one."""
    if beginning[0] not in {CONNECT << 4, CONNACK << 4}:
        return Verdict.OTHER
    head, end = measured(beginning, 0)
    if head == WRONG:
        return Verdict.OTHER
    if head == WAIT:
        return Verdict.UNDECIDED
    rest = beginning[head:end]
    if beginning[0] == CONNECT << 4:
        return _judge_connect(rest)
    return _judge_connack(rest, end - head)


def find(middle: bytes, *, boundary: bool = True) -> Recognition | None:
    """Find the first control packet in the middle of a stream.

    Args:
        middle: Consecutive bytes of one side.
        boundary: Whether they begin where a captured packet did.
    """
    framed = find_framed(
        middle
    )  # first: frames without a mask hold packets as they are
    if framed >= 0:
        return Recognition(framed, asks=middle[framed + 1] >= MASKED)
    place = first_packet(middle, boundary=boundary)
    return None if place < 0 else Recognition(place, asks=_ASKS.get(middle[place] >> 4))


def _judge_connect(rest: bytes) -> Recognition | Verdict:
    """Judge what follows the head of a CONNECT."""
    for sign in _SIGNS:
        if rest.startswith(sign):
            return Recognition(asks=True)
    if any(sign.startswith(rest) for sign in _SIGNS):
        return Verdict.UNDECIDED
    return Verdict.OTHER


def _judge_connack(rest: bytes, size: int) -> Recognition | Verdict:
    """Judge what follows the head of a CONNACK.

    Args:
        rest: That, as far as it has come.
        size: How many bytes it is to have.
    """
    if size < _SHORT or rest[:1] > b"\x01":
        return Verdict.OTHER
    if size == _SHORT and len(rest) == size:
        known = rest[1] < _REFUSALS
        return Recognition(asks=False) if known else Verdict.OTHER
    if size == _SHORT or len(rest) <= _SHORT:
        return Verdict.UNDECIDED
    if 0 < rest[1] < 0x80:  # noqa: PLR2004 — of MQTT 5, which has success and failures
        return Verdict.OTHER
    try:
        said, after = length_at(rest, _SHORT, size)
    except (MalformedError, IndexError):
        whole = len(rest) == size or len(rest) > _SHORT + 4
        return Verdict.OTHER if whole else Verdict.UNDECIDED
    return Recognition(asks=False) if after + said == size else Verdict.OTHER
