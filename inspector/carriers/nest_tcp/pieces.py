"""The bytes of one side, as long as a frame in them is not complete.

They are read anew when it shows that frames end elsewhere than was thought.
"""

from __future__ import annotations

import msgspec


class Piece(msgspec.Struct, gc=False):
    """Consecutive bytes that came in one captured packet.

    Attributes:
        data: The bytes.
        time_ns: When they were captured, in nanoseconds.
        end: The place after them.
    """

    data: bytes
    time_ns: int
    end: int

    def together(self, other: Piece) -> bool:
        """Whether both came at once, as parts of one packet do."""
        return self.end == other.end or self.time_ns == other.time_ns

    def after(self, place: int) -> Piece:
        """Return the part of it that comes after a place."""
        if place <= self.end - len(self.data):
            return self
        return Piece(self.data[place - self.end :], self.time_ns, self.end)


class Pieces:
    """Pieces of one side, by their place among its bytes.

    Attributes:
        received: Bytes that came so far: the place of the next.
        waiting: The pieces with bytes that belong to no frame yet.
        latest: The piece that came last.
    """

    __slots__ = ("latest", "received", "waiting")

    def __init__(self) -> None:
        self.received = 0
        self.latest = Piece(b"", -1, 0)
        self.waiting: list[Piece] = []

    def add(self, piece: Piece) -> None:
        """Take in the next piece."""
        self.received = piece.end
        self.latest = piece
        self.waiting.append(piece)

    def take(self, end: int) -> None:
        """Forget the pieces of a frame that ends at a place, and all before them.

        A piece with bytes of the next frame is kept.
        """
        self.waiting = [piece for piece in self.waiting if piece.end > end]

    def drop(self) -> None:
        """Forget what is waiting."""
        self.waiting = []

    def bytes_from(self, place: int, most: int) -> bytes:
        """Return the bytes that came after a place, ``most`` at most."""
        parts: list[bytes] = []
        for piece in self.waiting:
            if piece.end > place:
                parts.append(piece.after(place).data[:most])
                most -= len(parts[-1])
            if not most:
                break
        return b"".join(parts)

    def restart(self, place: int) -> list[Piece]:
        """Return what came after a place, to be added again, and forget it."""
        again = [piece.after(place) for piece in self.waiting if piece.end > place]
        self.received, self.waiting = place, []
        return again
