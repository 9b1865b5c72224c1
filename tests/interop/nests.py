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

from captures.brokers import Mosquitto, NatsServer, RabbitMQServer, RedisServer
from captures.processes import find_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from captures.brokers import Broker
    from protocol import Json

NEST = Path(__file__).parents[2] / "nest"
VERSIONS = ("v10", "v11", "v12")
"""Folders of ``nest/``: 10.4, 11.2 and 12.1."""

BROKERS: dict[str, Callable[[], Broker]] = {
    "nats": lambda: NatsServer({"max_payload": 16 << 20, "max_pending": 64 << 20}),
    "redis": RedisServer,
    "mqtt": Mosquitto,
    "rabbitmq": RabbitMQServer,
}
"""What starts a broker of a kind; 8 MB pass through each of them."""

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
        self._attended: set[str] = set()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @classmethod
    @contextmanager
    def start(cls, version: str, space: str = " ") -> Iterator[Nest]:
        """Start the Nest of a folder of ``nest/``, and end it at the end.

        Args:
            version: The folder.
            space: What stands for each space in a pattern of its application.
        """
        with subprocess.Popen(
            [node(), _PROGRAM, NEST / version, space],
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

    async def attend(self, over: str, url: str) -> None:
        """Let the application be reached by a broker, from the first call on."""
        if url not in self._attended:
            self._attended.add(url)
            await self.do("attend", over=over, url=url)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            answer = json.loads(line)
            self._futures.pop(answer["number"]).set_result(answer)


class Nests:
    """All versions, each started when it is first wanted."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._started: dict[tuple[str, str], Nest] = {}
        self._brokers: dict[tuple[str, str], Broker] = {}

    def __getitem__(self, version: str) -> Nest:
        """Return the Nest of a folder of ``nest/``."""
        return self.spelling(version, " ")

    def spelling(self, version: str, space: str) -> Nest:
        """Return one whose application has something else for spaces in patterns."""
        key = (version, space)
        if key not in self._started:
            starting = Nest.start(version, space)
            self._started[key] = self._stack.enter_context(starting)
        return self._started[key]

    def broker(self, over: str, whose: str) -> Broker:
        """Return the broker of a kind to which one application has subscribed.

        Args:
            over: The kind, such as ``nats``.
            whose: Whose application: of a version of Nest, or ours.
        """
        # Of RabbitMQ one is enough: each application has a queue. It starts slowly.
        key = (over, whose if over != "rabbitmq" else "")
        if key not in self._brokers:
            self._brokers[key] = self._stack.enter_context(BROKERS[over]())
        return self._brokers[key]

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Nests]:
        """Start none; end those that were started."""
        with ExitStack() as stack:
            yield cls(stack)
