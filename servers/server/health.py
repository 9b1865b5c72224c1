"""How a server fares: what it is doing, and whether what it needs is there.

Checks are functions of the service's own: "ok" is whatever they return but False. They
run when somebody asks, each once at a time however many ask, and never for longer than
their timeout. What they raise is logged and not told, for it may have secrets.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import msgspec

from servers.errors import DuplicateHandlerError
from servers.logs import logger_of

from .context import Context  # noqa: TC001 — handlers' annotations are evaluated
from .threads import DaemonThreads, call_in

if TYPE_CHECKING:
    from protocol import Json

    from .states import State

logger = logger_of("server")

Outcome: TypeAlias = Literal["ok", "failed", "timed out"]
_Function: TypeAlias = Callable[[], Any] | Callable[[], Awaitable[Any]]
F = TypeVar("F", bound=_Function)


class Report(msgspec.Struct, frozen=True):
    """The state of a server, with what its checks gave.

    Attributes:
        status: That of the state, but ``failing`` if it is ready and a check is not ok.
        connections: Open connections.
        in_flight: Messages and events being handled, that which asks included.
        uptime: Seconds since it started.
        checks: The outcome of each check.
    """

    status: Literal["starting", "ready", "failing", "stopping"]
    connections: int
    in_flight: int
    uptime: float
    checks: dict[str, Outcome]


class Health:
    """The checks of a service, and the pattern by which callers ask for its report.

    Args:
        pattern: A pattern that is answered with the report; None for none.
        timeout: Seconds that a check may take.
    """

    def __init__(self, pattern: Json = None, *, timeout: float = 1.0) -> None:
        self.pattern = pattern
        self._timeout = timeout
        self._checks: dict[str, _Check] = {}

    def check(self, function: F) -> F:
        """Register a check under the name of its function; usable as a decorator.

        That of a ``functools.partial`` is that of its function, that of an object
        with a ``__call__`` that of its class.

        Args:
            function: A coroutine function, or a plain one, which runs in a thread.

        Raises:
            DuplicateHandlerError: There is another check of that name.
        """
        name = _name_of(function)
        if name in self._checks:
            raise DuplicateHandlerError(f"there is a check {name!r} already")
        self._checks[name] = _Check(name, function, self._timeout)
        return function

    async def report(self, state: State) -> Report:
        """Run the checks, side by side, and return what they gave."""
        outcomes = await asyncio.gather(*(each() for each in self._checks.values()))
        failing = state.status == "ready" and set(outcomes) - {"ok"}
        return Report(
            status="failing" if failing else state.status,
            connections=state.connections,
            in_flight=state.in_flight,
            uptime=round(state.uptime, 3),
            checks=dict(zip(self._checks, outcomes, strict=True)),
        )

    async def answer(self, context: Context) -> Report:
        """Answer the pattern."""
        return await self.report(context.server.health)


def _name_of(function: _Function) -> str:
    while isinstance(function, partial):
        function = function.func
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


class _Check:
    """One check, and how it went last."""

    def __init__(self, name: str, function: _Function, timeout: float) -> None:
        self._name = name
        self._function = function
        self._timeout = timeout
        self._asynchronous = inspect.iscoroutinefunction(function)
        self._threads = DaemonThreads(1)  # a run that hangs is not followed by others
        self._run: asyncio.Task[Outcome] | None = None
        self._last: Outcome = "ok"

    async def __call__(self) -> Outcome:
        """Run it, or wait for the run that somebody else has asked for."""
        run, loop = self._run, asyncio.get_running_loop()
        if run is None or run.done() or run.get_loop() is not loop:
            run = self._run = loop.create_task(self._outcome())
        return await asyncio.shield(run)

    async def _outcome(self) -> Outcome:
        error: BaseException | None = None
        outcome: Outcome = "failed"
        try:
            async with asyncio.timeout(self._timeout):
                outcome = "failed" if await self._result() is False else "ok"
        except TimeoutError as timeout:
            outcome, error = "timed out", timeout
        except asyncio.CancelledError as cancelled:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            error = cancelled  # of what the check has waited for
        except Exception as raised:  # noqa: BLE001 — whatever a check raises
            error = raised
        self._note(outcome, error)
        return outcome

    async def _result(self) -> object:
        if self._asynchronous:
            return await self._function()
        result = await call_in(self._threads, self._function)
        # A coroutine function that is decorated looks like a plain one.
        return await result if isinstance(result, Awaitable) else result

    def _note(self, outcome: Outcome, error: BaseException | None) -> None:
        """Log a change, not what stays as it is."""
        if outcome == self._last:
            return
        self._last = outcome
        if outcome == "ok":
            logger.info("check %s: ok again", self._name)
        else:
            logger.warning("check %s: %s", self._name, outcome, exc_info=error)
