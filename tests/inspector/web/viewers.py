"""A port with a page, and those who look at it: clients of HTTP on sockets."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.commands.ports import endpoint_of, listen
from inspector.streams.endpoints import Endpoint
from inspector.web.application import application
from inspector.web.serving import served
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from inspector.web.board import Board

PAGE = "<!doctype html><title>a page</title>"
_FREE = Endpoint("127.0.0.1", 0)


@contextmanager
def port(
    board: Board, token: str | None = None, page: str = PAGE
) -> Iterator[Endpoint]:
    """Serve a page for as long as the block lasts."""
    with listen(_FREE) as listener:
        where = endpoint_of(listener)
        with served(listener, application(board, page, token), board):
            yield where


class Answer(NamedTuple):
    """What a port answers."""

    status: int
    headers: Message
    text: str


def asked(where: Endpoint, path: str, method: str = "GET", **headers: str) -> Answer:
    """Ask for something; ``_`` stands for ``-`` in the names of headers."""
    connection = http.client.HTTPConnection(*where, timeout=PATIENCE)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=named)
    with connection.getresponse() as response:
        text = response.read().decode()
        answer = Answer(response.status, response.headers, text)
    connection.close()
    return answer


class Event(NamedTuple):
    """A server-sent event."""

    number: int
    kind: str
    data: Any


class Viewer:
    """One who looks: reads events, or does not.

    Attributes:
        status: What it was answered; None until it reads.
    """

    def __init__(self, where: Endpoint, path: str = "/events") -> None:
        self._connection = http.client.HTTPConnection(*where, timeout=PATIENCE)
        self._connection.request("GET", path)
        self._response: http.client.HTTPResponse | None = None

    @property
    def response(self) -> http.client.HTTPResponse:
        """The answer."""
        if self._response is None:
            self._response = self._connection.getresponse()
        return self._response

    def event(self) -> Event:
        """Read the next event; beats have no meaning."""
        fields: dict[str, str] = {}
        while "data" not in fields:
            line = self.response.readline().decode()
            assert line, "the stream has ended"
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
        number = int(fields.get("id", 0))
        return Event(number, fields["event"], json.loads(fields["data"]))

    def rest(self) -> bytes:
        """Read until the end of the stream."""
        return self.response.read()

    def close(self) -> None:
        """Leave."""
        if self._response is not None:
            self._response.close()
        self._connection.close()


def idle(where: Endpoint) -> socket.socket:
    """Connect, and ask nothing."""
    return socket.create_connection(where, timeout=PATIENCE)
