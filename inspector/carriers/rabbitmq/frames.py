r"""One side: bytes to frames, and what is malformed.

::

    0      1         3             7                  size + 7
    ┌──────┬─────────┬─────────────┬─────────────────┬──────┐
    │ type │ channel │    size     │     payload     │ \xCE │
    └──────┴─────────┴─────────────┴─────────────────┴──────┘

Each byte is looked at once, in however many pieces it comes: what is not complete waits
until as much has come as it lacks.

Source: AMQP 0-9-1, sections 4.2.2 (protocol header) and 4.2.3 (frames).
"""

from __future__ import annotations

from struct import Struct

from protocol.named_tuple import NamedTuple

from .methods import first_method

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
PREAMBLE = b"AMQP"
"""What a client begins with, and a server that does not speak its version."""
PREAMBLE_SIZE = 8
GREETING = 0
"""In place of the type of a frame: the preamble."""
HEAD = 7
"""Bytes of a frame before its payload."""
END = 0xCE
MAX_FRAME = 1 << 27
"""Bytes of a payload. RabbitMQ agrees on 131,072 unless it is told otherwise.

Source: ``rabbitmq.conf``, ``frame_max`` and ``max_message_size``: 134,217,728 at most.
"""
MAX_METHOD = 1 << 20
"""Bytes of the payload of a method or of a header: tables in it are small."""
_HEAD = Struct(">BHI")
_MOST = {METHOD: MAX_METHOD, HEADER: MAX_METHOD, BODY: MAX_FRAME, HEARTBEAT: 0}


class Frame(NamedTuple):
    """A frame, within bytes that hold it.

    Attributes:
        kind: Its type, or ``GREETING``.
        channel: The channel that it is for.
        begin: Where its payload begins in the bytes …
        end: … and ends.
    """

    kind: int
    channel: int
    begin: int
    end: int


class Cut(NamedTuple):
    """Bytes of one side that hold frames.

    Attributes:
        data: The bytes as they may be shown …
        sent: … and as they travelled: the same, where nothing of them is concealed.
        base: Place of the first of them.
    """

    data: bytes
    sent: bytes
    base: int

    def original(self, begin: int, end: int) -> bytes:
        """Return what travelled, where what may be shown differs; else nothing."""
        if self.data is self.sent:
            return b""
        sent = self.sent[begin:end]
        return b"" if sent == self.data[begin:end] else sent


class Flaw(NamedTuple):
    """Bytes that are not a frame.

    Attributes:
        begin: Where they begin.
        end: Where those end that show it.
        detail: What is wrong, in words.
    """

    begin: int
    end: int
    detail: str


class FrameReader:
    """Cuts the bytes of one side.

    Attributes:
        received: Bytes that came so far: the place of the next.
        base: Place of the first of the bytes that were cut last.
    """

    __slots__ = ("_kept", "_lost", "_needed", "_size", "base", "received")

    def __init__(self) -> None:
        self.received = 0
        self.base = 0
        self._kept: list[bytes] = []
        self._size = 0  # of those
        self._needed = 0  # bytes that have to come before they can be cut
        self._lost = False  # whether it is not known where the next frame begins

    @property
    def buffered(self) -> int:
        """Bytes that are kept."""
        return self._size

    @property
    def lost(self) -> bool:
        """Whether it is not known where the next frame begins."""
        return self._lost

    def lose(self) -> int:
        """Forget what is kept: what comes next begins with a frame.

        Returns:
            How many bytes that were.
        """
        count = self._size
        self._kept.clear()
        self._size = self._needed = 0
        self._lost = False
        return count

    def cut(self, data: bytes, found: list[Frame | Flaw]) -> bytes:
        """Add the frames that the next bytes complete; return what holds them."""
        self.received += len(data)
        if self._size:
            self._kept.append(data)
            self._size += len(data)
            if self._size < self._needed:
                return b""
            data = b"".join(self._kept)
            self._kept.clear()
        self.base = self.received - len(data)
        self._needed = 0
        place = self._cut(data, found)
        self._size = len(data) - place
        if self._size:
            self._kept.append(data[place:])
        return data

    def _cut(self, data: bytes, found: list[Frame | Flaw]) -> int:
        """Add the frames in some bytes; return the place of what is not complete."""
        place, size = 0, len(data)
        if self._lost:
            place = self._resume(data, place)
        while size - place >= HEAD and not self._lost:
            kind, channel, length = _HEAD.unpack_from(data, place)
            begin = place + HEAD
            end = begin + length
            if length > _MOST.get(kind, -1):
                if data.startswith(PREAMBLE, place):
                    if size - place < PREAMBLE_SIZE:
                        break
                    begin, place = place, place + PREAMBLE_SIZE
                    found.append(Frame(GREETING, 0, begin, place))
                    continue
                found.append(_unfit(place, kind, length))
            elif end >= size:
                self._needed = end + 1 - place
                break
            elif data[end] != END:
                detail = f"no end octet follows its payload of {length:,} bytes"
                found.append(Flaw(place, begin, detail))
            else:
                found.append(Frame(kind, channel, begin, end))
                place = end + 1
                continue
            place = self._resume(data, place)
        return place

    def _resume(self, data: bytes, place: int) -> int:
        """Return where the next method begins, or the octet before one that may."""
        octet, complete = first_method(data, place)
        self._lost = not complete
        return octet + complete


def _unfit(place: int, kind: int, length: int) -> Flaw:
    if kind in _MOST:
        detail = f"its size of {length:,} bytes is too large for its type {kind}"
    else:
        detail = f"its type is {kind}"
    return Flaw(place, place + HEAD, detail)
