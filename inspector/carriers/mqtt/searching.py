"""Where a control packet begins in the middle of a stream.

A first byte says little, and acknowledgements are four bytes that any binary stream may
hold. What counts is

- PUBLISH to a topic of printable characters, whose payload begins as Nest's JSON does;
- SUBSCRIBE and UNSUBSCRIBE, whose printable filters fill them exactly;
- SUBACK and UNSUBACK, if a captured packet holds such, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.lazy_regex import lazy_regex

from .contents import read_listed, read_publish, read_subscribe, read_unsubscribe
from .fields import MalformedError
from .headers import (
    PUBLISH,
    REACH,
    SUBACK,
    SUBSCRIBE,
    UNSUBACK,
    UNSUBSCRIBE,
    WAIT,
    measured,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .contents import Listed

_PAYLOAD = b'{"'
# A first byte, a length, and then that of a topic, or the number of a SUBSCRIBE.
_CANDIDATE = lazy_regex(
    rb"[\x30-\x35\x3a-\x3d](?=[\x80-\xff]{0,3}[\x00-\x7f][\x00-\x03])"
    rb"|[\x82\xa2](?=[\x80-\xff]{0,3}[\x00-\x7f])"
)
_CODES = frozenset({0, 1, 2, 0x11, *range(0x80, 0xA3)})
_READ = {
    SUBSCRIBE: read_subscribe,
    UNSUBSCRIBE: read_unsubscribe,
    SUBACK: read_listed,
    UNSUBACK: read_listed,
}


def first_packet(
    data: bytes | bytearray, start: int = 0, *, boundary: bool = False
) -> int:
    """Return the place of the first control packet in some bytes; -1 where none shows.

    Args:
        data: Consecutive bytes of one side.
        start: Where to begin.
        boundary: Whether a captured packet begins there.
    """
    if boundary and _acknowledges(data, start):
        return start
    for found in _CANDIDATE.finditer(data, start):
        place = found.start()
        head, end = measured(data, place)
        is_one = _is_publish if data[place] >> 4 == PUBLISH else _is_list
        if head > WAIT and is_one(data, place, head, end):
            return place
    return -1


def _is_publish(data: bytes | bytearray, place: int, head: int, end: int) -> bool:
    """Whether a PUBLISH of JSON begins at a place, by what has come of it."""
    packet = bytes(data[place : min(end, place + REACH)])
    for five in (False, True):
        try:
            said = read_publish(packet, head - place, five=five)
        except MalformedError:
            continue
        if packet.startswith(_PAYLOAD, said.payload) and said.topic.isprintable():
            return True
    return False


def _is_list(data: bytes | bytearray, place: int, head: int, end: int) -> bool:
    """Whether a packet with a list begins at a place, and is whole."""
    if end > min(len(data), place + REACH):
        return False
    lists = _read(bytes(data[place:end]), head - place)
    return any(
        all(map(str.isprintable, each.filters)) and _CODES.issuperset(each.codes)
        for each in lists
    )


def _read(packet: bytes, head: int) -> Iterator[Listed]:
    """Yield what a packet with a list says at each level at which it is well-formed."""
    for five in (False, True):
        try:
            yield _READ[packet[0] >> 4](packet, head, five=five)
        except MalformedError:
            continue


def _acknowledges(data: bytes | bytearray, place: int) -> bool:
    """Whether some bytes are acknowledgements of subscriptions, and nothing else."""
    size = len(data)
    if not place < size <= place + REACH:
        return False
    while place < size:
        head, end = measured(data, place)
        if data[place] >> 4 not in {SUBACK, UNSUBACK} or head <= WAIT:
            return False
        if not _is_list(data, place, head, end):
            return False
        place = end
    return True
