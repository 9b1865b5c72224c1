"""What is known of the calls of a connection, by the ids of their streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .messages import Assembler, Held

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.descriptors import Method

    from .headers import Fields

UNNAMED = "/?"
"""The pattern of a call whose path cannot be read."""
_PROTO = {"application/grpc", "application/grpc+proto"}
_MOST_OPEN = 10_000
"""Calls of a connection that are known at once; the oldest of more are forgotten."""
_MOST_CLOSED = 2_048
"""Calls that are over, of which at least so many are known."""


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


class PlainStream(msgspec.Struct, gc=False):
    """A call of which all that was seen is plain: a call only when somebody asks.

    Attributes:
        asked: The header block of its request, which was read with its only message.
        answered: That of its answer, likewise; None until then.
    """

    asked: Fields
    answered: Fields | None = None


class Calls:
    """The calls of a connection: those that go on, and which are over.

    The last that are over are kept in two halves, of which the older is dropped as a
    whole: that is quicker than to drop one for each that comes.

    Attributes:
        client: The side that asks, where there are plain calls.
        plain: The calls that go on and are plain, by stream.
    """

    def __init__(self) -> None:
        self.client = 0
        self.plain: dict[int, PlainStream] = {}
        self._open: dict[int, Call | None] = {}  # None for what is plain
        self._over: set[int] = set()
        self._before: set[int] = set()
        self._held = Held(), Held()

    def get(self, stream: int) -> Call | None:
        """Return a call that goes on."""
        call = self._open.get(stream)
        return self._settle(stream) if call is None and stream in self.plain else call

    def is_over(self, stream: int) -> bool:
        """Whether a call is over, and not for long."""
        return stream in self._over or stream in self._before

    def open(self, stream: int, call: Call) -> Call:
        """Add a call."""
        self._begin(stream)
        self._open[stream] = call
        self._hold(call)
        if len(self._open) > _MOST_OPEN:
            self._forget(next(iter(self._open)))
        return call

    def may_open(self, stream: int) -> bool:
        """Whether a plain call may begin."""
        return stream not in self._open and len(self._open) < _MOST_OPEN

    def open_plain(self, stream: int, asked: Fields) -> None:
        """Add a call whose request is plain."""
        self._begin(stream)
        self._open[stream] = None
        self.plain[stream] = PlainStream(asked)

    def close(self, stream: int) -> None:
        """Learn that a call is over."""
        self._forget(stream)
        self._note_over(stream)

    def close_plain(self, stream: int) -> None:
        """Learn that one is over that was plain to the end."""
        del self.plain[stream], self._open[stream]
        self._note_over(stream)

    def lose(self, side: int) -> None:
        """Forget the messages of a side that are not complete: bytes are missing."""
        for stream in list(self.plain):  # which know nothing of that
            self._settle(stream)
        self._held[side].lose()

    def kept(self, side: int) -> int:
        """Return how many bytes of such messages are kept."""
        return self._held[side].size

    def _settle(self, stream: int) -> Call:
        """Return a plain call as any other would be by now."""
        plain = self.plain.pop(stream)
        call = self._open[stream] = Call(plain.asked.said.get(":path", UNNAMED))
        self._hold(call)
        call.asked = True
        call.learn(self.client, plain.asked.said)
        if plain.answered is not None:
            call.learn(1 - self.client, plain.answered.said)
        return call

    def _hold(self, call: Call) -> None:
        for assembler, held in zip(call.assemblers, self._held, strict=True):
            assembler.held = held

    def _begin(self, stream: int) -> None:
        """Let the id of a stream be that of a new call."""
        self._over.discard(stream)
        self._before.discard(stream)
        self._forget(stream)

    def _note_over(self, stream: int) -> None:
        over = self._over
        over.add(stream)
        if len(over) >= _MOST_CLOSED:
            self._before, self._over = over, set()

    def _forget(self, stream: int) -> None:
        """Keep nothing of a call any longer."""
        self.plain.pop(stream, None)
        call = self._open.pop(stream, None)
        if call is not None:
            for assembler in call.assemblers:
                assembler.lose()
