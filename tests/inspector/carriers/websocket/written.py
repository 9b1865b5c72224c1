"""What clients and gateways write over WebSocket, byte by byte."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from inspector.carriers.testing import Turn
from inspector.carriers.websocket.talk import WebSocketTalk
from protocol import dumps
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.carriers.base import Concealment, Unit
    from protocol import Json

TEXT, BINARY, CLOSE, PING, PONG = 0x81, 0x82, 0x88, 0x89, 0x8A
MASK = b"\x12\x34\x56\x78"
SID = "QCCy2ZGZ7zlmVcsfAAAA"
SEPARATOR = "\x1e"
GATEWAY = CLIENT + 1
OPEN = f'0{{"sid":"{SID}","upgrades":["websocket"],"pingTimeout":20000}}'
_TWO, _EIGHT = 126, 127
_SHORT, _MIDDLE = 126, 1 << 16


def frame(payload: str | bytes, first: int = TEXT, *, masked: bool = False) -> bytes:
    """Return a frame; those of clients are masked."""
    data = payload.encode() if isinstance(payload, str) else payload
    bit, size = 0x80 * masked, len(data)
    if size < _SHORT:
        length = bytes([bit | size])
    elif size < _MIDDLE:
        length = bytes([bit | _TWO]) + size.to_bytes(2, "big")
    else:
        length = bytes([bit | _EIGHT]) + size.to_bytes(8, "big")
    if not masked:
        return bytes([first]) + length + data
    veiled = bytes(each ^ MASK[place % 4] for place, each in enumerate(data))
    return bytes([first]) + length + MASK + veiled


def said(side: int, payload: str | bytes, first: int = TEXT) -> bytes:
    """Return a frame as a side sends it."""
    return frame(payload, first, masked=side == CLIENT)


def event(name: str, data: Json) -> str:
    """Return an event as Nest's adapter for ``ws`` has it."""
    return dumps({"event": name, "data": data}).decode()


def packet(kind: str, *values: Json, number: int | None = None, space: str = "") -> str:
    """Return a message of Socket.IO over Engine.IO."""
    prefix = f"{space}," if space else ""
    digits = "" if number is None else f"{number}"
    return f"4{kind}{prefix}{digits}{dumps(list(values)).decode()}"


def upgrade(target: str = "/", *more: str) -> bytes:
    """Return a request for a WebSocket."""
    lines = (
        f"GET {target} HTTP/1.1",
        "Host: gateway:3000",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *more,
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def engine(*, sid: str = "", transport: str = "websocket", more: str = "") -> str:
    """Return the target of a request of Engine.IO."""
    session = f"&sid={sid}" if sid else ""
    return f"/socket.io/?EIO=4&transport={transport}{session}{more}"


def switched(*more: str) -> bytes:
    """Return the response that begins a WebSocket."""
    lines = (
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        *more,
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def asked(method: str, *, sid: str = "", body: str | None = None) -> bytes:
    """Return a request of Engine.IO's polling."""
    lines = [f"{method} {engine(sid=sid, transport='polling')} HTTP/1.1", "Host: g"]
    data = b"" if body is None else body.encode()
    if body is not None:
        lines.append("Content-Type: text/plain;charset=UTF-8")
        lines.append(f"Content-Length: {len(data)}")
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode() + data


def answered(body: str | bytes, status: str = "200 OK", *more: str) -> bytes:
    """Return a response of Engine.IO's polling."""
    data = body.encode() if isinstance(body, str) else body
    lines = (
        f"HTTP/1.1 {status}",
        "Content-Type: text/plain; charset=UTF-8",
        f"Content-Length: {len(data)}",
        *more,
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode() + data


class Deflater:
    """What compresses the messages of one side, as ``ws`` does.

    Args:
        alone: Whether no message refers to those before it.
    """

    def __init__(self, *, alone: bool = False) -> None:
        self._alone = alone
        self._context = zlib.compressobj(wbits=-15)

    def deflate(self, text: str) -> bytes:
        """Return a message compressed."""
        if self._alone:
            self._context = zlib.compressobj(wbits=-15)
        data = self._context.compress(text.encode())
        return (data + self._context.flush(zlib.Z_SYNC_FLUSH))[:-4]


def read(
    turns: Iterable[tuple[int, bytes]],
    *,
    io: bool = False,
    conceal: Concealment | None = None,
) -> list[Unit]:
    """Return the units that both sides say."""
    talk = WebSocketTalk(conceal, engine=io)
    return [unit for side, data in turns for unit in talk.receive(side, data, 0)]


def opened(*, io: bool = False, target: str = "/", sid: str = SID) -> list[Turn]:
    """Return the beginning of a conversation, until messages may come."""
    if not io:
        return [Turn(CLIENT, upgrade(target)), Turn(SERVER, switched())]
    return [
        Turn(CLIENT, upgrade(engine())),
        Turn(SERVER, switched() + said(SERVER, OPEN.replace(SID, sid))),
        Turn(CLIENT, said(CLIENT, "40")),
        Turn(SERVER, said(SERVER, '40{"sid":"x"}')),
    ]
