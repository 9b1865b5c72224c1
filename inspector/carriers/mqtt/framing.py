"""Whether a stream is MQTT over WebSocket, and where a frame of it begins.

A beginning shows it by its subprotocol, ``mqtt`` or ``mqttv3.1``. In the middle of a
stream a frame is looked for with which a control packet begins that shows itself, see
:mod:`.searching`; such a packet may go on in frames that follow.

Source: MQTT 5.0, section 6; IANA's WebSocket Subprotocol Name Registry.
"""

from __future__ import annotations

import re
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

from .headers import FIRSTS, SUBSCRIBE
from .searching import REACH, first_packet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.carriers.web.frames import FrameHead

BEGINNINGS = (b"GET ", b"HTTP/1.1 101 ")
"""What the handshake begins with, on either side."""
MASKED = 0x80
"""The second byte of a frame from which on it has a mask: clients alone set one."""
_PROTOCOLS = {"mqtt", "mqttv3.1"}
# A message, its only frame or its first, compressed or not; its length and its mask.
_CANDIDATE = re.compile(rb"[\x02\x42\x82\xc2](?=[\x01-\x7f\x81-\xff])")
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
        text = b"".join(_payloads(data, place))
        if text and text[0] in FIRSTS and first_packet(text, boundary=True) == 0:
            return place
    return -1


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
