"""Calls for a server over one raw connection, with as little work as Python allows.

Ids are numbers of a fixed length, so all requests have one size and all replies too:
both are written down beforehand, the next requests are a slice of the one and what
comes is compared with a slice of the other, many at a time. So every byte of every
reply is checked, and no frame is parsed.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections import deque
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from protocol import encode_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_IDS = 8_192  # in use again after so many calls; more than are ever in flight
_READ = 65_536  # bytes
_REQUEST = re.compile(rb'\d+#\{"pattern":"plain","data":\[1,2,3\],"id":"([^"]{21})"\}')
"""A call as clients make it: Nest's ids and ours have 21 characters."""
_PATIENCE = 20.0  # seconds for a reply
_PERCENT = 0.99


class Run(NamedTuple):
    """What came of one run.

    Attributes:
        calls: How many were answered.
        seconds: From the first request to the last reply.
        p99: Seconds that 99 of 100 calls took at most.
    """

    calls: int
    seconds: float
    p99: float

    @property
    def rate(self) -> float:
        """Calls in a second."""
        return self.calls / self.seconds


class Script:
    """What is sent and what must come: texts of one size each, and told apart by ids.

    Args:
        asked: The request of a number.
        answered: The reply to it.

    Attributes:
        requests: All requests, twice in a row so that any slice can be had at once.
        replies: The replies to them.
        request_size: Bytes of a request.
        reply_size: Bytes of a reply.
    """

    def __init__(
        self, asked: Callable[[int], bytes], answered: Callable[[int], bytes]
    ) -> None:
        self.requests = b"".join(map(asked, range(_IDS)))
        self.replies = b"".join(map(answered, range(_IDS)))
        self.request_size = len(self.requests) // _IDS
        self.reply_size = len(self.replies) // _IDS
        self.requests *= 2
        self.replies *= 2


def of_nest(pattern: str) -> Script:
    """Return the script of a pattern over TCP."""
    asked = b'{"pattern":"%b","data":[1,2,3],"id":"%%021d"}' % pattern.encode()
    answered = b'{"response":6,"isDisposed":true,"id":"%021d"}'
    return Script(
        lambda number: encode_frame(asked % number),
        lambda number: encode_frame(answered % number),
    )


class Load:
    """Calls on one connection, so many in flight at any time.

    Args:
        connection: To the server.
        script: What to send.
        in_flight: Calls that wait for a reply at a time.

    Attributes:
        answered: Calls that were answered.
        times: How long calls took, in seconds, and how many took so long.
    """

    def __init__(
        self, connection: socket.socket, script: Script, in_flight: int
    ) -> None:
        self._connection = connection
        self._script = script
        self._in_flight = in_flight
        self._sent: deque[tuple[float, int]] = deque()  # when, and how many
        self.times: list[tuple[float, int]] = []
        self._asked = self.answered = 0
        self._end = 0.0
        self._rest = b""

    def begin(self, now: float, end: float) -> None:
        """Send the first calls; the last are sent before ``end``."""
        self._end = end
        self._ask(self._in_flight, now)

    def step(self) -> bool:
        """Take replies and send as many calls; say whether more are to come."""
        count = self._read()
        now = time.perf_counter()
        if now < self._end:
            self._ask(count, now)
        self._clock(count, now)
        return self.answered < self._asked

    def _ask(self, count: int, now: float) -> None:
        size = self._script.request_size
        start = self._asked % _IDS * size
        self._connection.sendall(self._script.requests[start : start + count * size])
        self._sent.append((now, count))
        self._asked += count

    def _read(self) -> int:
        """Return how many replies came, each the one that was due."""
        data = self._connection.recv(_READ)
        if not data:
            raise ConnectionError("the server closed the connection")
        data = self._rest + data if self._rest else data
        script = self._script
        start = self.answered % _IDS * script.reply_size
        if not script.replies.startswith(data, start):
            expected = script.replies[start : start + script.reply_size]
            raise RuntimeError(f"expected {expected!r}, got {data[:200]!r}")
        count = len(data) // script.reply_size
        self._rest = data[count * script.reply_size :]
        self.answered += count
        return count

    def _clock(self, count: int, now: float) -> None:
        """Note how long the oldest ``count`` calls have taken."""
        while count:
            when, waiting = self._sent.popleft()
            if waiting > count:
                self._sent.appendleft((when, waiting - count))
                waiting = count
            self.times.append((now - when, waiting))
            count -= waiting


def connected(port: int) -> socket.socket:
    """Return a connection to a port of this machine."""
    connection = socket.create_connection(("127.0.0.1", port), _PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def call(  # noqa: PLR0913, PLR0917
    port: int,
    script: Script,
    in_flight: int,
    seconds: float,
    connections: int = 1,
    connect: Callable[[int], socket.socket] = connected,
) -> Run:
    """Call the server on a port of this machine, on connections of our own.

    Args:
        port: Where it listens.
        script: What to call.
        in_flight: Calls on each connection at a time.
        seconds: For how long.
        connections: How many there are.
        connect: Opens one, up to where calls may be made.
    """
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        loads = []
        for _ in range(connections):
            connection = stack.enter_context(connect(port))
            loads.append(Load(connection, script, in_flight))
            selector.register(connection, selectors.EVENT_READ, loads[-1])
        begun = time.perf_counter()
        for load in loads:
            load.begin(begun, begun + seconds)
        if connections == 1:  # nothing to choose from
            while loads[0].step():
                pass
        else:
            _step_all(selector)
        times = [each for load in loads for each in load.times]
        took = time.perf_counter() - begun
        return Run(sum(load.answered for load in loads), took, percentile(times))


def _step_all(selector: selectors.BaseSelector) -> None:
    while selector.get_map():
        ready = selector.select(_PATIENCE)
        if not ready:
            raise TimeoutError("the server answers nobody")
        for key, _ in ready:
            if not key.data.step():
                selector.unregister(key.fileobj)


def percentile(times: list[tuple[float, int]], share: float = _PERCENT) -> float:
    """Return what a share of the times is at most; each stands with how many it is."""
    left = share * sum(count for _, count in times)
    for seconds, count in sorted(times):
        left -= count
        if left <= 0:
            return seconds
    raise ValueError("there are no times")


def answer(listening: socket.socket) -> None:
    """Answer as a server of no cost would, one connection after the other, for ever.

    What :func:`call` reaches with it is what it can measure at most.
    """
    script = of_nest("plain")
    for connection in _accepted(listening):
        _answer(connection, script)


def _accepted(listening: socket.socket) -> Iterator[socket.socket]:
    """Yield one connection after the other, for ever."""
    while True:
        connection, _ = listening.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            yield connection


def _answer(connection: socket.socket, script: Script) -> None:
    received = answered = 0
    while data := connection.recv(_READ):
        received += len(data)
        count = received // script.request_size - answered
        start = answered % _IDS * script.reply_size
        connection.sendall(script.replies[start : start + count * script.reply_size])
        answered += count


def reply(listening: socket.socket) -> None:
    """Reply to clients as a server that costs little, one after the other, for ever.

    A regular expression makes all replies to what has come at once, so that two cores
    show what a client can do, and not what a server can.

    Raises:
        RuntimeError: Something else than the calls of the benchmark came.
    """
    words = encode_frame(b'{"response":6,"isDisposed":true,"id":"%021d"}' % 0)
    template = words.replace(b"0" * 21, rb"\g<1>")
    for connection in _accepted(listening):
        _reply(connection, template)


def _reply(connection: socket.socket, template: bytes) -> None:
    rest = b""
    while data := connection.recv(_READ):
        whole, brace, rest = (rest + data).rpartition(b"}")
        replies, count = _REQUEST.subn(template, whole + brace)
        if len(replies) % len(template.replace(rb"\g<1>", b"0" * 21)) or (
            brace and not count
        ):
            raise RuntimeError(f"expected calls, got {data[:200]!r}")
        connection.sendall(replies)
