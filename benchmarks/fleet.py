"""Measure a run over a fleet: two workers against one, and the memory of each.

A spin of arithmetic, in one process and in two at once, says how much two processes get
done on this machine just now; the same run says it of a fleet. Memory is that of the
largest worker, with few files and with many.

    python -m benchmarks.fleet [EXCHANGES]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate_fleet import Shape, generate

_TURNS = 12_000_000
_ROUNDS = 3
_MANY = 16
_SPIN = f"sum(number * number for number in range({_TURNS}))"
_RUN = """
import json, os, resource, sys, tempfile, time
from benchmarks.fleet import timed
if __name__ == "__main__":
    print(json.dumps(timed(sys.argv[1], int(sys.argv[2]))))
"""


def timed(folder: str, workers: int) -> dict[str, float]:
    """Run over the fleet in a folder, in this process or in several.

    Returns:
        Seconds that passed, seconds of processor time of all processes, and the MiB of
        the largest of them.
    """
    import resource  # noqa: PLC0415 — not on Windows

    from inspector.fleet.crews import Crew, processes  # noqa: PLC0415 — of a child
    from inspector.fleet.running import run  # noqa: PLC0415
    from inspector.fleet.sources import find_sources  # noqa: PLC0415
    from inspector.fleet.tasks import Work  # noqa: PLC0415
    from inspector.pipeline import Options  # noqa: PLC0415

    sources = find_sources([folder])
    with tempfile.TemporaryDirectory() as work:
        begin = time.monotonic()
        crew = Crew(lambda: processes(workers))
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


def _measured(folder: Path, workers: int) -> dict[str, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(_RUN)
        script.flush()
        command = [sys.executable, script.name, str(folder), str(workers)]
        path = {"PYTHONPATH": str(Path(__file__).parents[1])}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=path)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("exchanges", type=int, nargs="?", default=40_000)
    exchanges = parser.parse_args().exchanges
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        generate(few, Shape(exchanges=exchanges))
        generate(many, Shape(exchanges=exchanges, files=_MANY))
        for _ in range(_ROUNDS):
            spin = 2 * _spun(1) / _spun(2)
            one, two = _measured(few, 1), _measured(few, 2)
            gained = one["seconds"] / two["seconds"]
            print(
                f"{one['packets']:,.0f} packets: one worker {one['seconds']:.1f} s "
                f"({one['cpu']:.1f} s of processor time), "
                f"two {two['seconds']:.1f} s ({two['cpu']:.1f} s); "
                f"{gained:.2f} times as fast, where a spin is {spin:.2f} times"
            )
        four, more = _measured(few, 2)["mib"], _measured(many, 2)["mib"]
    print(f"largest worker: {four:.0f} MiB with 4 files, {more:.0f} MiB with {_MANY}")


if __name__ == "__main__":
    main()
