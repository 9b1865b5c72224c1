"""Measure what it costs that a capture joins a connection late, or lacks bytes of it.

Where a stream is there from its beginning, its first bytes say whether it is Nest's;
in the middle a frame has to be searched for. Each traffic is written twice, whole and
with something missing, and inspected in a process of its own. The ratio of the
processor times should be at most 1.5, however long the connection is.

    python -m benchmarks.midstream [--rounds N] [--times N] [--tree FOLDER]

``--times`` makes all connections as many times as long; ``--tree`` measures the
inspector of another copy of the project.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.generate_capture import Connection, Writer, message
from benchmarks.pipeline import best, measure
from protocol import encode_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    Talk = Callable[[Connection], None]

_PORT = 40_000
_SEGMENT = 1_448  # bytes
_FRAME = 8_000_000  # bytes
_ROOT = Path(__file__).parents[1]
_SMALL = _ROOT / "captures" / "seed-nest12.pcap"  # a report of it is a start


class Fault(Enum):
    """What happens to one segment of a frame."""

    NONE = "nothing"
    LOST = "the capture lacks it, the receiver does not"
    LATE = "it is sent again after the last"


class Case(NamedTuple):
    """Traffic, in two captures.

    Attributes:
        name: What it is, and what is missing.
        whole: Writes all of it.
        broken: Writes it with something missing.
    """

    name: str
    whole: Callable[[Path], None]
    broken: Callable[[Path], None]


def main() -> None:
    """Measure, and print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--tree", type=Path, default=_ROOT)
    options = parser.parse_args()
    print(f"{'cpu s':44}  whole  broken   ratio")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for case in cases(options.times):
            case.whole(folder / "whole.pcap")
            case.broken(folder / "broken.pcap")
            whole, broken = compare(folder, options.tree.resolve(), options.rounds)
            ratio = broken / whole
            print(f"{case.name:44} {whole:6.2f} {broken:7.2f} {ratio:7.2f}")


def compare(folder: Path, tree: Path, rounds: int) -> tuple[float, float]:
    """Return seconds of processor time for each capture, without those of a start."""
    program = [sys.executable, "-m", "inspector.cli"]
    captures = [str(folder / "whole.pcap"), str(folder / "broken.pcap")]
    costs = [
        [measure([*program, capture], tree) for capture in [str(_SMALL), *captures]]
        for _ in range(rounds)
    ]
    nothing, whole, broken = (best(each).cpu for each in zip(*costs, strict=True))
    return whole - nothing, broken - nothing


def cases(times: int = 1) -> list[Case]:
    """Return all cases, ``times`` as long as usual."""
    talks: dict[str, Talk] = {
        "10,000 binary packets, one way": partial(binary, times=times),
        "10,000 random packets, both ways": partial(noise, times=times),
        "10,000 packets of digits and marks": partial(digits, times=times),
        "Redis, 40,000 packets": partial(redis, times=times),
        "Nest, 20,000 calls": partial(nest, times=times),
    }
    joined = [
        Case(f"{name}, joined", partial(_write, talk), partial(_join, talk))
        for name, talk in talks.items()
    ]
    body = b'{"pattern":"a","data":"' + b"x" * _FRAME * times + b'","id":"1"}'
    whole, lost, late = (
        partial(_write, partial(large_frame, body=body, fault=fault)) for fault in Fault
    )
    return [
        *joined,
        Case("a frame of 8 MB, one segment lost", whole, lost),
        Case("a frame of 8 MB, one segment late", whole, late),
    ]


def _write(talk: Talk, path: Path, *, joined: bool = False) -> None:
    with path.open("wb") as file:
        writer = Writer(file, random.Random(42))  # noqa: S311 — the same every time
        connection = Connection(writer, _PORT, joined=joined)
        talk(connection)
        connection.close()


def _join(talk: Talk, path: Path) -> None:
    _write(talk, path, joined=True)


def binary(connection: Connection, times: int) -> None:
    """Push packets in which nothing looks like text."""
    for number in range(10_000 * times):
        connection.push(bytes(0x80 + (7 * number + 13 * n) % 0x80 for n in range(60)))


def noise(connection: Connection, times: int) -> None:
    """Push random bytes both ways."""
    rng = random.Random(42)  # noqa: S311 — the same every time
    for _ in range(5_000 * times):
        connection.push(rng.randbytes(200))
        connection.push(rng.randbytes(200), up=False)


def digits(connection: Connection, times: int) -> None:
    """Push what may be lengths, with marks after them, but no frames."""
    for number in range(5_000 * times):
        connection.push(b"%06d#" % number * 10)
        connection.push(b'9#{"a":1}' * 10, up=False)


def redis(connection: Connection, times: int) -> None:
    """Ask for keys, one after the other."""
    for number in range(20_000 * times):
        connection.push(b"*2\r\n$3\r\nGET\r\n$10\r\nkey:%06d\r\n" % number)
        connection.push(b"$5\r\nhello\r\n", up=False)


def nest(connection: Connection, times: int) -> None:
    """Make calls of Nest, one after the other."""
    rng = random.Random(42)  # noqa: S311 — the same every time
    for number in range(20_000 * times):
        connection.call(*message(rng, number))


def large_frame(connection: Connection, body: bytes, fault: Fault) -> None:
    """Send one frame in many segments, every second of which is acknowledged.

    Args:
        connection: What carries it.
        body: Of the frame.
        fault: What happens to the segment in its middle.
    """
    stream = encode_frame(body)
    starts = range(0, len(stream), _SEGMENT)
    middle = starts[len(starts) // 2]
    for start in starts:
        if start == middle and fault is not Fault.NONE:
            connection.lose(stream[start : start + _SEGMENT])
        else:
            connection.push(stream[start : start + _SEGMENT])
        if start // _SEGMENT % 2 and (start < middle or fault is not Fault.LATE):
            connection.acknowledge()
    if fault is Fault.LATE:
        end = middle + _SEGMENT
        connection.repeat(stream[middle:end], len(stream) - end)
        connection.acknowledge()


if __name__ == "__main__":
    main()
