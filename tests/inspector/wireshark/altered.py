"""Captures as other networks, and worse captures, would have them.

Records are of Ethernet, IPv4 and TCP, as those in ``captures`` over loopback are.
"""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from inspector.sources.files import read_capture
from tests.inspector.captures import pcap_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from inspector.sources.records import PacketRecord

_IP = 14


class _Tcp(NamedTuple):
    """Where the TCP header of a record begins, and where its payload does."""

    begin: int
    payload: int


def _tcp(data: bytes) -> _Tcp | None:
    if data[12:14] != b"\x08\x00" or data[_IP + 9] != 6:
        return None
    begin = _IP + (data[_IP] & 0x0F) * 4
    return _Tcp(begin, begin + (data[begin + 12] >> 4) * 4)


def divided(record: PacketRecord, place: int) -> Iterator[PacketRecord]:
    """Yield a record in two segments, the first of which has so many bytes."""
    tcp = _tcp(record.data)
    if tcp is None or not 0 < place < len(record.data) - tcp.payload:
        yield record
        return
    head, data = record.data[: tcp.payload], record.data[tcp.payload :]
    for begin, part in ((0, data[:place]), (place, data[place:])):
        whole = bytearray(head + part)
        struct.pack_into(">H", whole, _IP + 2, len(whole) - _IP)
        (seq,) = struct.unpack_from(">I", head, tcp.begin + 4)
        struct.pack_into(">I", whole, tcp.begin + 4, (seq + begin) % 2**32)
        yield replace(record, data=bytes(whole), length=len(whole))


def in_pieces(records: list[PacketRecord]) -> Iterator[PacketRecord]:
    """Yield every segment in two, at any place; some twice."""
    chance = random.Random(11)  # noqa: S311 — not a secret
    for record in records:
        parts = list(divided(record, chance.randrange(1, 60)))
        yield from parts
        if chance.randrange(5) == 0:
            yield parts[-1]


def without_a_beginning(records: list[PacketRecord]) -> Iterator[PacketRecord]:
    """Yield what comes after the first third."""
    yield from records[len(records) // 3 :]


def with_losses(records: list[PacketRecord]) -> Iterator[PacketRecord]:
    """Yield all but four records, after the first quarter."""
    chance = random.Random(5)  # noqa: S311 — not a secret
    lost = set(chance.sample(range(len(records) // 4, len(records)), 4))
    yield from (each for place, each in enumerate(records) if place not in lost)


def with_wrong_bytes(records: list[PacketRecord]) -> Iterator[PacketRecord]:
    """Yield records of whose payload some bytes are others."""
    chance = random.Random(7)  # noqa: S311 — not a secret
    for record in records:
        tcp, data = _tcp(record.data), bytearray(record.data)
        room = len(data) - tcp.payload if tcp else 0
        for _ in range(chance.choice((0, 0, 0, 0, 0, 1, 9)) if room else 0):
            assert tcp is not None
            data[tcp.payload + chance.randrange(room)] = chance.randrange(256)
        yield replace(record, data=bytes(data))


def altered(
    capture: Path,
    alter: Callable[[list[PacketRecord]], Iterable[PacketRecord]],
    folder: Path,
) -> Path:
    """Write a capture in another way, and return its path."""
    records = [each for each in read_capture(str(capture)) if _tcp(each.data)]
    target = folder / f"{alter.__name__}-{capture.name.partition('.')[0]}.pcap"
    target.write_bytes(pcap_bytes(alter(records)))
    return target
