"""Requests of HTTP over one connection, some sent before others are answered."""

from __future__ import annotations

import json
import socket
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, cast

from .processes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader

    from .scenarios import Call


class _Shared:
    """What several responses are read from, of which none closes it."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 — what a file has
        return getattr(self._file, name)

    def makefile(self, _mode: str) -> _Shared:
        """Return itself: what one response has not read is of the next."""
        return self

    def close(self) -> None:
        """Leave the connection open."""


def over_one_connection(calls: Sequence[Call], port: int) -> list[dict[str, object]]:
    """Make requests over one connection that is kept alive; return the answers."""
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE) as connection,
        connection.makefile("rb") as file,
    ):
        answers = []
        for together in _together(calls):
            connection.sendall(b"".join(map(_request, together)))
            answers += [_answer(each, _Shared(file)) for each in together]
    return answers


def _together(calls: Sequence[Call]) -> Iterator[list[Call]]:
    """Yield the calls of which each but the last is sent ahead of its answer."""
    together: list[Call] = []
    for call in calls:
        together.append(call)
        if not call.ahead:
            yield together
            together = []


def _request(call: Call) -> bytes:
    body = b"" if call.body is None else json.dumps(call.body).encode()
    lines = [f"{call.method} {call.url} HTTP/1.1", "Host: 127.0.0.1", *call.fields]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode() + body


def _answer(call: Call, file: _Shared) -> dict[str, object]:
    response = HTTPResponse(cast("socket.socket", file), method=call.method)
    response.begin()
    return {
        "method": call.method,
        "url": call.url,
        "status": response.status,
        "body": response.read().decode(),
    }
