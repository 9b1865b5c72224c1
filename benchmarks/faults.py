"""What bad peers cost the others: their p99 beside the undisturbed one, in one run.

::

    python -m benchmarks.faults [--rounds 5] [--seconds 0.5]

Eight connections call a server, ours or Nest's, eight calls each at a time, undisturbed
and with each kind of bad peer in turn (``faulty_peers.py``). ``a good peer more`` is
another process that calls as much as it can, on one connection, 64 calls at a time:
what sharing the machine and the server with anybody costs. The best round counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from contextlib import nullcontext
from typing import TYPE_CHECKING

from benchmarks.faulty_peers import KINDS
from benchmarks.load import Run, call, of_nest
from benchmarks.servers import SERVERS, Process

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_QUIET, _GOOD = "undisturbed", "a good peer more"
_CONNECTIONS, _IN_FLIGHT = 8, 8
_WARM = 0.4  # seconds for a server, or a bad peer, to come into its stride


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    options = parser.parse_args()
    print("| server | the others | calls/s | p99, ms | p99 / undisturbed |")
    print("|---|---|---|---|---|")
    for name in ("ours, uvloop", "ours, asyncio", "Nest"):
        _print(name, measure(name, options.rounds, options.seconds))


def measure(name: str, rounds: int, seconds: float) -> dict[str, list[Run]]:
    """Call a server with each kind of bad peer about.

    Every run has a server of its own, since what a flood leaves behind in buffers can
    keep one busy for seconds.
    """
    script = of_nest("plain")
    runs: dict[str, list[Run]] = defaultdict(list)
    for _ in range(rounds):
        for kind in (_QUIET, _GOOD, *KINDS):
            with SERVERS[name]() as server:
                port = int(server.told()["port"])
                call(port, script, _IN_FLIGHT, _WARM, _CONNECTIONS)
                with _disturbance(kind, port):
                    time.sleep(_WARM)
                    run = call(port, script, _IN_FLIGHT, seconds, _CONNECTIONS)
            runs[kind].append(run)
    return runs


def _disturbance(kind: str, port: int) -> AbstractContextManager[object]:
    if kind == _QUIET:
        return nullcontext()
    if kind == _GOOD:
        program = (
            "from benchmarks.load import Script, call;"
            f"call({port}, of_nest('plain'), 64, 3600)"
        )
        return Process([sys.executable, "-c", program])
    return Process([sys.executable, "-m", "benchmarks.faulty_peers", kind, str(port)])


def _print(name: str, runs: dict[str, list[Run]]) -> None:
    quiet = min(run.p99 for run in runs[_QUIET])
    for kind, measured in runs.items():
        p99 = min(run.p99 for run in measured)
        rate = max(run.rate for run in measured)
        print(
            f"| {name} | {kind} | {rate:,.0f} | {p99 * 1e3:.2f} | {p99 / quiet:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
