"""Real Nest, told what to do: one Node process for each version, and lines of JSON.

What it is told and what it tells is described in ``nest.mjs``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
import subprocess
import threading
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from captures.processes import find_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

NEST = Path(__file__).parents[2] / "nest"
VERSIONS = ("v10", "v11", "v12")
"""Folders of ``nest/``: 10.4, 11.2 and 12.1."""

_PROGRAM = Path(__file__).with_name("nest.mjs")
_PATIENCE = 60  # seconds for Node to do what it is asked
node = cache(find_node)


class Nest:
    """One version of Nest, in a Node process of its own.

    Attributes:
        version: The folder of ``nest/``.
    """

    def __init__(self, version: str, process: subprocess.Popen[str]) -> None:
        self.version = version
        self._process = process
        self._numbers = itertools.count()
        self._futures: dict[int, Future[Any]] = {}
        self._port: int | None = None
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @classmethod
    @contextmanager
    def start(cls, version: str) -> Iterator[Nest]:
        """Start the Nest of a folder of ``nest/``, and end it at the end."""
        with subprocess.Popen(
            [node(), _PROGRAM, NEST / version],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            nest = cls(version, process)
            try:
                yield nest
            finally:
                nest.kill()

    def kill(self) -> None:
        """End the process as a crash does."""
        self._process.kill()
        self._process.wait(_PATIENCE)
        self._reader.join(_PATIENCE)

    def terminate(self) -> None:
        """Ask the process to end, as whatever runs services does."""
        self._process.terminate()

    def stall(self) -> None:
        """Let the process do nothing until :meth:`go_on`."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let the process work again."""
        self._process.send_signal(signal.SIGCONT)

    @property
    def returncode(self) -> int | None:
        """How the process has ended; None while it runs."""
        return self._process.poll()

    async def do(self, does: str, **rest: Json) -> Any:  # noqa: ANN401
        """Return what a command gives, when it is done."""
        number = next(self._numbers)
        future = self._futures[number] = Future()
        assert self._process.stdin
        line = json.dumps({"number": number, "does": does, **rest})
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        async with asyncio.timeout(_PATIENCE):
            answer = await asyncio.wrap_future(future)
        assert "gives" in answer, answer
        return answer["gives"]

    async def port(self) -> int:
        """Return where the application listens; it begins with the first call."""
        if self._port is None:
            self._port = int(await self.do("listen", port=0))
        return self._port

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            answer = json.loads(line)
            self._futures.pop(answer["number"]).set_result(answer)


class Nests:
    """All versions, each started when it is first wanted."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._started: dict[str, Nest] = {}

    def __getitem__(self, version: str) -> Nest:
        """Return the Nest of a folder of ``nest/``."""
        if version not in self._started:
            self._started[version] = self._stack.enter_context(Nest.start(version))
        return self._started[version]

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Nests]:
        """Start none; end those that were started."""
        with ExitStack() as stack:
            yield cls(stack)
