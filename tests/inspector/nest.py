"""Real Nest applications on free ports, which count what they send and receive.

What counts is ``captures/applications/tally.ts``, inside each process, where Nest
hands a message to the socket and takes one from it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).with_name("applications")
_TALLY = ROOT / "captures" / "applications" / "tally.ts"
_NODE_MODULES = ROOT / "nest" / "v12" / "node_modules"


class Tally(NamedTuple):
    """What a process counted itself.

    Attributes:
        sent: Kind of packet → how many it sent.
        received: The same of what it received.
    """

    sent: dict[str, int]
    received: dict[str, int]


class Nest:
    """A folder in which Node finds Nest, the applications, and their tallies.

    Args:
        folder: An empty one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = 0
        (folder / "node_modules").symlink_to(_NODE_MODULES)
        for file in (*_HERE.glob("*.mjs"), _TALLY):
            shutil.copy(file, folder)
        printed = subprocess.run(
            [Path(sys.executable).with_name("node"), "-p", "process.execPath"],
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        # The executable itself, no wrapper, so that signals reach it.
        self._node = printed.stdout.strip()

    @contextmanager
    def service(self, **environment: str) -> Iterator[Service]:
        """Run a service until the end of the block."""
        with self._started_program("service", [], environment) as service:
            assert service.process.stdout is not None
            service.port = int(service.process.stdout.readline())
            yield service

    def client(
        self, work: str, count: int, *ports: int, **environment: str
    ) -> tuple[Tally, list[Any]]:
        """Run a client to its end; return its tally, and what it printed."""
        words = [work, str(count), *map(str, ports)]
        with self._started_program("client", words, environment) as client:
            printed, _ = client.process.communicate(timeout=PATIENCE)
        assert client.process.returncode == 0
        return client.tally(), [json.loads(line) for line in printed.splitlines()]

    @contextmanager
    def running_client(self, work: str, *ports: int) -> Iterator[Service]:
        """Run a client that goes on until the end of the block."""
        words = [work, "1", *map(str, ports)]
        with self._started_program("client", words, {}) as client:
            yield client

    @contextmanager
    def _started_program(
        self, name: str, words: list[str], environment: dict[str, str]
    ) -> Iterator[Service]:
        self._started += 1
        tally = self._folder / f"{name}-{self._started}.json"
        process = subprocess.Popen(
            [self._node, "--import", "./tally.ts", f"{name}.mjs", *words],
            cwd=self._folder,
            env={**os.environ, "TALLY": str(tally), "NODE_NO_WARNINGS": "1"}
            | environment,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        program = Service(process, tally)
        try:
            yield program
            program.stop()
        finally:
            process.kill()
            process.communicate()


class Service:
    """A program that runs.

    Attributes:
        process: It.
        port: Where it listens; 0 for a client.
    """

    def __init__(self, process: subprocess.Popen[str], tally: Path) -> None:
        self.process = process
        self.port = 0
        self._tally = tally

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=PATIENCE)

    def kill(self) -> None:
        """End it at once; it leaves no tally."""
        self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def tally(self) -> Tally:
        """Return what it counted, once it has ended."""
        read = json.loads(self._tally.read_bytes())
        return Tally(read["sent"]["by_kind"], read["received"]["by_kind"])
