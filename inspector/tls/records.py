"""Bytes of one direction to records of TLS, and which packets carried each.

::

    kind │ version │ length │ body …        kind: handshake, alert, application data …
    1 B    2 B       2 B

Source: RFC 8446, section 5.1; RFC 5246, section 6.2.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from inspector.streams.packets import DataPacket

HEAD = 5
"""Bytes before the body of a record."""
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION = 20, 21, 22, 23
"""Kinds of records. Source: RFC 8446, section B.1; RFC 5246, section A.1."""
LONGEST = (1 << 14) + 2048
"""Bytes of a body. Source: RFC 5246, section 6.2.3; TLS 1.3 has a lower limit."""
_HEAD = lazy_regex(rb"[\x14-\x17]\x03[\x00-\x04]")
_CLIENT_HELLO = lazy_regex(rb"\x16\x03[\x00-\x04](?s:..)\x01\x00")
_PROTECTED = lazy_regex(rb"\x17\x03\x03")


class Record(NamedTuple):
    """A record.

    Attributes:
        kind: What it carries, as its head says.
        head: Its head.
        body: What follows that, perhaps protected.
        parts: The packets that carried it, each with the bytes of it in that.
    """

    kind: int
    head: bytes
    body: bytes
    parts: list[tuple[DataPacket, int]]

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return HEAD + len(self.body)


def begins_hello(data: bytes) -> bool:
    """Whether bytes begin as a client of TLS does, as far as they go."""
    return bool(_CLIENT_HELLO.match(data))


def begins_protected(data: bytes) -> bool:
    """Whether bytes begin with the head of a record that carries application data."""
    if not _PROTECTED.match(data) or len(data) < HEAD:
        return False
    return 0 < int.from_bytes(data[3:HEAD], "big") <= LONGEST


class RecordReader:
    """Cuts the bytes of one direction into records.

    Attributes:
        damaged: Whether what follows is no record.
    """

    def __init__(self) -> None:
        self.damaged = False
        self._data = bytearray()
        self._parts: deque[tuple[DataPacket, int]] = deque()  # of the bytes above

    def __len__(self) -> int:
        """Return how many bytes wait."""
        return len(self._data)

    @property
    def latest(self) -> DataPacket | None:
        """The packet that carried the last of the bytes that wait; None without any."""
        return self._parts[-1][0] if self._parts else None

    def feed(self, data: bytes, packet: DataPacket) -> None:
        """Take the next bytes."""
        self._data += data
        self._parts.append((packet, len(data)))

    def peek(self, skip: int = 0) -> tuple[int, bytes, bytes] | None:
        """Return kind, head and body of the next record; None before all of it came.

        Args:
            skip: Bytes before it.
        """
        head = bytes(self._data[skip : skip + HEAD])
        if not _HEAD.match(head):
            self.damaged = self.damaged or (not skip and not _may_be(head))
            return None
        size = int.from_bytes(head[3:], "big")
        if len(head) < HEAD:
            return None
        if size > LONGEST:
            self.damaged = self.damaged or not skip
            return None
        end = skip + HEAD + size
        if len(self._data) < end:
            return None
        return head[0], head, bytes(self._data[skip + HEAD : end])

    def take(self, head: bytes, body: bytes) -> Record:
        """Return the next record, which was peeked at, and go on after it."""
        return Record(head[0], head, body, self.drop(HEAD + len(body)))

    def drop(self, size: int) -> list[tuple[DataPacket, int]]:
        """Go on after so many bytes; return the packets that carried them."""
        del self._data[:size]
        parts, taken = self._parts, []
        while size and parts:
            packet, count = parts.popleft()
            if count > size:
                parts.appendleft((packet, count - size))
                count = size
            if count:
                taken.append((packet, count))
            size -= count
        return taken

    def find(self, start: int) -> int:
        """Return the next place at which a record may begin; -1 for none so far."""
        match = _HEAD.search(self._data, start)
        return -1 if match is None else match.start()

    def complete(self, place: int) -> bool | None:
        """Whether all of what may be a record has come; None if it is none."""
        if len(self._data) < place + HEAD:
            return False
        size = int.from_bytes(self._data[place + 3 : place + HEAD], "big")
        if not 0 < size <= LONGEST:
            return None
        return len(self._data) >= place + HEAD + size


def _may_be(head: bytes) -> bool:
    """Whether a few bytes may become the head of a record."""
    known = (
        not head or CHANGE_CIPHER_SPEC <= head[0] <= APPLICATION,
        len(head) < 2 or head[1] == 3,  # noqa: PLR2004 — the place of the version
        len(head) < 3,  # noqa: PLR2004
    )
    return all(known)
