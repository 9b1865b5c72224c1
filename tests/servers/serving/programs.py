"""Programs of their own that serve, in one process or several.

    python -m tests.servers.serving.programs OPTIONS [FILE]

OPTIONS are those of ``Service.run``, as JSON; the numbers of calls that have finished
go to FILE. ``listening on …`` goes to stderr.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from servers import Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

ROOT = Path(__file__).parents[3]


class Program:
    """A process, and what it writes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    @property
    def out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def told(self, pattern: str) -> re.Match[str]:
        """Return the next line on stderr that matches, and skip what is before."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError("".join(self.lines))

    def port(self) -> int:
        """Return where it listens."""
        return int(self.told(r"listening on 127\.0\.0\.1:(\d+)")[1])

    def rest(self) -> str:
        """Return what is left on stderr when all processes have ended."""
        assert self.process.stderr is not None
        return self.process.stderr.read()


@contextmanager
def program(*arguments: str, **environment: str) -> Iterator[Program]:
    """Run a module, with its arguments, until the end of the block at the latest.

    Workers end when their supervisor is killed; both pipes close with the last of them.
    """
    with subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield Program(process)
        finally:
            process.kill()


@contextmanager
def serving(file: Path | None = None, **options: Any) -> Iterator[Program]:  # noqa: ANN401
    """Run the service below with options of ``Service.run``."""
    if "uds" not in options:
        options = {"host": "127.0.0.1", "port": 0, **options}
    with program(__name__, json.dumps(options), *([str(file)] if file else [])) as each:
        yield each


@asynccontextmanager
async def _lifespan(_: Service) -> AsyncIterator[None]:
    if os.environ.get("FAILS"):
        raise ConnectionError("no database")
    yield


def make_service(file: str = os.devnull) -> Service:
    """Return the service."""
    service = Service(lifespan=_lifespan)
    finished = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    service.message("pid")(os.getpid)
    service.message("echo")(lambda data: data)
    service.event("die")(lambda: os._exit(7))

    @service.message("hang")
    async def hang() -> None:
        sys.stdout.write("hanging\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    @service.message("work")
    async def work(number: int) -> int:
        await asyncio.sleep(number % 7 / 200)
        os.write(finished, b"%d\n" % number)
        return number

    return service


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    make_service(*sys.argv[2:]).run(**json.loads(sys.argv[1]))
