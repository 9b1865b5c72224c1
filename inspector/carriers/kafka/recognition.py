"""Whether a stream is Kafka's, by what it begins with, or somewhere in it.

A client speaks first: a request has a length, the key and version of an API that there
is, a number, and what the client is called. A response begins with a length and that
number, and does not say what it answers: one is known by the topic that a response to
Produce or Fetch names, or where one frame is all that a captured packet has.
"""

from __future__ import annotations

import re
import struct

from inspector.carriers.base import Recognition, Verdict

from .apis import API_VERSIONS, APIS, METADATA, PRODUCE, SASL_HANDSHAKE
from .reading import LENGTH, MAX_FRAME
from .searching import first_response

_HEAD = struct.Struct(">ihhih")
_ANSWER = struct.Struct(">ii")
_SHORT = struct.Struct(">ihhi")
REACH = 320
"""Bytes at which it shows whether a frame begins: numbers and one name of a topic."""
_MOST_NAME = 255  # bytes of what a client is called
_BYTE = 8
_FIRST = (API_VERSIONS, METADATA, SASL_HANDSHAKE)
_MOST_FIRST = MAX_FRAME >> 24
"""The first byte of a length at most."""
_NAME = re.compile(rb"[\x20-\x7e\x80-\xff]*")
_REQUEST = re.compile(rb"\x00...\x00[\x00-\x4b]\x00[\x00-\x12]", re.DOTALL)


def recognise(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with.

    Clients ask first which versions there are, or hand a token over; on a connection
    beside another of theirs they begin with what that is for.
    """
    if len(beginning) < _HEAD.size:
        return _judge_start(beginning)
    length, key, version, number, size = _HEAD.unpack_from(beginning)
    if not _may_be(length, key, version) or number < 0:
        return Verdict.OTHER
    least = -1 if key in _FIRST else 1
    if not least <= size <= min(_MOST_NAME, length - _HEAD.size + LENGTH):
        return Verdict.OTHER
    name = beginning[_HEAD.size : _HEAD.size + max(size, 0)]
    if not _NAME.fullmatch(name):
        return Verdict.OTHER
    return Verdict.UNDECIDED if len(name) < size else Recognition(asks=True)


def _judge_start(beginning: bytes) -> Verdict:
    """Judge what is less than the head of a request."""
    numbers = beginning.ljust(_HEAD.size, b"\x00")
    length, key, version, number, size = _HEAD.unpack(numbers)
    known = key in APIS and version <= APIS[key].latest
    possible = known and number >= 0 and size >> _BYTE in {0, -1}
    whole = len(beginning) >= LENGTH and length < _HEAD.size - LENGTH
    if length < 0 or length >> 24 > _MOST_FIRST or whole or not possible:
        return Verdict.OTHER
    return Verdict.UNDECIDED


def find(middle: bytes, *, boundary: bool = True) -> Recognition | None:
    """Find the first frame in the middle of a stream.

    Args:
        middle: Consecutive bytes of one side.
        boundary: Whether they begin where a captured packet did.
    """
    asked, answered = first_request(middle, 0), first_response(middle, 0)
    if boundary and asked and answered and is_answer(middle):
        return Recognition(0, asks=False)
    if answered < 0 or 0 <= asked < _end_of(middle, answered):
        return None if asked < 0 else Recognition(asked, asks=True)
    return Recognition(answered, asks=False)


def _end_of(data: bytes, place: int) -> int:
    """Return where the frame ends that begins at a place: no other begins in it."""
    length: int = _ANSWER.unpack_from(data, place)[0]
    return place + LENGTH + length


def is_answer(data: bytes) -> bool:
    """Whether some bytes are one response, by its length alone, and nothing else."""
    if len(data) < _ANSWER.size:
        return False
    length, number = _ANSWER.unpack_from(data)
    return bool(length == len(data) - LENGTH and number >= 0)


def first_request(data: bytes, place: int) -> int:
    """Return where the first request begins from a place on; -1 for nowhere."""
    while found := _REQUEST.search(data, place):
        place = found.start()
        if begins_request(data, place):
            return place
        place += 1
    return -1


def begins_request(data: bytes, place: int = 0) -> bool:
    """Whether a request begins at a place, by what it says of itself."""
    if len(data) - place < _HEAD.size:
        return False
    length, key, version, number, size = _HEAD.unpack_from(data, place)
    if not (_may_be(length, key, version) and number >= 0):
        return False
    begin = place + _HEAD.size
    if not 0 < size <= min(_MOST_NAME, length - 10):
        return False
    name = data[begin : begin + size]
    if len(name) != size or not _NAME.fullmatch(name):
        return False
    return key != PRODUCE or not _answers_produce(data, begin + size)


def _answers_produce(data: bytes, place: int) -> bool:
    """Whether what looks like the head of a Produce is a response to one.

    To one of the first of a connection that has the same numbers, and its topic where a
    request has the name of its client. After that a request has a transaction, which is
    null or has a name, and a response the number of its partitions.
    """
    return data[place : place + 2] == b"\0\0"


def _may_be(length: int, key: int, version: int) -> bool:
    """Whether there is such a request."""
    api = APIS.get(key)
    known = api is not None and 0 <= version <= api.latest
    return known and _HEAD.size - LENGTH <= length <= MAX_FRAME


def may_be_request(data: bytes, place: int = 0) -> bool:
    """Whether a request may begin at a place: what it says there, there may be."""
    if len(data) - place < _SHORT.size:
        return False
    length, key, version, number = _SHORT.unpack_from(data, place)
    return _may_be(length, key, version) and number >= 0
