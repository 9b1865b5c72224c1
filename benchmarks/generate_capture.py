"""Write a capture of Nest traffic as large as wanted, the same one every time.

Calls and events of 50 connections, interleaved, one at a time on each: requests and
events of some 200 bytes, replies of some 250, a pure ACK for every event and every
reply. With the defaults: 400,000 exchanges, 1.1 million packets, 260 MB.

    python benchmarks/generate_capture.py big.pcap [EXCHANGES [CONNECTIONS]]
"""

from __future__ import annotations

import argparse
import json
import random
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from protocol import encode_frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

_FILE_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
_RECORD = struct.Struct("<IIII")
_ETHERNET = bytes(12) + b"\x08\x00"
_IP = struct.Struct(">BBHHHBBH4s4s")
_TCP = struct.Struct(">HHIIBBHHH")
_CLIENT, _SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
_SERVER_PORT = 8888
_SYN, _FIN, _PSH, _ACK = 0x02, 0x01, 0x08, 0x10
_EVENT_SHARE = 0.25
_MORE = 0x80


class Writer:
    """Write packets, some microseconds apart."""

    def __init__(
        self, file: BinaryIO, rng: random.Random, port: int = _SERVER_PORT
    ) -> None:
        self._file = file
        self._rng = rng
        self._port = port
        self._time_us = 1_700_000_000_000_000
        file.write(_FILE_HEADER)

    def write(
        self,
        client_port: int,
        *,
        up: bool,
        tcp: tuple[int, int, int],
        data: bytes = b"",
    ) -> None:
        """Write one segment; ``tcp`` is its sequence number, ACK and flags."""
        seq, ack, flags = tcp
        self._time_us += self._rng.randrange(1, 40)
        ports = (client_port, self._port) if up else (self._port, client_port)
        ends = (_CLIENT, _SERVER) if up else (_SERVER, _CLIENT)
        ip = _IP.pack(0x45, 0, 40 + len(data), 0, 0x4000, 64, 6, 0, *ends)
        header = _TCP.pack(
            *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 512, 0, 0
        )
        packet = _ETHERNET + ip + header + data
        seconds, fraction = divmod(self._time_us, 1_000_000)
        record = _RECORD.pack(seconds, fraction, len(packet), len(packet))
        self._file.write(record + packet)


class Connection:
    """Both ends of one connection.

    Args:
        writer: What writes its packets.
        port: The client's.
        joined: Whether the capture joins it in its middle, and lacks its beginning.
    """

    def __init__(self, writer: Writer, port: int, *, joined: bool = False) -> None:
        self._writer = writer
        self._port = port
        self._up, self._down = port * 1000, port * 2000
        if not joined:
            self._greet()

    def _greet(self) -> None:
        self._send(up=True, flags=_SYN)
        self._up += 1
        self._send(up=False, flags=_SYN | _ACK)
        self._down += 1
        self._send(up=True, flags=_ACK)

    def push(self, data: bytes, *, up: bool = True) -> None:
        """Send bytes in one segment."""
        self._send(up=up, flags=_PSH | _ACK, data=data)

    def acknowledge(self, *, up: bool = False) -> None:
        """Send a pure ACK of all that was sent."""
        self._send(up=up, flags=_ACK)

    def lose(self, data: bytes) -> None:
        """Send bytes to the server that the capture lacks."""
        self._up += len(data)

    def repeat(self, data: bytes, distance: int) -> None:
        """Send bytes to the server again that ended ``distance`` bytes before."""
        self._up -= distance + len(data)
        self.push(data)
        self._up += distance

    def _send(self, *, up: bool, flags: int, data: bytes = b"") -> None:
        seq, ack = (self._up, self._down) if up else (self._down, self._up)
        self._writer.write(self._port, up=up, tcp=(seq, ack, flags), data=data)
        if up:
            self._up += len(data)
        else:
            self._down += len(data)

    def emit(self, body: bytes) -> None:
        """Send an event; its ACK comes back."""
        self.push(encode_frame(body))
        self.acknowledge()

    def call(self, request: bytes, reply: bytes) -> None:
        """Send a request; the reply carries its ACK, and is acknowledged."""
        self.push(encode_frame(request))
        self.push(encode_frame(reply), up=False)
        self.acknowledge(up=True)

    def exchange(self, upward: bytes, downward: bytes) -> None:
        """Send bytes both ways, each with an ACK of its own."""
        self.push(upward)
        self.acknowledge()
        self.push(downward, up=False)
        self.acknowledge(up=True)

    def close(self) -> None:
        """Say goodbye from both sides."""
        self._send(up=True, flags=_FIN | _ACK)
        self._up += 1
        self._send(up=False, flags=_FIN | _ACK)
        self._down += 1
        self._send(up=True, flags=_ACK)


def generate(
    path: Path,
    exchanges: int = 400_000,
    connections: int = 50,
    pattern: Callable[[str, int], str] = '"{}.{}"'.format,
) -> None:
    """Write a capture of ``exchanges`` on ``connections``.

    Args:
        path: Where it is written.
        exchanges: How many exchanges it has …
        connections: … on how many connections.
        pattern: Returns the pattern of a name and a number, as JSON.
    """
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer = Writer(file, rng)
        clients = [Connection(writer, 40_000 + index) for index in range(connections)]
        for number in range(exchanges):
            client = clients[number % connections]
            if rng.random() < _EVENT_SHARE:
                client.emit(event(rng, number, pattern))
            else:
                client.call(*message(rng, number, pattern))
        for client in clients:
            client.close()


def generate_objects(path: Path, exchanges: int = 400_000) -> None:
    """Write a capture of exchanges whose patterns are objects, of two keys each."""
    generate(path, exchanges, pattern='{{"cmd":"{}","version":{}}}'.format)


def generate_short(path: Path, connections: int = 20_000, exchanges: int = 20) -> None:
    """Write a capture of connections that follow each other, with few exchanges."""
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer = Writer(file, rng)
        for index in range(connections):
            client = Connection(writer, 40_000 + index)
            for number in range(exchanges):
                client.call(*message(rng, index * exchanges + number))
            client.close()


def generate_other(path: Path, packets: int = 400_000, connections: int = 50) -> None:
    """Write a capture of as large packets that are not Nest traffic."""
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer = Writer(file, rng)
        clients = [Connection(writer, 40_000 + index) for index in range(connections)]
        for number in range(packets // 4):
            clients[number % connections].exchange(
                rng.randbytes(200), rng.randbytes(250)
            )
        for client in clients:
            client.close()


def message(
    rng: random.Random,
    number: int,
    pattern: Callable[[str, int], str] = '"{}.{}"'.format,
) -> tuple[bytes, bytes]:
    """Return the bodies of a request and of its reply."""
    identity = f"{rng.getrandbits(84):021x}"
    asked = pattern("orders", number % 20)
    items = ",".join(
        f'{{"sku":"A-{rng.randrange(10**6)}","quantity":{n}}}' for n in range(3)
    )
    request = f'{{"pattern":{asked},"data":{{"items":[{items}]}},"id":"{identity}"}}'
    text = f"{rng.getrandbits(400):0100x}"
    reply = (
        f'{{"response":{{"order":{number},"text":"{text}","items":[{items}]}},'
        f'"isDisposed":true,"id":"{identity}"}}'
    )
    return request.encode(), reply.encode()


def event(
    rng: random.Random,
    number: int,
    pattern: Callable[[str, int], str] = '"{}.{}"'.format,
) -> bytes:
    """Return the body of an event."""
    text = f"{rng.getrandbits(600):0150x}"
    data = f'{{"n":{number},"text":"{text}"}}'
    return f'{{"pattern":{pattern("audit", number % 5)},"data":{data}}}'.encode()


def pattern_and_bodies(rng: random.Random, number: int) -> tuple[str, list[bytes]]:
    """Return the pattern of an exchange: one body of an event, of a call both."""
    told = rng.random() < _EVENT_SHARE
    bodies = [event(rng, number)] if told else [*message(rng, number)]
    return json.loads(bodies[0])["pattern"], bodies


def varint(size: int) -> bytes:
    """Return a number as groups of seven bits, the lowest first (LEB128)."""
    groups = bytearray()
    while size >= _MORE:
        groups.append(size % _MORE | _MORE)
        size //= _MORE
    groups.append(size)
    return bytes(groups)


def main(write: Callable[..., None], description: str | None) -> None:
    """Write the capture that the arguments ask for.

    Args:
        write: What writes it: it is given the path, and what else was asked for.
        description: Whose first line says what that is.
    """
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("exchanges", type=int, nargs="?")
    parser.add_argument("connections", type=int, nargs="?")
    given = vars(parser.parse_args())
    write(**{name: value for name, value in given.items() if value is not None})


if __name__ == "__main__":
    main(generate, __doc__)
