"""Lines of a log, shipped to Logstash by TCP, UDP or HTTP, or to Elasticsearch.

====================================  ================================================
URL                                   what is sent
====================================  ================================================
``tcp://HOST:PORT``                   a line for each (``codec => json_lines``)
``udp://HOST:PORT``                   a datagram for each (``codec => json``)
``http://HOST:PORT``                  a JSON array of several, in a request
``elasticsearch://HOST:PORT/INDEX``   several, in a request to ``/INDEX/_bulk``
====================================  ================================================

A thread of its own sends, so that a log never waits for the network. Lines wait in a
queue of bounded length; of those that do not fit the oldest are dropped and counted.
What cannot be sent is sent again, so that a line may arrive twice; by TCP and UDP
nobody says that one has arrived, so some may be lost as the other side ends.
"""

from __future__ import annotations

import http.client
import json
import logging
import select
import socket
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_WAITING = 10_000  # lines
_TOGETHER = 200  # lines in one request
_PATIENCE = 5.0  # seconds for a connection, a request
_LAST_WORDS = 5.0  # seconds for what waits at the end
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds after a failure
_DATAGRAM = 65_507  # bytes, the most that fits one of UDP over IPv4
_OVERLOADED = 429  # HTTP: try again later
_FAULTS = 500  # HTTP: from here on the server is at fault


class Way(Protocol):
    """How lines reach one place."""

    def send(self, lines: list[bytes]) -> int:
        """Send lines, each of which is a JSON object.

        Returns:
            How many will never be taken.

        Raises:
            OSError: They may be sent again.
        """

    def close(self) -> None:
        """Let go of the connection."""


class Shipper(logging.Handler):
    """A handler whose lines go to one place, in a thread of its own.

    Args:
        way: How they get there.
        waiting: How many lines may wait.

    Attributes:
        lost: The lines that were dropped, or refused.
    """

    def __init__(self, way: Way, waiting: int = _WAITING) -> None:
        super().__init__()
        self.lost = 0
        self._way = way
        self._lines: deque[bytes] = deque()
        self._waiting = waiting
        self._changed = threading.Condition()
        self._closed_at: float | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Let a line wait for its turn."""
        try:
            line = self.format(record).encode("utf-8", "replace")
        except Exception:  # noqa: BLE001 — as every handler of logging does
            self.handleError(record)
            return
        with self._changed:
            self._lines.append(line)
            if len(self._lines) > self._waiting:
                self._lines.popleft()
                self.lost += 1
            self._changed.notify()

    def close(self) -> None:
        """Send what waits, for a few seconds at most."""
        with self._changed:
            self._closed_at = time.monotonic()
            self._changed.notify()
        self._thread.join(_LAST_WORDS + _PATIENCE)
        super().close()

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while lines := self._next():
            try:
                refused = self._way.send(lines)
            except (OSError, http.client.HTTPException):
                self._way.close()
                if not self._put_back(lines, pause):
                    break
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            with self._changed:
                self.lost += refused
        self._way.close()

    def _next(self) -> list[bytes]:
        """Wait for lines, and take some; none if there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._closed_at is not None)
            count = min(len(self._lines), _TOGETHER)
            return [self._lines.popleft() for _ in range(count)]

    def _put_back(self, lines: list[bytes], pause: float) -> bool:
        """Let lines wait again, and wait; say whether to go on."""
        with self._changed:
            room = max(self._waiting - len(self._lines), 0)
            self.lost += max(len(lines) - room, 0)
            self._lines.extendleft(lines[::-1][:room])
            closing = self._changed.wait_for(self._is_closed, pause)
            if closing and time.monotonic() - (self._closed_at or 0) > _LAST_WORDS:
                self.lost += len(self._lines)
                return False
        if closing:
            time.sleep(_FIRST_PAUSE)
        return True

    def _is_closed(self) -> bool:
        return self._closed_at is not None


class ByTcp:
    """Lines on a connection, which is made when it is needed."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._socket: socket.socket | None = None

    def send(self, lines: list[bytes]) -> int:
        """Send lines."""
        if self._socket is not None and _is_closed(self._socket):
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(self._address, _PATIENCE)
        self._socket.sendall(b"".join(line + b"\n" for line in lines))
        return 0

    def close(self) -> None:
        """Close the connection; what is sent has gone to the kernel."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side has ended, without waiting for anything."""
    readable, _, _ = select.select([connection], [], [], 0)
    return bool(readable) and not connection.recv(1, socket.MSG_PEEK)


class ByUdp:
    """A datagram for each line; nobody says whether it arrives."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._socket: socket.socket | None = None

    def send(self, lines: list[bytes]) -> int:
        """Send lines."""
        if self._socket is None:
            family, *_ = socket.getaddrinfo(*self._address, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
        fitting = [line for line in lines if len(line) <= _DATAGRAM]
        for line in fitting:
            self._socket.sendto(line, self._address)
        return len(lines) - len(fitting)

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class ByHttp:
    """Requests on a connection that is kept alive.

    Args:
        host: The host.
        port: The port.
        path: What is posted to.
        media_type: Of the body.
        body: Makes it of lines.
        refused: Counts what a response refuses, of its body; it may ask for another
            attempt by an OSError.
    """

    def __init__(  # noqa: PLR0913, PLR0917 — a request has as many parts
        self,
        host: str,
        port: int,
        path: str,
        media_type: str,
        body: Callable[[list[bytes]], bytes],
        refused: Callable[[bytes], int] = lambda _: 0,
    ) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE)
        self._path = path
        self._headers = {"Content-Type": media_type}
        self._body = body
        self._refused = refused

    def send(self, lines: list[bytes]) -> int:
        """Send lines."""
        body = self._body(lines)
        self._connection.request("POST", self._path, body, self._headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status >= _FAULTS or response.status == _OVERLOADED:
            raise OSError(f"HTTP {response.status}")
        return self._refused(text) if response.status < 300 else len(lines)  # noqa: PLR2004

    def close(self) -> None:
        """Close the connection; the next request makes it again."""
        self._connection.close()


def _array(lines: list[bytes]) -> bytes:
    return b"[" + b",".join(lines) + b"]"


def _bulk(lines: list[bytes]) -> bytes:
    """Return the body of a bulk request.

    Source: Elasticsearch, Bulk API: action and document by turns, each ends in LF.
    """
    return b"".join(b'{"create":{}}\n' + line + b"\n" for line in lines)


def _refused_in_bulk(body: bytes) -> int:
    """Count the documents that are refused for good.

    Raises:
        OSError: All are refused as too many; they may be sent again.
    """
    answer = json.loads(body)
    if not answer.get("errors"):
        return 0
    statuses = [item["create"]["status"] for item in answer["items"]]
    if set(statuses) == {_OVERLOADED}:
        raise OSError("overloaded")
    return sum(status >= 300 for status in statuses)  # noqa: PLR2004


def shipper_to(url: str) -> Shipper:
    """Return the handler for a URL.

    Raises:
        UsageError: The URL has another form.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise UsageError(f"{url!r} is not like tcp://127.0.0.1:5000")
    if parts.scheme == "tcp":
        return Shipper(ByTcp(host, port))
    if parts.scheme == "udp":
        return Shipper(ByUdp(host, port))
    path = parts.path or "/"
    if parts.scheme == "http":
        return Shipper(ByHttp(host, port, path, "application/json", _array))
    if parts.scheme == "elasticsearch" and path != "/":
        path = f"{path.rstrip('/')}/_bulk"
        kind = "application/x-ndjson"
        return Shipper(ByHttp(host, port, path, kind, _bulk, _refused_in_bulk))
    raise UsageError(
        f"{url!r} is not a URL of tcp, udp, http or elasticsearch://…/INDEX"
    )
