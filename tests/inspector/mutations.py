"""Captures with damage anywhere, and what stands before the damage."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from inspector.calls.exchanges import Exchange
from inspector.pipeline import Pipeline
from inspector.views.jsonlines import exchange_line
from protocol import loads
from tests.inspector.captures import (
    pcap_bytes,
    pcapng_interface,
    pcapng_packet,
    pcapng_section,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

    from inspector.sources.records import PacketRecord
    from tests.inspector.conversation import Line

_HEADERS = 90
"""Bytes of a record in which its own header and those of the packet stand."""


class Whole(NamedTuple):
    """A capture without damage.

    Attributes:
        data: Its bytes.
        ends: Where its file header ends, and each of its records.
        said: Exchanges that are over within it, each with the record that ended it.
    """

    data: bytes
    ends: Sequence[int]
    said: Sequence[tuple[int, Line]]

    def before(self, place: int) -> list[Line]:
        """Return the exchanges that are over in front of a byte of the file."""
        return [line for number, line in self.said if self.ends[number] <= place]


def as_pcap(records: Sequence[PacketRecord]) -> Whole:
    """Return records as a pcap file."""
    sizes = [24, *(16 + len(record.data) for record in records)]
    return Whole(pcap_bytes(records), list(accumulate(sizes)), _said(records))


def as_pcapng(records: Sequence[PacketRecord]) -> Whole:
    """Return records as a pcapng file."""
    head = pcapng_section() + pcapng_interface(options=[(9, b"\x09")])
    blocks = [head, *(pcapng_packet(each.data, each.time_ns) for each in records)]
    return Whole(b"".join(blocks), list(accumulate(map(len, blocks))), _said(records))


def _said(records: Sequence[PacketRecord]) -> list[tuple[int, Line]]:
    read = 0

    def reading() -> Iterator[PacketRecord]:
        nonlocal read
        for record in records:
            read = record.number
            yield record

    return [
        (read, loads(exchange_line(item)))
        for item in Pipeline().inspect(reading())
        if isinstance(item, Exchange) and item.cause is None
    ]


class Damaged(NamedTuple):
    """A capture with damage.

    Attributes:
        data: Its bytes.
        place: Where the first byte stands that is not as it was.
    """

    data: bytes
    place: int


def damage(rng: random.Random, whole: Whole) -> Damaged:
    """Return a capture with some bytes flipped, overwritten, cut out or inserted."""
    data, first = bytearray(whole.data), len(whole.data)
    for _ in range(rng.choice([1, 1, 2, 4])):
        place = min(_place(rng, whole), len(data) - 1)
        rng.choice(_DEEDS)(rng, data, place)
        first = min(first, place)
        if not data:
            break
    return Damaged(bytes(data), first)


def _place(rng: random.Random, whole: Whole) -> int:
    """Return a place anywhere, or one in the headers of a record."""
    if rng.random() < 0.5:
        return rng.randrange(len(whole.data))
    start = rng.choice([0, *whole.ends])
    return start + rng.randrange(_HEADERS)


def _flip(rng: random.Random, data: bytearray, place: int) -> None:
    data[place] ^= 1 << rng.randrange(8)


def _overwrite(rng: random.Random, data: bytearray, place: int) -> None:
    size = rng.choice([1, 2, 4, 40])
    pattern = rng.choice([b"\x00", b"\xff", b"#", b"9"]) * size
    new = pattern if rng.random() < 0.5 else rng.randbytes(size)
    data[place : place + size] = new[: len(data) - place]


def _cut(rng: random.Random, data: bytearray, place: int) -> None:
    size = rng.choice([1, 2, 16, 300, len(data)])
    del data[place : place + size]


def _insert(rng: random.Random, data: bytearray, place: int) -> None:
    size = rng.choice([1, 2, 16, 300])
    start = rng.randrange(len(data))
    repeated = bytes(data[start : start + size])
    data[place:place] = repeated if rng.random() < 0.5 else rng.randbytes(size)


_DEEDS: list[Callable[[random.Random, bytearray, int], None]] = [
    _flip,
    _flip,
    _overwrite,
    _cut,
    _insert,
]
