"""Fleets of which the truth is known, and runs over them in this process."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.generate_fleet import Shape
from inspector.columnar.folders import files_in
from inspector.fleet.crews import Crew, Here
from inspector.fleet.placing import write_whole
from inspector.fleet.rows import RowsAsked
from inspector.fleet.running import run
from inspector.fleet.sources import find_sources
from inspector.fleet.tasks import Work
from inspector.pipeline import Options
from inspector.streams.endpoints import Endpoint
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inspector.fleet.report import FleetReport
    from inspector.fleet.running import Outcome
    from inspector.fleet.sources import Source
    from inspector.sources.records import PacketRecord

SMALL = Shape(hosts=3, files=3, exchanges=90, shared=0.4)
LARGE = Shape(exchanges=400, seconds=4)


def ran(  # noqa: PLR0913 — all but the first three by their names
    folder: Path,
    sources: Sequence[Source | str | Path],
    crew: Crew | None = None,
    *,
    keep: bool = False,
    options: Options | None = None,
    chains: bool = False,
    rows: Path | None = None,
    states: str = "",
) -> Outcome:
    """Run over sources, by default in this process; write rows to a folder, if any."""
    found = [each for each in sources if not isinstance(each, (str, bytes))]
    named = find_sources([str(each) for each in sources]) if not _made(found) else []
    folder.mkdir(exist_ok=True, mode=0o700)
    written = None if rows is None else RowsAsked(str(rows), "12345678")
    work = Work(
        options or Options(), "asked", str(folder), keep, states=states, rows=written
    )
    made = crew or Crew(Here)
    try:
        return run(work, named or found, made, asked={}, chains=chains)  # type: ignore[arg-type]
    finally:
        made.close()


def _made(found: Sequence[object]) -> bool:
    return bool(found) and all(hasattr(each, "files") for each in found)


@contextmanager
def served(folder: Path, before: Callable[[], object] = lambda: None) -> Iterator[str]:
    """Serve a folder on loopback, and keep there what is put; yield its URL.

    Args:
        folder: The folder.
        before: Called before a file is sent.
    """

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            before()
            super().do_GET()

        def do_PUT(self) -> None:
            size = int(self.headers["Content-Length"])
            write_whole(Path(self.translate_path(self.path)), self.rfile.read(size))
            self.send_response(HTTPStatus.CREATED)
            self.end_headers()

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # who asks may be killed

    handler = partial(Quiet, directory=str(folder))
    with Server(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def calls(report: FleetReport) -> Counter[tuple[str, str, str]]:
    """Return client and server as addresses, and route → how many exchanges."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for view in report.views:
        for row in view.rows:
            counted[row.client, Endpoint.parse(row.server).host, row.route] += row.count
    return counted


def interrupting(tasks: int) -> Callable[[], Here]:
    """Return what makes an executor, where somebody presses Ctrl-C after some tasks."""

    class Interrupting(Here):
        def submit(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401
            nonlocal tasks
            if not tasks:
                raise KeyboardInterrupt
            tasks -= 1
            future = super().submit(*given, **named)
            future.result(PATIENCE)
            return future

    return Interrupting


def rows_in(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the files of a folder, in an order of their own.

    Times are nanoseconds.
    """
    found: list[dict[str, Any]] = []
    for each in files_in(folder):
        table = pq.ParquetFile(each).read()
        place = table.schema.get_field_index("time")
        times = table["time"].cast(pa.int64())
        found += table.set_column(place, "time", times).to_pylist()
    return sorted(found, key=lambda row: (row["source"], row["number"]))


def calls_in(rows: Sequence[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """Return the same as :func:`calls`, of rows."""
    return Counter(
        (_host(row["client"]), _host(row["server"]), row["route"])
        for row in rows
        if row["kind"] != "orphan"
    )


def _host(end: str) -> str:
    return Endpoint.parse(end).host


def packets(report: FleetReport) -> int:
    """Return the packets of all connections, each once."""
    return sum(
        count
        for view in report.views
        for scope in view.scopes
        for kind, count in scope.packets.items()
        if kind != "zero_windows"
    )


def moved(record: PacketRecord, hosts: dict[int, bytes]) -> bytes:
    """Return the packet of a record on loopback, with a host for each port.

    Args:
        record: IPv4 without options, after a header of Ethernet.
        hosts: Port → the address of who has it.
    """
    data = bytearray(record.data)
    for address, port in ((26, 34), (30, 36)):
        owner = int.from_bytes(data[port : port + 2], "big")
        data[address : address + 4] = hosts[owner]
    return bytes(data)


class Cluster:
    """A scheduler of Dask with a worker, each a process of its own.

    Args:
        folder: Where workers keep what they need.

    Attributes:
        address: Of the scheduler.
        scheduler: Its process.
        workers: Those of the workers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", f"{port}", "--no-dashboard"
        )

    def _start(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *words],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def add_worker(self) -> None:
        """Start one more worker."""
        words = ["--no-nanny", "--no-dashboard", "--nthreads", "1"]
        folder = ["--local-directory", str(self._folder)]
        self.workers.append(self._start("worker", self.address, *words, *folder))

    def __enter__(self) -> Self:
        self.add_worker()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (*self.workers, self.scheduler):
            each.kill()
            each.wait(PATIENCE)
