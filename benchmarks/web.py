"""Measure what viewers of the page of a live run cost its capture.

    python -m benchmarks.web                    one minute, 20 viewers, 10,000 packets/s
    python -m benchmarks.web --minutes 10 --rate 10000 --viewers 20

Real HTTP clients read the events, three more stall, and one page is loaded each second.
The same load runs without ``--web`` first, unless ``--looked-at`` leaves that out.
Printed are the packets that were captured and dropped, the processor time of the
command, its own memory (without the ring that the kernel fills) after a tenth of the
time and at the end, and what viewers were sent.

Capturing on the loopback interface needs the permission.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, suppress
from multiprocessing import get_context
from os import sysconf
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.sources.proxy.conversation import Conversation
from inspector.streams.endpoints import Endpoint
from protocol import encode_frame
from tests.inspector.command import PROGRAM
from tests.inspector.web.viewers import Viewer, asked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

_PORT = 9  # where nobody listens
_ETHERNET = bytes(12) + b"\x08\x00"
_AT = re.compile(r"web: http://([^/]+):(\d+)/")
_STALLED = 3
_GROWTH = 1.10
_CALLS = 200  # of a connection
_TURN_S = 0.005
_TICKS_NS = 1_000_000_000  # between connections, which begin at other numbers


class Cost(NamedTuple):
    """What a run took.

    Attributes:
        captured: Packets.
        dropped: Packets that the kernel had no room for.
        cpu_s: Processor time of the command, in seconds.
        early_mib: Its own resident memory after a tenth of the time …
        late_mib: … and at the end.
    """

    captured: int
    dropped: int
    cpu_s: float
    early_mib: float
    late_mib: float

    def __str__(self) -> str:
        share = f"{self.early_mib:.1f} MiB, at the end {self.late_mib:.1f}"
        packets = f"{self.captured:,} captured, {self.dropped:,} dropped"
        each = self.cpu_s / max(self.captured, 1) * 1_000_000
        cost = f"{self.cpu_s:.1f} s of processor, {each:.1f} µs a packet"
        return f"{packets}, {cost}; {share}"


def _packets() -> Iterator[bytes]:
    """Yield packets of calls without end, on one connection after the other."""
    number = 0
    while True:
        client = Endpoint("192.0.2.1", 1_024 + number // _CALLS % 60_000)
        talk = Conversation(client, Endpoint("192.0.2.2", _PORT))
        for record in talk.open(number * _TICKS_NS):
            yield _ETHERNET + record.data
        for _ in range(_CALLS):
            number += 1
            yield from _call(talk, number)
        yield _ETHERNET + talk.reset(0, from_server=False).data


def _call(talk: Conversation, number: int) -> Iterator[bytes]:
    identity = f"{number:x}"
    ask = {"pattern": f"p{number % 20}", "data": {"n": number}, "id": identity}
    answer = {"response": number, "isDisposed": True, "id": identity}
    for message, from_server in ((ask, False), (answer, True)):
        frame = encode_frame(json.dumps(message).encode())
        for record in talk.data(0, frame, from_server=from_server):
            yield _ETHERNET + record.data


def _send(rate: int, seconds: float) -> None:
    """Put packets on the loopback interface, so many a second."""
    packets, sent = _packets(), 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as interface:
        interface.bind(("lo", 0))
        begun = time.perf_counter()
        while (passed := time.perf_counter() - begun) < seconds:
            while sent < passed * rate:
                interface.send(next(packets))
                sent += 1
            time.sleep(_TURN_S)


def _read(viewer: Viewer, sent: list[int]) -> None:
    """Read all that a viewer is sent, and count events and bytes."""
    for line in viewer.response:
        sent[0] += line.startswith(b"event:")
        sent[1] += len(line)


def _reload(where: Endpoint) -> None:
    """Load the page once a second, until the run ends."""
    with suppress(OSError):
        while asked(where, "/").status == 200:  # noqa: PLR2004 — of HTTP
            time.sleep(1)


def _look(where: Endpoint, viewers: int, told: Connection) -> None:
    """Look on until the run ends, in a process of its own; tell what was sent."""
    sent = [[0, 0] for _ in range(viewers)]
    with ExitStack() as stack:
        looking = [stack.enter_context(closing(Viewer(where))) for _ in range(viewers)]
        for _ in range(_STALLED):
            stack.enter_context(closing(Viewer(where)))
        threads = [threading.Thread(target=_reload, args=(where,))]
        threads += [
            threading.Thread(target=_read, args=each)
            for each in zip(looking, sent, strict=True)
        ]
        for thread in threads:
            thread.start()
        told.send(None)
        for thread in threads:
            thread.join()
    told.send(sent)


class _Live:
    """A run of ``live`` whose lines go to another program, which keeps the last two."""

    def __init__(self, *options: str) -> None:
        command = [
            str(PROGRAM),
            "live",
            "-i",
            "lo",
            "--port",
            str(_PORT),
            "--json",
            *options,
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        self._last = subprocess.Popen(
            ["tail", "-n", "2"], stdin=self.process.stdout, stdout=subprocess.PIPE
        )
        self.said = ""
        assert self.process.stderr is not None
        while "listening" not in self.said:
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line

    def memory(self) -> float:
        """Return its resident memory in MiB, without what is shared with the kernel."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        (line,) = (row for row in status.splitlines() if row.startswith("RssAnon"))
        return int(line.split()[1]) / 1024

    def processor(self) -> float:
        """Return its processor time in seconds."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / sysconf("SC_CLK_TCK")

    def end(self) -> list[dict[str, Any]]:
        """End it as Ctrl-C does; return its last two lines."""
        self.process.send_signal(signal.SIGINT)
        told, _ = self._last.communicate()
        self.process.wait()
        return [json.loads(line) for line in told.splitlines()]


def _measured(live: _Live, rate: int, seconds: float) -> Cost:
    """Return what a run costs while packets pass."""
    begun = live.processor()
    _send(rate, seconds / 10)
    early = live.memory()
    _send(rate, seconds * 9 / 10)
    late, cpu = live.memory(), live.processor() - begun
    capture, summary = live.end()
    return Cost(summary["packet_records"], capture["dropped"], cpu, early, late)


def _watched(rate: int, seconds: float, viewers: int) -> Cost:
    """Return what a run costs that so many look at, and print what they were sent."""
    live = _Live("--web", "0")
    found = _AT.search(live.said)
    assert found is not None
    where = Endpoint("127.0.0.1", int(found[2]))
    spawning = get_context("spawn")
    ours, theirs = spawning.Pipe()
    looking = spawning.Process(target=_look, args=(where, viewers, theirs))
    looking.start()
    ours.recv()
    cost = _measured(live, rate, seconds)
    sent = ours.recv()
    looking.join()
    events, size = (
        min(each[0] for each in sent),
        sum(each[1] for each in sent) / viewers,
    )
    print(f"each viewer was sent {events:,} events or more, {size / 2**20:,.1f} MiB")
    return cost


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--looked-at", action="store_true")
    options = parser.parse_args()
    seconds = options.minutes * 60
    if not options.looked_at:
        alone = _measured(_Live(), options.rate, seconds)
        print(f"nobody looks: {alone}", flush=True)
    cost = _watched(options.rate, seconds, options.viewers)
    print(f"{options.viewers} viewers, {_STALLED} that stall: {cost}")
    flat = cost.late_mib <= cost.early_mib * _GROWTH
    sys.exit(0 if not cost.dropped and flat else 1)


if __name__ == "__main__":
    main()
