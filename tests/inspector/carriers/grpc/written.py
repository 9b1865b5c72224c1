"""Frames as clients and servers of gRPC write them, and conversations of these.

Header blocks are written without the table of either side, so that each can be read by
itself; see ``test_headers`` for those that use it.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from inspector.carriers.base import Transfer
from inspector.carriers.grpc.frames import PREFACE, Type
from inspector.carriers.grpc.talk import GrpcTalk
from inspector.carriers.streamed import CallErrand
from inspector.carriers.testing import Turn
from protocol import UNDEFINED, Json, Request, Response, loads
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.carriers.base import Concealment, Unit
    from inspector.carriers.grpc.schemas import Schemas

SUM = "/calc.Calculator/Sum"
END = 0x1
_END_HEADERS = 0x4


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Return a frame."""
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags])
    return head + stream.to_bytes(4, "big") + payload


def text(words: str) -> bytes:
    """Return a string in a header block."""
    data = words.encode()
    assert len(data) < 127
    return bytes([len(data)]) + data


def block(*fields: tuple[str, str], lead: bytes = b"") -> bytes:
    """Return a header block with fields that no table keeps."""
    return lead + b"".join(b"\x00" + text(name) + text(value) for name, value in fields)


def headers(stream: int, data: bytes, *, ends: bool = False) -> bytes:
    """Return a header block in one frame."""
    return frame(Type.HEADERS, _END_HEADERS | (END if ends else 0), stream, data)


def asks(
    stream: int, path: str = SUM, *fields: tuple[str, str], ends: bool = False
) -> bytes:
    """Return what a call begins with."""
    said = (":path", path), ("content-type", "application/grpc"), *fields
    return headers(stream, block(*said, lead=b"\x83\x86"), ends=ends)


def begins(stream: int, *fields: tuple[str, str]) -> bytes:
    """Return what an answer begins with."""
    said = ("content-type", "application/grpc"), *fields
    return headers(stream, block(*said, lead=b"\x88"))


def trailers(stream: int, status: int = 0, message: str = "") -> bytes:
    """Return the end of a call."""
    said = [("grpc-status", f"{status}")]
    if message:
        said.append(("grpc-message", message))
    return headers(stream, block(*said), ends=True)


def refused(stream: int, status: int, message: str) -> bytes:
    """Return an answer that is nothing but its end."""
    said = ("content-type", "application/grpc"), ("grpc-status", f"{status}")
    fields = (*said, ("grpc-message", message))
    return headers(stream, block(*fields, lead=b"\x88"), ends=True)


def message(data: bytes, *, packed: bool = False) -> bytes:
    """Return a message with its length before it."""
    data = gzip.compress(data, mtime=0) if packed else data
    return bytes([packed]) + len(data).to_bytes(4, "big") + data


def data(stream: int, content: bytes, *, ends: bool = False) -> bytes:
    """Return the content of a stream in one frame."""
    return frame(Type.DATA, END if ends else 0, stream, content)


def number(value: int, field: int = 1) -> bytes:
    """Return a field of a message, with a small number."""
    return bytes([field << 3, value])


def words(value: str, field: int = 1) -> bytes:
    """Return a field of a message, with a short text."""
    return bytes([field << 3 | 2]) + text(value)


def reset(stream: int, code: int = 8) -> bytes:
    """Return the end of a stream before its time."""
    return frame(Type.RST_STREAM, 0, stream, code.to_bytes(4, "big"))


HELLO = (
    Turn(CLIENT, PREFACE + frame(Type.SETTINGS, 0, 0)),
    Turn(SERVER, frame(Type.SETTINGS, 0, 0) + frame(Type.SETTINGS, 1, 0)),
)
_ASKED = asks(1) + data(1, message(words("one")), ends=True)
_ANSWERED = begins(1) + data(1, message(number(6))) + trailers(1)
_LONG = message(words("y" * 100) * 8)
CONVERSATIONS = {
    "unary": [
        *HELLO,
        Turn(CLIENT, frame(Type.SETTINGS, 1, 0) + _ASKED),
        Turn(SERVER, _ANSWERED),
        Turn(CLIENT, asks(3) + data(3, message(words("two")), ends=True)),
        Turn(SERVER, begins(3) + data(3, message(number(7)))),
        Turn(SERVER, frame(Type.PING, 0, 0, bytes(8)) + trailers(3)),
    ],
    "errors": [
        *HELLO,
        Turn(CLIENT, _ASKED),
        Turn(SERVER, refused(1, 5, "no such cat")),
        Turn(CLIENT, asks(3) + data(3, message(words("two")), ends=True)),
        Turn(SERVER, begins(3) + data(3, message(number(1))) + trailers(3, 13, "no")),
        Turn(CLIENT, asks(5) + data(5, message(words("x")), ends=True) + reset(5)),
    ],
    "streams": [
        *HELLO,
        Turn(CLIENT, asks(1) + data(1, message(words("a")))),
        Turn(SERVER, begins(1) + data(1, message(words("b")) + message(words("c")))),
        Turn(CLIENT, data(1, message(words("d"))) + data(1, b"", ends=True)),
        Turn(SERVER, data(1, message(words("e"))) + trailers(1)),
    ],
    "long": [
        *HELLO,
        Turn(CLIENT, asks(1) + data(1, _LONG[:400])),
        Turn(CLIENT, data(1, _LONG[400:], ends=True)),
        Turn(SERVER, begins(1) + data(1, _LONG[:3]) + data(1, _LONG[3:])),
        Turn(SERVER, trailers(1)),
    ],
    "together": [
        *HELLO,
        Turn(CLIENT, asks(1) + asks(3)),
        Turn(CLIENT, data(1, message(words("a")), ends=True)),
        Turn(CLIENT, data(3, message(words("b")), ends=True)),
        Turn(SERVER, begins(3) + begins(1) + data(1, message(number(1)))),
        Turn(SERVER, data(3, message(number(2))) + trailers(3) + trailers(1)),
    ],
    "packed": [
        *HELLO,
        Turn(CLIENT, asks(1, SUM, ("grpc-encoding", "gzip"))),
        Turn(CLIENT, data(1, message(words("z" * 90), packed=True), ends=True)),
        Turn(SERVER, begins(1, ("grpc-encoding", "gzip"))),
        Turn(SERVER, data(1, message(words("z" * 90), packed=True)) + trailers(1)),
    ],
}
"""What both sides say, by what is particular about it."""


def read(
    turns: Iterable[tuple[int, bytes]],
    conceal: Concealment | None = None,
    schemas: Schemas | None = None,
) -> list[Unit]:
    """Return the units of what both sides say."""
    talk, units = GrpcTalk(conceal, schemas), []
    for side, said in turns:
        units += talk.receive(side, said, 0)
    for side in (CLIENT, SERVER):
        units += talk.finish(side, 0, "end")
    return units


def said_by(units: Iterable[Unit]) -> list[tuple[Json, ...]]:
    """Return what calls say: the id of a stream, and a value, an end or an errand."""
    found: list[tuple[Json, ...]] = []
    for unit in units:
        if isinstance(unit, CallErrand):
            found.append((*unit.about, unit.verb, *_value(unit.message)))
        elif isinstance(unit, Transfer):
            packet = unit.packet
            if isinstance(packet, Request):
                found.append((packet.id, packet.pattern, *_value(packet.data)))
            elif isinstance(packet, Response):
                value = packet.response if packet.err is UNDEFINED else packet.err
                found.append((packet.id, packet.is_disposed, *_value(value)))
    return found


def _value(payload: object) -> tuple[Json, ...]:
    return () if payload is UNDEFINED else (loads(payload),)  # type: ignore[arg-type]
