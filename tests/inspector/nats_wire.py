"""What is in a capture of NATS, read without the inspector.

A reader of its own, for complete captures of the loopback interface alone: no packet is
missing, and none is fragmented. It knows the sequence numbers of TCP and the verbs of
NATS, and nothing of Nest.
"""

from __future__ import annotations

import gzip
import struct
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ETHERNET, _FILE, _RECORD = 14, 24, 16  # bytes of headers
_FIN, _SYN, _RST = 1, 2, 4


class Op(NamedTuple):
    """An operation of NATS.

    Attributes:
        verb: In capitals, as ``PUB`` or ``-ERR``.
        words: What follows on its line.
        payload: What follows the line, with the headers of HPUB and HMSG; None if the
            stream ended before it did.
    """

    verb: str
    words: list[str]
    payload: bytes | None = b""

    @property
    def subject(self) -> str:
        """What it is about; one name for all inboxes, as in the manifests."""
        return "_INBOX" if self.words[0].startswith("_INBOX.") else self.words[0]

    @property
    def body(self) -> bytes:
        """The payload without headers."""
        return (self.payload or b"")[self._size :]

    @property
    def headers(self) -> dict[str, list[str]] | None:
        """Each header with its values; None if the verb has none."""
        if not self._size:
            return None
        found: dict[str, list[str]] = defaultdict(list)
        text = (self.payload or b"")[: self._size].decode()
        for line in text.splitlines()[1:-1]:
            name, _, value = line.partition(":")
            found[name].append(value.strip())
        return dict(found)

    @property
    def _size(self) -> int:
        return int(self.words[-2]) if self.verb[0] == "H" else 0


class Wire:
    """The connections of a capture.

    Attributes:
        streams: (port of the sender, port of the receiver) → what it sent.
        opened: The same pairs that a SYN came from.
        ended: The same pairs that a FIN or RST came from.
        packets: The Unix time in seconds and the data of each packet that has any.
    """

    def __init__(self, capture: Path) -> None:
        self.opened: set[tuple[int, int]] = set()
        self.ended: set[tuple[int, int]] = set()
        pieces: dict[tuple[int, int], list[tuple[int, bytes]]] = defaultdict(list)
        self.packets: list[tuple[float, bytes]] = []
        for time, packet in _packets(capture):
            pair, sequence, flags, data = _segment(packet)
            if flags & _SYN:
                self.opened.add(pair)
            if flags & (_FIN | _RST):
                self.ended.add(pair)
            if data:
                pieces[pair].append((sequence, data))
                self.packets.append((time, data))
        self.streams = {pair: _joined(each) for pair, each in pieces.items()}

    def sent_by(self, *ports: int) -> list[Op]:
        """Return what some clients sent, connection by connection."""
        return [op for pair in self._pairs(0, ports) for op in _ops(self.streams[pair])]

    def sent_to(self, *ports: int) -> list[Op]:
        """Return what some clients were sent, connection by connection."""
        return [op for pair in self._pairs(1, ports) for op in _ops(self.streams[pair])]

    def _pairs(self, side: int, ports: tuple[int, ...]) -> list[tuple[int, int]]:
        return [pair for port in ports for pair in self.streams if pair[side] == port]


def _packets(capture: Path) -> Iterator[tuple[float, bytes]]:
    data = capture.read_bytes()
    if capture.suffix == ".gz":
        data = gzip.decompress(data)
    at = _FILE
    while at < len(data):
        seconds, microseconds, size = struct.unpack_from("<III", data, at)
        record = data[at + _RECORD : at + _RECORD + size]
        yield seconds + microseconds / 1_000_000, record
        at += _RECORD + size


def _segment(packet: bytes) -> tuple[tuple[int, int], int, int, bytes]:
    """Return the ports, sequence number, flags and data of a packet."""
    tcp = _ETHERNET + (packet[_ETHERNET] & 15) * 4
    (whole,) = struct.unpack_from("!H", packet, _ETHERNET + 2)
    source, target, sequence = struct.unpack_from("!HHI", packet, tcp)
    data = packet[tcp + (packet[tcp + 12] >> 4) * 4 : _ETHERNET + whole]
    return (source, target), sequence, packet[tcp + 13], data


def _joined(pieces: list[tuple[int, bytes]]) -> bytes:
    """Return a stream, with what was sent again or as a probe only once."""
    joined, begin = bytearray(), pieces[0][0]
    for sequence, data in pieces:
        at = (sequence - begin) % 2**32
        joined[at : at + len(data)] = data
    return bytes(joined)


def _ops(stream: bytes) -> Iterator[Op]:
    at = 0
    while (end := stream.find(b"\r\n", at)) >= 0:
        verb, *words = stream[at:end].decode().split()
        at = end + 2
        if verb not in {"PUB", "HPUB", "MSG", "HMSG"}:
            yield Op(verb, words)
            continue
        size = int(words[-1])
        whole = at + size + 2 <= len(stream)
        yield Op(verb, words, stream[at : at + size] if whole else None)
        at += size + 2
