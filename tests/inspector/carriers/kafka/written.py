"""What clients and brokers write, frame by frame, in versions that kafkajs speaks.

Written by the protocol's own description, not by what the reader does.
"""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

from inspector.carriers.kafka.batches import checksum
from inspector.carriers.kafka.talk import KafkaTalk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from inspector.carriers.base import Side, Unit

CLIENT, BROKER = 0, 1
TOPIC, GROUP = "sum", "workers"
ID = "5d0c"
ASKS = {
    "kafka_correlationId": ID,
    "kafka_replyTopic": "sum.reply",
    "kafka_replyPartition": "0",
}
"""Headers of a request."""
ANSWERS = {"kafka_correlationId": ID, "kafka_nest-is-disposed": "\0"}
"""Headers of its only reply."""


def varint(number: int) -> bytes:
    """Return a signed varint."""
    left = (number << 1) ^ (number >> 63)
    said = bytearray()
    while left > 0x7F:
        said.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([*said, left])


def part(value: bytes | None) -> bytes:
    """Return a key, a value or a name in a record."""
    return varint(-1) if value is None else varint(len(value)) + value


def record(
    value: bytes | str | None,
    headers: Mapping[str, str | bytes] | None = None,
    *,
    delta: int = 0,
    key: bytes | None = None,
) -> bytes:
    """Return a record; ``delta`` is which one of its batch it is."""
    value = value.encode() if isinstance(value, str) else value
    said = b"\0" + varint(0) + varint(delta) + part(key) + part(value)
    said += varint(len(headers or {}))
    for name, each in (headers or {}).items():
        said += part(name.encode())
        said += part(each.encode() if isinstance(each, str) else each)
    return varint(len(said)) + said


def batch(
    *records: bytes, first: int = 0, attributes: int = 0, data: bytes | None = None
) -> bytes:
    """Return a batch; ``data`` stands for its records, compressed."""
    held = b"".join(records) if data is None else data
    count = len(records)
    after = struct.pack(">hiqqqhii", attributes, count - 1, 0, 0, -1, -1, -1, count)
    after += held
    crc = struct.pack(">I", checksum(after))
    rest = struct.pack(">ib", 0, 2) + crc + after
    return struct.pack(">qi", first, len(rest)) + rest


def zipped(*records: bytes, first: int = 0) -> bytes:
    """Return a batch whose records are compressed by gzip."""
    data = gzip.compress(b"".join(records), mtime=0)
    return batch(*records, first=first, attributes=1, data=data)


def text(words: str | None) -> bytes:
    """Return a string."""
    if words is None:
        return struct.pack(">h", -1)
    return struct.pack(">h", len(words.encode())) + words.encode()


def framed(said: bytes) -> bytes:
    """Return a frame."""
    return struct.pack(">i", len(said)) + said


def request(
    key: int, version: int, number: int, said: bytes = b"", client: str | None = "peer"
) -> bytes:
    """Return a request."""
    return framed(struct.pack(">hhi", key, version, number) + text(client) + said)


def response(number: int, said: bytes = b"") -> bytes:
    """Return a response."""
    return framed(struct.pack(">i", number) + said)


def listed(items: Iterable[bytes]) -> bytes:
    """Return a list."""
    known = list(items)
    return struct.pack(">i", len(known)) + b"".join(known)


def placed(topic: str, said: bytes) -> bytes:
    """Return a list of one topic, with one partition, of which something is said."""
    return listed([text(topic) + listed([said])])


def produce(
    number: int, topic: str, batches: bytes, *, partition: int = 0, acks: int = -1
) -> bytes:
    """Return a Produce of version 7."""
    said = text(None) + struct.pack(">hi", acks, 30_000)
    place = struct.pack(">ii", partition, len(batches)) + batches
    return request(0, 7, number, said + placed(topic, place))


def produced(
    number: int, topic: str, offset: int = 0, *, partition: int = 0, error: int = 0
) -> bytes:
    """Return the response to one."""
    place = struct.pack(">ihqqq", partition, error, offset, -1, 0)
    return response(number, placed(topic, place) + struct.pack(">i", 0))


def fetch(number: int, topic: str, offset: int = 0, *, partition: int = 0) -> bytes:
    """Return a Fetch of version 11."""
    said = struct.pack(">iiiibii", -1, 5_000, 1, 1 << 20, 1, 0, -1)
    place = struct.pack(">iiqqi", partition, -1, offset, -1, 1 << 20)
    return request(1, 11, number, said + placed(topic, place) + listed([]) + text(""))


def fetched(  # noqa: PLR0913 — what a partition has
    number: int,
    topic: str,
    batches: bytes = b"",
    *,
    partition: int = 0,
    error: int = 0,
    after: int = 0,
) -> bytes:
    """Return the response to one; ``after`` is the offset after the last record."""
    place = struct.pack(">ihqqqiii", partition, error, after, after, 0, -1, -1, 0)
    place = place[:-4] + struct.pack(">i", len(batches)) + batches
    return response(number, struct.pack(">ihi", 0, 0, 0) + placed(topic, place))


def commit(
    number: int, topic: str, offset: int, *, group: str = GROUP, partition: int = 0
) -> bytes:
    """Return an OffsetCommit of version 5; the offset is that of the next record."""
    said = text(group) + struct.pack(">i", 1) + text("member")
    place = struct.pack(">iq", partition, offset) + text("")
    return request(8, 5, number, said + placed(topic, place))


def committed(number: int, topic: str, error: int = 0) -> bytes:
    """Return the response to one."""
    said = struct.pack(">i", 0) + placed(topic, struct.pack(">ih", 0, error))
    return response(number, said)


def versions(number: int = 0) -> tuple[bytes, bytes]:
    """Return what a client begins with, and the answer."""
    said = struct.pack(">hi", 0, 1) + struct.pack(">hhh", 0, 0, 7)
    return request(18, 0, number), response(number, said)


def heartbeat(number: int, group: str = GROUP, error: int = 0) -> tuple[bytes, bytes]:
    """Return a sign of life of version 3, and the answer."""
    said = text(group) + struct.pack(">i", 1) + text("member") + text(None)
    return request(12, 3, number, said), response(number, struct.pack(">ih", 0, error))


def joined(number: int, group: str = GROUP) -> tuple[bytes, bytes]:
    """Return a SyncGroup of version 3, and the answer, with partitions."""
    said = text(group) + struct.pack(">i", 1) + text("member") + text(None) + listed([])
    answer = struct.pack(">ihi", 0, 0, 4) + b"have"
    return request(14, 3, number, said), response(number, answer)


def read(*turns: tuple[Side, bytes]) -> list[Unit]:
    """Return what both sides of one connection say."""
    talk = KafkaTalk(None)
    units: list[Unit] = []
    for side, data in turns:
        units += talk.receive(side, data, 0)
    return units
