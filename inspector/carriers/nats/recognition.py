"""Whether a stream is NATS, by what it begins with, or somewhere in it.

The server speaks first, with ``INFO {``; the client's first line is ``CONNECT {``. In
the middle of a stream an operation is looked for: ``PUB`` or ``SUB`` is said by a
client, ``MSG`` by a server.
"""

from __future__ import annotations

from inspector.carriers.base import Recognition, Verdict
from protocol.lazy_regex import lazy_regex

from .lines import first_operation

_GREETING = lazy_regex(rb"(?i:(connect)|info)[ \t]*\{")
_VERBS = (b"CONNECT", b"INFO")
_BLANKS = b" \t"
_FAR = 64  # blanks before the brace


def recognise(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with."""
    greeting = _GREETING.match(beginning)
    if greeting:
        return Recognition(asks=greeting[1] is not None)
    head = beginning[:_FAR].upper().rstrip(_BLANKS)
    if len(beginning) < _FAR and any(verb.startswith(head) for verb in _VERBS):
        return Verdict.UNDECIDED
    return Verdict.OTHER


def find(middle: bytes, *, boundary: bool = True) -> Recognition | None:
    """Find the first operation in the middle of a stream.

    Args:
        middle: Consecutive bytes of one side.
        boundary: Whether they begin where a captured packet did.
    """
    place = first_operation(middle, boundary=boundary)
    return None if place < 0 else Recognition(place, asks=_asks(middle, place))


def _asks(data: bytes, place: int) -> bool | None:
    """Whether who says an operation is a client; None between servers."""
    verb = data[place : place + 4].upper()
    if verb.startswith((b"PUB", b"HPUB", b"SUB", b"UNSU")):
        return True
    return False if verb.startswith((b"MSG", b"HMSG")) else None
