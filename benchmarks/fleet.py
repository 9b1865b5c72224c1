"""Measure a run over a fleet: two workers against one, and two of Dask against two.

A spin of arithmetic, in one process and in two at once, says how much two processes get
done on this machine just now; the same run says it of a fleet. The workers of Dask were
started before, as those of a cluster are. Memory is that of the largest worker, with
few files and with many.

    python -m benchmarks.fleet [EXCHANGES]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.generate_fleet import Shape, generate

if TYPE_CHECKING:
    from collections.abc import Iterator

_TURNS = 12_000_000
_ROUNDS = 3
_MANY = 16
_SPIN = f"sum(number * number for number in range({_TURNS}))"
_RUN = """
import json, os, resource, sys, tempfile, time
from benchmarks.fleet import timed
if __name__ == "__main__":
    print(json.dumps(timed(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
"""


def timed(folder: str, workers: int, address: str) -> dict[str, float]:
    """Run over the fleet in a folder, in this process or in several.

    Args:
        folder: Of the fleet.
        workers: How many processes.
        address: Of the scheduler whose workers they are; empty for our own.

    Returns:
        Seconds that passed, seconds of processor time of all processes, and the MiB of
        the largest of them.
    """
    import resource  # noqa: PLC0415 — not on Windows

    from inspector.fleet.crews import Crew, cluster, processes  # noqa: PLC0415 — of a child
    from inspector.fleet.running import run  # noqa: PLC0415
    from inspector.fleet.sources import find_sources  # noqa: PLC0415
    from inspector.fleet.tasks import Work  # noqa: PLC0415
    from inspector.pipeline import Options  # noqa: PLC0415

    sources = find_sources([folder])
    with tempfile.TemporaryDirectory() as work:
        begin = time.monotonic()
        crew = Crew(lambda: cluster(address) if address else processes(workers))
        outcome = run(Work(Options(), "", work), sources, crew, asked={})
        crew.close()
        took = time.monotonic() - begin
    usages = [resource.getrusage(resource.RUSAGE_SELF)]
    if workers > 1:
        usages.append(resource.getrusage(resource.RUSAGE_CHILDREN))
    return {
        "seconds": took,
        "cpu": sum(each.ru_utime + each.ru_stime for each in usages),
        "mib": usages[-1].ru_maxrss / 1024,
        "packets": sum(each.records for each in outcome.report.sources),
    }


def _spun(processes: int) -> float:
    """Return the seconds that some processes take to spin, all at once."""
    begin = time.monotonic()
    command = [sys.executable, "-c", _SPIN]
    running = [subprocess.Popen(command) for _ in range(processes)]
    for each in running:
        each.wait()
    return time.monotonic() - begin


def _measured(folder: Path, workers: int, address: str = "") -> dict[str, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(_RUN)
        script.flush()
        command = [sys.executable, script.name, str(folder), str(workers), address]
        path = {"PYTHONPATH": str(Path(__file__).parents[1])}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=path)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@contextmanager
def _dask() -> Iterator[str]:
    """Keep a scheduler with two workers, as in docs/scale.md; yields its address."""
    import dask  # noqa: PLC0415 — not in the child
    from distributed import LocalCluster  # noqa: PLC0415

    dask.config.set({"distributed.worker.profile.enabled": False})
    begin: Any = LocalCluster  # which has no types
    with begin(n_workers=2, threads_per_worker=1, dashboard_address=None) as workers:
        yield workers.scheduler_address


def _compare(folder: Path, address: str) -> None:
    """Run with one worker, with two, and with two of Dask, and print it."""
    spin = 2 * _spun(1) / _spun(2)
    one, two = _measured(folder, 1), _measured(folder, 2)
    dask = _measured(folder, 2, address)
    print(
        f"{one['packets']:,.0f} packets: one worker {one['seconds']:.1f} s "
        f"({one['cpu']:.1f} s of processor time), "
        f"two {two['seconds']:.1f} s ({two['cpu']:.1f} s); "
        f"{one['seconds'] / two['seconds']:.2f} times as fast, where a spin is "
        f"{spin:.2f} times; two of Dask {dask['seconds']:.1f} s, "
        f"{dask['seconds'] / two['seconds'] - 1:+.0%}"
    )


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("exchanges", type=int, nargs="?", default=40_000)
    exchanges = parser.parse_args().exchanges
    with tempfile.TemporaryDirectory() as folder, _dask() as address:
        few, many = Path(folder) / "few", Path(folder) / "many"
        generate(few, Shape(exchanges=exchanges))
        generate(many, Shape(exchanges=exchanges, files=_MANY))
        for _ in range(_ROUNDS):
            _compare(few, address)
        four, more = _measured(few, 2)["mib"], _measured(many, 2)["mib"]
    print(f"largest worker: {four:.0f} MiB with 4 files, {more:.0f} MiB with {_MANY}")


if __name__ == "__main__":
    main()
