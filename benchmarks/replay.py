"""How well a replay holds its pace: messages at a rate, to a service of ours.

::

    python -m benchmarks.replay --rate 10000 --seconds 5
    python -m benchmarks.replay --recorded --rate 10000    # at recorded times

Prints how much longer than planned the whole took, how late single messages were, and
whether an id came twice. The service runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from servers import BlockingClient, Context, Service
from servers.running import run

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN_NS = 1_700_000_000_000_000_000
_NS_PER_S = 1_000_000_000
_ALLOWED = 0.02


def serve() -> None:
    """Answer ``get.double``, and write at the end how often an id came again."""
    seen: set[object] = set()
    service = Service()

    @service.message("get.double")
    def double(number: int, context: Context) -> int:
        seen.add(context.id)
        return number * 2

    @service.message("get.ids")
    def ids() -> int:
        return len(seen)

    async def listen() -> None:
        async with service.listen("127.0.0.1", 0) as server:
            print(server.port, flush=True)
            await asyncio.Event().wait()

    run(listen())


def _lines(count: int, rate: float) -> Iterator[bytes]:
    for number in range(count):
        line = {
            "type": "exchange",
            "number": number + 1,
            "kind": "message",
            "outcome": "completed",
            "pattern": "get.double",
            "data": number,
            "replies": [{"response": number * 2, "isDisposed": True}],
            "latency_ns": 500_000,
            "duration_ns": 500_000,
            "time_ns": _BEGIN_NS + round(number * _NS_PER_S / rate),
        }
        yield json.dumps(line).encode() + b"\n"


def _port_of(service: subprocess.Popen[bytes]) -> int:
    assert service.stdout is not None
    return int(service.stdout.readline())


def _replay(file: Path, port: int, *options: str) -> dict[str, int]:
    program = subprocess.run(
        [
            *(sys.executable, "-m", "servers.cli", "replay", str(file)),
            *(f"127.0.0.1:{port}", "--json", "--no-config", *options),
        ],
        stdout=subprocess.PIPE,
        check=True,
    )
    summary: dict[str, int] = json.loads(program.stdout.splitlines()[-1])
    return summary


def main() -> None:
    """Replay, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=10_000.0, help="a second")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--recorded", action="store_true", help="at recorded times")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    count = round(given.rate * given.seconds)
    pace = [] if given.recorded else ["--rate", f"{given.rate:g}"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "recorded.jsonl"
        file.write_bytes(b"".join(_lines(count, given.rate)))
        service = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.replay", "--serve"],
            stdout=subprocess.PIPE,
        )
        try:
            port = _port_of(service)
            done = _replay(file, port, *pace)
            ids = _ids(port)
        finally:
            service.kill()
            service.communicate()
    _print(done, count, ids)


def _ids(port: int) -> int:
    with BlockingClient("127.0.0.1", port) as client:
        return client.send("get.ids", {}, returns=int)


def _print(done: dict[str, int], count: int, ids: int) -> None:
    planned, late = done["due_ns"] / _NS_PER_S, done["late_ns"] / _NS_PER_S
    print(f"{done['sent']:,} sent, {done['same']:,} answered as recorded")
    print(f"planned {planned:.3f} s, the last was {late * 1000:.1f} ms late")
    print(f"pace {1 + late / planned:.4f} of the planned time; allowed {_ALLOWED:.0%}")
    print(f"latest {done['latest_ns'] / 1e6:.1f} ms")
    print(f"ids {ids:,} of {count:,} are different")


if __name__ == "__main__":
    main()
