"""One side of a connection: its bytes until they make a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from inspector.carriers.web.heads import Head

    from .bodies import Reach


class Message(msgspec.Struct):
    """A message whose body is not complete.

    Attributes:
        head: Its head.
        key: What joins a request and its response.
        reach: Its body.
        unsure: Whether it is a response to a request that is not known: it may have
            been HEAD.
        streams: Whether that is a stream of events.
        parts: How many units of it there were.
        searched: Bytes of content without the end of an event.
    """

    head: Head
    key: int
    reach: Reach
    unsure: bool = False
    streams: bool = False
    parts: int = 0
    searched: int = 0


class Side:
    """The bytes of one side.

    Attributes:
        received: How many came.
        raw: Those that are not in a unit yet.
        place: Up to where in these its body is read.
        searched: How many of them have no end of a head in them.
        message: The message that is read; None between two.
        rest: Whether nothing that comes is read.
    """

    def __init__(self) -> None:
        self.received = 0
        self.raw = bytearray()
        self.place = 0
        self.searched = 0
        self.message: Message | None = None
        self.rest = False

    @property
    def begin(self) -> int:
        """The place of the first byte that is not in a unit yet."""
        return self.received - len(self.raw)

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self.received += len(data)
        self.raw += data

    def take(self, size: int) -> bytes:
        """Return the first bytes, which are in a unit then."""
        data = bytes(self.raw[:size])
        del self.raw[:size]
        self.place = max(self.place - size, 0)
        self.searched = 0
        return data

    def forget(self) -> None:
        """Forget what is not complete, and begin with another message."""
        self.raw.clear()
        self.place = self.searched = 0
        self.message, self.rest = None, False
