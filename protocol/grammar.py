"""The wire format, declared: the specification that the decoder is held to.

::

    STREAM  = FRAME*
    FRAME   = length "#" body
    length  = "0" | [1-9][0-9]*       UTF-16 code units of the body
    body    = JSON text in UTF-8
    PACKET  = FRAME whose body is an object with keys of ENVELOPES

The grammar knows lengths as Nest writes them. What Nest's reader forgives on top of
that (blanks, signs, leading zeros, text after the digits, invalid UTF-8) only the
decoder knows.

Source: ``packages/microservices/helpers/json-socket.ts``, ``formatMessageData``;
``packages/microservices/interfaces/packet.interface.ts``.
"""

from __future__ import annotations

from typing import IO, Any

from construct import (
    Adapter,
    Computed,
    Construct,
    ExprAdapter,
    ExprValidator,
    FocusedSeq,
    GreedyRange,
    GreedyString,
    NullTerminated,
    Rebuild,
    Struct,
    Terminated,
    evaluate,
    stream_read,
    stream_write,
    this,
)

from .frames import DELIMITER
from .javascript import dumps, loads
from .units import count_units, incomplete_tail, utf16_length

ENVELOPES = {
    "request": ({"pattern", "id"}, {"data", "metadata"}),
    "event": ({"pattern"}, {"data", "metadata"}),
    "response": ({"id"}, {"response", "err", "isDisposed", "status"}),
}
"""Kind of packet → the keys that it has, and those that it may have."""


class Utf16Counted(Construct):  # type: ignore[misc]  # construct is untyped
    """UTF-8 text whose length is given in UTF-16 code units.

    Args:
        length: Code units to read; a number or a ``this`` expression.
    """

    def __init__(self, length: Any) -> None:  # noqa: ANN401 — construct's own type
        super().__init__()
        self.length = length

    def _parse(self, stream: IO[bytes], context: Any, path: str) -> str:  # noqa: ANN401
        length = evaluate(self.length, context)
        utf8 = b""
        while (wanted := length - count_units(utf8)) > 0 or incomplete_tail(utf8):
            utf8 += stream_read(stream, max(wanted, 1), path)
        text = utf8.decode()
        if utf16_length(text) != length:
            raise ValueError(f"length {length} ends inside a character ({path})")
        return text

    def _build(self, obj: str, stream: IO[bytes], _context: object, path: str) -> str:
        utf8 = obj.encode()
        stream_write(stream, utf8, len(utf8), path)
        return obj


class JsonObject(Adapter):  # type: ignore[misc]  # construct is untyped
    """An object, and the JSON text that carries it."""

    def _decode(self, obj: str, _context: object, _path: str) -> object:
        return loads(obj.encode())

    def _encode(self, obj: object, _context: object, _path: str) -> str:
        return dumps(obj).decode()


def kind_of(body: object) -> str | None:
    """Return the kind of packet that ``body`` is, None when it is not a packet."""
    if not isinstance(body, dict):
        return None
    for kind, (required, optional) in ENVELOPES.items():
        if required <= body.keys() <= required | optional:
            return kind
    return None


LENGTH = ExprAdapter(
    ExprValidator(
        NullTerminated(GreedyString("ascii"), term=DELIMITER),
        lambda digits, _: digits.isdigit() and str(int(digits)) == digits,
    ),
    decoder=lambda digits, _: int(digits),
    encoder=lambda length, _: str(length),
)

FRAME = Struct(
    "length" / Rebuild(LENGTH, lambda frame: utf16_length(frame.body)),
    "body" / Utf16Counted(this.length),
)

STREAM = FocusedSeq("frames", "frames" / GreedyRange(FRAME), Terminated)

PACKET = Struct(
    "length" / Rebuild(LENGTH, lambda frame: utf16_length(dumps(frame.body).decode())),
    "body" / JsonObject(Utf16Counted(this.length)),
    "kind" / Computed(lambda frame: kind_of(frame.body)),
)
