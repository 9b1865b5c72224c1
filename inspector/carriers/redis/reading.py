r"""One side: bytes to values, whole, and what is malformed.

::

    *3⏎$7⏎publish⏎…   a Value: where it is, and its first members
    :1⏎               another
    *x⏎               a Flaw: then on from the next value that is told from other bytes

Each byte is looked at once and copied twice at most, in however many pieces it comes.
What no carrier asks for, such as a reply of many megabytes, is not kept.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from .lines import next_unit, unfinished
from .values import (
    ARRAY,
    BULK,
    LINE_END,
    LINES,
    MAX_LINE,
    PUSH,
    Scan,
    member_at,
    strings_in,
)
from .values import Flaw as Malformed

MAX_KEPT = 1 << 26
"""Bytes of a value that is kept until it is whole."""
MAX_UNASKED = 1 << 16
"""… of one that no carrier asks for."""
MAX_WORD = 32
"""Bytes of the name of a command."""
_FEW = {b"%d" % count: count for count in range(1, 9)}  # members, read in one go
_SPACE, _TAB = b" \t"
_INLINE = 0  # the kind of a command that is a line
_PLAUSIBLE = 16
_LONGEST_NAME = len(b"$12\r\npunsubscribe\r\n")


_Left: TypeAlias = "tuple[bytes, int] | None"
"""Bytes that begin with a value, and the place of the first; None for nothing."""


class Value(msgspec.Struct, gc=False):
    """A value on its way.

    Attributes:
        kind: Its type; 0 for a command that is a line.
        begin: Place of its first byte.
        end: Place after the last one.
        source: What holds its bytes.
        low: Where in that it begins …
        high: … and ends.
        spans: Where in that its first members are, or what it says itself.
        whole: Whether that holds all its bytes; else only the first member.
        sent: All its bytes as they travelled, where those here conceal something.
    """

    kind: int
    begin: int
    end: int
    source: bytes
    low: int
    high: int
    spans: list[tuple[int, int]]
    whole: bool = True
    sent: bytes = b""

    @property
    def text(self) -> bytes:
        """All its bytes; nothing if they were not kept."""
        return self.source[self.low : self.high] if self.whole else b""

    @property
    def first_word(self) -> int:
        """Where in its side the first member of an array is; -1 where it has none."""
        if self.kind not in (ARRAY, PUSH, _INLINE) or not self.spans:
            return -1
        return self.begin + self.spans[0][0] - self.low

    def texts(self) -> list[tuple[int, int]]:
        """Return where in its source all texts are, those in nested arrays too."""
        if self.kind == _INLINE:
            return [(self.spans[0][1], self.high - 1)]  # all after the first word
        return list(strings_in(self.source, self.low, self.high))

    def member(self, index: int) -> bytes:
        """Return one of its first members; nothing where there is none."""
        if index >= len(self.spans):
            return b""
        low, high = self.spans[index]
        return self.source[low:high]


class Flaw(msgspec.Struct, gc=False):
    """Bytes that are not a value.

    Attributes:
        begin: Place of the first.
        end: Place after those that show it.
        detail: What is wrong, in words.
    """

    begin: int
    end: int
    detail: str


Read: TypeAlias = Value | Flaw


class Reader:
    """What is read of one side.

    Args:
        keep: Whether values are kept that no carrier asks for, as long as they may be.

    Attributes:
        received: Bytes that came so far: the place of the next.
        commands: Whether they are a client's, which says nothing but commands; None
            while that is not known.
        sealed: Whether nothing is read of them any more.
    """

    __slots__ = (
        "_base",
        "_begin",
        "_keep",
        "_kept",
        "_lost",
        "_passing",
        "_scan",
        "commands",
        "received",
        "sealed",
    )

    def __init__(self, *, keep: bool = False) -> None:
        self.received = 0
        self.commands: bool | None = None
        self.sealed = False
        self._keep = keep
        self._kept = bytearray()
        self._base = 0  # place of the first byte that is kept
        self._begin = 0  # place of the value that is not whole
        self._scan: Scan | None = None  # … and how far that is read
        self._passing = 0  # bytes of it to come that are not kept
        self._lost = False  # whether it is not known where the next value begins

    @property
    def buffered(self) -> int:
        """Bytes that are kept."""
        return len(self._kept)

    @property
    def begun(self) -> int:
        """Bytes of a value that is not whole."""
        return 0 if self._lost else len(self._kept)

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a value, and is read."""
        return not (self._kept or self._scan or self._lost or self.sealed)

    def lose(self) -> int:
        """Forget what is kept: a value comes next. Return how many bytes that were."""
        count = len(self._kept)
        self._kept.clear()
        self._scan, self._passing, self._lost = None, 0, False
        return count

    def receive(self, data: bytes) -> list[Read]:
        """Return what the next bytes complete."""
        begin = self.received
        self.received += len(data)
        if self.sealed:
            return []
        found: list[Read] = []
        left: _Left
        if not (self._kept or self._scan or self._lost):
            left = data, begin
        elif self._lost:
            left = self._resume(self._with_kept(data))
        else:
            left = self._go_on(data, found)
        while left is not None:
            left = self._read(*left, found)
        return found

    def _with_kept(self, data: bytes) -> bytes:
        whole = bytes(self._kept) + data
        self._kept.clear()
        return whole

    def _read(self, data: bytes, base: int, found: list[Read]) -> _Left:
        """Add the values that some bytes begin with; keep what is not whole.

        Returns:
            What is left to be read after the first value that took more than a look.

        Args:
            data: The bytes, which begin with a value.
            base: Place of the first.
            found: What is added to.
        """
        place, size = 0, len(data)
        while place < size:
            value = self._read_plain(data, place, base)
            if value is None:
                break
            found.append(value)
            place = value.high
        if place < size:
            self._base = self._begin = base + place
            self._kept += memoryview(data)[place:]
            self._scan = Scan()
            return self._go_on(b"", found)
        return None

    # decision 34
    def _read_plain(self, data: bytes, place: int, base: int) -> Value | None:
        """Return the value at a place if it is one of a line, or a few strings."""
        kind = data[place]
        stop = data.find(LINE_END, place, place + MAX_LINE)
        if stop < 0:
            return None
        if not self.commands and (kind in LINES or kind == BULK):
            one = (place + 1, stop) if kind in LINES else member_at(data, place)
            if one is None:
                return None
            end = one[1] + 2
            return Value(kind, base + place, base + end, data, place, end, [one])
        count = data[place + 1 : stop]
        pushed = kind == PUSH and not self.commands
        if not (kind == ARRAY or pushed) or count not in _FEW:
            return None
        spans, end = [], stop + 2
        for _ in range(_FEW[count]):
            span = member_at(data, end)
            if span is None:
                return None
            spans.append(span)
            end = span[1] + 2
        return Value(kind, base + place, base + end, data, place, end, spans)

    def _go_on(self, data: bytes, found: list[Read]) -> _Left:
        """Read on in a value that was not whole; return what is left after it."""
        data = self._pass_over(data)
        kept = self._kept
        kept += data
        scan = self._scan
        assert scan is not None
        if self._passing or len(kept) - scan.place < scan.needed:
            return None
        if data and self._waits_for_line(data, scan):
            return None
        try:
            whole = self._advance(scan)
        except Malformed as flaw:
            return self._miss(flaw, found)
        if not whole:
            self._let_pass(scan)
            return None
        return self._finish(scan, found)

    def _waits_for_line(self, data: bytes, scan: Scan) -> bool:
        """Whether only the end of a line is missing, and it is not in some bytes."""
        waiting = len(self._kept) - scan.place
        return (
            not scan.needed
            and _PLAUSIBLE + len(data) < waiting < MAX_LINE
            and b"\n" not in data
        )

    def _advance(self, scan: Scan) -> bool:
        """Read on; return whether the value is whole.

        Raises:
            Malformed: It is none.
        """
        kept = self._kept
        if not scan.kind and kept and self._is_line(kept[0]):
            return self._advance_inline(scan)
        return scan.advance(kept)

    def _is_line(self, first: int) -> bool:
        """Whether a byte begins a command that is a line: no value has a letter."""
        if self.commands is None:
            return chr(first).isalpha()
        return self.commands and first != ARRAY

    def _advance_inline(self, scan: Scan) -> bool:
        """Read a command that is a line of words."""
        kept = self._kept
        stop = kept.find(b"\n", 0, MAX_LINE)
        shown = kept[: stop if stop >= 0 else MAX_LINE].rstrip(b"\r")
        if not shown.isascii() or any(each < _SPACE and each != _TAB for each in shown):
            raise Malformed(1, f"no command begins with {bytes(kept[:8])!r}")
        if stop < 0:
            if len(kept) >= MAX_LINE:
                raise Malformed(MAX_LINE, "its line does not end")
            return False
        first = shown.split(None, 1)[:1]
        begin = shown.find(first[0]) if first else 0
        scan.spans = [(begin, begin + len(first[0]) if first else 0)]
        scan.place = stop + 1
        return True

    def _let_pass(self, scan: Scan) -> None:
        """Let go of what was read of a value that nobody asks for, or that is long."""
        kept = self._kept
        size = scan.place + max(scan.needed, len(kept) - scan.place)
        asked = self._keep or self._is_asked_for(scan)
        if not scan.kind or size <= (MAX_KEPT if asked else MAX_UNASKED):
            return
        if scan.spans and not scan.word:
            scan.word = self._first_of(scan)
        scan.spans = []
        missing = scan.needed - (len(kept) - scan.place)
        passes = missing > len(LINE_END)
        passed = len(kept) if passes else scan.place
        del kept[:passed]
        self._base += passed
        scan.place = 0
        if passes:
            self._passing = missing - len(LINE_END)
            scan.pass_string()

    def _is_asked_for(self, scan: Scan) -> bool:
        """Whether a value may be what the carrier reads, by what has come of it."""
        if scan.kind not in (ARRAY, PUSH) or scan.word:
            return False
        if not scan.spans:
            return scan.needed <= _LONGEST_NAME
        name = self._first_of(scan).lower()
        return name.endswith((b"publish", b"subscribe", b"message"))

    def _first_of(self, scan: Scan) -> bytes:
        low, high = scan.spans[0]
        return bytes(self._kept[low : min(high, low + MAX_WORD)])

    def _pass_over(self, data: bytes) -> bytes:
        """Return what follows those bytes of a string that are not kept."""
        if not self._passing:
            return data
        count = min(self._passing, len(data))
        self._passing -= count
        self._base += count
        return data[count:]

    def _finish(self, scan: Scan, found: list[Read]) -> _Left:
        """Add the value that is whole now; return what follows it."""
        kept, end = self._kept, scan.place
        whole = self._base == self._begin
        source = bytes(kept[:end]) if whole else scan.word
        spans = scan.spans if whole else [(0, len(source))]
        high = self._base + end
        found.append(
            Value(scan.kind, self._begin, high, source, 0, len(source), spans, whole)
        )
        rest = bytes(memoryview(kept)[end:])
        kept.clear()
        self._scan = None
        return (rest, high) if rest else None

    def _miss(self, flaw: Malformed, found: list[Read]) -> _Left:
        """Note that bytes are malformed; return what begins with the next value."""
        end = self._base + flaw.place
        found.append(Flaw(self._begin, end, flaw.detail))
        self._scan = None
        self._lost = True
        rest = bytes(self._kept[max(flaw.place - 1, 0) :])
        self._kept.clear()
        self._base = end - min(flaw.place, 1)
        return self._resume(rest)

    def _resume(self, data: bytes) -> _Left:
        """Return what begins with the next value; keep what may begin one."""
        base = self.received - len(data)
        place = next_unit(data, 0)
        if place < 0:
            self._kept += data[unfinished(data) :]
            self._base = self.received - len(self._kept)
            return None
        self._lost = False
        return data[place:], base + place
