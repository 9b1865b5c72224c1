"""Both sides of a connection: what each request is for, and each response.

A response says only which request it answers; they come in the order of those.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inspector.carriers.base import Trouble
from inspector.carriers.brokered_talk import BrokeredTalk

from .asking import Asking
from .compression import LackingError
from .fields import INT, MalformedError
from .hops import HopReader
from .passing import Passing
from .pending import Pending
from .reading import LENGTH, Flaw, Reader
from .recognition import (
    REACH,
    begins_request,
    first_request,
    may_be_request,
)
from .searching import first_response
from .serving import Serving
from .watching import Watching

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Unit

    from .reading import Frame

_NUMBERED = 8  # bytes of a response with the number of its request
_UNKNOWN = 1 << 20
"""Bytes of a response to what was not seen, beyond which it is none."""
_TOKEN = 1 << 16
"""Bytes of a token of SASL."""
PROTOCOL, UNREAD = "kafka-protocol", "unread-records"


class KafkaTalk(BrokeredTalk[Reader]):
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.

    Attributes:
        client: The side that is not the broker, once that is known.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self.client: int | None = None
        self._conceal = conceal
        self._pending, self._watching = Pending(), Watching()
        passing = Passing(conceal)
        shared = conceal, passing, self._pending, self._watching
        self._asking, self._serving = Asking(*shared), Serving(*shared)
        readers = self._reader(0), self._reader(1)
        super().__init__(readers)
        known = self._pending, self._watching, passing, self._asking, self._serving
        self._hops = HopReader(readers[0], *known), HopReader(readers[1], *known)

    def hops(self, side: Side) -> HopReader | None:
        """Return what reads plain hops of a side, if its next bytes may be one."""
        hops = self._hops[side]
        if self.client is None or self._conceal is not None or not hops.ready:
            return None
        hops.asks = side == self.client
        return hops

    def _reader(self, side: Side) -> Reader:
        return Reader(partial(self._begins, side), partial(self._first, side), REACH)

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        units: list[Unit] = []
        for read in self._readers[side].receive(data):
            if isinstance(read, Flaw):
                units.append(self._trouble(side, read.begin, read.end, read.detail))
            else:
                units += self._read(side, read, time_ns)
        return units

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:  # noqa: ARG002 — it matters not why
        """Return what is to be said of how a client has polled."""
        if side != self.client:
            return []
        return self._watching.finish(side, self._readers[side].received)

    def _read(self, side: Side, frame: Frame, time_ns: int) -> list[Unit]:
        """Return what a frame is, or why it cannot be read."""
        asks = side == self.client
        try:
            if self._pending.raw[not asks] and not self._framed(frame, asks=asks):
                self._pending.raw[not asks] -= 1
                return [self._asking.token(side, frame)]
            reads = self._asking.read if asks else self._serving.read
            return reads(side, frame, time_ns)
        except MalformedError as error:
            code, detail = PROTOCOL, f"{error}"
        except LackingError as error:
            code, detail = UNREAD, f"{error}"
        unit = self._trouble(side, frame.begin, frame.end, detail, code)
        unit.framed = True
        return [unit]

    def _framed(self, frame: Frame, *, asks: bool) -> bool:
        """Whether what may be a token has the head of a request, or a response."""
        if asks:
            return may_be_request(frame.data)
        known = len(frame.data) >= _NUMBERED
        return known and self._pending.knows(INT.unpack_from(frame.data, LENGTH)[0])

    def _begins(self, side: Side, data: bytes, place: int) -> bool:
        """Whether a frame of a side may begin at a place."""
        length = INT.unpack_from(data, place)[0]
        if self.client is None:
            if place + LENGTH + length > len(data):
                return True  # a frame shows who asks, not a piece of one
            self.client = side if begins_request(data, place) else 1 - side
        asks = side == self.client
        if self._pending.raw[not asks] and length <= _TOKEN:
            return True
        if asks:
            return may_be_request(data, place)
        if length < _NUMBERED - LENGTH:
            return False
        number = INT.unpack_from(data, place + LENGTH)[0]
        return self._pending.knows(number) or (number >= 0 and length <= _UNKNOWN)

    def _first(self, side: Side, data: bytes, place: int) -> int:
        """Return where the next frame of a side begins; -1 for nowhere."""
        first = first_request if side == self.client else first_response
        return first(data, place)

    def _trouble(
        self, side: Side, begin: int, end: int, detail: str, code: str = PROTOCOL
    ) -> Trouble:
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(side=side, begin=begin, end=end, code=code, detail=detail)
