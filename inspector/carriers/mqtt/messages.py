"""Messages of a WebSocket as one stream, and where its bytes are in frames.

::

    frames    ┌ head ┬ 30 1c 00 ┐┌ head ┬ 03 73 75 6d … ┐┌ head ┬ … ┐
    packets          └ 30 1c 00    03 73 75 6d …       ┘       └ …

A control packet may come in several messages, and one message may hold several. Its
bytes begin with a head where they begin with a payload; a message in fragments, or a
compressed one, is a whole.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.carriers.web.messages import Envelope

MOST = 4_096
"""Messages that a control packet may come in, and one more for so many bytes …"""
_LEAST_SHARE = 64
"""… as that. What is kept of an empty message takes two hundred times its memory."""


class Messages:
    """The messages of one side whose bytes may belong to a packet that is read next.

    Attributes:
        end: Place, among the bytes of all payloads, after the last one.
    """

    def __init__(self) -> None:
        self.end = 0
        self._begins: list[int] = []  # places of payloads
        self._messages: list[Envelope] = []

    @property
    def crowded(self) -> bool:
        """Whether there are more of them than anybody means by one packet."""
        size = self.end - self._begins[0] if self._begins else 0
        return len(self._messages) > MOST + size // _LEAST_SHARE

    def add(self, message: Envelope) -> None:
        """Take the next message, or a control frame, as one without a payload."""
        self._begins.append(self.end)
        self._messages.append(message)
        self.end += len(message.payload)

    def forget(self, place: int) -> None:
        """Forget the messages before a place."""
        begins, messages, count = self._begins, self._messages, 0
        while count < len(messages):
            if begins[count] + len(messages[count].payload) > place:
                break
            count += 1
        del begins[:count], messages[:count]

    def begin(self, place: int) -> int | None:
        """Return where the byte at a place begins in the frames; None if forgotten."""
        index = self._index(place)
        if index < 0:
            return None
        message, inside = self._messages[index], place - self._begins[index]
        if not inside or not _is_plain(message):
            return message.begin
        return message.begin + _head(message) + inside

    def after(self, place: int) -> int | None:
        """Return where the byte before a place ends in the frames."""
        index = self._index(place - 1)
        if index < 0:
            return None
        message, inside = self._messages[index], place - self._begins[index]
        if inside == len(message.payload) or not _is_plain(message):
            return message.end
        return message.begin + _head(message) + inside

    def count(self, begin: int, end: int) -> int:
        """Return how many messages some bytes came in."""
        return sum(bool(message.payload) for _, message in self._between(begin, end))

    def whole(self, begin: int, end: int) -> tuple[int, int]:
        """Return the places around some bytes at which nothing is divided.

        Args:
            begin: Place of the first byte.
            end: Place after the last one.
        """
        for place, message in self._between(begin, end):
            if not _is_plain(message):
                begin = min(begin, place)
                end = max(end, place + len(message.payload))
        return begin, end

    def sent(self, begin: int, end: int) -> bytes:
        """Return the frames of some bytes as they travelled."""
        return b"".join(
            _cut(message, message.sent, begin - place, end - place)
            for place, message in self._between(begin, end)
        )

    def payload(self, begin: int, end: int) -> bytes:
        """Return some bytes without their frames."""
        return b"".join(
            message.payload[max(begin - place, 0) : end - place]
            for place, message in self._between(begin, end)
        )

    def rewritten(self, begin: int, shown: bytes) -> bytes:
        """Return the frames of some bytes with others in their place."""
        end, parts = begin + len(shown), []
        for place, message in self._between(begin, end):
            size = len(message.payload)
            text = bytearray(b"x" * size)  # nothing of a packet that is not complete
            low, high = max(begin - place, 0), min(end - place, size)
            text[low:high] = shown[place + low - begin : place + high - begin]
            again = message.rewritten(bytes(text))
            parts.append(_cut(message, again, begin - place, end - place))
        return b"".join(parts)

    def _index(self, place: int) -> int:
        """Return which message has the byte at a place; -1 if none has."""
        index = bisect_right(self._begins, place) - 1
        return index if place < self.end else -1

    def _between(self, begin: int, end: int) -> list[tuple[int, Envelope]]:
        """Return the messages with some bytes, and those without any in between."""
        first = bisect_left(self._begins, begin)
        first -= first == len(self._begins) or self._begins[first] > begin
        found: list[tuple[int, Envelope]] = []
        for index in range(max(first, 0), len(self._messages)):
            place, message = self._begins[index], self._messages[index]
            if place >= end:
                break
            if message.payload or place > begin:
                found.append((place, message))
        return found


def _is_plain(message: Envelope) -> bool:
    """Whether each byte of a message stands by itself in one frame."""
    return len(message.frames) == 1 and message.rewriter is None


def _head(message: Envelope) -> int:
    return message.frames[0].head.size


def _cut(message: Envelope, text: bytes, low: int, high: int) -> bytes:
    """Return what stands between two places of a payload in a text with its head."""
    if not _is_plain(message):
        return text
    head, size = _head(message), len(message.payload)
    return text[head + low if low > 0 else 0 : head + high if high < size else None]
