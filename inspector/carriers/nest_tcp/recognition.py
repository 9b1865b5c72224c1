"""Whether bytes are Nest's, and where in a stream a frame begins.

A side is taken for Nest's when it begins with a length that Nest's reader would accept,
``#``, and the beginning of a JSON value. Where the capture lacks the beginning, a frame
is looked for whose header fits what follows it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from inspector.carriers.base import Recognition, Verdict
from protocol import DELIMITER, MAX_UNIT_SIZE, LengthUnit
from protocol.lazy_regex import lazy_regex
from protocol.on_demand import on_demand

from .dialects import bytes_lacking

if TYPE_CHECKING:
    from json import JSONDecoder
else:  # decision 158
    JSONDecoder = on_demand("json:JSONDecoder")

REACH = 64
"""Bytes within which a frame must have shown its ``#``; Nest itself has no limit."""
_ENOUGH = 1 << 16
"""Bytes of a body that is not complete after which its JSON need not be looked at."""

_BLANKS = rb"(?>(?:[\t-\r ]|\xc2\xa0|\xef\xbb\xbf)*)"
_BEGINNING = lazy_regex(
    _BLANKS
    + rb"\+?[0-9]{1,12}[^#\x00-\x08]{0,8}#[\t\n\r ]*+"
    + rb"(?:[{\[\"0-9-]|t(?:r|\Z)|f(?:a|\Z)|n(?:u|\Z))"
)
_INCOMPLETE = lazy_regex(
    _BLANKS + rb"\+?(?:[0-9]{1,12}(?:[^#\x00-\x08]{0,8}#?)?[\t\n\r ]*+)?\Z"
)
# In the middle of a stream only the keys of Nest are looked for.
_OPENING = b"#{"
_KEYS = lazy_regex(
    rb'\{ ?"(?:pattern|data|metadata|response|err|isDisposed|status|id)" ?:'
)
_LENGTH = lazy_regex(rb"(?<![0-9])[1-9][0-9]{0,8}\Z")
_MOST_DIGITS = 10  # one more than a length has, to see that it has no more


def recognise(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with."""
    if _BEGINNING.match(beginning):
        return Recognition()
    if len(beginning) < REACH and _INCOMPLETE.match(beginning):
        return Verdict.UNDECIDED
    return Verdict.OTHER


def find(middle: bytes, *, boundary: bool = True) -> Recognition | None:
    """Find the first frame in the middle of a stream.

    A header counts when the packet after it can be read, or when not all of it has
    come yet.

    Args:
        middle: Consecutive bytes of one side.
        boundary: Whether they begin where a captured packet did; there any JSON will
            do, elsewhere only the keys of Nest.
    """
    if boundary and _BEGINNING.match(middle) and _fits(middle, 0):
        return Recognition()
    # Finding two bytes takes a fraction of what a search for the whole header takes,
    # and nearly nothing of what is searched is Nest's.
    delimiter = middle.find(_OPENING)
    while delimiter >= 0:
        if _KEYS.match(middle, delimiter + 1):
            length = _LENGTH.search(middle, max(delimiter - _MOST_DIGITS, 0), delimiter)
            if length and _fits(middle, length.start()):
                return Recognition(length.start())
        delimiter = middle.find(_OPENING, delimiter + 1)
    return None


def _fits(data: bytes, start: int) -> bool:
    """Whether a frame begins at a place, whatever its length counts."""
    delimiter = data.index(DELIMITER, start)
    header = data[start:delimiter]
    here = len(data) - delimiter - 1
    declared = _declared(header)
    if declared is not None and declared > here:  # too long in every unit
        return not _ends(data[delimiter + 1 : delimiter + 1 + _ENOUGH])
    most = None if declared is None else delimiter + 1 + MAX_UNIT_SIZE * declared
    frame = data[start:most]
    lacking = [bytes_lacking(frame, unit) for unit in LengthUnit]
    if 0 in lacking:
        return True
    return any(lacking) and not _ends(frame.partition(DELIMITER)[2])


def _declared(header: bytes) -> int | None:
    return int(header) if header.isdigit() else None


@cache
def _decoder() -> JSONDecoder:
    return JSONDecoder()


def _ends(body: bytes) -> bool:
    """Whether a body that lacks bytes is complete JSON before its end."""
    try:
        _decoder().raw_decode(body.decode("utf-8", "replace").lstrip())
    except (ValueError, RecursionError):
        return False
    return True
