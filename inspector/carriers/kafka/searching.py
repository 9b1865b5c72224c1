"""Where a response begins in the middle of a stream.

A response does not say what it is. One to Produce or Fetch is known by what it names::

    length number │ topics │ name │ partitions │ partition error offset …   to Produce
    length number delay │ topics …                                          to Fetch
    length number delay error session │ topics …                            … from 7 on

Of one partition it also shows how long such a response is, which has to be its length.
Compact responses are not found.
"""

from __future__ import annotations

import re
import struct

_RESPONSE = re.compile(rb"\x00...[\x00-\x7f]...\x00\x00", re.DOTALL)
_TOPIC = re.compile(rb"[A-Za-z0-9._-]{1,249}")
_LENGTH = struct.Struct(">i")
_NAMED = struct.Struct(">ih")
_PLACED = struct.Struct(">iihq")
_PRODUCE = 8
_TOPICS = (18, 12, _PRODUCE)
"""After how many bytes of a response the number of topics may be."""
_MOST = 10_000  # topics, and partitions
_ERRORS = range(-1, 200)
_PRODUCED = (0, 4, 12, 20, 26)
"""Bytes of a response to Produce after the offset, of 0, 1, 2 to 4, 5 to 7, and 8."""
_FETCHED = ((8, 0), (16, 0), (16, 4))
"""Bytes before and after transactions that were aborted, of 4, 5 to 10, and 11."""
_ABORTED = 16  # bytes of one


def first_response(data: bytes, place: int) -> int:
    """Return where the first response with topics begins; -1 for nowhere."""
    while found := _RESPONSE.search(data, place):
        place = found.start()
        if any(_fits(data, place, after) for after in _TOPICS):
            return place
        place += 1
    return -1


def _fits(data: bytes, place: int, after: int) -> bool:
    """Whether a response may be at a place that has its topics after some bytes."""
    begin = place + after
    if len(data) - begin < _NAMED.size:
        return False
    count, size = _NAMED.unpack_from(data, begin)
    end = begin + _NAMED.size + size
    if not (0 < count <= _MOST and size > 0) or len(data) - end < _PLACED.size:
        return False
    if not _TOPIC.fullmatch(data, begin + _NAMED.size, end):
        return False
    parts, number, error, offset = _PLACED.unpack_from(data, end)
    known = 0 < parts <= _MOST and 0 <= number <= _MOST and error in _ERRORS
    length = _LENGTH.unpack_from(data, place)[0]
    ends = place + _LENGTH.size + length
    if not known or offset < -1 or ends < end + _PLACED.size:
        return False
    if (count, parts) != (1, 1):
        return True
    return ends in _ends_of(data, end + _PLACED.size, produced=after == _PRODUCE)


def _ends_of(data: bytes, place: int, *, produced: bool) -> list[int]:
    """Return where a response with one partition may end, by its version."""
    if produced:
        return [place + each for each in _PRODUCED]
    begins = [place]  # of the size of the records
    for before, after in _FETCHED:
        count, begin = _number(data, place + before)
        begins.append(begin + max(count, 0) * _ABORTED + after)
    sizes = [_number(data, begin) for begin in begins]
    return [begin + max(size, 0) for size, begin in sizes]


def _number(data: bytes, place: int) -> tuple[int, int]:
    """Return a number and the place after it; -1 where it is not there."""
    end = place + _LENGTH.size
    return _LENGTH.unpack_from(data, place)[0] if end <= len(data) else -1, end
