"""Data packets that are one step of a plain call, read in one go.

::

    HEADERS, DATA, and the stream ends     of a client: the request
    HEADERS, DATA                          of a server: the answer
    HEADERS, and the stream ends           … and the trailers: the call is over

Header blocks are those that were read before, while the table is the same. A message is
whole, and not compressed; what it says is read when somebody asks. All else is read by
:mod:`.talk`, to which a call that began here looks as if it had been read there.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from inspector.carriers.unary import ANSWERED, ASKED, ENDED, PlainUnit

from .fields import read_fields
from .frames import END_HEADERS, END_STREAM, HEAD, Type
from .headers import Sense
from .making import metadata_in
from .messages import PREFIX
from .statuses import OK

if TYPE_CHECKING:
    from .calls import Calls
    from .headers import Fields
    from .side import Side

_HEAD = Struct(">BHBBI")
_MESSAGE = Struct(">BHBBIBI")  # a frame, and what is before the message in it
_DATA, _HEADERS = int(Type.DATA), int(Type.HEADERS)
_WHOLE = END_HEADERS | END_STREAM
_MOST = 1 << 31
"""What the id of a stream is below, unless a reserved bit is set."""
_GRPC = "application/grpc"
_SUCCESS = str(OK)


# decision 193
class PlainReader:
    """Reads such packets of one side.

    Args:
        side: Reads all else of it.
        calls: The calls of the connection.

    Attributes:
        asks: Whether it is the client's.
    """

    __slots__ = ("_calls", "_fields", "_plain", "_same", "_side", "asks")
    text_of = staticmethod(read_fields)

    def __init__(self, side: Side, calls: Calls) -> None:
        self.asks = False
        self._side, self._calls = side, calls
        self._same, self._plain = side.headers.same.get, calls.plain.get
        self._fields: Fields | None = None  # of what was read last

    def read(self, data: bytes) -> PlainUnit | None:
        """Return the step of a call that some bytes are; None where it is not plain."""
        if len(data) <= HEAD:
            return None
        high, low, kind, flags, stream = _HEAD.unpack_from(data)
        if kind != _HEADERS or high or not 0 < stream < _MOST:
            return None
        after = HEAD + low
        fields = self._fields = self._same(data[HEAD:after])
        if fields is None:
            return None
        if flags == END_HEADERS:
            return self._message(data, after, stream, fields)
        ends = flags == _WHOLE and after == len(data) and not self.asks
        return self._end(stream, fields) if ends else None

    def _message(
        self, data: bytes, after: int, stream: int, fields: Fields
    ) -> PlainUnit | None:
        """Return the only message of a side, which comes after a header block."""
        size = len(data) - after - HEAD
        if size < PREFIX:
            return None
        high, low, kind, flags, other, packed, length = _MESSAGE.unpack_from(
            data, after
        )
        own = kind == _DATA and other == stream and not (high or packed)
        if not own or low != size or length != size - PREFIX:
            return None
        message = data[after + HEAD + PREFIX :]
        if self.asks:
            path = (fields.sense or _sense_of(fields)).path
            may = flags == END_STREAM and path and self._calls.may_open(stream)
            return PlainUnit(ASKED, stream, path, message) if may else None
        call = self._plain(stream)
        if flags or call is None or call.answered is not None:
            return None
        return PlainUnit(ANSWERED, stream, "", message)

    def _end(self, stream: int, fields: Fields) -> PlainUnit | None:
        """Return the end of a call that was answered."""
        call = self._plain(stream)
        if call is None or call.answered is None:
            return None
        ends = (fields.sense or _sense_of(fields)).ends
        return PlainUnit(ENDED, stream) if ends else None

    def pass_by(self, unit: PlainUnit, size: int) -> None:
        """Learn that it was counted: what the talk would note of it."""
        self._side.received += size
        fields, what = self._fields, unit.what
        assert fields is not None
        if what == ASKED:
            self._calls.open_plain(unit.stream, fields)
        elif what == ANSWERED:
            self._calls.plain[unit.stream].answered = fields
        else:
            self._calls.close_plain(unit.stream)


class PlainReaders:
    """Makes readers of both sides of a connection.

    Args:
        sides: Both.
        calls: The calls of the connection.
    """

    def __init__(self, sides: tuple[Side, Side], calls: Calls) -> None:
        self._sides, self._calls = sides, calls
        self._made: list[PlainReader] = []

    def reader(self, side: int, client: int | None) -> PlainReader | None:
        """Return that of a side, if the next bytes may be a step.

        Args:
            side: The side.
            client: Which one asks; None while that is not known.
        """
        if client is None or not self._sides[side].is_between:
            return None
        if not self._made:
            self._calls.client = client
            self._made = [PlainReader(each, self._calls) for each in self._sides]
            self._made[client].asks = True
        return self._made[side]


def _sense_of(fields: Fields) -> Sense:
    """Return what a header block is to a plain call, and remember it."""
    said = fields.said
    ours = ":method" in said and said.get("content-type", "").startswith(_GRPC)
    path = said.get(":path", "") if ours and not metadata_in(said) else ""
    fields.sense = Sense(path, said.get("grpc-status") == _SUCCESS)
    return fields.sense
