"""Programs of an application, started together or one by one.

Ports are read from the environment, as in the Nest counterparts: ``HTTP_PORT``, and one
for each service, such as ``USER_PORT``.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeAlias

import uvicorn

from servers import Tcp
from servers.errors import ListenError, UsageError
from servers.running import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette

    from servers import Service
    from servers.gateways.gateway import Gateway
    from servers.locating import Broker

HOST = "127.0.0.1"

Program: TypeAlias = "Callable[[], AbstractAsyncContextManager[None]]"
"""A program runs for as long as its block lasts."""

logger = logging.getLogger("servers.demos")


def main(programs: Mapping[str, Program], arguments: list[str] | None = None) -> None:
    """Run the programs that are named, or all, until SIGINT or SIGTERM.

    Args:
        programs: Name → program, services before the programs that call them.
        arguments: The command line; by default that of the process.
    """
    parser = argparse.ArgumentParser(
        description="Run the named programs of this application, or all of them.",
        epilog="Ports are set by HTTP_PORT and the like; see docs/demos.md.",
    )
    parser.add_argument("program", nargs="*", help=f"one of: {', '.join(programs)}")
    names: list[str] = parser.parse_args(arguments).program or list(programs)
    if unknown := sorted(set(names) - set(programs)):
        parser.error(f"no program is called {unknown[0]}")
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    try:
        run(_run([programs[name] for name in names]))
    except UsageError as error:  # an address that is taken, or no nats-py
        sys.exit(f"{parser.prog}: {error}")


def port_of(program: str, default: int) -> int:
    """Return the port of a program, from the environment or by default."""
    return int(os.environ.get(f"{program.upper()}_PORT", default))


def serving(
    service: Service, port: int, *brokers: Broker
) -> AbstractAsyncContextManager[None]:
    """Run a service by TCP, and at brokers."""
    return serving_at(service, Tcp(HOST, port), *brokers)


@asynccontextmanager
async def serving_at(
    service: Service, *places: Tcp | Broker | Gateway
) -> AsyncIterator[None]:
    """Run a service wherever it is wanted."""
    async with service.listen(*places) as server:
        for name in server.names:
            logger.info("listening on %s", name)
        yield


@asynccontextmanager
async def serving_http(application: Starlette, port: int) -> AsyncIterator[None]:
    """Run an HTTP application.

    Raises:
        ListenError: The port is in use, or not ours.
    """
    try:
        listening = socket.create_server((HOST, port), backlog=1024)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ListenError(f"cannot listen on {HOST}:{port}: {reason}") from error
    # Its own configuration of logging would close the handlers that there are.
    config = uvicorn.Config(application, log_config=None, log_level="warning")
    server = _HttpServer(config)
    logger.info("listening on http://%s:%d", HOST, listening.getsockname()[1])
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


class _HttpServer(uvicorn.Server):
    """An HTTP server that leaves signals to the program that it is part of."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _run(programs: list[Program]) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        for program in programs:
            await stack.enter_async_context(program())
        await ended.wait()
