"""Measure the report against tshark with a dissector for this protocol, in one run.

Two dissectors print pattern and id: the one that ships here, which people use, and one
that does as little as a right one can: it counts lengths as Nest does, and finds
both by a search.

The same over NATS: there the peer is one lean dissector, which prints subject and body
of each message, and a packet is compared with one over Nest's TCP as well.

Captures are generated, each command runs on them in a process of its own, ours and the
peer's in turn, and the best of the rounds counts. Printed are wall time, processor
time and peak memory, and the ratios that the project holds itself to.

    python -m benchmarks.pipeline [--rounds N] [--exchanges N] [--folder FOLDER]

The report is measured without the extension in C, too, and on a capture whose patterns
are objects.

With ``--python`` the report is measured with another interpreter as well, which finds
our packages where this one does: it has to be of the same version.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import generate_nats
from benchmarks.generate_capture import (
    generate,
    generate_objects,
    generate_other,
    generate_short,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LEAN = Path(__file__).with_name("nest.lua")
_LEAN_NATS = Path(__file__).with_name("nats.lua")
_OURS = Path(sys.executable).with_name("protocol-inspect")
_ROOT = _LEAN.parent.parent
_SHIPPED = "nest.lua"
_AGAIN = "report, other Python"
_PURE = "report, without C"
_PURE_OBJECTS = "report, objects, without C"
_WITHOUT_C = ["env", "PROTOCOL_INSPECT_PURE=1"]
_WHERE = 'not outcome == "error"'  # which holds for all: as many lines as without it
_KIBIBYTE, _MEBIBYTE = 1 << 10, 1 << 20


class Cost(NamedTuple):
    """What a command took.

    Attributes:
        wall: Seconds from start to end.
        cpu: Seconds of processor time, in user and system mode.
        memory: Peak resident memory, in MiB.
    """

    wall: float
    cpu: float
    memory: float


def measure(command: Sequence[str | Path], folder: Path | None = None) -> Cost:
    """Run a command, its output thrown away, and return what it took.

    Args:
        command: The program and its arguments.
        folder: Where it runs; None: here.
    """
    begun = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, cwd=folder)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    # Popen does not know that its child was waited for.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    memory = usage.ru_maxrss * _KIBIBYTE / _MEBIBYTE
    return Cost(wall, usage.ru_utime + usage.ru_stime, memory)


def commands(folder: Path, python: Path | None = None) -> dict[str, list[str | Path]]:
    """Return what is measured, by name."""
    big, nats = folder / "big.pcap", folder / "nats.pcap"
    objects = folder / "objects.pcap"
    again: dict[str, list[str | Path]] = {}
    if python is not None:
        packages = f"PYTHONPATH={os.pathsep.join([str(_ROOT), *sys.path])}"
        again[_AGAIN] = ["env", packages, python, "-m", "inspector.cli", big]
    return {
        **again,
        "report": [_OURS, big],
        _PURE: [*_WITHOUT_C, _OURS, big],
        "report, objects": [_OURS, objects],
        _PURE_OBJECTS: [*_WITHOUT_C, _OURS, objects],
        "tshark, lean dissector": _tshark(_LEAN, big, "nest.pattern", "nest.id"),
        "tshark, lean dissector, objects": _tshark(
            _LEAN, objects, "nest.pattern", "nest.id"
        ),
        "tshark, our dissector": _tshark(
            folder / _SHIPPED, big, "nest.route", "nest.id"
        ),
        "report, NATS": [_OURS, nats],
        "tshark, lean dissector, NATS": _tshark(
            _LEAN_NATS, nats, "nats_lean.subject", "nats_lean.body"
        ),
        "exchanges --json": [_OURS, "exchanges", "--json", big],
        "exchanges": [_OURS, "exchanges", big],
        "exchanges --where": [_OURS, "exchanges", big, "--where", _WHERE],
        "report, four times as long": [_OURS, folder / "long.pcap"],
        "report, 20,000 connections": [_OURS, folder / "short.pcap"],
        "report, other traffic": [_OURS, folder / "other.pcap"],
        "nothing": [_OURS, _ROOT / "captures" / "seed-nest12.pcap"],
    }


def _tshark(dissector: Path, capture: Path, *fields: str) -> list[str | Path]:
    """Return what prints two fields of every packet, such as its pattern and its id."""
    protocol = fields[0].partition(".")[0]
    shown = [word for field in fields for word in ("-e", field)]
    chosen = ["-Y", protocol, "-T", "fields", *shown]
    return ["tshark", "-X", f"lua_script:{dissector}", "-r", capture, *chosen]


def prepare(folder: Path, exchanges: int) -> dict[str, int]:
    """Write our dissector, and captures that are not there; return their packets."""
    subprocess.run([_OURS, "wireshark", "--output", folder / _SHIPPED], check=True)
    makers: dict[str, Callable[[Path], None]] = {
        "big.pcap": lambda path: generate(path, exchanges),
        "objects.pcap": lambda path: generate_objects(path, exchanges),
        "long.pcap": lambda path: generate(path, 4 * exchanges),
        "short.pcap": lambda path: generate_short(path, max(1, exchanges // 20)),
        "other.pcap": lambda path: generate_other(path, exchanges),
        # As many packets as the first: a call takes eight, and not three.
        "nats.pcap": lambda path: generate_nats.generate(path, exchanges * 3 // 8),
    }
    for name, make in makers.items():
        if not (folder / name).exists():
            make(folder / name)
    return {name: _count(folder / name) for name in makers}


def _count(capture: Path) -> int:
    found = subprocess.run(
        ["capinfos", "-c", "-M", "-T", "-r", capture],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return int(found.stdout.split()[-1])


def best(costs: Sequence[Cost]) -> Cost:
    """Return the least of each figure."""
    return Cost(*map(min, zip(*costs, strict=True)))


def main() -> None:
    """Measure, and print a table and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--exchanges", type=int, default=400_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--python", type=Path, help="another interpreter")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        packets = prepare(folder, options.exchanges)
        measured = commands(folder, options.python)
        costs: dict[str, list[Cost]] = {name: [] for name in measured}
        for _ in range(options.rounds):
            for name, command in measured.items():
                costs[name].append(measure(command))
    show({name: best(taken) for name, taken in costs.items()}, packets)


def show(costs: dict[str, Cost], packets: dict[str, int]) -> None:
    """Print the table and the ratios."""
    print(f"{'':28}  wall s   cpu s     MiB")
    for name, cost in costs.items():
        print(f"{name:28} {cost.wall:7.2f} {cost.cpu:7.2f} {cost.memory:7.0f}")

    def each(name: str, capture: str) -> float:
        """Return microseconds of processor time for a packet."""
        return (costs[name].cpu - costs["nothing"].cpu) / packets[capture] * 1e6

    ours = each("report", "big.pcap")
    other = each("report, other traffic", "other.pcap")
    short = each("report, 20,000 connections", "short.pcap")
    nats = each("report, NATS", "nats.pcap")
    ratios = ratios_of(costs) | {
        "packet of other traffic / of Nest (at most 0.5)": other / ours,
        "packet of short connections / of long": short / ours,
        "packet over NATS / over TCP (before the express way at most 2)": nats / ours,
    }
    print(f"\n{ours:.2f} µs for a packet of Nest traffic, {other:.2f} for another")
    print(f"{nats:.2f} µs for a packet over NATS")
    for name, ratio in ratios.items():
        print(f"{name:50} {ratio:6.2f}")


def ratios_of(costs: dict[str, Cost]) -> dict[str, float]:
    """Return the ratios of whole commands, by name."""
    report, lines = costs["report"], costs["exchanges --json"]
    table, long = costs["exchanges"], costs["report, four times as long"]
    ratios: dict[str, float] = {}
    for peer, ours, least in (
        ("tshark, lean dissector", "report", 10),
        ("tshark, lean dissector", _PURE, 6),
        ("tshark, lean dissector, objects", "report, objects", 10),
        ("tshark, lean dissector, objects", _PURE_OBJECTS, 5),
        ("tshark, lean dissector, NATS", "report, NATS", 6),
        ("tshark, our dissector", "report", 10),
        ("tshark, lean dissector", _AGAIN, 10),
    ):
        if ours in costs:
            both = f"{peer} / {ours}"
            ratios[f"{both} (at least {least})"] = costs[peer].wall / costs[ours].wall
            ratios[f"{both}, cpu"] = costs[peer].cpu / costs[ours].cpu
    return ratios | {
        "exchanges / exchanges --json, cpu": table.cpu / lines.cpu,
        "exchanges --where / exchanges (at most 1.3)": (
            costs["exchanges --where"].cpu / table.cpu
        ),
        "exchanges --json / report (at most 3)": lines.wall / report.wall,
        "memory, four times as long (at most 1.1)": long.memory / report.memory,
    }


if __name__ == "__main__":
    main()
