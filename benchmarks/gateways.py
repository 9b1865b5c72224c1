"""Messages of a browser in a second: our gateways beside those of Nest 12, in one run.

::

    python -m benchmarks.gateways [--rounds 5] [--seconds 0.5]

Each gateway runs in a process of its own and gets the same messages from the load
generator of ``servers.py``, over one WebSocket that is not compressed, turn by turn;
the best of its rounds counts. Over Socket.IO a message is an event that asks for an
acknowledgement; over plain WebSockets it is an event that is answered by one.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from contextlib import ExitStack
from typing import TYPE_CHECKING

from benchmarks.load import Script, call, connected
from benchmarks.servers import IN_FLIGHT, Measured, nest, ours, print_table

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from benchmarks.servers import Process

_TEXT = 0x81  # a whole message of text: RFC 6455, section 5.2
_MASKED = 0x80
_NO_MASK = bytes(4)  # a mask of zeros leaves the text as it is
_LEAST = 10_000_000  # ids of Socket.IO are numbers: those of eight digits have one size
_UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
)
GATEWAYS: dict[str, Callable[[str], Process]] = {
    "Nest": nest,
    "ours, uvloop": lambda kind: ours(kind, "uvloop"),
    "ours, asyncio": lambda kind: ours(kind, "asyncio"),
}


def main() -> None:
    """Measure the gateways of both kinds, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    options = parser.parse_args()
    for kind in ("ws", "socketio"):
        measure(kind, options.rounds, options.seconds)


def measure(kind: str, rounds: int, seconds: float) -> None:
    """Print how many messages each gateway of a kind answers in a second."""
    script, connect = SCRIPTS[kind](), CONNECT[kind]
    runs: dict[tuple[str, int], list[Measured]] = defaultdict(list)
    with ExitStack() as stack:
        gateways = {
            name: stack.enter_context(start(kind)) for name, start in GATEWAYS.items()
        }
        ports = {name: int(each.told()["port"]) for name, each in gateways.items()}
        for turn in range(rounds + 1):  # the first is for compilers and caches
            for in_flight in IN_FLIGHT:
                for name, gateway in gateways.items():
                    before = gateway.cpu
                    run = call(ports[name], script, in_flight, seconds, connect=connect)
                    if turn:
                        cpu = (gateway.cpu - before) / run.calls
                        runs[name, in_flight].append(Measured(run.rate, run.p99, cpu))
    print_table(f"gateways, {kind}", list(GATEWAYS), runs)


def _of_ws() -> Script:
    asked = _sent(b'{"event":"plain","data":[1,2,3]}')
    answered = _received(b'{"event":"plain","data":6}')
    return Script(lambda _: asked, lambda _: answered)


def _of_socket_io() -> Script:
    return Script(
        lambda number: _sent(b'42%d["plain",[1,2,3]]' % (_LEAST + number)),
        lambda number: _received(b"43%d[6]" % (_LEAST + number)),
    )


def _sent(text: bytes) -> bytes:
    return bytes([_TEXT, _MASKED | len(text)]) + _NO_MASK + text


def _received(text: bytes) -> bytes:
    return bytes([_TEXT, len(text)]) + text


def _connect_ws(port: int, path: str = "/") -> socket.socket:
    connection = connected(port)
    connection.sendall(_UPGRADE.format(path=path).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += _exactly(connection, 1)
    if not head.startswith(b"HTTP/1.1 101 "):
        raise ConnectionError(f"no WebSocket: {head!r}")
    return connection


def _connect_socket_io(port: int) -> socket.socket:
    """Open a connection of Engine.IO, and one to the namespace / in it."""
    connection = _connect_ws(port, "/socket.io/?EIO=4&transport=websocket")
    opening = _message(connection)
    connection.sendall(_sent(b"40"))
    answer = _message(connection)
    if (opening[:1], answer[:2]) != (b"0", b"40"):
        raise ConnectionError(f"no Socket.IO: {opening!r}, {answer!r}")
    return connection


def _message(connection: socket.socket) -> bytes:
    """Return the text of a frame."""
    size = _exactly(connection, 2)[1]
    if size == 126:  # noqa: PLR2004 — RFC 6455, section 5.2
        size = int.from_bytes(_exactly(connection, 2))
    return _exactly(connection, size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise ConnectionError("the gateway closed the connection")
        data += more
    return data


SCRIPTS = {"ws": _of_ws, "socketio": _of_socket_io}
CONNECT: dict[str, Callable[[int], socket.socket]] = {
    "ws": _connect_ws,
    "socketio": _connect_socket_io,
}

if __name__ == "__main__":
    main()
