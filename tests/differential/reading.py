"""Our decoder, driven as Nest drives its own: an error drops what is buffered."""

from __future__ import annotations

import functools
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from protocol import (
    BufferLimitError,
    CorruptedLengthError,
    Frame,
    FrameDecoder,
    FramingError,
    InvalidJsonError,
    NestVersion,
    SplitCharacterError,
    UnknownPacketError,
    loads,
    parse_packet,
    truthy,
    whole_body,
)
from tests.differential.comparison import BATCH
from tests.differential.spelling import spell

if TYPE_CHECKING:
    from tests.differential.streams import Stream

Event: TypeAlias = list[object]

LONGEST = 2**53
"""Code units above which two lengths are the same to a reader: for ever."""

_KINDS = {
    CorruptedLengthError: "length",
    SplitCharacterError: "json",  # Nest cuts the character, and its JSON with it
    BufferLimitError: "limit",
    InvalidJsonError: "json",
}


def read_stream(stream: Stream, version: str) -> dict[str, Any]:
    """Return what ``readStream`` of ``nest/oracle.mjs`` returns."""
    return _read_stream(stream, _limit(stream, version))


def _limit(stream: Stream, version: str) -> int | None:
    """Return the limit that a reader of a version has; Nest 10 has none."""
    default = NestVersion.of(version).max_units
    return default if default is None or stream.limit is None else stream.limit


@functools.lru_cache(maxsize=2 * BATCH)
def _read_stream(stream: Stream, max_units: int | None) -> dict[str, Any]:
    decoder = FrameDecoder(max_units=max_units)
    events: list[Event] = []
    errors = 0
    for number, chunk in enumerate(stream.chunks):
        seen = len(events)
        # Every other chunk by the short way for chunks that are one frame.
        body = whole_body(chunk) if number % 2 and decoder.ready else None
        if body is None:
            decoder.receive_data(chunk)
        else:
            decoder.pass_over(len(chunk))
        whole = None if body is None else Frame(body, 0, 0)
        if number % 3:  # … and most by the short way for many frames at once
            events += _read_together(decoder)
        events += _read(decoder, whole)
        errors += sum(event[0] == "error" for event in events[seen:])
        events.append(["read", errors])
    awaited = decoder.awaited_units
    return {
        "events": events,
        "units": decoder.buffered_units,
        "length": None if awaited is None else min(awaited, LONGEST),
    }


def _read(decoder: FrameDecoder, whole: Frame | None) -> list[Event]:
    events: list[Event] = []
    while True:
        try:
            frame, whole = whole or decoder.next_frame(), None
            if frame is None:
                return events
            events.append(["message", _message(frame)])
        except (FramingError, InvalidJsonError) as error:
            events.append(["error", _KINDS[type(error)]])
            decoder.reset()


def _read_together(decoder: FrameDecoder) -> list[Event]:
    events: list[Event] = []
    for body in decoder.next_bodies():
        try:
            events.append(["message", _message(Frame(body, 0, 0))])
        except InvalidJsonError as error:
            events.append(["error", _KINDS[type(error)]])
            decoder.reset()
            break
    return events


def _message(frame: Frame) -> str:
    """Return the value of a frame, and see that ``parse_packet`` reads it too.

    Raises:
        InvalidJsonError: The body is not JSON.
    """
    with suppress(UnknownPacketError):
        parse_packet(frame)
    value = loads(frame.body)
    return spell(value if truthy(value) else {})
