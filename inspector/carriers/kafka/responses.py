"""What responses say, as far as it matters: offsets, records, and objections.

A response does not say what it answers; its request did.

Source: https://kafka.apache.org/protocol, "The Messages". Fields after the last that
matters are not read.
"""

from __future__ import annotations

import re

from protocol.named_tuple import NamedTuple

from .apis import (
    ADD_OFFSETS,
    ADD_PARTITIONS,
    API_VERSIONS,
    CREATE_TOPICS,
    END_TXN,
    FETCH,
    FIND_COORDINATOR,
    HEARTBEAT,
    INIT_PRODUCER_ID,
    JOIN_GROUP,
    LEAVE_GROUP,
    LIST_OFFSETS,
    METADATA,
    OFFSET_COMMIT,
    SASL_AUTHENTICATE,
    SASL_HANDSHAKE,
    SYNC_GROUP,
    TXN_OFFSET_COMMIT,
)
from .fields import INT, Cursor, MalformedError
from .requests import Head, Part, Topic, read_topic

LENGTH = INT.size
_HEAD = 8  # a length, and the number of the request
_TOPIC = re.compile(rb"[A-Za-z0-9._-]{1,249}")
_UNSEEN = 11, 7, 5, 4
"""Versions of Fetch whose responses differ from those of later ones."""
_TOPIC_IDS = 13
_NEVER = 1 << 15
_PLAIN = {
    API_VERSIONS: _NEVER,
    SASL_HANDSHAKE: _NEVER,
    SASL_AUTHENTICATE: _NEVER,
    FIND_COORDINATOR: 1,
    JOIN_GROUP: 2,
    SYNC_GROUP: 1,
    HEARTBEAT: 1,
    LEAVE_GROUP: 1,
    INIT_PRODUCER_ID: 0,
    ADD_OFFSETS: 0,
    END_TXN: 0,
}
"""Responses that begin with one error → from which version on a delay precedes it."""
_COORDINATORS = 4
"""The version of FindCoordinator from which on there is one for each of several."""
_LISTED = {OFFSET_COMMIT: 3, TXN_OFFSET_COMMIT: 0, ADD_PARTITIONS: 0, LIST_OFFSETS: 2}
"""Responses with an error of each partition → the same."""
_LATEST_LISTED = {ADD_PARTITIONS: 3, OFFSET_COMMIT: 9}


class Fetched(NamedTuple):
    """What the response to a Fetch says.

    Attributes:
        error: What the broker objects to as a whole; 0 for nothing.
        parts: The partitions.
        topics: Where the names of their topics are.
    """

    error: int
    parts: list[Part]
    topics: list[Topic]


def _cursor(data: bytes, head: Head) -> Cursor:
    """Return what reads what the response to a request says."""
    compact = head.compact and head.key != API_VERSIONS
    cursor = Cursor(data, _HEAD, compact=compact)
    cursor.tags()
    return cursor


def read_produced(data: bytes, head: Head) -> tuple[list[Part], list[Topic]]:
    """Return the first offset of what was produced to each partition.

    Raises:
        MalformedError: It is malformed.
    """
    cursor, version = _cursor(data, head), head.version
    parts: list[Part] = []
    topics: list[Topic] = []
    for _ in cursor.items():
        topic = read_topic(cursor, data, topics, by_id=version >= _TOPIC_IDS)
        for _ in cursor.items():
            number, error, offset = cursor.int32(), cursor.int16(), cursor.int64()
            cursor.skip((version >= 2) * 8 + (version >= 5) * 8)
            if version >= 8:
                for _ in cursor.items():
                    cursor.int32()
                    cursor.text()
                    cursor.tags()
                cursor.text()
            cursor.tags()
            parts.append(Part(topic, number, offset=offset, error=error))
        cursor.tags()
    return parts, topics


def read_fetched(data: bytes, head: Head) -> Fetched:
    """Return what a broker hands on.

    Raises:
        MalformedError: It is malformed.
    """
    return _read_fetched(_cursor(data, head), data, head.version)


def fetch_answered(data: bytes) -> Head | None:
    """Return the head of a Fetch that was not seen, by its response alone.

    None where it may be another response. Versions that are compact are not known.
    """
    for version in _UNSEEN:
        head = Head(FETCH, version, INT.unpack_from(data, LENGTH)[0], 0)
        cursor = _cursor(data, head)
        try:
            said = _read_fetched(cursor, data, version)
        except MalformedError:
            continue
        names = [data[begin:end] for begin, end in said.topics]
        if cursor.place == len(data) and names and all(map(_TOPIC.fullmatch, names)):
            return head
    return None


def _read_fetched(cursor: Cursor, data: bytes, version: int) -> Fetched:
    cursor.skip((version >= 1) * 4)
    error = 0
    if version >= 7:
        error = cursor.int16()
        cursor.int32()
    parts: list[Part] = []
    topics: list[Topic] = []
    for _ in cursor.items():
        topic = read_topic(cursor, data, topics, by_id=version >= _TOPIC_IDS)
        parts += [_fetched(cursor, topic, version) for _ in cursor.items()]
        cursor.tags()
    return Fetched(error, parts, topics)


def _fetched(cursor: Cursor, topic: str, version: int) -> Part:
    number, error, after = cursor.int32(), cursor.int16(), cursor.int64()
    cursor.skip((version >= 4) * 8 + (version >= 5) * 8)
    if version >= 4:
        for _ in cursor.items():
            cursor.skip(16)
            cursor.tags()
    cursor.skip((version >= 11) * 4)
    begin, end = cursor.bytes_span()
    cursor.tags()
    return Part(topic, number, begin, end, error=error, after=after)


def errors_in(data: bytes, head: Head) -> list[tuple[int, str]]:
    """Return what a broker objects to, and of what; nothing that is no error.

    Of Produce and Fetch their own functions say so.

    Raises:
        MalformedError: It is malformed.
    """
    key, version = head.key, head.version
    if key == METADATA:
        found = _errors_of_topics(data, head)
    elif key == CREATE_TOPICS:
        found = _errors_of_new(data, head)
    elif key in _LISTED and version <= _LATEST_LISTED.get(key, _NEVER):
        found = _errors_of_parts(data, head)
    elif key in _PLAIN and not (key == FIND_COORDINATOR and version >= _COORDINATORS):
        cursor = _cursor(data, head)
        cursor.skip((version >= _PLAIN[key]) * 4)
        found = [(cursor.int16(), "")]
    else:
        return []
    return [each for each in found if each[0]]


def _errors_of_topics(data: bytes, head: Head) -> list[tuple[int, str]]:
    """Return what Metadata says of each topic."""
    cursor, version = _cursor(data, head), head.version
    cursor.skip((version >= 3) * 4)
    for _ in cursor.items():
        cursor.int32()
        cursor.text()
        cursor.int32()
        if version >= 1:
            cursor.text()
        cursor.tags()
    if version >= 2:
        cursor.text()
    cursor.skip((version >= 1) * 4)
    found = []
    for _ in cursor.items():
        error, topic = cursor.int16(), cursor.text()
        cursor.skip((version >= 10) * 16 + (version >= 1))
        for _ in cursor.items():
            cursor.skip(2 + 4 + 4 + (version >= 7) * 4)
            for _ in range(2 + (version >= 5)):
                for _ in cursor.items():
                    cursor.int32()
            cursor.tags()
        cursor.skip((version >= 8) * 4)
        cursor.tags()
        found.append((error, topic))
    return found


def _errors_of_new(data: bytes, head: Head) -> list[tuple[int, str]]:
    """Return what CreateTopics says of the first topic: a longer list has lists."""
    cursor, version = _cursor(data, head), head.version
    cursor.skip((version >= 2) * 4)
    for _ in cursor.items():
        topic = cursor.text()
        cursor.skip((version >= 7) * 16)
        return [(cursor.int16(), topic)]
    return []


def _errors_of_parts(data: bytes, head: Head) -> list[tuple[int, str]]:
    """Return what is said of each partition."""
    cursor, version = _cursor(data, head), head.version
    cursor.skip((version >= _LISTED[head.key]) * 4)
    found = []
    for _ in cursor.items():
        topic = cursor.text()
        for _ in cursor.items():
            number, error = cursor.int32(), cursor.int16()
            if head.key == LIST_OFFSETS:
                _skip_listed(cursor, version)
            cursor.tags()
            found.append((error, f"{topic}-{number}"))
        cursor.tags()
    return found


def _skip_listed(cursor: Cursor, version: int) -> None:
    """Pass over the offsets of a partition."""
    if version >= 1:
        cursor.skip(16 + (version >= 4) * 4)
        return
    for _ in cursor.items():
        cursor.int64()
