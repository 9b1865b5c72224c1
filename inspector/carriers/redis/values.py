r"""RESP values: what a byte begins, and where it ends.

::

    *2⏎$9⏎subscribe⏎$3⏎sum⏎    an array of two strings: a command
    :1⏎                        a number
    >3⏎…                       a push, of RESP3 alone: nobody has asked for it

Source: ``redis.io``, "Redis serialization protocol specification".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_END = b"\r\n"
ARRAY, PUSH, NUMBER, ERROR, STATUS, BULK, NULL = b"*>:-+$_"
STRINGS = b"$=!"
"""Types whose bytes are counted: strings, verbatim strings, and long errors."""
AGGREGATES = {ARRAY: 1, PUSH: 1, ord("~"): 1, ord("%"): 2, ord("|"): 2}
"""Type → how many values each of its members has."""
ATTRIBUTE = ord("|")
"""What comes before a value, and is not one itself."""
LINES = frozenset(b"+-:_,#(")
"""Types that are a line by themselves."""
MAX_LINE = 1 << 16
"""Bytes of a line; redis-server takes no longer inline command, and sends none."""
MAX_STRING = 1 << 29
"""Bytes of a string: ``proto-max-bulk-len`` of redis-server."""
MAX_MEMBERS = 1 << 31
"""Members of an array that redis-server takes."""
MAX_DEPTH = 32
"""Arrays in arrays that are read; replies of redis-server have a few."""
_DIGITS = 10
_DIGITS_OF_MEMBER = 9


class Flaw(Exception):  # noqa: N818 — it is what the bytes have
    """Bytes that are not a value.

    Args:
        place: After how many of them that shows.
        detail: What is wrong, in words.
    """

    def __init__(self, place: int, detail: str) -> None:
        super().__init__(detail)
        self.place = place
        self.detail = detail


class Head(NamedTuple):
    """The line that a value begins with.

    Attributes:
        kind: Its type, the first byte.
        follows: Bytes of a string, or values of an aggregate; -1 for null. 0 for a
            line.
        end: Where the line ends.
    """

    kind: int
    follows: int
    end: int


def head_at(data: bytes | bytearray, place: int) -> Head | None:
    """Return the line of the value that begins at a place; None if it is not whole.

    Raises:
        Flaw: No value begins there.
    """
    kind = data[place]
    if not (kind in LINES or kind in STRINGS or kind in AGGREGATES):
        raise Flaw(place + 1, f"no value begins with {_shown(data, place, place + 1)}")
    stop = data.find(LINE_END, place, place + MAX_LINE)
    if stop < 0:
        if len(data) - place >= MAX_LINE:
            raise Flaw(place + MAX_LINE, "its line does not end")
        return None
    end = stop + len(LINE_END)
    if kind in LINES:
        return Head(kind, 0, end)
    count = _count(data, place, stop)
    if kind in AGGREGATES:
        return Head(kind, count * AGGREGATES[kind] if count > 0 else count, end)
    if count > MAX_STRING:
        raise Flaw(end, f"a string of {count:,} bytes")
    return Head(kind, count, end)


def _count(data: bytes | bytearray, place: int, stop: int) -> int:
    digits = data[place + 1 : stop]
    if digits == b"-1":
        return -1
    if not digits.isdigit() or len(digits) > _DIGITS or int(digits) > MAX_MEMBERS:
        shown = _shown(data, place, stop)
        raise Flaw(stop + len(LINE_END), f"{shown} does not say how much follows")
    return int(digits)


def _shown(data: bytes | bytearray, begin: int, end: int) -> str:
    return repr(bytes(data[begin : min(end, begin + 24)]).decode("ascii", "replace"))


class Scan:
    """Finds the end of one value, in however many pieces it comes.

    Attributes:
        place: Where it goes on: all before that is read.
        spans: Where the first members of an aggregate are, without their lines; nested
            ones are empty. Of a value that is none, its own.
        kind: The type of the value; 0 before its line is read.
        word: The beginning of the first member, where the places are not kept.
        needed: Bytes after :attr:`place` that have to come before it can go on.
    """

    __slots__ = ("_ending", "_stack", "kind", "needed", "place", "spans", "word")

    MOST = 64
    """Members whose places are kept."""

    def __init__(self, place: int = 0) -> None:
        self.place = place
        self.spans: list[tuple[int, int]] = []
        self.kind = 0
        self.word = b""
        self.needed = 0
        self._stack: list[tuple[int, bool]] = []  # values to come, whether they count
        self._ending = False  # whether the end of a string is next

    def advance(self, data: bytes | bytearray) -> bool:
        """Read on; return whether the value is whole, and ends at :attr:`place`.

        Raises:
            Flaw: It is malformed.
        """
        size = len(data)
        if self._ending:
            if not self._end_string(data):
                return False
            if self._finish():
                return True
        while self.place < size:
            head = head_at(data, self.place)
            if head is None:
                return False
            whole = self._take(data, head)
            if whole is None:
                return False
            if whole:
                return True
        return False

    def pass_string(self) -> None:
        """Learn that a string was read but for its end, which comes first now."""
        self.place, self.needed, self._ending = 0, len(LINE_END), True

    def _end_string(self, data: bytes | bytearray) -> bool:
        end = self.place + len(LINE_END)
        if end > len(data):
            return False
        if data[self.place : end] != LINE_END:
            raise Flaw(end, "no line end follows its bytes")
        self.place, self.needed, self._ending = end, 0, False
        return True

    def _take(self, data: bytes | bytearray, head: Head) -> bool | None:
        """Take in one value; return whether all is whole, None where it lacks bytes."""
        kind, count, end = head
        if kind in AGGREGATES:
            self._begin(kind, head)
            return self._finish() if count <= 0 else False
        low, high = self.place + 1, end - len(LINE_END)
        if kind in STRINGS and count >= 0:
            low, high, end = end, end + count, end + count + len(LINE_END)
            if not self._stack:
                self.kind = self.kind or kind
            self.needed = end - self.place if end > len(data) else 0
            if self.needed:
                return None
            if data[high:end] != LINE_END:
                raise Flaw(end, f"no line end follows its {count:,} bytes")
        self._add(kind, low, high)
        self.place = end
        return self._finish()

    def _begin(self, kind: int, head: Head) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise Flaw(head.end, f"more than {MAX_DEPTH} arrays in each other")
        counts = kind != ATTRIBUTE
        if not self._stack and counts and not self.kind:
            self.kind = kind
        elif counts:
            self._add(kind, head.end, head.end)
        self.place = head.end
        if head.follows > 0:
            self._stack.append((head.follows, counts))
        elif not counts:
            self._stack.append((0, False))

    def _add(self, kind: int, low: int, high: int) -> None:
        if self._stack and not self._stack[-1][1]:
            return
        if not self._stack and not self.kind:
            self.kind = kind
        if len(self._stack) <= 1 and len(self.spans) < self.MOST:
            self.spans.append((low, high))

    def _finish(self) -> bool:
        """Count one value that is whole; return whether the first one is."""
        stack = self._stack
        while stack:
            left, counts = stack.pop()
            if left > 1:
                stack.append((left - 1, counts))
                return False
            if not counts:
                return False  # the value that it is an attribute of follows
        return True


def strings_in(data: bytes, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield where the strings and texts in some whole values are, nested ones too."""
    place = low
    while place < high:
        begin, head = place, head_at(data, place)
        assert head is not None
        place = head.end
        if head.kind in STRINGS and head.follows >= 0:
            yield place, place + head.follows
            place += head.follows + len(LINE_END)
        elif head.kind in LINES:
            yield begin + 1, head.end - len(LINE_END)


def member_at(data: bytes, place: int) -> tuple[int, int] | None:
    """Return where a string or a number at a place is; None for anything else."""
    stop = data.find(LINE_END, place, place + MAX_LINE)
    if stop < 0:
        return None
    kind = data[place]
    if kind == NUMBER:
        return place + 1, stop
    digits = data[place + 1 : stop]
    if kind != BULK or not digits.isdigit() or len(digits) > _DIGITS_OF_MEMBER:
        return None
    low = stop + 2
    high = low + int(digits)
    return (low, high) if data.startswith(LINE_END, high) else None
