"""A service: a registry of handlers, and the ways to run it."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from servers.errors import UsageError
from servers.logs import logger_of
from servers.running import require_no_import, run
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT
from servers.serving.signals import ending, first_of, interrupted_by

from .health import Health
from .lifespan import running
from .planning import ways_of
from .probing import probing
from .registry import Registry
from .reporting import ended, handled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from servers.hooks import Hooks
    from servers.integers import UnsafeIntegers
    from servers.limits import Limits
    from servers.serving.plans import ListenOptions, Plan, ServeOptions
    from servers.serving.worker import Worker

    from .endpoints import Transport
    from .guards import Guard
    from .listener import Server
    from .planning import Way

logger = logger_of("server")

Lifespan: TypeAlias = Callable[["Service"], AbstractAsyncContextManager[Any]]
"""What a service needs while it runs; what it yields is the ``state`` of contexts."""


class Service(Registry):
    """Handlers for Nest clients and ours.

    Args:
        limits: How much peers may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls.
        guards: Functions that must agree before a handler runs.
        unsafe_integers: What happens to integers beyond 2^53 - 1, which JavaScript
            rounds: "send", "warn" to log them too, or "refuse" to reply with an error.
        lifespan: Called with the service; the context manager that it returns is
            entered before the service listens, and left when its last call has ended.
        health: The checks of the service, and the pattern that is answered with them.

    Attributes:
        handlers: The registered handlers.
        health: The checks of the service.
        servers: The servers that run it now, in the order in which they started.

    Raises:
        HandlerError: A guard cannot be called with a context.
        UsageError: ``lifespan`` is a generator function that is no context manager, or
            ``unsafe_integers`` is none of its values.
    """

    def __init__(  # noqa: PLR0913 — options, by name
        self,
        *,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        unsafe_integers: UnsafeIntegers = "send",
        guards: Sequence[Guard] = (),
        lifespan: Lifespan | None = None,
        health: Health | None = None,
    ) -> None:
        super().__init__(
            limits=limits, hooks=hooks, unsafe_integers=unsafe_integers, guards=guards
        )
        if inspect.isasyncgenfunction(lifespan):
            raise UsageError(
                f"{lifespan!r} cannot be a lifespan: decorate it with "
                "contextlib.asynccontextmanager"
            )
        self.servers: list[Server] = []
        self.health = health or Health()
        if self.health.pattern is not None:
            self.message(self.health.pattern)(self.health.answer)
        self._lifespan = lifespan

    @asynccontextmanager
    async def started(self, *, grace: float = 10.0) -> AsyncIterator[Server]:
        """Run within the lifespan, without listening, for as long as the block lasts.

        Args:
            grace: Seconds that calls in flight may take at the end of the block.

        Raises:
            Exception: Whatever the lifespan raises.
        """
        lifespan = nullcontext() if self._lifespan is None else self._lifespan(self)
        async with running(self, lifespan, grace) as server:
            self.servers.append(server)
            try:
                yield server
            finally:
                self.servers.remove(server)

    @asynccontextmanager
    async def listen(
        self,
        host: Way | str | None = DEFAULT_HOST,
        port: Way | int = DEFAULT_PORT,
        *more: Way,
        **options: Unpack[ListenOptions],
    ) -> AsyncIterator[Server]:
        """Listen for as long as the block lasts.

        Args:
            host: The address to listen on; None for all addresses. Or the first of
                several transports, such as ``Tcp(port=8888)``, which may be brokers.
            port: 0 for any free port, which the server's ``port`` then names; or the
                second of the transports.
            more: The other transports.
            options: ``tls`` for TLS, see :func:`servers.server_tls`; ``grace``, the
                seconds that calls in flight may take at the end, 10 by default;
                ``health_port``, where ``/livez``, ``/readyz`` and ``/metrics`` are
                answered by HTTP, at the same host, or at all addresses; one of ``uds``
                (a path), ``fd`` and ``sock`` in place of host and port; or
                ``reuse_port`` for several processes on one port.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours; or a
                broker cannot be reached.
            UsageError: What was passed is more than one place.
            Exception: Whatever the lifespan raises; then nothing listens.
        """
        plan, brokers = ways_of(host, port, *more, **options)
        async with self._listening(plan, brokers) as server:
            yield server

    async def serve(
        self,
        host: Way | str | None = DEFAULT_HOST,
        port: Way | int = DEFAULT_PORT,
        *more: Way,
        signals: bool = True,
        **options: Unpack[ServeOptions],
    ) -> None:
        """Listen until SIGINT, SIGTERM or cancellation, then shut down gracefully.

        Args:
            host: The address to listen on, or the first of several transports; as for
                :meth:`listen`.
            port: 0 for any free port; or the second of the transports.
            more: The other transports.
            signals: Whether to end on SIGINT and SIGTERM.
            options: As for :meth:`listen`; and ``drain``, the seconds from the signal
                on in which the service is not ready any more, but still accepts
                connections, 0 by default.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours; or a
                broker cannot be reached.
            UsageError: What was passed is more than one place, or protocol-serve is
                importing the module.
            SystemExit: A handler has asked for it, or for KeyboardInterrupt; raised
                once the service has ended.
        """
        require_no_import()
        plan, brokers = ways_of(host, port, *more, **options)
        await self.serve_plan(plan, None, brokers, signals=signals)

    def run(
        self,
        host: Way | str | None = DEFAULT_HOST,
        port: Way | int = DEFAULT_PORT,
        *more: Way,
        workers: int = 1,
        **options: Unpack[ServeOptions],
    ) -> None:
        """Serve on the fastest event loop that is installed.

        Args:
            host: The address to listen on, or the first of several transports; as for
                :meth:`listen`.
            port: 0 for any free port; or the second of the transports.
            more: The other transports.
            workers: Processes that serve. They are forked, with what the program has
                set up, and share the sockets; SIGHUP replaces them.
            options: As for :meth:`serve` and :meth:`listen`.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
            UsageError: What was passed is more than one place, there cannot be several
                workers here, or protocol-serve is importing the module.
            SystemExit: The first of several workers has ended before it was ready, or
                one failed while it ended; or a handler has asked for it.
        """
        require_no_import()
        ways = ways_of(host, port, *more, **options)
        ways.check_workers(workers)
        plan, brokers = ways
        if workers == 1:
            run(self.serve_plan(plan, None, brokers))
            return
        # Few need it, and multiprocessing takes its time to load.
        from servers.serving.several import run_several  # noqa: PLC0415

        run_several(
            lambda plan, worker: run(self.serve_plan(plan, worker, brokers)),
            plan,
            workers,
            others=[each.name for each in brokers],
        )

    async def serve_plan(
        self,
        plan: Plan,
        worker: Worker | None = None,
        brokers: Sequence[Transport] = (),
        *,
        signals: bool = True,
    ) -> None:
        """Do what :meth:`serve` does.

        Args:
            plan: Where to listen by TCP, and how to end.
            worker: Which of several processes this is; None for the only one.
            brokers: The brokers that it is reached by.
            signals: Whether to end on SIGINT and SIGTERM.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        # The supervisor of several logs for all of them.
        alone = worker is None or worker.alone
        level = logging.INFO if alone else logging.DEBUG
        async with AsyncExitStack() as stack:
            with ending(worker, signals=signals) as told:
                listening = self._listening(plan, brokers, level)
                server = await self._started(listening, level, told, stack)
                if server is None:
                    return
                self._warn_if_empty(worker)  # the lifespan may have registered some
                for name in server.names:
                    what = handled(self.handlers)
                    logger.log(level, "listening on %s (%s)", name, what)
                if worker is not None:
                    worker.ready()
                exiting = asyncio.Event()
                server.on_exit = exiting.set
                await first_of(told, exiting)
                await self._drain(server, plan, level)
                # Signals are heeded to the end: what Python itself does on SIGINT is to
                # raise wherever the program is, and a block that is left so would still
                # wait for the calls in flight.
                await stack.aclose()
        if server.finished or server.cut:
            level = logging.INFO  # the supervisor does not know
        logger.log(level, "%s", ended(server.finished, server.cut))
        if server.exit_error is not None:
            raise server.exit_error

    async def _drain(self, server: Server, plan: Plan, level: int) -> None:
        """Say that the service is stopping, some time before it does."""
        server.drain()
        if plan.drain:
            logger.log(level, "no longer ready; stopping in %g s", plan.drain)
            await asyncio.sleep(plan.drain)
        logger.log(level, "shutting down")

    async def _started(
        self,
        listening: AbstractAsyncContextManager[Server],
        level: int,
        told: asyncio.Event,
        stack: AsyncExitStack,
    ) -> Server | None:
        """Begin to listen; return None if a signal came before that was done."""
        try:
            async with interrupted_by(told):
                return await stack.enter_async_context(listening)
        except TimeoutError:
            if not told.is_set():  # the lifespan's own
                raise
        logger.log(level, "ended before it listened")
        return None

    def _warn_if_empty(self, worker: Worker | None) -> None:
        """Say what a service without handlers does; of several workers, once."""
        first = worker is None or worker.number == 1
        if first and self.handlers.unknown is None and not any(self.handlers):
            logger.warning(
                "the service has no handlers: every message is answered with an error"
            )

    @asynccontextmanager
    async def _listening(
        self,
        plan: Plan,
        brokers: Sequence[Transport] = (),
        level: int = logging.DEBUG,
    ) -> AsyncIterator[Server]:
        async with (
            probing(self.health, self.hooks, plan.probes, level) as probed,
            self.started(grace=plan.grace) as server,
        ):
            probed.server = server
            for broker in brokers:  # first: none is ready as long as one cannot be
                await server.attend(broker)
            if plan.place is not None:
                await server.listen(plan.place, plan.tls)
            yield server
