"""Write what several hosts captured of one system, the same every time.

Each host has a source of several files, a clock of its own, and losses; its packets are
now and then out of order. Of the exchanges a share passes between two of the hosts, and
both capture it; the others are asked by clients from outside. Connections last from the
first file to the last. With the defaults: 8 hosts of 4 files, 40,000 exchanges, 20 % of
them between hosts.

    python benchmarks/generate_fleet.py FOLDER [EXCHANGES]
"""

from __future__ import annotations

import argparse
import random
import struct
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.generate_capture import message
from protocol import encode_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

_FILE_HEADER = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
_RECORD = struct.Struct("<IIII")
_ETHERNET = bytes(12) + b"\x08\x00"
_IP = struct.Struct(">BBHHHBBH4s4s")
_TCP = struct.Struct(">HHIIBBHHH")
_SYN, _PSH, _ACK = 0x02, 0x08, 0x10
_PORT = 8888
BEGIN_NS = 1_795_000_000_000_000_000
_BETWEEN_NS = 150_000  # that a packet takes from one host to another
_HANDLER_NS = 2_000_000
_SECOND_NS = 1_000_000_000
_HANDSHAKE = 3


@dataclass(frozen=True)
class Shape:
    """What a fleet is like.

    Attributes:
        hosts: How many hosts there are …
        files: … and files of each.
        exchanges: How many exchanges there are …
        shared: … and the share of them that passes between two hosts.
        seconds: How long all of it takes.
        skew_s: How far clocks are from the true time at most.
        drift: What they gain at most, in a second.
        losses: The share of packets between hosts that one of both lacks.
        disorder: The share of packets that stand in a file after a later one.
        translated: How many connections between hosts have other addresses where the
            server captures them: that of a service, or one that clients share, or both.
            Of two thirds of them each host captures a part, which overlap.
        seed: Of all that is drawn.
    """

    hosts: int = 8
    files: int = 4
    exchanges: int = 40_000
    shared: float = 0.2
    seconds: int = 60
    skew_s: float = 2.0
    drift: float = 20e-6
    losses: float = 0.01
    disorder: float = 0.01
    translated: int = 0
    seed: int = 7


@dataclass
class Truth:
    """What passed.

    Attributes:
        calls: Client and server as addresses, and route → how many calls.
        clocks: Host → how far its clock is ahead at the beginning, in nanoseconds, and
            what it gains in one.
        packets: Packets of connections with calls that some host captured, each once.
        translated: Connections that are captured with two pairs of addresses.
    """

    calls: dict[tuple[str, str, str], int] = field(default_factory=dict)
    clocks: dict[str, tuple[int, float]] = field(default_factory=dict)
    packets: int = 0
    translated: int = 0


class _Host:
    def __init__(self, number: int, rng: random.Random, shape: Shape) -> None:
        self.name = f"host-{number}"
        self.address = f"10.1.0.{number}"
        skew = rng.uniform(-shape.skew_s, shape.skew_s)
        self.ahead_ns = round(skew * _SECOND_NS)
        self.drift = rng.uniform(-shape.drift, shape.drift)
        self.seen: list[tuple[int, bytes]] = []

    def capture(self, time_ns: int, packet: bytes) -> None:
        """Note a packet by the clock of the host."""
        since_ns = time_ns - BEGIN_NS
        own_ns = time_ns + self.ahead_ns + round(since_ns * self.drift)
        self.seen.append((own_ns, packet))


class _Connection:
    def __init__(self, fleet: _Fleet, client: _Host | str, server: _Host) -> None:
        self._fleet, self._client, self._server = fleet, client, server
        self.asks = client if isinstance(client, str) else client.address
        self.serves = server.address
        self._port = next(fleet.ports)
        self._next = [fleet.rng.getrandbits(32), fleet.rng.getrandbits(32)]
        self.busy_ns = 0
        self.packets = 0
        # Of the client's host, and of the server's: with which addresses it captures,
        # and which part of the time.
        self._ends = [self._named(), self._named()]
        self._parts = [(0.0, 1.0), (0.0, 1.0)]
        self._seen = [True, True]

    def _named(self) -> list[tuple[str, int]]:
        return [(self.asks, self._port), (self.serves, _PORT)]

    def translate(self, number: int) -> None:
        """Have other addresses before the way ends, as the number says."""
        fleet = self._fleet
        fleet.truth.translated += 1
        if number % 3 != 1:  # a service, of one host or several
            self.serves = f"10.96.0.{1 + number % 2}"
            self._ends[0][1] = self.serves, 80
        if number % 3:  # clients share an address
            self._ends[1][0] = "192.0.2.1", 61_000 - number
        part = number // 3 % 3
        self._parts = [
            [(0.0, 1.0), (0.0, 1.0)],
            [(0.0, 0.7), (0.3, 1.0)],
            [(0.4, 0.95), (0.05, 0.6)],
        ][part]

    def is_seen(self, time_ns: int) -> bool:
        """Whether some host captures what passes then; remember which ones do."""
        passed = (time_ns - BEGIN_NS) / (self._fleet.shape.seconds * _SECOND_NS)
        self._seen = [begin <= passed <= end for begin, end in self._parts]
        return any(self._seen)

    def greet(self, time_ns: int) -> None:
        self.is_seen(time_ns)
        self._send(time_ns, 0, _SYN)
        self._send(time_ns + 2 * _BETWEEN_NS, 1, _SYN | _ACK)
        self._send(time_ns + 4 * _BETWEEN_NS, 0, _ACK)
        self.busy_ns = time_ns + 6 * _BETWEEN_NS

    def call(self, time_ns: int, request: bytes, reply: bytes) -> None:
        begin_ns = max(time_ns, self.busy_ns)
        reply_ns = begin_ns + self._fleet.rng.randrange(_HANDLER_NS)
        self._send(begin_ns, 0, _PSH | _ACK, encode_frame(request))
        self._send(reply_ns + 2 * _BETWEEN_NS, 1, _PSH | _ACK, encode_frame(reply))
        self._send(reply_ns + 4 * _BETWEEN_NS, 0, _ACK)
        self.busy_ns = reply_ns + 6 * _BETWEEN_NS

    def _send(self, time_ns: int, side: int, flags: int, data: bytes = b"") -> None:
        seq, ack = self._next[side], self._next[1 - side]
        self._next[side] = (seq + len(data) + bool(flags & _SYN)) & 0xFFFFFFFF
        fleet = self._fleet
        fleet.identification = (fleet.identification + 1) % 65_536
        packets = []
        for (asks, port), (serves, at) in self._ends:
            ends, ports = [asks, serves], [port, at]
            if side:
                ends.reverse()
                ports.reverse()
            addresses = (bytes(map(int, each.split("."))) for each in ends)
            size, number = 40 + len(data), fleet.identification
            ip = _IP.pack(0x45, 0, size, number, 0x4000, 64, 6, 0, *addresses)
            acknowledged = ack if flags & _ACK else 0
            header = _TCP.pack(*ports, seq, acknowledged, 0x50, flags, 512, 0, 0)
            packets.append(_ETHERNET + ip + header + data)
        self._captured(time_ns, side, packets)

    def _captured(self, time_ns: int, side: int, packets: list[bytes]) -> None:
        """Let those hosts capture a packet that it passes; at most one loses it."""
        self.packets += any(self._seen)
        lost = -1
        if not isinstance(self._client, str):
            if all(self._seen) and self._fleet.rng.random() < self._fleet.shape.losses:
                lost = self._fleet.rng.randrange(2)
            if lost != 0 and self._seen[0]:
                self._client.capture(time_ns + side * _BETWEEN_NS, packets[0])
        if lost != 1 and self._seen[1]:
            self._server.capture(time_ns + (1 - side) * _BETWEEN_NS, packets[1])


class _Fleet:
    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.rng = random.Random(shape.seed)  # noqa: S311 — the same fleet every time
        self.hosts = [
            _Host(each, self.rng, shape) for each in range(1, shape.hosts + 1)
        ]
        self.ports = count(30_000)
        self.identification = 0
        self.truth = Truth()
        for host in self.hosts:
            self.truth.clocks[host.name] = host.ahead_ns, host.drift

    def play(self) -> None:
        """Let all calls pass."""
        shape, rng = self.shape, self.rng
        within = [
            _Connection(self, one, other)
            for one in self.hosts
            for other in self.hosts
            if one is not other
        ]
        outside = []
        for place, host in enumerate(self.hosts):
            for number in range(5):
                client = f"203.0.113.{place * 5 + number + 1}"
                outside.append(_Connection(self, client, host))
        for number, each in enumerate(within[: shape.translated]):
            each.translate(number)
        for number, each in enumerate([*within, *outside]):
            each.greet(BEGIN_NS + number * 10_000)
        between_ns = shape.seconds * _SECOND_NS // shape.exchanges
        for number in range(shape.exchanges):
            chosen = within if rng.random() < shape.shared else outside
            connection = rng.choice(chosen)
            route = f"orders.{number % 20}"
            key = connection.asks, connection.serves, route
            time_ns = BEGIN_NS + _SECOND_NS // 10 + number * between_ns
            if connection.is_seen(max(time_ns, connection.busy_ns)):
                self.truth.calls[key] = self.truth.calls.get(key, 0) + 1
            connection.call(time_ns, *message(rng, number))
        all_packets = [each.packets for each in (*within, *outside)]
        self.truth.packets = sum(n for n in all_packets if n > _HANDSHAKE)

    def write(self, folder: Path) -> None:
        """Write the files of all hosts, and what says which they are."""
        lines = []
        for host in self.hosts:
            self._write_host(folder / host.name, host)
            lines.append(
                f'[[source]]\nname = "{host.name}"\naddresses = ["{host.address}"]\n'
                f'files = "{host.name}/eth0.pcap*"\n'
            )
        (folder / "sources.toml").write_text("\n".join(lines), encoding="utf-8")

    def _write_host(self, folder: Path, host: _Host) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        host.seen.sort(key=lambda each: each[0])
        records = self._disordered(host.seen)
        size = -(-len(records) // self.shape.files)
        for number in range(self.shape.files):
            part = records[number * size : (number + 1) * size]
            with (folder / f"eth0.pcap{number}").open("wb") as file:
                file.write(_FILE_HEADER)
                for time_ns, packet in part:
                    seconds, fraction = divmod(time_ns, _SECOND_NS)
                    head = _RECORD.pack(seconds, fraction, len(packet), len(packet))
                    file.write(head + packet)

    def _disordered(self, seen: Iterable[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """Return packets, some after the next one, which is of another connection."""
        records = list(seen)
        for place in range(len(records) - 1):
            one, other = records[place][1], records[place + 1][1]
            ports = {one[34:38], one[36:38] + one[34:36]}
            if other[34:38] not in ports and self.rng.random() < self.shape.disorder:
                records[place : place + 2] = records[place + 1], records[place]
        return records


def generate(folder: Path, shape: Shape | None = None) -> Truth:
    """Write the captures of a fleet, and return what passed.

    Args:
        folder: Where a folder for each host is made, and ``sources.toml``.
        shape: What the fleet is like.
    """
    fleet = _Fleet(shape or Shape())
    fleet.play()
    fleet.write(folder)
    return fleet.truth


def main() -> None:
    """Write the fleet that the arguments ask for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("exchanges", type=int, nargs="?", default=Shape.exchanges)
    given = parser.parse_args()
    generate(given.folder, Shape(exchanges=given.exchanges))


if __name__ == "__main__":
    main()
