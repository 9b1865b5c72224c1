"""Measure files of Parquet: how fast they are written, how large they are, and SQL.

    python -m benchmarks.parquet
    python -m benchmarks.parquet --exchanges 100000 --rows 500000

It generates a capture (:mod:`benchmarks.generate_capture`) and prints, in rows for each
second of processor time, the best of three rounds: *rows* (columns of Arrow from
exchanges that there are already), *files* (the same, written to the disk) and *all*
(from the capture to the files, with the pass over it); the size of the files as a share
of that of the capture, without payloads and with them; and for each ready view how long
its answer takes on so many rows, one in a hundred of which failed, in milliseconds of
wall time and of processor time, the medians of nine rounds: DuckDB uses all processors,
so wall time means little where others use them too.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.generate_capture import generate
from inspector.calls.exchanges import Exchange, Outcome
from inspector.columnar.arrays import Rows
from inspector.columnar.queries import Queries
from inspector.columnar.relations import VIEWS
from inspector.columnar.writing import ParquetFiles
from inspector.library.given import given
from inspector.library.passes import Pass
from inspector.pipeline import Options
from protocol import JsonText, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PROMISED_ROWS, _PROMISED_SHARE, _PROMISED_MS = 200_000, 0.06, 200
_BATCH = 4096
_ROUNDS, _QUERIES = 3, 9
_OBJECTS = 50_000  # after which cycles are sought, as in the command
_FAILED = 100  # one in so many
_ERRORS = [
    JsonText(b'{"statusCode":500,"message":"the database does not answer"}'),
    JsonText(b'{"statusCode":404,"message":"no such order"}'),
]
_SECOND_NS = 1_000_000_000


def _exchanges(capture: Path) -> Iterator[Exchange]:
    items = Pass(given(str(capture)), Options(exchanges_only=True)).items()
    return (item for item in items if isinstance(item, Exchange))


def _best(action: Callable[[], int]) -> float:
    """Return how many rows a second of processor time brings, in the best round."""
    rates = []
    for _ in range(_ROUNDS):
        begun = time.process_time()
        count = action()
        rates.append(count / (time.process_time() - begun))
    return max(rates)


def _rows(exchanges: Sequence[Exchange]) -> int:
    rows = Rows("benchmark")
    places = range(0, len(exchanges), _BATCH)
    batches = (rows.batch(exchanges[place : place + _BATCH]) for place in places)
    return sum(batch.num_rows for batch in batches)


def _write(
    exchanges: Sequence[Exchange] | Iterator[Exchange],
    folder: Path,
    *,
    payloads: bool = False,
) -> int:
    files = ParquetFiles(folder, "benchmark", key="00000000", payloads=payloads)
    with files:
        for each in exchanges:
            files.add(each)
    return files.rows


def _size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*.parquet"))


def _fill(exchanges: Sequence[Exchange], folder: Path, rows: int) -> None:
    """Write so many rows: the exchanges again and again, some of which failed."""
    for index, each in enumerate(exchanges):
        if each.replies and not index % _FAILED:
            each.outcome = Outcome.ERROR
            err = _ERRORS[index // _FAILED % len(_ERRORS)]
            each.replies = [Response("1", err=err, is_disposed=True)]
    span_ns = exchanges[-1].time_ns - exchanges[0].time_ns + _SECOND_NS
    with ParquetFiles(folder, "benchmark", key="00000000") as files:
        while files.rows < rows:
            for each in exchanges[: rows - files.rows]:
                files.add(each)
                for name in ("time_ns", "asked_ns", "first_reply_ns", "last_reply_ns"):
                    before = getattr(each, name)
                    setattr(each, name, None if before is None else before + span_ns)


def _say(name: str, figure: str, *, kept: bool) -> bool:
    print(f"{name:34} {figure:>18}{'' if kept else '   short of the aim'}", flush=True)
    return kept


def measure(capture: Path, folder: Path, rows: int) -> bool:
    """Measure all of it; return whether the aims are kept."""
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    exchanges = list(_exchanges(capture))
    plain, whole, many = (folder / each for each in ("plain", "whole", "many"))
    kept = []
    for name, action in (
        ("rows from exchanges", lambda: _rows(exchanges)),
        ("… and files of them", lambda: _write(exchanges, plain)),
    ):
        rate = _best(action)
        kept.append(_say(name, f"{rate:,.0f} /s", kept=rate >= _PROMISED_ROWS))
    rate = _best(lambda: _write(_exchanges(capture), plain))
    _say("… and the pass over the capture", f"{rate:,.0f} /s", kept=True)
    _write(exchanges, whole, payloads=True)
    size = capture.stat().st_size
    share = _size(plain) / size
    kept.append(_say("of the capture", f"{share:.1%}", kept=share <= _PROMISED_SHARE))
    _say("… with payloads", f"{_size(whole) / size:.1%}", kept=True)
    _fill(exchanges, many, rows)
    print(f"{rows:,} rows, {_size(many) / 1e6:.1f} MB")
    return all([*kept, *_measure_views(many)])


def _measure_views(folder: Path) -> Iterator[bool]:
    queries = Queries(str(folder))
    for view in VIEWS:
        walls, works = [], []
        for _ in range(_QUERIES):
            begun, worked = time.perf_counter(), time.process_time()
            count = sum(1 for _ in queries.ask(view.name).rows)
            walls.append((time.perf_counter() - begun) * 1000)
            works.append((time.process_time() - worked) * 1000)
        wall, work = statistics.median(walls), statistics.median(works)
        name = f"{view.name} ({count:,} rows)"
        yield _say(name, f"{wall:.0f} ms, {work:.0f} ms", kept=wall <= _PROMISED_MS)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exchanges", type=int, default=400_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where captures are kept")
    options = parser.parse_args()
    gc.set_threshold(_OBJECTS)
    with TemporaryDirectory() as temporary:
        kept = options.folder or Path(temporary)
        capture = kept / f"parquet-{options.exchanges}.pcap"
        if not capture.exists():
            generate(capture, options.exchanges)
        return 0 if measure(capture, Path(temporary), options.rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
