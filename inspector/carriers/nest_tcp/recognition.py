"""Which connections are Nest's, and where in a stream a frame begins.

A direction is taken for Nest when it begins with a length that Nest's reader would
accept, ``#``, and the beginning of a JSON value. Where the capture lacks the beginning,
a frame is looked for whose header fits what follows it.
"""

from __future__ import annotations

import re
from enum import Enum
from json import JSONDecoder

from protocol import DELIMITER, LengthUnit

from .dialects import bytes_lacking

_MAX_PREFIX = 64
"""Bytes within which a frame must have shown its ``#``; Nest itself has no limit."""
SEARCH_WINDOW = 1 << 16
"""Bytes in the middle of a stream that are searched for a frame at once."""
MAX_SEARCHED = 1 << 22
"""Bytes of one direction that are searched before its connection is given up."""

_BEGINNING = re.compile(
    rb"(?:[\t-\r ]|\xc2\xa0|\xef\xbb\xbf)*\+?[0-9]{1,12}[^#\x00-\x08]{0,8}#"
    rb"[\t\n\r ]*[{\[\"0-9tfn-]"
)
_INCOMPLETE = re.compile(
    rb"(?:[\t-\r ]|\xc2\xa0|\xef\xbb\xbf)*\+?(?:[0-9]{1,12}(?:[^#\x00-\x08]{0,8}#?)?"
    rb"[\t\n\r ]*)?\Z"
)
# In the middle of a stream only the keys of Nest are looked for.
_HEADER = re.compile(
    rb"(?<![0-9])[1-9][0-9]{0,8}#"
    rb'(?=\{ ?"(?:pattern|data|metadata|response|err|isDisposed|status|id)" ?:)'
)
_DECODER = JSONDecoder()
_FOREIGN = (
    ("TLS", re.compile(rb"\x16\x03[\x00-\x04]")),
    ("HTTP/2", re.compile(rb"PRI \* HTTP/2")),
    ("HTTP", re.compile(rb"(?:HTTP/\d|[A-Z]{3,10} \S+ HTTP/\d)")),
    ("SSH", re.compile(rb"SSH-\d")),
)


class Verdict(Enum):
    """Whether bytes are of this protocol."""

    NEST = "the beginning of a frame"
    OTHER = "something else"
    UNDECIDED = "too few bytes to tell"


def recognise(beginning: bytes) -> Verdict:
    """Judge a direction by the bytes that it begins with."""
    if _BEGINNING.match(beginning):
        return Verdict.NEST
    if len(beginning) < _MAX_PREFIX and _INCOMPLETE.match(beginning):
        return Verdict.UNDECIDED
    return Verdict.OTHER


def find_frame(data: bytes) -> int | None:
    """Return where in a stream's middle the first frame begins, None if nowhere.

    A header counts when the packet behind it can be read, or when not all of it
    has come yet.
    """
    if _BEGINNING.match(data) and _fits(data):
        return 0
    for header in _HEADER.finditer(data):
        if _fits(data[header.start() :]):
            return header.start()
    return None


def name_protocol(beginning: bytes) -> str | None:
    """Return the name of another protocol that the bytes begin with, if it is known."""
    for name, pattern in _FOREIGN:
        if pattern.match(beginning):
            return name
    return None


def _fits(data: bytes) -> bool:
    """Whether a frame begins here, whatever its length counts."""
    lacking = [bytes_lacking(data, unit) for unit in LengthUnit]
    if 0 in lacking:
        return True
    return any(lacking) and not _ends(data.partition(DELIMITER)[2])


def _ends(body: bytes) -> bool:
    """Whether a body that lacks bytes is complete JSON before its end."""
    try:
        _DECODER.raw_decode(body.decode("utf-8", "replace").lstrip())
    except (ValueError, RecursionError):
        return False
    return True
