"""What clients and servers of HTTP write, byte by byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Transfer
from inspector.carriers.http.talk import HttpTalk
from inspector.carriers.testing import Turn
from protocol import UNDEFINED, Request, Response, loads
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inspector.carriers.base import Concealment, Unit
    from protocol import Json, JsonText, UndefinedType

CHUNKED = "Transfer-Encoding: chunked"
EVENTS = "Content-Type: text/event-stream"
JSON = "Content-Type: application/json"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def asked(method: str = "GET", target: str = "/", body: str = "", *more: str) -> bytes:
    """Return a request; its length is that of its body."""
    lines = [f"{method} {target} HTTP/1.1", "Host: api", *more]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode() + body.encode()


def answered(body: str | bytes = "", status: str = "200 OK", *more: str) -> bytes:
    """Return a response; its length is that of its body."""
    data = body.encode() if isinstance(body, str) else body
    return began(status, f"Content-Length: {len(data)}", *more) + data


def began(status: str = "200 OK", *more: str) -> bytes:
    """Return the head of a response."""
    lines = (f"HTTP/1.1 {status}", *more, "")
    return "".join(f"{line}\r\n" for line in lines).encode()


def chunks(*parts: str, extension: str = "", trailers: Sequence[str] = ()) -> bytes:
    """Return a body in chunks."""
    found = [
        f"{len(each.encode()):x}{extension}\r\n{each}\r\n".encode() for each in parts
    ]
    ends = "".join(f"{each}\r\n" for each in trailers)
    return b"".join([*found, f"0\r\n{ends}\r\n".encode()])


def read(
    turns: Iterable[tuple[int, bytes]],
    conceal: Concealment | None = None,
    *,
    whole: bool = True,
    ends: str = "",
) -> list[Unit]:
    """Return the units that both sides say."""
    talk = HttpTalk(conceal, whole=whole)
    units = [unit for side, data in turns for unit in talk.receive(side, data, 0)]
    for side in (0, 1) if ends else ():
        units += talk.finish(side, 0, ends)
    return units


def said(units: Iterable[Unit]) -> list[tuple[object, ...]]:
    """Return what packets say, each with what joins it with others."""
    found: list[tuple[object, ...]] = []
    for unit in units:
        if not isinstance(unit, Transfer):
            continue
        packet, key = unit.packet, unit.correlation
        if isinstance(packet, Request):
            found.append((key, packet.pattern, _value(packet.data)))
            continue
        assert isinstance(packet, Response)
        status = _value(packet.status)
        value = _value(packet.response if packet.err is UNDEFINED else packet.err)
        end = "" if packet.is_disposed else "…"
        found.append((key, f"{'' if status is UNDEFINED else status}{end}", value))
    return found


def _value(text: JsonText | UndefinedType) -> Json:
    return UNDEFINED if text is UNDEFINED else loads(text)


CONVERSATIONS = {
    "keep-alive": [
        Turn(CLIENT, asked("GET", "/sum?num=1,2")),
        Turn(SERVER, answered("15")),
        Turn(CLIENT, asked("POST", "/users", '{"name":"é"}', JSON)),
        Turn(SERVER, answered('{"id":1}', "201 Created", JSON)),
    ],
    "pipelined": [
        Turn(CLIENT, asked("GET", "/1") + asked("GET", "/2") + asked("GET", "/3")),
        Turn(SERVER, answered("[1]") + answered('"b"') + answered('{"c":3}')),
        Turn(CLIENT, asked("GET", "/4")),
        Turn(SERVER, answered("[4]")),
    ],
    "chunked": [
        Turn(CLIENT, asked("POST", "/c", "", CHUNKED) + chunks('{"a"', ":1}")),
        Turn(
            SERVER,
            began("100 Continue")
            + began("200 OK", CHUNKED)
            + chunks("[1,", "2]", extension=";a=b", trailers=("X-Sum: 3",)),
        ),
        Turn(CLIENT, asked("DELETE", "/4")),
        Turn(SERVER, began("204 No Content")),
        Turn(CLIENT, asked("GET", "/6")),
        Turn(SERVER, answered('{"message":"no"}', "500 Internal Server Error")),
    ],
    "head": [
        Turn(CLIENT, asked("HEAD", "/5")),
        Turn(SERVER, began("200 OK", "Content-Length: 99")),
        Turn(CLIENT, asked("HEAD", "/5")),
        Turn(SERVER, began("304 Not Modified", "Content-Length: 99")),
        Turn(CLIENT, asked("GET", "/6")),
        Turn(SERVER, answered("[6]")),
    ],
    "events": [
        Turn(CLIENT, asked("GET", "/events")),
        Turn(
            SERVER,
            began("200 OK", EVENTS, CHUNKED)
            + chunks('data: {"n":1}\n\nid: 2\ndata: {"n"', ":2}\n\n", ": ping\n\n"),
        ),
        Turn(CLIENT, asked("GET", "/7")),
        Turn(SERVER, answered("7")),
    ],
}
"""Conversations of every kind."""
