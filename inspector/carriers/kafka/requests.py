"""What requests say, as far as it matters: topics, partitions, offsets, groups.

Source: https://kafka.apache.org/protocol, "The Messages". Fields after the last that
matters are not read.
"""

from __future__ import annotations

import struct

import msgspec

from protocol.named_tuple import NamedTuple

from .apis import APIS, SASL_AUTHENTICATE
from .fields import Cursor, MalformedError

_HEAD = struct.Struct(">ihhih")
_NO_NAME = -1
_TOPIC_IDS = 13
"""The version of Produce and of Fetch from which on topics have identifiers."""


class Head(msgspec.Struct, gc=False):
    """What a request says of itself.

    Attributes:
        key: Which API it is of.
        version: In which version.
        number: What its response repeats.
        after: Where what it says begins, after the name of its client.
    """

    key: int
    version: int
    number: int
    after: int

    @property
    def compact(self) -> bool:
        """Whether its fields are compact."""
        api = APIS.get(self.key)
        return api is not None and self.version >= api.compact

    def cursor(self, data: bytes) -> Cursor:
        """Return what reads what it says."""
        return Cursor(data, self.after, compact=self.compact)


class Part(NamedTuple):
    """A partition in a request or a response.

    Attributes:
        topic: Of which topic.
        number: Which one.
        begin: Where its record batches begin, if it has any …
        end: … and end.
        offset: From which record on, or which is the next.
        error: What the broker objects to; 0 for nothing.
        after: The offset after the last record that there is; -1 where that is unknown.
    """

    topic: str
    number: int
    begin: int = 0
    end: int = 0
    offset: int = -1
    error: int = 0
    after: int = -1


class Topic(NamedTuple):
    """The name of a topic in a frame, by which it may be hidden."""

    begin: int
    end: int


class Produced(NamedTuple):
    """What a Produce says.

    Attributes:
        acks: Whose receipt is asked for: 0 for none.
        parts: The partitions.
        topics: Where the names of their topics are.
    """

    acks: int
    parts: list[Part]
    topics: list[Topic]


def read_head(data: bytes) -> Head:
    """Return what a request says of itself.

    Raises:
        MalformedError: It is too short.
    """
    if len(data) < _HEAD.size:
        raise MalformedError("a request without a head")
    _, key, version, number, size = _HEAD.unpack_from(data)
    after = _HEAD.size + max(size, 0)
    if after > len(data) or size < _NO_NAME:
        raise MalformedError("the name of its client does not end")
    head = Head(key, version, number, after)
    if head.compact:
        cursor = Cursor(data, after, compact=True)
        cursor.tags()
        head.after = cursor.place
    return head


def read_produce(data: bytes, head: Head) -> Produced:
    """Return what a Produce says.

    Raises:
        MalformedError: It is malformed.
    """
    cursor = head.cursor(data)
    if head.version >= 3:
        cursor.text()
    acks = cursor.int16()
    cursor.int32()
    parts: list[Part] = []
    topics: list[Topic] = []
    for _ in cursor.items():
        topic = read_topic(cursor, data, topics, by_id=head.version >= _TOPIC_IDS)
        for _ in cursor.items():
            number = cursor.int32()
            begin, end = cursor.bytes_span()
            parts.append(Part(topic, number, begin, end))
            cursor.tags()
        cursor.tags()
    return Produced(acks, parts, topics)


def read_fetch(data: bytes, head: Head) -> tuple[list[Part], list[Topic]]:
    """Return which partitions a Fetch asks for, and from which offsets on.

    Raises:
        MalformedError: It is malformed.
    """
    cursor, version = head.cursor(data), head.version
    cursor.skip(12 if version <= 14 else 8)
    cursor.skip((version >= 3) * 4 + (version >= 4) + (version >= 7) * 8)
    parts: list[Part] = []
    topics: list[Topic] = []
    for _ in cursor.items():
        topic = read_topic(cursor, data, topics, by_id=version >= _TOPIC_IDS)
        for _ in cursor.items():
            number = cursor.int32()
            cursor.skip((version >= 9) * 4)
            offset = cursor.int64()
            cursor.skip((version >= 12) * 4 + (version >= 5) * 8 + 4)
            parts.append(Part(topic, number, offset=offset))
            cursor.tags()
        cursor.tags()
    return parts, topics


def read_commit(data: bytes, head: Head) -> tuple[str, list[Part]]:
    """Return which group commits which offsets: those of the next records.

    Raises:
        MalformedError: It is malformed.
    """
    cursor, version = head.cursor(data), head.version
    group = cursor.text()
    if version >= 1:
        cursor.int32()
        cursor.text()
    if version >= 7:
        cursor.text()
    cursor.skip((2 <= version <= 4) * 8)
    parts = []
    for _ in cursor.items():
        topic = cursor.uuid() if version >= 10 else cursor.text()
        for _ in cursor.items():
            number, offset = cursor.int32(), cursor.int64()
            cursor.skip((version >= 6) * 4 + (version == 1) * 8)
            cursor.text()
            parts.append(Part(topic, number, offset=offset))
            cursor.tags()
        cursor.tags()
    return group, parts


def read_name(data: bytes, head: Head) -> str:
    """Return the first word of a request: a group, or what is looked for.

    Raises:
        MalformedError: It is malformed.
    """
    return head.cursor(data).text()


def secret_in(data: bytes, head: Head) -> tuple[int, int] | None:
    """Return where the token of a SaslAuthenticate is; None in other requests.

    Raises:
        MalformedError: It is malformed.
    """
    if head.key != SASL_AUTHENTICATE:
        return None
    return head.cursor(data).bytes_span()


def read_topic(cursor: Cursor, data: bytes, topics: list[Topic], *, by_id: bool) -> str:
    """Return the name of a topic, and learn where it is; or its identifier."""
    if by_id:
        return cursor.uuid()
    begin, end = cursor.text_span()
    topics.append(Topic(begin, end))
    return data[begin:end].decode("utf-8", "replace")
