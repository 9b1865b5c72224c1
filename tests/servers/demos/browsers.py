"""Clients of gateways, by the libraries of Python or of Node, told to do the same."""

from __future__ import annotations

import asyncio
import json
import subprocess
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
from socketio.exceptions import ConnectionError as RefusedError
from websockets.asyncio.client import ClientConnection, connect

from captures.processes import COMPILER, NEST, find_node
from tests.servers.demos.twins import PATIENCE
from tests.servers.gateways.talking import Browser, heard

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from tests.servers.demos.twins import Kind

_SCRIPT = Path(__file__).with_name("browser.mjs")


class Browsers(Protocol):
    """What clients of either library can do; each has a name."""

    def open(self, name: str, url: str, auth: object = None) -> str | None:
        """Connect by Socket.IO; return why that was refused, or None."""

    def plain(self, name: str, url: str) -> None:
        """Connect by a plain WebSocket."""

    def ask(self, name: str, event: str, data: object) -> Any:  # noqa: ANN401
        """Send an event, and return its acknowledgement."""

    def emit(self, name: str, event: str, data: object) -> None:
        """Send an event."""

    def next(self, name: str) -> Any:  # noqa: ANN401
        """Return what comes next: ``[event, data]``, or what a text says."""


class PythonBrowsers:
    """Those of python-socketio and of websockets, in this process.

    Args:
        run: Runs a coroutine to its end; what comes meanwhile is heard then.
        stack: Closes them.
    """

    def __init__(
        self, run: Callable[[Coroutine[Any, Any, Any]], Any], stack: AsyncExitStack
    ) -> None:
        self._run = run
        self._stack = stack
        self._browsers: dict[str, Browser] = {}
        self._plain: dict[str, ClientConnection] = {}

    def open(self, name: str, url: str, auth: object = None) -> str | None:
        error = self._run(self._open(name, url, auth))
        return None if error is None else str(error)

    async def _open(self, name: str, url: str, auth: object) -> str | None:
        base, _, namespace = url.partition("//")[2].partition("/")
        session = await self._stack.enter_async_context(aiohttp.ClientSession())
        browser = Browser(session, f"/{namespace}")
        refused: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        browser.client.on("connect_error", refused.put, namespace=browser.namespace)
        try:
            await browser.client.connect(
                f"http://{base}",
                auth=auth,
                namespaces=[browser.namespace],
                transports=["websocket"],
                wait_timeout=PATIENCE,
            )
        except RefusedError as error:
            return (await refused.get())["message"] if refused.qsize() else str(error)
        self._stack.push_async_callback(browser.client.disconnect)
        self._browsers[name] = browser
        return None

    def plain(self, name: str, url: str) -> None:
        self._plain[name] = self._run(self._stack.enter_async_context(connect(url)))

    def ask(self, name: str, event: str, data: object) -> Any:  # noqa: ANN401
        return self._run(self._browsers[name].ask(event, data))

    def emit(self, name: str, event: str, data: object) -> None:
        if name in self._browsers:
            self._run(self._browsers[name].emit(event, data))
        else:
            text = json.dumps({"event": event, "data": data})
            self._run(self._plain[name].send(text))

    def next(self, name: str) -> Any:  # noqa: ANN401
        if name in self._browsers:
            return list(self._run(self._browsers[name].next()))
        return self._run(heard(self._plain[name]))


class NodeBrowsers:
    """Those of socket.io-client and of ws, in a process of Node.

    Args:
        process: Takes a line of JSON, and prints one for it.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def _tell(self, **told: object) -> Any:  # noqa: ANN401
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def open(self, name: str, url: str, auth: object = None) -> str | None:
        error = self._tell(open=name, url=url, auth=auth).get("error")
        return None if error is None else str(error)

    def plain(self, name: str, url: str) -> None:
        self._tell(plain=name, url=url)

    def ask(self, name: str, event: str, data: object) -> Any:  # noqa: ANN401
        return self._tell(ask=name, event=event, data=data).get("ack")

    def emit(self, name: str, event: str, data: object) -> None:
        self._tell(emit=name, event=event, data=data)

    def next(self, name: str) -> Any:  # noqa: ANN401
        return self._tell(next=name)["heard"]


@contextmanager
def browsers_of(kind: Kind) -> Iterator[Browsers]:
    """Give clients of a kind, and close them."""
    if kind == "python":
        with asyncio.Runner() as runner:
            stack = AsyncExitStack()
            try:
                yield PythonBrowsers(runner.run, stack)
            finally:
                runner.run(stack.aclose())
        return
    process = subprocess.Popen(
        [find_node(), _SCRIPT],
        env={"NODE_PATH": str(NEST / COMPILER / "node_modules")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield NodeBrowsers(process)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait(PATIENCE)
