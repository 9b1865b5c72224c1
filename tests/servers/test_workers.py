"""Applications in several workers of gunicorn and uvicorn, which fork or start anew.

As ``docs/frameworks.md`` has them: with gunicorn a BlockingClient that was used before
the fork, with uvicorn a Client and a service in the lifespan of each worker.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from servers import BlockingClient, Service
from servers.testing import serving
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[2]
# A worker of a busy machine may answer its parent late, and is not replaced for it.
_PATIENT = ["--timeout", str(round(PATIENCE))]
_HEALTHY = ["--timeout-worker-healthcheck", str(round(PATIENCE))]
_WSGI = """
import os
from servers import BlockingClient

nest = BlockingClient("127.0.0.1", int(os.environ["SUM_PORT"]))
assert nest.send("sum", [1]) == 1  # with --preload before the fork

def app(environ, start_response):
    total = nest.send("sum", [1, 2, 3])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{total} {os.getpid()}".encode()]
"""
_ASGI = """
import os
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from servers import Client, Service

nest = Client("127.0.0.1", int(os.environ["SUM_PORT"]))
service = Service()
service.message("pid")(os.getpid)

async def total(request):
    return PlainTextResponse(f"{await nest.send('sum', [1, 2, 3])} {os.getpid()}")

@asynccontextmanager
async def lifespan(_):
    port = int(os.environ["OWN_PORT"])
    async with nest, service.listen("127.0.0.1", port, reuse_port=True):
        yield

app = Starlette(routes=[Route("/", total)], lifespan=lifespan)
"""


@pytest.mark.parametrize("preload", [["--preload"], []])
def test_workers_of_gunicorn_have_connections_of_their_own(
    preload: list[str], tmp_path: Path
) -> None:
    (tmp_path / "shop.py").write_text(_WSGI, encoding="utf-8")
    command = [
        "gunicorn",
        "--workers",
        "2",
        *preload,
        "--bind",
        "127.0.0.1:0",
        *_PATIENT,
    ]
    with serving(_sums()) as server:
        with _running(command, tmp_path, server.port) as url:
            workers = _answers_of_both(url)
        assert len(workers) == 2
        assert server.accepted == len(workers) + len(preload)  # that of the parent


def test_workers_of_uvicorn_share_the_port_of_their_services(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(_ASGI, encoding="utf-8")
    command = ["uvicorn", "--workers", "2", "--port", "0", *_HEALTHY]
    with (
        serving(_sums()) as server,
        _free_port() as own,
        _running(command, tmp_path, server.port, own) as url,
    ):
        workers = _answers_of_both(url)
        found: set[object] = set()
        end = time.monotonic() + PATIENCE
        while found != workers:
            assert time.monotonic() < end
            with BlockingClient("127.0.0.1", own) as nest:
                found.add(nest.send("pid", 0))


def _sums() -> Service:
    service = Service()
    service.message("sum")(sum)
    return service


@contextmanager
def _free_port() -> Iterator[int]:
    """Keep a port that others may share, and that nobody else gets meanwhile."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextmanager
def _running(
    command: list[str], folder: Path, port: int, own: int = 0
) -> Iterator[str]:
    """Run the application, and see it end by SIGTERM; give its address."""
    environment = {
        **os.environ,
        "HOME": str(folder),  # where gunicorn has a socket
        "PYTHONPATH": str(_ROOT),
        "SUM_PORT": str(port),
        "OWN_PORT": str(own),
    }
    with subprocess.Popen(
        [sys.executable, "-m", *command, "shop:app"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        said = ""
        # Ends the waits for what it says, if it hangs.
        limit = threading.Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
        limit.start()
        try:
            while not (found := re.search(r"http://127\.0\.0\.1:\d+", said)):
                said = process.stderr.readline()
                assert said
            yield found[0]
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
            assert process.wait(PATIENCE) in {0, -signal.SIGTERM}
        finally:
            limit.cancel()
            with suppress(ProcessLookupError):  # all of them have ended
                os.killpg(process.pid, signal.SIGKILL)


def _answers_of_both(url: str) -> set[object]:
    """Ask until both workers have answered; return their process ids."""
    workers: set[object] = set()
    end = time.monotonic() + PATIENCE
    while len(workers) < 2:
        assert time.monotonic() < end
        try:
            total, worker = httpx.get(url, timeout=PATIENCE).text.split()
        except httpx.ConnectError:  # uvicorn names its port before a worker listens
            time.sleep(0.05)
            continue
        assert total == "6"
        workers.add(int(worker))
    return workers
