r"""Which units are told from other bytes in the middle of a stream, and where.

::

    *3⏎$7⏎publish⏎$3⏎sum⏎$61⏎…      a peer publishes …
    *2⏎$9⏎subscribe⏎$9⏎sum.reply⏎    … or subscribes
    *3⏎$7⏎message⏎…  >3⏎$7⏎message⏎… the broker hands on
    :1⏎                              its answer, where a captured packet begins with it

JSON has no line end in a string, so that none of these stands in what Nest publishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.lazy_regex import lazy_regex

from .values import Flaw, Scan

if TYPE_CHECKING:
    from collections.abc import Iterator

REACH = 512
"""Bytes that the beginning of a unit may have to be found in the middle of a stream."""
_WORDS = rb"(?i:publish|p?(?:un)?subscribe)|p?message"
_UNIT = rb"[*>][2-9]\r\n\$(?:[7-9]|1[0-2])\r\n(?:" + _WORDS + rb")\r\n"
_AT_ONCE = lazy_regex(_UNIT)
_CANDIDATE = lazy_regex(rb"\n(?=" + _UNIT + rb")")
_COUNT = lazy_regex(rb":\d{1,10}\r\n")
_CONFIRMED = lazy_regex(
    rb"[*>]3\r\n\$\d+\r\np?(?:un)?subscribe\r\n(?:\$\d+\r\n[^\r\n]*|\$-1|_)\r\n:"
)
_MEMBERS = 3
_HEAD = len(b"\n*2\r\n$12\r\npunsubscribe\r\n")


def first_unit(data: bytes, *, boundary: bool) -> int:
    """Return the place of the first unit in the middle of a stream; -1 if none.

    Args:
        data: Consecutive bytes of one side.
        boundary: Whether one may begin with them.
    """
    return next(_units(data, 0, boundary=boundary), -1)


def next_unit(data: bytes | bytearray, start: int) -> int:
    """Return the place of the next unit after a line end; -1 where there is none."""
    return next(_units(data, start, boundary=False), -1)


def unfinished(data: bytes | bytearray) -> int:
    """Return from where on a unit may begin in some bytes that does not show yet."""
    return max(len(data) - _HEAD, 0)


def asks(data: bytes, place: int) -> bool | None:
    """Whether who says a unit is a client; None where that does not show."""
    head = data[place : place + _HEAD].lower()
    if head[:1] in b">:" or b"message\r\n" in head or _CONFIRMED.match(data, place):
        return False
    # A confirmation says how many there are now, as a number; a command has strings.
    if head[:2] == b"*3" and b"publish\r\n" not in head and _open(data, place):
        return None
    return True


def _open(data: bytes, place: int) -> bool:
    """Whether the third member of three did not come, so that it may be a number."""
    scan = Scan(place)
    try:
        scan.advance(data)
    except Flaw:
        return False
    following = data[scan.place : scan.place + 1]
    known = len(scan.spans)
    return known < _MEMBERS - 1 or (known < _MEMBERS and following != b"$")


def _units(data: bytes | bytearray, start: int, *, boundary: bool) -> Iterator[int]:
    at_once = _AT_ONCE.match(data, start) or _COUNT.match(data, start)
    if boundary and at_once and _fits(data, start):
        yield start
    for found in _CANDIDATE.finditer(data, start):
        if _fits(data, found.end()):
            yield found.end()


def _fits(data: bytes | bytearray, place: int) -> bool:
    """Whether what has come of a unit reads like one."""
    try:
        Scan(place).advance(data)
    except Flaw:
        return False
    return True
