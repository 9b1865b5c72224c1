"""Whether a stream is MQTT over WebSocket, and where a frame of it begins.

A beginning shows it by its subprotocol, ``mqtt`` or ``mqttv3.1``. In the middle of a
stream a frame is looked for with which a control packet begins that shows itself, see
:mod:`.searching`; such a packet may go on in frames that follow.

Source: MQTT 5.0, section 6; IANA's WebSocket Subprotocol Name Registry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.web.deflate import Inflater, TooLongError
from inspector.carriers.web.frames import (
    BINARY,
    CONTINUATION,
    MalformedFrameError,
    read_frame_head,
    unmasked,
)
from inspector.carriers.web.heads import END, LONGEST, Head, read_head
from protocol.lazy_regex import lazy_regex
from protocol.on_demand import on_demand

from .headers import FIRSTS, REACH, SUBSCRIBE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.carriers.web.frames import FrameHead

    from .searching import first_packet
else:  # decision 158
    first_packet = on_demand("inspector.carriers.mqtt.searching:first_packet")

BEGINNINGS = (b"GET ", b"HTTP/1.1 101 ")
"""What the handshake begins with, on either side."""
MASKED = 0x80
"""The second byte of a frame from which on it has a mask: clients alone set one."""
_PROTOCOLS = {"mqtt", "mqttv3.1"}
_UPGRADED = b"websocket"  # of the field upgrade, and of the name of another
# A message, its only frame or its first, compressed or not; its length and its mask.
_CANDIDATE = lazy_regex(rb"[\x02\x42\x82\xc2](?=[\x01-\x7f\x81-\xff])")
_SHORT, _MASK = 2, 4  # bytes of the shortest head, and of a mask
_LENGTH, _COMPRESSED = 0x7F, 0x40
_FOLLOWING = {0x02, 0x42, 0x82, 0xC2, 0x88, 0x89, 0x8A}  # first bytes after a message
_MORE = {126: 2, 127: 8}  # lengths that stand after the first two bytes
_LEAST_LONG = min(_MORE)
_STARTS = {*range(0x30, 0x36), *range(0x3A, 0x3E), 0x82, 0xA2, 0x90, 0xB0}
"""First bytes of PUBLISH, of lists of subscriptions and of their reasons."""
_MOST_FRAMES = 64  # that are put together to find a control packet


def begins_handshake(beginning: bytes) -> bool:
    """Whether a stream begins as a handshake does, as far as it goes."""
    return any(
        beginning.startswith(each) or each.startswith(beginning) for each in BEGINNINGS
    )


def judge_handshake(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the handshake that it begins with."""
    place = beginning.find(END)
    if place < 0:
        return Verdict.UNDECIDED if len(beginning) < LONGEST else Verdict.OTHER
    if _UPGRADED not in beginning[:place].lower():
        return Verdict.OTHER
    head = read_head(beginning[: place + len(END)], 0)
    if head is None or not (head.upgrades and _PROTOCOLS & _protocols(head)):
        return Verdict.OTHER
    return Recognition(asks=bool(head.method))


def _protocols(head: Head) -> set[str]:
    """Return the subprotocols that a head offers, or agrees on."""
    names = head.fields.get("sec-websocket-protocol", "").lower()
    return {each.strip() for each in names.split(",")}


def is_framed(beginning: bytes) -> bool:
    """Whether bytes with which a unit begins are frames, or a handshake.

    A first byte tells them from a control packet, but for that of SUBSCRIBE, which is
    that of a frame as well.
    """
    if begins_handshake(beginning):
        return True
    if beginning[0] in FIRSTS:
        if beginning[0] >> 4 != SUBSCRIBE:
            return False
        if first_packet(beginning) == 0:
            return find_framed(beginning) == 0
    return find_framed(beginning) == 0 or _are_frames(beginning)


def _are_frames(data: bytes) -> bool:
    """Whether bytes are whole frames that carry something, and nothing else."""
    place = 0
    while place < len(data):
        head = _head_at(data, place)
        if head is None or not (head.length or head.control):
            return False
        place += head.size + head.length
    return place == len(data)


def find_framed(data: bytes) -> int:
    """Return where the first frame begins with which a packet does; -1 if none shows.

    Args:
        data: Consecutive bytes of one side.
    """
    for found in _CANDIDATE.finditer(data):
        place = found.start()
        if not _may_begin(data, place):
            continue
        text = b"".join(_payloads(data, place))
        if text and first_packet(text, boundary=True) == 0:
            return place
    return -1


def _may_begin(data: bytes, place: int) -> bool:
    """Whether a packet that shows itself may begin with a frame, by a glance at it.

    In what is something else nearly none may.
    """
    second = data[place + 1]
    length, masked = second & _LENGTH, second >= MASKED
    size = _SHORT + _MORE.get(length, 0) + (_MASK if masked else 0)
    if data[place] & _COMPRESSED:
        after = place + size + length
        if length >= _LEAST_LONG or after > len(data):
            return length in _MORE
        return after == len(data) or data[after] in _FOLLOWING
    if place + size >= len(data):
        return False
    veil = data[place + size - _MASK] if masked else 0
    return data[place + size] ^ veil in _STARTS


def _payloads(data: bytes, place: int) -> Iterator[bytes]:
    """Yield what frames carry from a place on, as far as they have come.

    Nothing more, and maybe nothing, where none can begin.
    """
    inflater, size = Inflater(), 0
    for _ in range(_MOST_FRAMES):
        head = _head_at(data, place)
        if head is None or size >= REACH:
            return
        begin = place + head.size
        place = begin + head.length
        if head.control:
            continue
        if head.opcode not in {BINARY, CONTINUATION}:
            return
        text = unmasked(data[begin : min(place, begin + REACH)], head.mask)
        if head.compressed:
            whole = place <= len(data) and head.length <= REACH and head.final
            text = _inflated(inflater, text) if whole else b""
        if not text:
            return
        size += len(text)
        yield text


def _head_at(data: bytes, place: int) -> FrameHead | None:
    try:
        return read_frame_head(data, place)
    except MalformedFrameError:
        return None


def _inflated(inflater: Inflater, text: bytes) -> bytes:
    """Return a compressed message; nothing where it refers to what is not known."""
    try:
        return inflater.inflate(text) or b""
    except TooLongError:
        return b""
