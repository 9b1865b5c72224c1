"""What the records of one connection become: items of its stream, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.streams.items import Alarm, Chunk, Gap, Handshake, Unread

from .plaintext import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.streams.connections import Direction
    from inspector.streams.items import StreamItem
    from inspector.streams.packets import DataPacket

    from .protection import Opened
    from .records import Record


class Output:
    """Collects what some bytes become.

    What several records of one packet carry is one chunk, as it was one packet.
    """

    def __init__(self) -> None:
        self._items: list[StreamItem] = []
        self._plain: list[tuple[Direction, DataPacket, list[bytes]]] = []
        self._said: list[str] = []  # of a handshake that goes on
        self._by: dict[int, DataPacket] = {}
        self._sayer: Direction | None = None

    def data(self, direction: Direction, opened: Opened, record: Record) -> None:
        """Add what a record carries."""
        self._end_handshake()
        pieces = split(opened.data, opened.begin, record.parts)
        for packet, data in pieces:
            last = self._plain[-1] if self._plain else None
            if last is not None and last[1] is packet:
                last[2].append(data)
            else:
                self._plain.append((direction, packet, [data]))
        if len(pieces) < len(record.parts):
            known = {packet.number for packet, _ in pieces}
            others = [
                packet for packet, _ in record.parts if packet.number not in known
            ]
            self.noted(direction, "TLS, a piece of a record", others)

    def message(self, direction: Direction, name: str, record: Record) -> None:
        """Add a message of a handshake, or a piece of one if it has no name."""
        self._end_data()
        if self._sayer is not direction:
            self._end_handshake()
        self._sayer = direction
        if name:
            self._said.append(name)
        self._by.update((packet.number, packet) for packet, _ in record.parts)

    def note(self, direction: Direction, words: str, record: Record) -> None:
        """Add what else keeps a connection secret."""
        self.noted(direction, words, [packet for packet, _ in record.parts])

    def noted(
        self, direction: Direction, words: str, packets: Sequence[DataPacket]
    ) -> None:
        """Add the same of packets."""
        self._end()
        found, last = Handshake(direction, words, list(packets)), self._items[-1:]
        if last != [found]:  # two tickets are one thing to a reader
            self._items.append(found)

    def alarm(self, direction: Direction, reason: str, record: Record) -> None:
        """Add that a side broke the connection off."""
        self._end()
        self._items.append(Alarm(direction, reason, record.parts[-1][0]))

    def gap(self, direction: Direction, size: int, number: int) -> None:
        """Add that bytes cannot be read."""
        self._end()
        self._items.append(Gap(direction, size, number))

    def unread(
        self, direction: Direction, reason: str, packet: DataPacket, *, begun: bool
    ) -> None:
        """Add that nothing more can be read of the connection."""
        self._end()
        self._items.append(Unread(direction, reason, packet, begun))

    def take(self) -> list[StreamItem]:
        """Return all of it."""
        self._end()
        items, self._items = self._items, []
        return items

    def _end(self) -> None:
        self._end_data()
        self._end_handshake()

    def _end_data(self) -> None:
        self._items += [
            Chunk(direction, b"".join(pieces), packet)
            for direction, packet, pieces in self._plain
        ]
        self._plain.clear()

    def _end_handshake(self) -> None:
        direction = self._sayer
        if direction is None:
            return
        said = ", ".join(self._said) or "a piece of a message"
        words = f"TLS handshake: {said}"
        self._items.append(Handshake(direction, words, list(self._by.values())))
        self._said, self._by, self._sayer = [], {}, None
