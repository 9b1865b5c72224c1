"""Frames of a peer that may write them wrong: what it meant, and what is wrong.

A reader that does as Nest does loses everything after the first wrong length. A card is
to say which length was wrong, and to go on; so here the end of a body is where its JSON
text ends, and its length is compared with that.
"""

from __future__ import annotations

from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING

from protocol import LengthUnit, count_units, loads
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from protocol import Json

MOST_HELD = 64 << 20
"""Bytes of one frame that are held at most; what is longer is not read."""
_DIGITS = b"0123456789"
_CANONICAL = lazy_regex(r"0|[1-9][0-9]*")
_BLANKS = " \t\r\n"
_WIDEST = 4  # bytes of a character in UTF-8
_MARGIN = 64  # bytes that a length may be too small by, in no unit that is known
_MOST_DIGITS = 12  # of a length; all beyond is never complete
_OTHERS = (LengthUnit.UTF8, LengthUnit.CODE_POINTS)


class Frame(NamedTuple):
    """One frame, as it was written.

    Attributes:
        lead: What stood between the frame before and the digits: nothing, in Nest's.
        length: The length as it was written.
        body: The text of the body; bytes that are not UTF-8 as lone surrogates.
        value: What the body says; null in place of NaN and Infinity.
        problem: Why it is not JSON, or not strictly; empty where it is.
    """

    lead: str
    length: str
    body: str
    value: Json
    problem: str = ""

    @property
    def raw(self) -> bytes:
        """The body as it travelled."""
        return self.body.encode("utf-8", "surrogateescape")

    @property
    def members(self) -> dict[str, Json]:
        """The members of the packet; none if it is not an object."""
        return self.value if isinstance(self.value, dict) else {}

    def length_problem(self) -> str:
        """Return what is wrong with the number; nothing if it counts as Nest does."""
        declared, units = int(self.length), count_units(self.raw)
        if declared == units:
            return ""
        for unit in _OTHERS:
            if declared == unit.count(self.raw):
                return (
                    f"a length counts {unit.value}: {declared}, where Nest counts "
                    f"{units} UTF-16 code units"
                )
        return f"a length is {declared}, the body has {units} UTF-16 code units"

    def spelling_problem(self) -> str:
        """Return what is unusual before the body; nothing if Nest would write it."""
        if self.lead:
            return f"{self.lead!r} is between two frames"
        if not _CANONICAL.fullmatch(self.length):
            return f"a length is written as {self.length}"
        return ""


# decision 191: A card reads what a peer meant
class Reader:
    """Takes the bytes of one direction apart, however its lengths count.

    Attributes:
        broken: Why nothing more can be read; empty as long as it can.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self.broken = ""

    @property
    def held(self) -> bytes:
        """What was read and is no frame yet."""
        return self._buffer

    def feed(self, data: bytes, *, last: bool = False) -> list[Frame]:
        """Return the frames that are complete.

        Args:
            data: The next bytes.
            last: Whether no more are to be waited for, so that a length which is too
                large does not hold its frame back.
        """
        self._buffer += data
        frames = []
        while not self.broken:
            frame = self._next(last=last)
            if frame is None:
                break
            frames.append(frame)
        return frames

    def _next(self, *, last: bool) -> Frame | None:
        head, mark, rest = self._buffer.partition(b"#")
        if not mark:
            self._check_size()
            return None
        lead = head.rstrip(_DIGITS)
        length = head[len(lead) :].decode()
        if not length:
            self.broken = f"no length before #: {_shown(head)}"
            return None
        if len(length) > _MOST_DIGITS or (len(rest) < int(length) and not last):
            self._check_size()
            return None
        return self._cut(lead.decode("utf-8", "replace"), length, rest, last=last)

    def _cut(self, lead: str, length: str, rest: bytes, *, last: bool) -> Frame | None:
        """Return the frame whose body begins ``rest``, if its JSON text is complete."""
        room = _WIDEST * int(length) + _MARGIN
        text = rest[:room].decode("utf-8", "surrogateescape")
        try:
            value, end, problem = _parse(text)
        except (JSONDecodeError, RecursionError) as error:
            if last or len(rest) >= room:
                self.broken = f"a body is not JSON: {_shown(rest)} ({error})"
            return None
        end = _with_blanks(text, end, int(length))
        body = text[:end]
        frame = Frame(lead, length, body, value, problem)
        self._buffer = rest[len(frame.raw) :]
        return frame

    def _check_size(self) -> None:
        if len(self._buffer) > MOST_HELD:
            self.broken = f"more than {MOST_HELD >> 20} MiB without a frame"


def _parse(text: str) -> tuple[Json, int, str]:
    """Return the value that begins a text, where it ends, and what is not strict."""
    loose: list[str] = []
    decoder = JSONDecoder(parse_constant=loose.append)
    begin = len(text) - len(text.lstrip(_BLANKS))
    value, end = decoder.raw_decode(text, begin)
    if loose:
        return value, end, f"{loose[0]} is not JSON"
    try:
        return loads(text[begin:end].encode("utf-8", "surrogateescape")), end, ""
    except ValueError as error:
        return value, end, str(error)


def _with_blanks(text: str, end: int, length: int) -> int:
    """Return the end of a body that has white space after its JSON text."""
    while end < len(text) and text[end] in _BLANKS and _units(text[:end]) < length:
        end += 1
    return end


def _units(text: str) -> int:
    return count_units(text.encode("utf-8", "surrogateescape"))


def _shown(data: bytes) -> str:
    return repr(data[:40].decode("utf-8", "replace"))
