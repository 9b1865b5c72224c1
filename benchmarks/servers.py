"""Calls in a second: our server and client beside those of Nest 12, in one run.

::

    python -m benchmarks.servers [--rounds 5] [--seconds 0.5] [--connections 2000]

Every server runs in a process of its own and gets the same calls from one load
generator (``load.py``), turn by turn. ``nothing`` is a server of no cost: what the
generator reaches with it is the most that can be measured. Every client calls one that
costs little (``reply`` of ``load.py``): at ours, the server would be measured. Each
round is a run for every one of them; the best of its rounds counts, since whatever else
the machine does can only make it slower. ``--part clients`` measures these alone.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from benchmarks.load import Run, call, of_nest
from captures.processes import find_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
IN_FLIGHT = (1, 64, 512)

_KIBIBYTE = 1024
_CLOCK = os.sysconf("SC_CLK_TCK")  # ticks of /proc in a second


class Measured(NamedTuple):
    """The best of several runs.

    Attributes:
        rate: Calls in a second.
        p99: Seconds that 99 of 100 calls took at most.
        cpu: Seconds of processor time for a call, in user and system mode.
    """

    rate: float
    p99: float
    cpu: float


class Process:
    """A server or a client in a process of its own.

    Args:
        command: What to run.
    """

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=ROOT,
        )
        self._status = Path(f"/proc/{self._process.pid}")

    def __enter__(self) -> Self:
        """Return the process itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def ask(self, **question: float) -> dict[str, float]:
        """Write a line, and return the next one."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self.told()

    def told(self) -> dict[str, float]:
        """Return the next line that it writes."""
        assert self._process.stdout is not None
        told: dict[str, float] = json.loads(self._process.stdout.readline())
        return told

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far, of all threads."""
        numbers = (self._status / "stat").read_text().rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / _CLOCK

    @property
    def memory(self) -> int:
        """Bytes of resident memory."""
        lines = (self._status / "status").read_text().splitlines()
        (line,) = (line for line in lines if line.startswith("VmRSS:"))
        return int(line.split()[1]) * _KIBIBYTE


def nest(role: str, *url: str) -> Process:
    """Start Nest 12 in a role of ``participants.mjs``, at a broker if there is one."""
    program = Path(__file__).with_name("participants.mjs")
    return Process([find_node(), program, ROOT / "nest" / "v12", role, *url])


def ours(role: str, loop: str, *url: str) -> Process:
    """Start ours in a role of ``participants.py``, likewise."""
    module = "benchmarks.participants"
    return Process([sys.executable, "-m", module, role, loop, *url])


SERVERS = {
    "Nest": partial(nest, "serve"),
    "Nest's ServerTCP alone": partial(nest, "bare"),
    "ours, uvloop": partial(ours, "serve", "uvloop"),
    "ours, asyncio": partial(ours, "serve", "asyncio"),
}


def main() -> None:
    """Measure servers, clients and memory, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--connections", type=int, default=2_000)
    parser.add_argument("--part", choices=("servers", "clients"))
    options = parser.parse_args()
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(start()) for name, start in SERVERS.items()
        }
        servers["nothing"] = stack.enter_context(ours("nothing", "asyncio"))
        ports = {name: int(server.told()["port"]) for name, server in servers.items()}
        if options.part != "clients":
            measure_servers(servers, ports, options.rounds, options.seconds)
    if options.part != "servers":
        with ours("reply", "asyncio") as replying:
            port = int(replying.told()["port"])
            measure_clients(port, options.rounds, options.seconds)
    if options.part != "clients":
        measure_memory(options.connections)


def measure_servers(
    servers: dict[str, Process], ports: dict[str, int], rounds: int, seconds: float
) -> None:
    """Print what each server does in a second, for both kinds of handlers."""
    for kind, pattern in (("plain functions", "plain"), ("coroutines", "async")):
        script = of_nest(pattern)
        names = [each for each in servers if each != "nothing" or pattern == "plain"]
        runs: dict[tuple[str, int], list[Measured]] = defaultdict(list)
        for turn in range(rounds + 1):  # the first is for compilers and caches
            for in_flight in IN_FLIGHT:
                for name in names:
                    before = servers[name].cpu
                    run = call(ports[name], script, in_flight, seconds)
                    if turn:
                        cpu = servers[name].cpu - before
                        runs[name, in_flight].append(_measured(run, cpu))
        print_table(f"servers, {kind}", names, runs)


def measure_clients(port: int, rounds: int, seconds: float) -> None:
    """Print what each client does in a second."""
    with (
        nest("call") as theirs,
        ours("call", "uvloop") as uv,
        ours("call", "asyncio") as plain,
    ):
        clients: dict[str, tuple[Process, dict[str, bool]]] = {
            "Nest": (theirs, {}),
            "ours, uvloop": (uv, {}),
            "ours, asyncio": (plain, {}),
            "ours, uvloop, send_many": (uv, {"many": True}),
            "ours, asyncio, send_many": (plain, {"many": True}),
        }
        runs: dict[tuple[str, int], list[Measured]] = defaultdict(list)
        for turn in range(rounds + 1):
            for in_flight in IN_FLIGHT:
                for name, (client, how) in clients.items():
                    before = client.cpu
                    told = client.ask(
                        port=port, in_flight=in_flight, seconds=seconds, **how
                    )
                    if turn:
                        run = Run(int(told["calls"]), told["seconds"], told["p99"])
                        runs[name, in_flight].append(
                            _measured(run, client.cpu - before)
                        )
        print_table("clients", list(clients), runs)


def measure_memory(count: int) -> None:
    """Print what an open connection that has made a call costs in memory."""
    print(f"\n| {count:,} open connections | KiB each |\n|---|---|")
    script = of_nest("plain")
    for name, start in SERVERS.items():
        with ExitStack() as stack:
            server = stack.enter_context(start())
            port = int(server.told()["port"])
            call(port, script, 64, 0.5)  # what is made once is made
            before = server.memory
            for connection in _open(port, count):
                stack.enter_context(connection)
                connection.sendall(script.requests[: script.request_size])
                connection.recv(script.reply_size, socket.MSG_WAITALL)
            each = (server.memory - before) / count / _KIBIBYTE
            print(f"| {name} | {each:.1f} |", flush=True)


def _open(port: int, count: int) -> Iterator[socket.socket]:
    for _ in range(count):
        yield socket.create_connection(("127.0.0.1", port), 20)


def _measured(run: Run, cpu: float) -> Measured:
    return Measured(run.rate, run.p99, cpu / run.calls)


def _best(runs: Sequence[Measured]) -> Measured:
    rates, p99s, cpus = zip(*runs, strict=True)
    return Measured(max(rates), min(p99s), min(cpus))


def print_table(
    title: str,
    names: Sequence[str],
    runs: dict[tuple[str, int], list[Measured]],
) -> None:
    """Print one table; ratios are to the first of the names."""
    print(f"\n| {title} | in flight | calls/s | ratio | p99, ms | ratio | cpu, µs |")
    print("|---|---|---|---|---|---|---|")
    for in_flight in IN_FLIGHT:
        peer = _best(runs[names[0], in_flight])
        for name in names:
            best = _best(runs[name, in_flight])
            print(
                f"| {name} | {in_flight} | {best.rate:,.0f} | "
                f"{best.rate / peer.rate:.2f} | {best.p99 * 1e3:.2f} | "
                f"{best.p99 / peer.p99:.2f} | {best.cpu * 1e6:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
