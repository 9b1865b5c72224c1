"""Frames as text to what is right or wrong with them, for the command ``explain``.

A frame that was pasted is often wrong in its length, so the body is not cut by
it: it is the JSON value that follows the ``#``, and the length is judged by it::

    14#{"a":"é😀"}
    ── ──────────
    │  └ 11 UTF-16 units, 14 bytes, 10 code points
    └ so the length counts bytes

Only where no end of a value is found, or where digits could be part of the next
length, the body is what Nest would take.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.proxy_protocol import read_proxy_header
from inspector.words import plural
from protocol import (
    DELIMITER,
    CorruptedLengthError,
    Event,
    Frame,
    InvalidJsonError,
    LengthUnit,
    Packet,
    PacketError,
    Request,
    count_units,
    encode_frame,
    parse_length,
    parse_packet,
    route,
)
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANKS = lazy_regex(rb"[ \t\r\n]*+")
# Strings, the last of which may lack its end, and what opens and closes a value.
_STRUCTURE = lazy_regex(
    rb'"(?>(?:[^"\\]|\\.)*)(?:"|\\?\Z)|(?P<open>[{\[])|(?P<close>[}\]])', re.DOTALL
)
_OPENING = (b"{", b"[", b'"')
_FORGOTTEN = lazy_regex(rb'[0-9]*[ \t\r\n]*(?=[{\["])')
"""The bytes before a JSON text whose ``#`` is missing."""


class Judgement(StrEnum):
    """What is right or wrong with a frame."""

    RIGHT = "right"
    BYTES = "bytes"
    CODE_POINTS = "code_points"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    CUT_OFF = "cut_off"
    NO_DELIMITER = "no_delimiter"
    NO_NUMBER = "no_number"
    NO_JSON = "no_json"
    PROXY = "proxy"


class Explanation(msgspec.Struct, frozen=True):
    """One frame, and what is right or wrong with it.

    Attributes:
        raw: The frame as it was given.
        header: The bytes before the ``#``.
        length: What Nest reads there, in UTF-16 code units; None for no number.
        body: The JSON text that follows.
        judgement: What is right or wrong with it.
        reason: Why the body is not JSON, or not a packet; empty if it is.
        packet: What the body says with the right length; None when it says nothing.
        lost: Whether a wrong frame precedes it, so that Nest never reads it.
    """

    raw: bytes
    header: bytes
    length: int | None
    body: bytes
    judgement: Judgement
    reason: str = ""
    packet: Packet | None = None
    lost: bool = False

    @property
    def units(self) -> int:
        """UTF-16 code units of the body: what Nest counts."""
        return count_units(self.body)

    @property
    def points(self) -> int:
        """Code points of the body, invalid bytes replaced as Nest replaces them."""
        return LengthUnit.CODE_POINTS.count(self.body)

    @property
    def replaced(self) -> int:
        """Characters that Nest reads as U+FFFD because they are not UTF-8."""
        text = self.body.decode("utf-8", "replace")
        return text.count("\ufffd") - self.body.count("\ufffd".encode())

    @property
    def missing(self) -> int:
        """Units that the length promises and the body lacks; negative: too many."""
        return (self.length or 0) - self.units

    @property
    def right_frame(self) -> bytes | None:
        """The same body with the right length; None when it is not JSON."""
        if self.judgement in {Judgement.NO_JSON, Judgement.CUT_OFF} or not self.body:
            return None
        return encode_frame(self.body)

    @property
    def route(self) -> str | None:
        """Where the newest Nest looks for a handler; None for a response."""
        if isinstance(self.packet, Request | Event):
            return route(self.packet.pattern)
        return None


def explain(data: bytes) -> Iterator[Explanation]:
    """Yield an explanation for each frame in ``data``, blanks between them ignored."""
    # The header of a proxy, version 2, begins with what are blanks elsewhere.
    position = 0 if read_proxy_header(data) else _skip_blanks(data, 0)
    lost = False
    while position < len(data):
        explanation = _explain_one(data, position, lost=lost)
        yield explanation
        position = _skip_blanks(data, position + len(explanation.raw))
        lost = lost or explanation.judgement is not Judgement.RIGHT


def verdict(explanation: Explanation) -> str:
    """Return what is right or wrong with a frame, in a sentence or two."""
    missing, units = explanation.missing, plural(explanation.units, "unit")
    more, cut = f"{missing:,} more", plural(-missing, "unit")
    counts = "Nest counts UTF-16 units, and"
    sentences = {
        Judgement.RIGHT: f"Nest reads {units}, the whole body.",
        Judgement.BYTES: f"The length counts UTF-8 bytes. {counts} waits for {more}.",
        Judgement.CODE_POINTS: (
            f"The length counts code points. {counts} truncates the body by "
            f"{-missing:,}."
        ),
        Judgement.TOO_LARGE: f"The length is too large: Nest waits for {more}.",
        Judgement.TOO_SMALL: (
            f"The length is too small: Nest truncates the body by {cut}."
        ),
        Judgement.CUT_OFF: f"The frame is truncated: Nest waits for {more}.",
        Judgement.NO_DELIMITER: _name_what_lacks(explanation),
        Judgement.NO_NUMBER: "There is no number before the #.",
        Judgement.PROXY: f"This is {explanation.reason}. Nest takes it for a length.",
        Judgement.NO_JSON: f"The body is {explanation.reason}.",
    }
    return sentences[explanation.judgement]


def _name_what_lacks(explanation: Explanation) -> str:
    if not explanation.body:
        return "There is no #: Nest takes everything for the beginning of a length."
    what = "# after the length" if explanation.header else "length before the JSON"
    return f"There is no {what}: Nest takes everything for a length."


def _explain_one(data: bytes, start: int, *, lost: bool) -> Explanation:
    delimiter = data.find(DELIMITER, start)
    forgotten = _FORGOTTEN.match(data, start)
    proxy = read_proxy_header(data[start:])
    if proxy is not None:
        raw = data[start : start + proxy.size]
        client = f", for the client {proxy.client}" if proxy.client else ""
        reason = f"a PROXY protocol header, version {proxy.version}{client}"
        return Explanation(raw, raw, None, b"", Judgement.PROXY, reason, lost=lost)
    if forgotten or delimiter < 0:
        return _without_delimiter(data, start, forgotten, lost=lost)
    header = data[start:delimiter]
    length = _read_length(header)
    body, whole = _read_body(data, delimiter + 1, length)
    packet, problem = _read_packet(body)
    return Explanation(
        raw=data[start : delimiter + 1 + len(body)],
        header=header,
        length=length,
        body=body,
        judgement=_judge(body, length, problem, whole=whole),
        reason=problem.reason if problem else "",
        packet=packet,
        lost=lost,
    )


def _without_delimiter(
    data: bytes, start: int, forgotten: re.Match[bytes] | None, *, lost: bool
) -> Explanation:
    """Explain a text with no ``#`` at all, or one whose JSON begins without it."""
    if forgotten is None:
        raw = data[start:]
        return Explanation(raw, raw, None, b"", Judgement.NO_DELIMITER, lost=lost)
    begin = forgotten.end()
    end = _end_of_value(data, begin) or len(data)
    packet, problem = _read_packet(data[begin:end])
    broken = isinstance(problem, InvalidJsonError)
    return Explanation(
        raw=data[start:end],
        header=data[start:begin].strip(),
        length=None,
        body=b"" if broken else data[begin:end],
        judgement=Judgement.NO_DELIMITER,
        reason=problem.reason if problem else "",
        packet=packet,
        lost=lost,
    )


def _skip_blanks(data: bytes, start: int) -> int:
    blanks = _BLANKS.match(data, start)
    return blanks.end() if blanks else start


def _read_length(header: bytes) -> int | None:
    """Return what Nest reads before the ``#``; None where that is not a number."""
    try:
        return parse_length(header.decode("utf-8", "replace"))
    except CorruptedLengthError:
        return None


# decision 53
def _read_body(data: bytes, start: int, length: int | None) -> tuple[bytes, bool]:
    """Return the value at ``start`` and True, or what the length says and False."""
    end = _end_of_value(data, _skip_blanks(data, start))
    if end is None:
        rest = data[start:]
        return rest if length is None else _take_units(rest, length), False
    # Blanks after the value belong to the body where they make the length right.
    room = (length or 0) - count_units(data[start:end])
    blanks = room if 0 < room <= _skip_blanks(data, end) - end else 0
    return data[start : end + blanks], True


def _end_of_value(data: bytes, start: int) -> int | None:
    """Return where the string, array or object at ``start`` ends, None if nowhere."""
    if not data.startswith(_OPENING, start):
        return None
    depth = 0
    for token in _STRUCTURE.finditer(data, start):
        depth += (token["open"] is not None) - (token["close"] is not None)
        if depth <= 0:
            # A string that lacks its end runs up to the end of the data.
            whole = token["close"] or (len(token[0]) > 1 and token[0].endswith(b'"'))
            return token.end() if whole else None
    return None


def _take_units(data: bytes, units: int) -> bytes:
    """Return the bytes of the first ``units`` code units, or all when they are less."""
    if count_units(data) <= units:
        return data
    try:
        return data[: LengthUnit.UTF16.size_of(data, units)]
    except ValueError:  # they end inside a character: it is taken whole
        return data[: LengthUnit.UTF16.size_of(data, units + 1)]


def _judge(
    body: bytes, length: int | None, problem: PacketError | None, *, whole: bool
) -> Judgement:
    units = count_units(body)
    if length is None:
        return Judgement.NO_NUMBER
    if isinstance(problem, InvalidJsonError):
        cut_off = length > units and not whole
        return Judgement.CUT_OFF if cut_off else Judgement.NO_JSON
    if length == units:
        return Judgement.RIGHT
    if length == len(body):
        return Judgement.BYTES
    if length == LengthUnit.CODE_POINTS.count(body):
        return Judgement.CODE_POINTS
    return Judgement.TOO_LARGE if length > units else Judgement.TOO_SMALL


def _read_packet(body: bytes) -> tuple[Packet | None, PacketError | None]:
    if not body.strip():
        return None, InvalidJsonError("empty, and that is not JSON")
    try:
        return parse_packet(Frame(body, 0, len(body))), None
    except PacketError as error:
        return None, error
