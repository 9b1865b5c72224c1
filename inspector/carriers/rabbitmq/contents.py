"""What one side publishes or delivers, put together of its frames.

::

    method ─► header ─► body, body …        on one channel, others may come in between

Source: AMQP 0-9-1, section 4.2.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Span

if TYPE_CHECKING:
    from .frames import Cut, Frame
    from .methods import Argument
    from .properties import Properties

_AROUND = 8  # bytes of a frame around its payload
_HEAD = 7
_HEADS = 2  # frames before the body: a method and a header
MAX_BODY = 1 << 27
"""Bytes of a message: what RabbitMQ takes at most (``max_message_size``)."""


class Message(msgspec.Struct, gc=False):
    """A method with its content.

    Attributes:
        code: Class and method.
        channel: Where it passes.
        arguments: Of the method.
        begin: Place of its first byte.
        end: Place after the last one.
        properties: What its header says; None until that has come.
        body: Its body.
        pieces: Where that is, as places; more than one where it takes several frames.
        secrets: Where in the header secret values are, as places.
        frames: All its bytes, as far as they follow each other, where they are kept.
        sent: The method and the header as they travelled, if one conceals something.
    """

    code: int
    channel: int
    arguments: list[Argument]
    begin: int
    end: int
    properties: Properties | None = None
    body: bytes = b""
    pieces: list[Span] = msgspec.field(default_factory=list)
    secrets: tuple[Span, ...] = ()
    frames: list[bytes] = msgspec.field(default_factory=list)
    sent: list[bytes] = msgspec.field(default_factory=list)

    @property
    def text(self) -> bytes:
        """All its bytes; nothing where others came in between, or none were kept."""
        text = b"".join(self.frames)
        return text if len(text) == self.end - self.begin else b""

    @property
    def original(self) -> bytes:
        """All its bytes as they travelled, where the text conceals something."""
        if not any(self.sent):
            return b""
        return b"".join([*self._heads(), *self.frames[_HEADS:]])

    @property
    def conceals(self) -> bool:
        """Whether its method or its header conceals something."""
        return any(self.sent)

    def _heads(self) -> list[bytes]:
        pairs = zip(self.sent, self.frames, strict=False)
        return [sent or shown for sent, shown in pairs]

    @property
    def head(self) -> bytes:
        """What comes before its body; nothing where other bytes came in between."""
        heads = b"".join(self.frames[:_HEADS])
        if not self.pieces:
            return heads if len(heads) == self.end - self.begin else b""
        heads += self.frames[_HEADS][:_HEAD]
        return heads if len(heads) == self.pieces[0].begin - self.begin else b""


class Contents:
    """The messages of one side that are not complete.

    Args:
        keep: Whether all bytes of a message are kept, until it is complete.
    """

    def __init__(self, *, keep: bool) -> None:
        self._keep = keep
        self._open: dict[int, Message] = {}
        self._bodies: dict[int, list[bytes]] = {}
        self._lacking: dict[int, int] = {}

    @property
    def begin(self) -> int | None:
        """The place of the first byte of those; None where there are none."""
        if not self._open:
            return None
        return min(message.begin for message in self._open.values())

    @property
    def idle(self) -> bool:
        """Whether there are none."""
        return not self._open

    def start(
        self, code: int, arguments: list[Argument], frame: Frame, cut: Cut
    ) -> None:
        """Take in the method of a message."""
        begin, end = cut.base + frame.begin - _HEAD, cut.base + frame.end + 1
        message = Message(code, frame.channel, arguments, begin, end)
        self._open[frame.channel] = message
        self._bodies.pop(frame.channel, None)
        self._lacking.pop(frame.channel, None)
        self._add_head(message, frame, cut)

    def waits(self, channel: int) -> bool:
        """Whether the header of a message is missing."""
        message = self._open.get(channel)
        return message is not None and message.properties is None

    def drop(self, channel: int) -> Message | None:
        """Give up a message; return it."""
        self._bodies.pop(channel, None)
        self._lacking.pop(channel, None)
        return self._open.pop(channel, None)

    def head(self, properties: Properties, frame: Frame, cut: Cut) -> Message | None:
        """Take in the header of a message that waits for it; return it if that is all.

        A message that is too large is given up.
        """
        message, base = self._open[frame.channel], cut.base
        message.properties = properties
        message.end = base + frame.end + 1
        if properties.secrets:
            message.secrets = tuple(
                Span(base + low, base + high) for low, high in properties.secrets
            )
        self._add_head(message, frame, cut)
        if not properties.size:
            del self._open[frame.channel]
            return message
        if properties.size > MAX_BODY:
            return self.drop(frame.channel) and None
        self._lacking[frame.channel] = properties.size
        self._bodies[frame.channel] = []
        return None

    def _add_head(self, message: Message, frame: Frame, cut: Cut) -> None:
        """Keep the bytes of a method or a header, if any are kept."""
        if self._keep:
            begin, end = frame.begin - _HEAD, frame.end + 1
            message.frames.append(cut.data[begin:end])
            message.sent.append(cut.original(begin, end))

    def add(self, frame: Frame, cut: Cut) -> Message | bool:
        """Take in a part of a body.

        Returns:
            The message, if it is complete. Else whether there is one that it belongs
            to.
        """
        channel, base, data = frame.channel, cut.base, cut.data
        lacking = self._lacking.get(channel, 0) - (frame.end - frame.begin)
        if lacking < 0 or channel not in self._bodies:
            return self.drop(channel) is not None and False
        message = self._open[channel]
        self._bodies[channel].append(data[frame.begin : frame.end])
        message.pieces.append(Span(base + frame.begin, base + frame.end))
        message.end = base + frame.end + 1
        if self._keep:
            message.frames.append(data[frame.begin - _HEAD : frame.end + 1])
        self._lacking[channel] = lacking
        if lacking:
            return True
        message.body = b"".join(self._bodies[channel])
        self.drop(channel)
        return message

    def lose(self) -> None:
        """Give up all of them."""
        self._open.clear()
        self._bodies.clear()
        self._lacking.clear()
