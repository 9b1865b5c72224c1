"""What is known of the calls of a connection, by the ids of their streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import Assembler, Held

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.descriptors import Method

UNNAMED = "/?"
"""The pattern of a call whose path cannot be read."""
_PROTO = {"application/grpc", "application/grpc+proto"}
_MOST_OPEN = 10_000
"""Calls of a connection that are known at once; the oldest of more are forgotten."""
_MOST_CLOSED = 2_048


class Call:
    """A stream, as far as both sides have shown it.

    Attributes:
        path: ``/package.Service/Method``; :data:`UNNAMED` if that cannot be read.
        method: What its messages are; None without a ``.proto`` file.
        encodings: How each side compresses its messages.
        contents: What each side says that they are; empty where that is not known.
        assemblers: The messages of each side.
        asked: Whether its request was read, with or without a message.
        foreign: Whether it is no call of gRPC.
    """

    __slots__ = (
        "asked",
        "assemblers",
        "contents",
        "encodings",
        "foreign",
        "method",
        "path",
    )

    def __init__(self, path: str = UNNAMED, *, synced: bool = True) -> None:
        self.path = path
        self.method: Method | None = None
        self.encodings = ["", ""]
        self.contents = ["", ""]
        self.assemblers = Assembler(synced=synced), Assembler(synced=synced)
        self.asked = False
        self.foreign = False

    def learn(self, side: int, said: Mapping[str, str]) -> None:
        """Learn what a side says of its messages in its header block."""
        self.encodings[side] = said.get("grpc-encoding", "")
        self.contents[side] = said.get("content-type", "")

    def is_proto(self, side: int) -> bool:
        """Whether a side says that its messages are those of Protocol Buffers."""
        return self.contents[side] in _PROTO


class Calls:
    """The calls of a connection: those that go on, and which are over."""

    def __init__(self) -> None:
        self._open: dict[int, Call] = {}
        self._closed: dict[int, None] = {}
        self._held = Held(), Held()

    def get(self, stream: int) -> Call | None:
        """Return a call that goes on."""
        return self._open.get(stream)

    def is_over(self, stream: int) -> bool:
        """Whether a call is over, and not for long."""
        return stream in self._closed

    def open(self, stream: int, call: Call) -> Call:
        """Add a call."""
        self._closed.pop(stream, None)
        self._forget(stream)
        self._open[stream] = call
        for assembler, held in zip(call.assemblers, self._held, strict=True):
            assembler.held = held
        if len(self._open) > _MOST_OPEN:
            self._forget(next(iter(self._open)))
        return call

    def close(self, stream: int) -> None:
        """Learn that a call is over."""
        self._forget(stream)
        self._closed[stream] = None
        if len(self._closed) > _MOST_CLOSED:
            del self._closed[next(iter(self._closed))]

    def lose(self, side: int) -> None:
        """Forget the messages of a side that are not complete: bytes are missing."""
        self._held[side].lose()

    def kept(self, side: int) -> int:
        """Return how many bytes of such messages are kept."""
        return self._held[side].size

    def _forget(self, stream: int) -> None:
        """Keep nothing of a call any longer."""
        call = self._open.pop(stream, None)
        if call is not None:
            for assembler in call.assemblers:
                assembler.lose()
