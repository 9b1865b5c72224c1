"""The chunks that frames are read from, as long as a frame in them is not complete.

They tell which data packets carried a frame, and are read anew when it shows that
frames end elsewhere than was thought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.streams.items import Chunk

if TYPE_CHECKING:
    from inspector.streams.packets import DataPacket
    from protocol import Frame


class Pieces:
    """Chunks of one direction, by their place among the bytes that were read.

    Attributes:
        received: Bytes that came so far: the place of the next.
        waiting: The chunks with bytes that belong to no frame yet, each with the
            place behind it.
    """

    __slots__ = ("_counted", "received", "waiting")

    def __init__(self) -> None:
        self.received = 0
        self.waiting: list[tuple[int, Chunk]] = []
        self._counted: set[int] = set()  # data packets that count the frame already

    def add(self, chunk: Chunk) -> None:
        """Take in the next chunk."""
        self.received += len(chunk.data)
        self.waiting.append((self.received, chunk))

    def take(self, frame: Frame, record: DataPacket) -> list[DataPacket]:
        """Return the data packets of a frame that ``record`` completed.

        Pieces with bytes of the next frame are kept.
        """
        record.frames += record.number not in self._counted
        self._counted.clear()
        begin, end = frame.offset, frame.offset + frame.size
        records: dict[int, DataPacket] = {}
        for behind, chunk in self.waiting:
            if begin < end:
                records[chunk.packet.number] = chunk.packet
            begin = behind
        self.waiting = [piece for piece in self.waiting if piece[0] > end]
        return list(records.values())

    def count_rest(self, record: DataPacket) -> None:
        """Count the frame that begins in a data packet and is not complete."""
        if record.number not in self._counted:
            self._counted.add(record.number)
            record.frames += 1

    def uncount(self) -> None:
        """Learn that the frame that was counted early is another one."""
        for _, chunk in self.waiting:
            if chunk.packet.number in self._counted:
                self._counted.remove(chunk.packet.number)
                chunk.packet.frames -= 1

    def drop(self) -> None:
        """Forget what is waiting."""
        self.waiting = []
        self._counted.clear()

    def bytes_from(self, place: int, most: int) -> bytes:
        """Return the bytes that came behind a place, ``most`` at most."""
        pieces: list[bytes] = []
        for behind, chunk in self.waiting:
            skip = max(place - (behind - len(chunk.data)), 0)
            pieces.append(chunk.data[skip : skip + most])
            most -= len(pieces[-1])
            if not most:
                break
        return b"".join(pieces)

    def chunks_from(self, place: int) -> list[Chunk]:
        """Return what came behind a place, as chunks."""
        return [
            Chunk(chunk.direction, chunk.data[place - behind :], chunk.packet)
            if place > behind - len(chunk.data)
            else chunk
            for behind, chunk in self.waiting
            if behind > place
        ]
