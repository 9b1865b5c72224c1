"""Peers that mean harm, or have lost their mind, each in a process of its own.

::

    python -m benchmarks.faulty_peers KIND PORT
"""

from __future__ import annotations

import random
import socket
import struct
import sys
import time
from contextlib import suppress
from itertools import cycle
from typing import TYPE_CHECKING

from protocol import dumps, encode_frame

if TYPE_CHECKING:
    from collections.abc import Callable

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a RST
_HTTP = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
_TLS = bytes.fromhex("16030100c8010000c40303") + bytes(192)


def _request(text: str) -> bytes:
    return encode_frame(dumps({"pattern": "echo", "data": text, "id": "1"}))


def stall(port: int) -> None:
    """Keep a hundred connections that stopped in the middle of a frame."""
    peers = [_connect(port) for _ in range(100)]
    for peer in peers:
        peer.sendall(_request("x" * 10_000)[:5_000])
    while True:
        time.sleep(1)


def deafen(port: int) -> None:
    """Ask for as much as is taken, on ten connections, and read nothing of it."""
    peers = [_connect(port) for _ in range(10)]
    request = _request("x" * 10_000)
    for peer in peers:
        peer.setblocking(False)  # noqa: FBT003 — the name of the thing
    while True:
        for peer in peers:
            with suppress(BlockingIOError):
                peer.send(request)
        time.sleep(0.001)


def flood(port: int) -> None:
    """Send the smallest frames there are, without a pause."""
    frames = b"2#{}" * 1_000
    peer = _connect(port)
    while True:
        peer.sendall(frames)


def talk_nonsense(port: int) -> None:
    """Send what is not a frame: HTTP, TLS, random bytes; then begin again."""
    rng = random.Random(1)  # noqa: S311 — the same bytes every time
    for nonsense in cycle([_HTTP, _TLS, rng.randbytes(5_000), b"x#{}"]):
        with _connect(port) as peer, suppress(OSError):
            peer.sendall(nonsense)
            peer.settimeout(0.01)
            peer.recv(1_000)


def vanish(port: int) -> None:
    """Ask, begin another frame, and reset the connection; then begin again."""
    while True:
        with _connect(port) as peer:
            peer.sendall(_request("x") + b'99#{"pat')
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        time.sleep(0.001)


KINDS: dict[str, Callable[[int], None]] = {
    "stall in a frame": stall,
    "never read": deafen,
    "flood with tiny frames": flood,
    "send garbage": talk_nonsense,
    "vanish": vanish,
}


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 20)


if __name__ == "__main__":
    KINDS[sys.argv[1]](int(sys.argv[2]))
