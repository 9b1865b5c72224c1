"""One side: bytes to control lines with their payloads, and what is malformed.

::

    SUB sum workers 1⏎                  an Operation
    PUB sum _INBOX.x 15⏎{"pattern":…}⏎  an Operation with a payload
    PUB sum _INBOX.x x⏎                 a Flaw: then on from the next line that is one

Each byte is looked at once and copied twice at most, in however many pieces it comes:
what is not complete waits until as much has come as it lacks.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from protocol.lazy_regex import lazy_regex

from .lines import (
    joined_blanks,
    layout_of,
    misfit,
    next_line,
    sizes_of,
    unfinished,
    words_of,
)

MAX_LINE = 1 << 16
"""Bytes of a control line; nats-server takes 4,096 unless it is told otherwise."""
MAX_PAYLOAD = 1 << 26
"""Bytes of a payload; nats-server takes 1 MiB unless it is told otherwise."""
TLS = "TLS"
"""The verb of a side that is encrypted from there on."""
_TLS_SIZE = 3
_TLS = lazy_regex(rb"\x16\x03[\x00-\x04]")  # a handshake: RFC 8446, section 5.1
_TLS_BEGUN = lazy_regex(rb"\x16\x03?\Z")
_PLAUSIBLE = 16
"""Bytes of a line by which its verb was looked at."""
_END = b"\r\n"


class Operation(msgspec.Struct, gc=False):
    """A control line, and its payload.

    Attributes:
        verb: What it does, in capital letters.
        names: The words of the line after it, without sizes.
        begin: Place of its first byte.
        end: Place after the last one, which belongs to the payload if there is one.
        line: The line, with its end.
        payload: The payload, headers included; None where there is none.
        headers: How many bytes of it are headers.
        sent: The line as it travelled, where ``line`` conceals something; else empty.
    """

    verb: str
    names: list[bytes]
    begin: int
    end: int
    line: bytes
    payload: bytes | None = None
    headers: int = 0
    sent: bytes = b""

    @property
    def original(self) -> bytes:
        """All its bytes as they travelled; empty where its line conceals nothing."""
        if not self.sent or self.payload is None:
            return self.sent
        return self.sent + self.payload + _END

    @property
    def text(self) -> bytes:
        """All its bytes."""
        return self.line if self.payload is None else self.line + self.payload + _END


class Flaw(msgspec.Struct, gc=False):
    """Bytes that are not an operation.

    Attributes:
        begin: Place of the first.
        end: Place after those that show it.
        detail: What is wrong, in words.
    """

    begin: int
    end: int
    detail: str


Read: TypeAlias = Operation | Flaw
Bytes: TypeAlias = bytes | bytearray


class Reader:
    """What is read of one side.

    Attributes:
        received: Bytes that came so far: the place of the next.
        sealed: Whether they are encrypted from now on.
        limit: Bytes of a payload that the broker takes.
    """

    __slots__ = (
        "_base",
        "_begun",
        "_kept",
        "_lost",
        "_needed",
        "_rest",
        "limit",
        "received",
        "sealed",
    )

    def __init__(self) -> None:
        self.received = 0
        self.sealed = False
        self.limit = MAX_PAYLOAD
        self._kept = bytearray()
        self._needed = 0  # bytes that have to come before those kept can be read
        self._lost = False  # whether it is not known where the next line begins
        self._begun = False  # whether there was anything but a greeting
        self._base = 0  # place of the bytes that are read
        self._rest = 0  # where in them that begins which is not complete

    @property
    def buffered(self) -> int:
        """Bytes that are kept."""
        return len(self._kept)

    @property
    def begun(self) -> int:
        """Bytes of an operation that is not complete."""
        return 0 if self._lost else len(self._kept)

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a line, and is not encrypted."""
        return not (self._kept or self._lost or self.sealed)

    def pass_by(self, count: int) -> None:
        """Learn that whole operations were read in another way.

        Args:
            count: The bytes of those.
        """
        self.received += count
        self._begun = True

    def lose(self) -> int:
        """Forget what is kept: what comes next begins with a line.

        Returns:
            How many bytes that were.
        """
        count = len(self._kept)
        self._kept.clear()
        self._needed, self._lost = 0, False
        return count

    def receive(self, data: bytes) -> list[Read]:
        """Return what the next bytes complete."""
        self.received += len(data)
        if self.sealed:
            return []
        kept = self._kept
        found: list[Read] = []
        if not kept:
            place = self._read(data, found)
            kept += memoryview(data)[place:]
            return found
        kept += data
        if len(kept) >= self._needed and not self._waits_for_line(data):
            # What is read is taken off its front, and the rest is not copied.
            place = self._read(kept, found)
            del kept[:place]
        return found

    def _waits_for_line(self, data: bytes) -> bool:
        """Whether only the end of a line is missing, and it is not in some bytes."""
        return (
            not self._needed
            and not self._lost
            and len(self._kept) - len(data) > _PLAUSIBLE
            and len(self._kept) < MAX_LINE
            and b"\n" not in data
        )

    def _read(self, data: Bytes, found: list[Read]) -> int:
        """Add what some bytes hold; return the place of what is not complete."""
        self._base = self.received - len(data)
        self._needed = 0
        place, size = 0, len(data)
        while 0 <= place < size:
            self._rest = place
            place = self._step(data, place, found)
        return size if place >= 0 else self._rest

    def _step(self, data: Bytes, place: int, found: list[Read]) -> int:
        """Read what begins at a place; return where the next does, -1 to wait."""
        if self._lost:
            return self._resume(data, place)
        after = data.find(b"\n", place, place + MAX_LINE) + 1
        if not after:
            return self._wait_for_line(data, place, found)
        line = bytes(data[place:after])
        words = words_of(line)
        layout = layout_of(line, words)
        if layout is None:
            return self._reject(data, place, found)
        words = joined_blanks(words, layout)
        begin = self._base + place
        names = words[1 : len(words) - layout.sizes]
        operation = Operation(layout.verb, names, begin, self._base + after, line)
        sizes = sizes_of(words, layout)
        if sizes is None:
            return self._miss(operation, f"its words do not fit {layout.verb}", found)
        if layout.sizes:
            return self._add_payload(operation, sizes, data, found)
        self._begun = self._begun or layout.verb != "INFO"
        found.append(operation)
        return after

    def _add_payload(
        self,
        operation: Operation,
        sizes: tuple[int, int],
        data: Bytes,
        found: list[Read],
    ) -> int:
        """Read the payload after a line."""
        self._begun = True
        headers, total = sizes
        if total > self.limit:
            detail = f"its payload of {total:,} bytes is larger than {self.limit:,}"
            return self._miss(operation, detail, found)
        begin = operation.end - self._base
        end = begin + total
        after = end + len(_END)
        if after > len(data):
            self._needed = after - self._rest
            return -1
        if data[end:after] != _END:
            detail = f"no line end follows its payload of {total:,} bytes"
            return self._miss(operation, detail, found)
        operation.payload = bytes(data[begin:end])
        operation.headers = headers
        operation.end = self._base + after
        found.append(operation)
        return after

    def _wait_for_line(self, data: Bytes, place: int, found: list[Read]) -> int:
        """Wait for the end of a line, if one may have begun."""
        if misfit(data, place):
            return self._reject(data, place, found)
        if len(data) - place < MAX_LINE:
            return -1
        self._add_flaw(place, place + MAX_LINE, "its line does not end", found)
        return place

    def _reject(self, data: Bytes, place: int, found: list[Read]) -> int:
        """Judge bytes that are not a control line."""
        if not self._begun:
            if _TLS.match(data, place):
                return self._seal(data, place, found)
            if _TLS_BEGUN.match(data, place):
                return -1
        end = place + misfit(data, place)
        shown = data[place:end].decode("ascii", "backslashreplace")
        self._add_flaw(place, end, f"it begins with {shown!r}", found)
        return place

    def _seal(self, data: Bytes, place: int, found: list[Read]) -> int:
        """Read no more: what comes is encrypted."""
        self.sealed = True
        end = place + _TLS_SIZE
        begin, line = self._base + place, bytes(data[place:end])
        found.append(Operation(TLS, [], begin, self._base + end, line))
        return len(data)

    def _miss(self, operation: Operation, detail: str, found: list[Read]) -> int:
        """Note that a line is malformed, or its payload; the next one is after it."""
        begin, end = operation.begin - self._base, operation.end - self._base
        self._add_flaw(begin, end, detail, found)
        return end - 1

    def _add_flaw(self, begin: int, end: int, detail: str, found: list[Read]) -> None:
        self._begun = self._lost = True
        found.append(Flaw(self._base + begin, self._base + end, detail))

    def _resume(self, data: Bytes, place: int) -> int:
        """Look for the next control line, after the next line feed."""
        found = next_line(data, place)
        self._lost = found < 0
        if self._lost:
            self._rest = max(place, unfinished(data))
        return found
