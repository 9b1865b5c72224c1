"""Servers of a soak in processes of their own, which end in every way there is."""

from __future__ import annotations

import asyncio
import itertools
import signal
import subprocess
import sys
from pathlib import Path

from tests.servers.peers import until
from tests.soak.ledger import Run
from tests.soak.service import LOOPS

_ROOT = Path(__file__).parents[2]


class ServerProcess:
    """One server, which keeps its port from one start to the next, not its event loop.

    Args:
        name: Its name in the ledger.
        folder: Where its notes are kept.

    Attributes:
        name: Its name in the ledger.
        port: Where it listens; 0 before it was started.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.port = 0
        self._notes = folder / f"{name}.notes"
        self._errors = folder / f"{name}.errors"
        self._read = 0  # bytes of the notes
        self._ended: list[Run] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._loops = itertools.cycle(LOOPS)

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        started = b"port "
        known = self._starts(started)
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: ASYNC220 — it returns at once
                [
                    *(sys.executable, "-m", "tests.soak.service"),
                    *(self._notes, str(self.port), next(self._loops)),
                ],
                cwd=_ROOT,
                stderr=errors,
            )
        await until(lambda: self._starts(started) > known or self._failed)
        assert not self._failed, self._errors.read_text(encoding="utf-8")
        self.port = int(self._notes.read_bytes().rpartition(started)[2].split()[0])

    async def stop(self) -> None:
        """End it with SIGTERM, and wait until it has kept its promises."""
        await self._end(signal.SIGTERM, killed=False)

    async def kill(self) -> None:
        """End it at once."""
        await self._end(signal.SIGKILL, killed=True)

    def stall(self) -> None:
        """Let it do nothing until :meth:`go_on`."""
        self._running.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it work again."""
        self._running.send_signal(signal.SIGCONT)

    def abandon(self) -> None:
        """End it at once, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def runs(self) -> list[Run]:
        """Return what it has noted since the last time: a Run for each of its lives."""
        runs = [*self._ended, self._noted()]
        self._ended.clear()
        return runs

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    @property
    def _failed(self) -> bool:
        return self._running.poll() is not None

    def _starts(self, started: bytes) -> int:
        return self._notes.read_bytes().count(started) if self._notes.exists() else 0

    async def _end(self, number: signal.Signals, *, killed: bool) -> None:
        process = self._running
        process.send_signal(number)
        code = await asyncio.to_thread(process.wait)
        assert code == (-number if killed else 0), self._errors.read_text("utf-8")
        run = self._noted()
        run.killed = killed
        self._ended.append(run)
        self._process = None

    def _noted(self) -> Run:
        """Return what was noted since the last time."""
        with self._notes.open("rb") as notes:
            notes.seek(self._read)
            lines = notes.read()
        lines = lines[: lines.rfind(b"\n") + 1]
        self._read += len(lines)
        run = Run(self.name)
        for line in lines.splitlines():
            what, number = line.split()
            if what == b"began":
                run.began[int(number)] += 1
            elif what == b"finished":
                run.finished[int(number)] += 1
        return run
