r"""Whether a stream is AMQP 0-9-1, by what it begins with, or somewhere in it.

The client speaks first, with ``AMQP\0\0\9\1``; the broker answers with
``connection.start``. In the middle of a stream a method is looked for that publishes or
delivers a message, or that settles one.
"""

from __future__ import annotations

from inspector.carriers.base import Recognition, Verdict

from .methods import (
    DELIVER,
    GET_OK,
    PUBLISH,
    REJECT,
    RETURN,
    code_at,
    first_method,
    is_method,
)

_PREAMBLE = b"AMQP\0\0\x09\x01"
_START_HEAD = b"\x01\0\0\0\0"  # a method on channel 0 of less than 64 KiB
_START = b"\0\x0a\0\x0a\0\x09"  # connection.start of version 0-9
_START_PLACE = 7
_HEARTBEAT = b"\x08\0\0\0\0\0\0\xce"
_PAYLOAD = 7
_ASKS = {PUBLISH: True, REJECT: True, DELIVER: False, RETURN: False, GET_OK: False}


def recognise(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with."""
    if beginning.startswith(_PREAMBLE):
        return Recognition(asks=True)
    if _PREAMBLE.startswith(beginning):
        return Verdict.UNDECIDED
    head, start = beginning[: len(_START_HEAD)], beginning[_START_PLACE:]
    if not _START_HEAD.startswith(head):
        return Verdict.OTHER
    if start.startswith(_START):
        return Recognition(asks=False)
    return Verdict.UNDECIDED if _START.startswith(start) else Verdict.OTHER


def find(middle: bytes, *, boundary: bool = True) -> Recognition | None:
    """Find the first method of a message in the middle of a stream.

    Args:
        middle: Consecutive bytes of one side.
        boundary: Whether they begin where a captured packet did.
    """
    skipped = 0
    if boundary:
        while middle.startswith(_HEARTBEAT, skipped):
            skipped += len(_HEARTBEAT)
        fits = is_method(middle, skipped)
        if fits is not False:
            return _found(middle, skipped) if fits else None
    octet, complete = first_method(middle, 0)
    return _found(middle, octet + 1) if complete else None


def _found(data: bytes, place: int) -> Recognition:
    return Recognition(place, asks=_ASKS.get(code_at(data, place + _PAYLOAD)))
