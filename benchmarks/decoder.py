"""Frames per second: our decoder and parse_packet beside Nest 12's real JsonSocket.

::

    python -m benchmarks.decoder [--rounds 15]

Both read the same bytes in chunks of 64 KiB, as Node reads a socket at most, in one run
and turn by turn. What counts is the time on the processor (user and system, with all
threads of Node) in the best round of each, since whatever else the machine does can
only make a round slower. Node is given two rounds per turn, so that its compiler is
warm. What Nest gives is a JavaScript object; what we give is a packet with its payload
as JSON text, which is all that the inspector and the servers need of most packets. One
more column decodes every payload too, and the last asks for each frame by itself.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from captures.processes import find_node
from protocol import (
    UNDEFINED,
    FrameDecoder,
    dumps,
    encode_frame,
    loads,
    parse_bodies,
    parse_packet,
)
from protocol import Request as RequestPacket

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Packet, PacketError

HERE = Path(__file__).parent
NEST = HERE.parent / "nest" / "v12"

_CHUNK = 65_536  # bytes that Node reads from a socket at most
_STREAM = 5_000_000  # bytes of a stream, about
_TEXTS = {"ASCII": "request ", "CJK": "求和请求数据", "emoji": "😀🎉"}
_SIZES = {"100 B": 100, "1 KB": 1_000, "100 KB": 100_000}
_ID = "77334d4258340eded607d"


class Row(NamedTuple):
    """Frames per second of one kind of traffic."""

    traffic: str
    node: float
    ours: float
    decoded: float
    single: float


def main() -> None:
    """Measure all kinds of traffic and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"Python {platform.python_version()}, Node {_node_version()}\n")
    print(
        "| frames | Node, per s | ours, per s | ours/Node | with payloads read "
        "| one by one |"
    )
    print("|---|---|---|---|---|---|")
    with _start_node() as node:
        for text, characters in _TEXTS.items():
            for name, size in _SIZES.items():
                frame = make_frame(characters, size)
                row = measure(node, f"{text}, {name}", frame, rounds)
                print(
                    f"| {row.traffic} | {row.node:,.0f} | {row.ours:,.0f} | "
                    f"{row.ours / row.node:.2f} | {row.decoded / row.node:.2f} | "
                    f"{row.single / row.node:.2f} |",
                    flush=True,
                )


def make_frame(characters: str, size: int) -> bytes:
    """Return the frame of a request of about ``size`` bytes in UTF-8."""
    envelope = {"pattern": {"cmd": "sum"}, "data": "", "id": _ID}
    missing = max(size - len(encode_frame(dumps(envelope))), 0)
    repeated = characters * (missing // len(characters.encode()) + 1)
    text = repeated.encode()[:missing].decode("utf-8", "ignore")
    return encode_frame(dumps(envelope | {"data": text}))


def measure(
    node: subprocess.Popen[str], traffic: str, frame: bytes, rounds: int
) -> Row:
    """Read one stream by both sides in turn, and keep the best round of each."""
    count = max(_STREAM // len(frame), 20)
    stream = frame * count
    chunks = [stream[at : at + _CHUNK] for at in range(0, len(stream), _CHUNK)]
    ways = {"ours": read, "decoded": read_all, "single": read_singly}
    best = dict.fromkeys(("node", *ways), float("inf"))
    with tempfile.NamedTemporaryFile() as file:
        file.write(stream)
        file.flush()
        for _ in range(rounds):
            best["node"] = min(best["node"], _ask_node(node, file.name, count))
            for name, way in ways.items():
                best[name] = min(best[name], _clock(way, chunks, count))
    rates = {who: count / seconds for who, seconds in best.items()}
    return Row(traffic, **rates)


def read(chunks: list[bytes]) -> int:
    """Read every packet, payloads as text, as many at a time as are there."""
    decoder = FrameDecoder()
    next_bodies, next_frame = decoder.next_bodies, decoder.next_frame
    packets = 0
    for chunk in chunks:
        decoder.receive_data(chunk)
        while True:
            if bodies := next_bodies():
                packets += len(parse_bodies(bodies))
            elif (frame := next_frame()) is not None:
                parse_packet(frame)
                packets += 1
            else:
                break
    return packets


def read_all(chunks: list[bytes]) -> int:
    """Do the same, and read every payload."""
    decoder = FrameDecoder()
    packets = 0
    for chunk in chunks:
        decoder.receive_data(chunk)
        while found := parse_bodies(decoder.next_bodies()) or _next(decoder):
            packets += len(found)
            for packet in found:
                if isinstance(packet, RequestPacket) and packet.data is not UNDEFINED:
                    loads(packet.data)
    return packets


def _next(decoder: FrameDecoder) -> list[Packet | PacketError]:
    frame = decoder.next_frame()
    return [] if frame is None else [parse_packet(frame)]


def read_singly(chunks: list[bytes]) -> int:
    """Read every packet, payloads as text, one call for each; return how many."""
    decoder = FrameDecoder()
    packets = 0
    for chunk in chunks:
        decoder.receive_data(chunk)
        while (frame := decoder.next_frame()) is not None:
            parse_packet(frame)
            packets += 1
    return packets


def _clock(
    read: Callable[[list[bytes]], int], chunks: list[bytes], count: int
) -> float:
    start = time.process_time()
    packets = read(chunks)
    seconds = time.process_time() - start
    if packets != count:
        raise RuntimeError(f"{packets} packets were read of {count}")
    return seconds


def _node_version() -> str:
    return subprocess.check_output([find_node(), "--version"], text=True).strip()


def _start_node() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [find_node(), HERE / "decoder.mjs", NEST],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def _ask_node(node: subprocess.Popen[str], file: str, count: int) -> float:
    if node.stdin is None or node.stdout is None:
        raise RuntimeError("Node was started without pipes")
    question = {"file": file, "size": _CHUNK, "rounds": 2}
    node.stdin.write(json.dumps(question) + "\n")
    node.stdin.flush()
    results = json.loads(node.stdout.readline())
    if any(result["messages"] != count for result in results):
        raise RuntimeError(f"Node read other than {count} packets: {results}")
    return float(min(result["seconds"] for result in results))


if __name__ == "__main__":
    main()
