"""Nest's framing around bodies that are not JSON: both sides have their own codec.

::

    length in bytes, DELIMITER, body          47#<47 bytes of MessagePack>

A serializer or a ``socketClass`` of an application's own may send MessagePack,
protobuf, compressed or encrypted bodies and keep the frames. Nothing here reads such a
body: a frame ends where its length says. Bytes of another protocol begin with digits
and ``#`` now and then, so that a connection is taken for such a conversation only once
several frames of *both* sides have followed one another without a byte in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import DELIMITER
from protocol.lazy_regex import lazy_regex

from .base import Recognition, Skipped, Span, Trouble, Verdict

if TYPE_CHECKING:
    from .base import (
        Carrier,
        Concealment,
        Cost,
        Express,
        Side,
        Taken,
        Talk,
        Transfer,
        Unit,
    )

OPAQUE_FRAME = "own-serializer"
"""The code of a frame whose body is not JSON, where both sides send such frames."""
_HEADER = lazy_regex(rb"[1-9][0-9]{0,8}#")
_BEGUN = lazy_regex(rb"[1-9][0-9]{0,8}\Z")
_MOST_HEADER = 10  # bytes
# What JSON text, or the beginning of one, may be: anything but control characters
# after the first byte of an object, an array or a string; a number; a word.
_JSON = lazy_regex(
    rb"[\t\n\r ]*+(?:\Z|[{\[\"][^\x00-\x08\x0b\x0c\x0e-\x1f]*+\Z"
    rb"|(?:-?[0-9][0-9.eE+-]*+|-|t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?"
    rb"|n(?:u(?:ll?)?)?)[\t\n\r ]*+\Z)"
)


def may_be_opaque(beginning: bytes) -> bool:
    """Whether bytes begin with a frame whose body, as far as it came, is not JSON."""
    header = _HEADER.match(beginning)
    if header is None:
        return False
    end = header.end() + int(header[0].removesuffix(DELIMITER))
    return _JSON.match(beginning[header.end() : end]) is None


class FrameCutter:
    """Cuts one direction into frames by their lengths, in bytes, without keeping them.

    Attributes:
        received: Bytes that it was given.
        frames: Whole frames among them.
        broken: Whether bytes came that are not a header where one has to be.
    """

    def __init__(self) -> None:
        self.received = 0
        self.frames = 0
        self.broken = False
        self._begin = 0
        self._left = 0  # bytes of the body that have not come
        self._header = b""  # … or what has come of a header

    @property
    def begun(self) -> int:
        """How many of the last bytes belong to a frame that is not complete."""
        inside = not self.broken and (self._left or self._header)
        return self.received - self._begin if inside else 0

    def cut(self, data: bytes) -> list[Span]:
        """Return the places of the frames that the next bytes complete."""
        spans: list[Span] = []
        at = 0
        while at < len(data) and not self.broken:
            if not self._left:
                at = self._read_header(data, at)
                continue
            taken = min(self._left, len(data) - at)
            at += taken
            self._left -= taken
            if not self._left:
                spans.append(Span(self._begin, self.received + at))
        self.received += len(data)
        self.frames += len(spans)
        return spans

    def resume(self) -> None:
        """Expect a header next, whatever came before."""
        self.broken, self._left, self._header = False, 0, b""

    def _read_header(self, data: bytes, at: int) -> int:
        """Read on in a header; return where its body begins, or the data ends."""
        before = len(self._header)
        header = self._header + data[at : at + _MOST_HEADER - before]
        if not before:
            self._begin = self.received + at
        if found := _HEADER.match(header):
            self._header = b""
            self._left = int(found[0].removesuffix(DELIMITER))
            return at + found.end() - before
        self._header = header
        self.broken = _BEGUN.match(header) is None
        return len(data)


class OpaqueTalk:
    """Both sides of a connection whose frames are counted, and not read.

    Attributes:
        client: The side that asks; None where the capture does not show who opened
            the connection.
        plain: Always 0: no frame has an express way.
    """

    plain = 0

    def __init__(self) -> None:
        self.client: Side | None = None
        self._cutters = FrameCutter(), FrameCutter()

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:  # noqa: ARG002
        """Return the frames that the next bytes of a side complete."""
        cutter = self._cutters[side]
        begin = cutter.received
        if cutter.broken and _HEADER.match(data):
            cutter.resume()
        units: list[Unit] = [_frame(side, span) for span in cutter.cut(data)]
        if cutter.broken:
            last = units[-1].end if units else begin
            units.append(Skipped(side=side, begin=last, end=cutter.received))
        return units

    def lose(self, side: Side) -> list[Unit]:
        """Expect a header next; what has come of a frame was not read."""
        cutter = self._cutters[side]
        end, begun = cutter.received, cutter.begun
        cutter.resume()
        return [Skipped(side=side, begin=end - begun, end=end)] if begun else []

    def received(self, side: Side) -> int:
        """Return how many bytes of a side it was given."""
        return self._cutters[side].received

    def buffered(self, side: Side) -> int:
        """Return how many of them belong to a frame that is not complete."""
        return self._cutters[side].begun

    def begun(self, side: Side) -> int:
        """Return how many of the last bytes belong to a frame that is not complete."""
        return self._cutters[side].begun

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:  # noqa: ARG002
        """Return nothing: that a frame lacks its end proves nothing here."""
        return []

    def express(self, side: Side) -> Express | None:  # noqa: ARG002
        """Return None: there is no plain case."""
        return None


class OpaqueFrames:
    """The carrier of such conversations: that of the name, without its packets.

    It is not registered, since one side alone never shows it.

    Args:
        family: The carrier whose framing it is.
    """

    brokered = False
    queued = False
    reach = 0

    def __init__(self, family: Carrier) -> None:
        self.name = family.name
        self.title = family.title
        self._family = family

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return Recognition() if may_be_opaque(beginning) else Verdict.OTHER

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find a frame: one begins where a captured packet does, or is not found."""
        return Recognition() if boundary and may_be_opaque(middle) else None

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        """Return what counts the frames of one connection."""
        return OpaqueTalk()

    def cost(self, taken: Taken) -> Cost | None:
        """Return what an exchange of the family takes."""
        return self._family.cost(taken)

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        return self._family.explain(unit)

    def measure(self, transfer: Transfer) -> str:
        """Return how large a transfer is."""
        return self._family.measure(transfer)


def _frame(side: Side, span: Span) -> Trouble:
    return Trouble(
        side=side,
        begin=span.begin,
        end=span.end,
        code=OPAQUE_FRAME,
        detail="bytes that are not JSON",
        framed=True,
    )
