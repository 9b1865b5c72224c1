"""The packets that a page has, and what each carried.

Those of exchanges in trouble come first, then the newest; all in the order of the
capture.
"""

from __future__ import annotations

from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING

from inspector.figures.timeline import failed
from inspector.streams.packets import PacketKind
from inspector.views.packets_view import packet_words
from protocol.named_tuple import NamedTuple

from .embedding import clipped, embedded_size

if TYPE_CHECKING:
    from inspector.journal import CapturedPacket

    from .page_limits import PageLimits
    from .tables import Json

_LONGEST = 200  # characters of what a packet carried …
_LONGEST_BYTES = 400  # … and bytes that these take in a page
_HEAD = 24  # bytes of a number and a time


class PacketRow(NamedTuple):
    """A captured packet, as a page has it.

    Attributes:
        number: The record of the capture.
        time_ns: When it was captured, nanoseconds since 1970.
        connection: The number of its connection.
        side: 0 from the client, 1 from the server.
        kind: What it is to its connection.
        bytes: Of its payload.
        answers: The data packet that it acknowledges; None for none.
        words: What it carried.
    """

    number: int
    time_ns: int
    connection: int
    side: int
    kind: str
    bytes: int
    answers: int | None
    words: str

    def members(self, first_ns: int) -> Json:
        """Return it as a list, its time after that of the first packet."""
        return [self.number, self.time_ns - first_ns, *self[2:]]


class Packets:
    """Captured packets of Nest connections, as rows of a page.

    Args:
        limits: How many there may be.

    Attributes:
        seen: How many there were.
    """

    def __init__(self, limits: PageLimits) -> None:
        self.seen = 0
        self._most, self._most_bytes = limits.packets, limits.packet_bytes
        self._troubled: deque[PacketRow] = deque(maxlen=limits.packets // 2)
        self._newest: deque[PacketRow] = deque(maxlen=limits.packets)

    def add(self, packet: CapturedPacket) -> None:
        """Take in a packet of which all is known."""
        self.seen += 1
        rows = self._troubled if _is_troubled(packet) else self._newest
        rows.append(_row(packet))

    def rows(self) -> list[PacketRow]:
        """Return the rows, in the order of the capture."""
        found, left = [], self._most_bytes
        ranked = chain(reversed(self._troubled), reversed(self._newest))
        for row in islice(ranked, self._most):
            short = row._replace(words=clipped(row.words, _LONGEST_BYTES))
            left -= _HEAD + embedded_size(list(short[2:]))
            if left < 0:
                break
            found.append(short)
        return sorted(found, key=lambda row: row.number)


def _is_troubled(packet: CapturedPacket) -> bool:
    """Whether a packet is of an exchange that failed, or shows trouble itself."""
    if packet.anomalies or packet.gap or packet.kind is PacketKind.RETRANSMISSION:
        return True
    exchanges = (share.frame.exchange for share in packet.shares)
    return any(each is not None and failed(each) for each in exchanges)


def _row(packet: CapturedPacket) -> PacketRow:
    assert packet.connection is not None
    words = "".join(word for word, _ in packet_words(packet))
    return PacketRow(
        packet.number,
        packet.time_ns,
        packet.connection.number,
        0 if packet.from_client else 1,
        packet.kind,
        len(packet.segment.payload),
        None if packet.answers is None else packet.answers.number,
        f"{words[:_LONGEST]}…" if len(words) > _LONGEST else words,
    )
