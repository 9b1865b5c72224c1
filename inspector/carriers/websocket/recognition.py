"""Whether a stream is WebSocket or Engine.IO, and where in one a message begins.

A beginning shows it by its request: ``Upgrade: websocket``, or ``EIO=4`` in its query.
Subprotocols that have messages of their own, as GraphQL and STOMP do, are none of it,
nor is Pusher.
In the middle of a stream only what cannot be chance does: a request of Engine.IO, or a
frame, unmasked if it has a mask, whose text begins as those of Nest do and behind which
another frame begins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.foreign import PUSHER, name_protocol
from inspector.carriers.web.frames import (
    NAMES,
    FrameHead,
    MalformedFrameError,
    read_frame_head,
    unmasked,
)
from inspector.carriers.web.heads import END, LONGEST, Head, read_head
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

REACH = 1_024
"""Bytes within which a request line must have ended, or a frame shown its beginning."""
REVISION = "4"
"""The revision of Engine.IO that is read."""
_METHODS = (b"GET ", b"POST ", b"OPTIONS ")
_PARAMETER = b"EIO=4"
_ANSWERS = (b"HTTP/1.1 101 ", b"HTTP/1.1 200 ")
_LINE = lazy_regex(rb"[A-Z]++ \S*+ HTTP/1\.1\r?")
_ENGINE = lazy_regex(rb"[?&]EIO=([0-9]+)(?:[&\s]|\Z)")
_OPEN = b'0{"sid"'
_PLAIN_TEXT = b'{"event":'
_ENVELOPE = lazy_regex(
    rb'\{"event":\s*(?!"pusher(?:_internal)?:|"[^"]*"\s*,\s*"channel")'
)
"""What an event of Nest's may begin with, and none of Pusher's."""
_PACKET = lazy_regex(
    rb'4(?:[25](?:[1-9][0-9]?-)?(?:/[^,"]{0,99},)?[0-9]{0,9}\["'
    rb"|[36](?:[1-9][0-9]?-)?(?:/[^,\"]{0,99},)?[0-9]{1,9}\[)"
)
_SHOWN = 128  # bytes of a text that are looked at
_LEAST = 4  # … and have to be there
_PACKETS = 8  # of a payload that are looked at


def recognise(beginning: bytes, *, engine: bool) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with.

    Args:
        beginning: Those bytes.
        engine: Whether Engine.IO is looked for; else WebSocket without it.
    """
    if any(_begins(beginning, each) for each in _METHODS):
        return _judge_request(beginning, engine=engine)
    if any(_begins(beginning, each) for each in _ANSWERS):
        return _judge_response(beginning, engine=engine)
    return Verdict.OTHER


def _begins(beginning: bytes, word: bytes) -> bool:
    """Whether a stream begins with a word, as far as it goes."""
    return beginning.startswith(word) or word.startswith(beginning)


def _judge_request(beginning: bytes, *, engine: bool) -> Recognition | Verdict:
    line, end, _ = beginning.partition(b"\n")
    if not end:
        return Verdict.UNDECIDED if len(line) < LONGEST else Verdict.OTHER
    if _LINE.fullmatch(line) is None:
        return Verdict.OTHER
    revision = _ENGINE.search(line)
    if revision is not None or engine:
        ours = revision is not None and revision[1].decode() == REVISION
        return Recognition(asks=True) if ours and engine else Verdict.OTHER
    head = _head(beginning)
    if head is None:
        open_still = END not in beginning and len(beginning) < LONGEST
        upgrade = beginning.startswith(b"G")
        return Verdict.UNDECIDED if open_still and upgrade else Verdict.OTHER
    ours = head.upgrades and not head.foreign
    ours = ours and name_protocol(line) != PUSHER
    return Recognition(asks=True) if ours else Verdict.OTHER


def _judge_response(beginning: bytes, *, engine: bool) -> Recognition | Verdict:
    """Judge a response by what the gateway says first behind its head."""
    head = _head(beginning)
    if head is None:
        open_still = END not in beginning and len(beginning) < LONGEST
        return Verdict.UNDECIDED if open_still else Verdict.OTHER
    bare = head.status == 200 and not head.upgrades and not engine  # noqa: PLR2004
    if head.foreign or bare:
        return Verdict.OTHER
    rest = beginning[len(head.data) :]
    text, complete = _first_text(rest) if head.upgrades else (rest, bool(rest))
    if not head.upgrades and _is_payload(text):
        return Recognition(asks=False)
    shown = text[: len(_OPEN)]
    if _OPEN.startswith(shown) and len(shown) < len(_OPEN):
        return Verdict.OTHER if complete and head.upgrades else Verdict.UNDECIDED
    opens = shown == _OPEN
    if not head.upgrades:
        return Recognition(asks=False) if opens else Verdict.OTHER
    return Recognition(asks=False) if opens == engine else Verdict.OTHER


def _is_payload(text: bytes) -> bool:
    """Whether one of the first packets of a payload is an event or an answer."""
    return any(map(_PACKET.match, text.split(b"\x1e", _PACKETS)[:_PACKETS]))


def _first_text(rest: bytes) -> tuple[bytes, bool]:
    """Return the payload of the first frame as far as it is there, and if it all is."""
    try:
        head = read_frame_head(rest)
    except MalformedFrameError:
        return b"\x00" * len(_OPEN), True
    if head is None:
        return b"", False
    text = rest[head.size : head.size + head.length]
    if len(text) == head.length:  # shorter than an opening: it is none
        text = text.ljust(len(_OPEN), b"\x00")
    return text, False


def _head(beginning: bytes) -> Head | None:
    place = beginning.find(END)
    return None if place < 0 else read_head(beginning[: place + len(END)], 0)


def find(middle: bytes, *, boundary: bool, engine: bool) -> Recognition | None:
    """Find the first message in the middle of a stream.

    Args:
        middle: Consecutive bytes of one side.
        boundary: Whether they begin where a captured packet did.
        engine: Whether Engine.IO is looked for; else WebSocket without it.
    """
    found = _find_frame(middle, engine=engine)
    if not engine:
        return found
    polled = _find_polled(middle, boundary=boundary)
    if found is None or polled is None:
        return found or polled
    return min(found, polled)


def _find_polled(middle: bytes, *, boundary: bool) -> Recognition | None:
    """Find a request of Engine.IO, or a response that a payload of it follows."""
    place = middle.find(_PARAMETER)
    while place >= 0:
        begin = max(place - REACH, 0)
        begin = max(begin, middle.rfind(b"\n", begin, place) + 1)
        for method in _METHODS:  # a body of any bytes may come before it
            begin = max(begin, middle.rfind(method, begin, place))
        end = middle.find(b"\n", place, place + REACH)
        line = middle[begin : end if end >= 0 else place]  # not all that there is
        if line.startswith(_METHODS) and _LINE.fullmatch(line):
            return Recognition(begin, asks=True)
        place = middle.find(_PARAMETER, place + 1)
    head = _head(middle) if boundary and middle.startswith(_ANSWERS) else None
    text = b"" if head is None else middle[len(head.data) :]
    shown = text.startswith(_OPEN) or _is_payload(text)
    return Recognition(asks=False) if shown else None


def _find_frame(middle: bytes, *, engine: bool) -> Recognition | None:
    for place, masked in sorted(_candidates(middle, engine=engine)):
        head = _head_at(middle, place)
        if head is None or bool(head.mask) is not masked:
            continue
        begin = place + head.size
        shown = middle[begin : begin + min(head.length, _SHOWN)]
        text = unmasked(shown, head.mask)
        if _is_ours(text, engine=engine) and _chains(middle, begin + head.length):
            return Recognition(place, asks=masked)
    return None


def _candidates(middle: bytes, *, engine: bool) -> Iterator[tuple[int, bool]]:
    """Yield where a frame may begin, and whether it has a mask then.

    The exclusive or of bytes with those four places on is, from a mask on, the first
    four bytes of the text and then each of them with the one four places after it: so
    what a text begins with is looked for as if there were no mask.
    """
    shown, veiled = (_MESSAGE, _MESSAGE) if engine else (_PLAIN, _VEILED)
    moved = int.from_bytes(middle[_MASK:], "little")
    bare = int.from_bytes(middle, "little") ^ moved
    texts = (middle, shown, 0), (bare.to_bytes(len(middle), "little"), veiled, _MASK)
    for text, pattern, mask in texts:
        for found in pattern.finditer(text):
            for size in _SIZES:
                place = found.start() - size
                if place >= 0 and middle[place] in _FIRST:
                    yield place, bool(mask)


def _veiled(text: bytes) -> bytes:
    """Return what the beginning of a text is once it is taken with itself so."""
    return text[:_MASK] + bytes(
        one ^ other for one, other in zip(text, text[_MASK:], strict=False)
    )


_FIRST = {0x81, 0x01}  # a text, or the first fragment of one
_MASK = 4
_SIZES = (2, 4, 10)  # of the head of a frame without its mask
_PLAIN = lazy_regex(re.escape(_PLAIN_TEXT))
_VEILED = lazy_regex(re.escape(_veiled(_PLAIN_TEXT)))
_MESSAGE = lazy_regex(rb"4[2356]")  # the same with a mask


def _head_at(data: bytes, place: int) -> FrameHead | None:
    try:
        return read_frame_head(data, place)
    except MalformedFrameError:
        return None


def _is_ours(text: bytes, *, engine: bool) -> bool:
    """Whether the text of a frame begins as those of Nest do."""
    if engine:
        return len(text) >= _LEAST and _PACKET.match(text) is not None
    return _ENVELOPE.match(text) is not None


def _chains(data: bytes, place: int) -> bool:
    """Whether a frame may begin at a place, as far as the bytes go."""
    if place >= len(data):
        return True
    if data[place] & 0x0F not in NAMES or data[place] & 0x30:
        return False
    try:
        read_frame_head(data, place)
    except MalformedFrameError:
        return False
    return True
